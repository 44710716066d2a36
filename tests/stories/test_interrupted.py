"""What is interrupted goes on: after an emergency from where it was, after a card failed from where it would be."""

import time
from pathlib import Path

import pytest

from contract.terms import Outcome, Reason
from simulator.listening import find, hear, read_audio
from simulator.soundcard import RATE_HZ, Recording
from tests.stories.conftest import LIKE, Staff, eventually, soon
from tests.stories.test_storm import is_heard, repeat

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]

LONG_S = 14.0
PIECE_S = 1.0
HANG_S = 4.0


def test_the_news_go_on_after_the_emergency_from_where_they_were(
    staff: Staff, speeches: tuple[Path, Path], recordings: dict[str, Recording], tmp_path: Path
) -> None:
    spoken = repeat(speeches[0], tmp_path / "dai.wav", LONG_S)
    news, flood = staff.officer.upload(spoken, "Bản tin"), staff.officer.upload(speeches[1], "Lũ")
    length_s = len(read_audio(spoken)) / RATE_HZ
    at = soon(8)
    routine = staff.announce_at(at, news, "Bản tin", yields="resume")
    eventually(lambda: all(is_heard(speeches[0], recording) for recording in recordings.values()))
    time.sleep(2)
    emergency = staff.announce(flood, "Lũ", priority="emergency", chime="")
    staff.await_aired(emergency)
    staff.await_aired(routine)

    for node, playout in staff.records(routine):
        assert (playout.outcome, playout.reason, playout.interruptions) == (Outcome.AIRED, Reason.NONE, 1), node
        assert playout.first_sample_at is not None
        assert playout.last_sample_at is not None
        took_s = (playout.last_sample_at - playout.first_sample_at).total_seconds()
        assert took_s > length_s + len(read_audio(speeches[1])) / RATE_HZ, node
    ending = read_audio(spoken)[-round(PIECE_S * RATE_HZ) :]
    for node, recording in recordings.items():
        assert find(ending, hear(recording)[-round(6 * RATE_HZ) :]).likeness > LIKE, node
    assert "bị ngắt 1 lần rồi phát tiếp" in staff.officer.page(f"/broadcasts/{routine}")


def test_after_a_sound_card_hung_the_programme_is_where_it_would_have_been(
    staff: Staff, speeches: tuple[Path, Path], tmp_path: Path
) -> None:
    spoken = repeat(speeches[0], tmp_path / "dai.wav", 2 * LONG_S)
    length_s = len(read_audio(spoken)) / RATE_HZ
    at = soon(8)
    broadcast = staff.announce_at(at, staff.officer.upload(spoken, "Bài dài"), "Bài dài")
    everywhere = f"Đang phát ở {len(staff.nodes)}/{len(staff.nodes)} làng"
    eventually(lambda: everywhere in staff.officer.page(f"/broadcasts/{broadcast}"))
    time.sleep(3)
    staff.commune.sound_card.freeze()
    time.sleep(HANG_S)
    staff.commune.sound_card.thaw()
    staff.await_aired(broadcast)

    for node, playout in staff.records(broadcast):
        assert playout.outcome is Outcome.AIRED, node
        assert playout.first_sample_at is not None
        assert playout.last_sample_at is not None
        assert (playout.first_sample_at - at).total_seconds() == pytest.approx(0, abs=0.1), node
        assert (playout.last_sample_at - at).total_seconds() == pytest.approx(length_s, abs=0.3), node
