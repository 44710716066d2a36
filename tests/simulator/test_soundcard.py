"""The simulated sound card plays in real time, is heard, and leaves nothing behind."""

import os
import subprocess
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from simulator.listening import find, find_instant, hear, listen, read_audio
from simulator.soundcard import RATE_HZ, NoSoundCard, SoundCard
from simulator.sounds import make_sweep, write_opus

pytestmark = pytest.mark.real


def write_wav(path: Path, samples: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())


def play(card: SoundCard, sink: str, path: Path) -> float:
    """Play a file the plain way, through ALSA's default device; give when it began."""
    begun = time.time()
    subprocess.run(["aplay", "-q", str(path)], env={**os.environ, **card.env(sink)}, check=True, timeout=20)
    return begun


def test_what_is_played_is_heard_whole_and_timed(tmp_path: Path) -> None:
    sweep = make_sweep(2.0)
    write_wav(tmp_path / "sweep.wav", sweep)
    with SoundCard(tmp_path / "card", ["horn"]) as card, card.record("horn", tmp_path / "heard.wav") as recording:
        time.sleep(1)
        begun = play(card, "horn", tmp_path / "sweep.wav")
        ended = time.time()
        time.sleep(0.5)
        heard = listen(recording, read_audio(tmp_path / "sweep.wav"))
    assert heard.likeness > 0.99
    assert begun <= heard.first_sample_at.timestamp() < begun + 1
    assert heard.last_sample_at.timestamp() <= ended + 0.5
    assert (heard.last_sample_at - heard.first_sample_at).total_seconds() == pytest.approx(2.0, abs=0.005)


def test_time_on_the_card_runs_as_on_the_wall(tmp_path: Path) -> None:
    with SoundCard(tmp_path / "card", ["horn"]) as card, card.record("horn", tmp_path / "heard.wav") as recording:
        time.sleep(4)
        now, count = time.time(), len(recording.samples())
        assert find_instant(recording, count) == pytest.approx(now, abs=0.1)


def test_each_sink_hears_only_its_own(tmp_path: Path) -> None:
    write_wav(tmp_path / "sweep.wav", make_sweep(0.5))
    with (
        SoundCard(tmp_path / "card", ["one", "two"]) as card,
        card.record("one", tmp_path / "one.wav") as one,
        card.record("two", tmp_path / "two.wav") as two,
    ):
        time.sleep(0.3)
        play(card, "one", tmp_path / "sweep.wav")
        time.sleep(0.5)
        assert np.abs(hear(one)).max() > 0.4
        assert np.abs(hear(two)).max() == 0


def test_a_sink_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with SoundCard(tmp_path / "card", ["horn"]) as card, pytest.raises(ValueError, match="no sink 'drum', only horn"):
        card.env("drum")


def test_nothing_runs_on_after_closing(tmp_path: Path) -> None:
    with SoundCard(tmp_path / "card", ["horn"]) as card, card.record("horn", tmp_path / "heard.wav"):
        time.sleep(0.2)
        assert processes_of(tmp_path)
    assert not processes_of(tmp_path)


def test_a_folder_too_deep_for_a_socket_is_refused_clearly(tmp_path: Path) -> None:
    with pytest.raises(NoSoundCard, match="too long"):
        SoundCard(tmp_path / ("x" * 120), ["horn"]).start()


def test_the_recording_is_a_whole_file_at_any_time(tmp_path: Path) -> None:
    with SoundCard(tmp_path / "card", ["horn"]) as card, card.record("horn", tmp_path / "heard.wav"):
        time.sleep(1)
        assert len(read_audio(tmp_path / "heard.wav")) > RATE_HZ // 2


def test_opus_made_here_decodes_to_what_went_in(tmp_path: Path) -> None:
    sweep = make_sweep(0.7)
    write_opus(tmp_path / "sweep.opus", sweep)
    match = find(sweep / 32768, read_audio(tmp_path / "sweep.opus"))
    assert match.offset == 0
    assert match.likeness > 0.98


def processes_of(folder: Path) -> list[str]:
    """Command lines that mention a folder, this test's own process not counted."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = (process / "environ").read_bytes().decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if int(process.name) != os.getpid() and (str(folder) in command or str(folder) in environment):
            found.append(command)
    return found
