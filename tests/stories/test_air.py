"""From upload to horn: what the officer uploads is what the villages hear, whole and at its instant."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.stories.conftest import Staff, eventually

from simulator.listening import find, find_instant, hear, read_audio
from simulator.soundcard import Recording

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
LIKE = 0.9
"""Correlation of what was heard with what was uploaded, after loudness, a limiter and Opus at 64 kbit/s."""


def record(staff: Staff, folder: Path) -> dict[str, Recording]:
    return {n: staff.commune.sound_card.record(n, folder / f"{n}.wav") for n in staff.nodes}


def test_what_was_uploaded_is_heard_whole_at_its_instant_in_every_village(
    staff: Staff, speech: Path, tmp_path: Path
) -> None:
    recordings = record(staff, tmp_path)
    sha256 = staff.officer.upload(speech, "Tiêm chủng")
    at = (datetime.now(UTC) + timedelta(seconds=75)).replace(second=0, microsecond=0)
    local = at.astimezone(HANOI)
    broadcast = staff.announce(sha256, day=f"{local:%Y-%m-%d}", time=f"{local:%H:%M}", chime="")

    eventually(lambda: "2/2 làng đã sẵn sàng" in staff.officer.page(f"/broadcasts/{broadcast}"))
    assert datetime.now(UTC) < at, "both villages should have been ready before air time"
    said = eventually(lambda: staff.officer.aired(broadcast), within_s=120)
    assert said == f"Đã phát {local:%H:%M:%S}, 2/2"

    original = read_audio(speech)
    for node, recording in recordings.items():
        recording.close()
        match = find(original, hear(recording))
        assert match.likeness > LIKE, node
        assert abs(find_instant(recording, match.offset) - at.timestamp()) < 0.05, node


def test_an_emergency_silences_what_is_on_air_and_stop_silences_the_emergency(staff: Staff, speech: Path) -> None:
    sha256 = staff.officer.upload(speech, "Dài")
    for _ in range(3):
        eventually(lambda: "Đang phát" not in staff.officer.page("/"))
    routine = staff.announce(sha256)
    eventually(lambda: "đang phát" in staff.officer.page(f"/broadcasts/{routine}").casefold())
    emergency = staff.announce(sha256, "Bão", priority="emergency")
    eventually(lambda: "đang phát" in staff.officer.page(f"/broadcasts/{emergency}").casefold())
    staff.officer.stop(emergency)
    eventually(lambda: "khẩn cấp" in staff.officer.page(f"/broadcasts/{routine}").casefold())
    eventually(lambda: "dừng" in staff.officer.page(f"/broadcasts/{emergency}").casefold())
