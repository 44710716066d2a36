"""A storm is coming: the emergency silences what is on air, and a stop silences the emergency."""

import wave
from pathlib import Path

import pytest

from contract.terms import Outcome, Reason
from simulator.listening import find, hear, read_audio
from simulator.soundcard import RATE_HZ, Recording
from tests.stories.conftest import LIKE, Staff, eventually, loudest, soon

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

BEGINNING_S = 0.5
LATELY_S = 10.0
LONG_S = 20.0
SILENCE = 1e-3


def test_an_emergency_silences_what_is_on_air_and_stop_silences_the_emergency(
    staff: Staff, speeches: tuple[Path, Path], recordings: dict[str, Recording], tmp_path: Path
) -> None:
    lecture = staff.officer.upload(repeat(speeches[0], tmp_path / "dai.wav", LONG_S), "Bài dài")
    storm = staff.officer.upload(repeat(speeches[1], tmp_path / "bao.wav", LONG_S), "Bão")
    routine = staff.announce_at(soon(8), lecture, "Bài dài")
    eventually(lambda: all(is_heard(speeches[0], recording) for recording in recordings.values()))
    emergency = staff.announce(storm, "Bão", priority="emergency", chime="")
    eventually(lambda: all(is_heard(speeches[1], recording) for recording in recordings.values()))
    everywhere = f"Đang phát ở {len(staff.nodes)}/{len(staff.nodes)} làng"
    eventually(lambda: everywhere in staff.officer.page(f"/broadcasts/{emergency}"))
    staff.officer.stop(emergency)

    eventually(lambda: len(staff.records(routine, emergency)) == 2 * len(staff.nodes))
    assert {(p.outcome, p.reason) for _, p in staff.records(routine)} == {(Outcome.PREEMPTED, Reason.EMERGENCY)}
    assert {(p.outcome, p.reason) for _, p in staff.records(emergency)} == {(Outcome.CUT, Reason.STOPPED)}
    assert "có buổi phát khẩn cấp" in staff.officer.page(f"/broadcasts/{routine}")
    assert "có lệnh dừng" in staff.officer.page(f"/broadcasts/{emergency}")
    eventually(lambda: all(is_silent(recording) for recording in recordings.values()))


def repeat(sound: Path, target: Path, seconds: float) -> Path:
    """The same WAV over and over, for so long."""
    with wave.open(str(sound)) as file, wave.open(str(target), "wb") as longer:
        longer.setparams(file.getparams())
        frames = file.readframes(file.getnframes())
        for _ in range(int(seconds * file.getframerate() / file.getnframes()) + 1):
            longer.writeframes(frames)
    return target


def is_heard(speech: Path, recording: Recording) -> bool:
    """Whether the beginning of this speech was heard within the last seconds."""
    beginning, heard = read_audio(speech)[: round(BEGINNING_S * RATE_HZ)], hear(recording)[-round(LATELY_S * RATE_HZ) :]
    return len(heard) > len(beginning) and find(beginning, heard).likeness > LIKE


def is_silent(recording: Recording) -> bool:
    """Whether nothing was heard in the last second."""
    return loudest(hear(recording)[-RATE_HZ:]) < SILENCE
