"""Decoding ahead of the playhead: whole, gapless, scaled, and bounded in memory."""

import os
import time
from array import array
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from edge.speaker.tape import AHEAD_S, Tape
from edge.speaker.timeline import RATE_HZ
from simulator.sounds import make_sweep, write_opus


def open_all(paths: Sequence[Path]) -> list[int]:
    return [os.open(path, os.O_RDONLY) for path in paths]


def take_all(tape: Tape) -> "array[int]":
    taken = array("h")
    while not tape.is_over:
        block = tape.take(1000)
        taken.extend(block)
        if not block:
            time.sleep(0.005)
    return taken


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    write_opus(tmp_path / "sweep.opus", make_sweep(1.2345))
    return tmp_path / "sweep.opus"


def test_a_file_comes_out_as_long_as_it_went_in(sweep: Path) -> None:
    tape = Tape(open_all([sweep]), 100)
    assert len(take_all(tape)) == len(make_sweep(1.2345))
    assert tape.fault == ""


def test_files_follow_each_other_without_a_gap(sweep: Path) -> None:
    alone = take_all(Tape(open_all([sweep]), 100))
    assert take_all(Tape(open_all([sweep, sweep]), 100)) == alone + alone


def test_volume_scales_the_samples(sweep: Path) -> None:
    full = np.array(take_all(Tape(open_all([sweep]), 100)), dtype=float)
    half = np.array(take_all(Tape(open_all([sweep]), 50)), dtype=float)
    assert np.abs(half - full / 2).max() <= 1


@pytest.mark.parametrize("content", [b"", b"not audio at all", b"OggS" + bytes(500)])
def test_what_is_no_ogg_opus_is_a_fault_and_no_sound(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad").write_bytes(content)
    tape = Tape(open_all([tmp_path / "bad"]), 100)
    assert tape.is_ready.wait(5)
    assert tape.is_over
    assert tape.fault.startswith("decoding: ")


def test_a_playlist_that_calls_itself_audio_opens_nothing(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("#EXTM3U\nfile:///etc/passwd\n")
    tape = Tape(open_all([tmp_path / "list"]), 100)
    assert tape.is_ready.wait(5)
    assert tape.fault


def test_what_is_sound_before_a_bad_file_is_kept(sweep: Path, tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b"nothing")
    tape = Tape(open_all([sweep, tmp_path / "bad"]), 100)
    assert len(take_all(tape)) == len(make_sweep(1.2345))
    assert tape.fault


def test_it_decodes_only_a_few_seconds_ahead_and_closes_at_once(tmp_path: Path) -> None:
    write_opus(tmp_path / "long.opus", np.zeros(20 * RATE_HZ, np.int16))
    tape = Tape(open_all([tmp_path / "long.opus"]), 100)
    assert tape.is_ready.wait(5)
    time.sleep(0.3)
    begun = time.monotonic()
    tape.close()
    assert time.monotonic() - begun < 1
    held = len(tape.take(30 * RATE_HZ))
    assert AHEAD_S * RATE_HZ <= held <= (AHEAD_S + 0.5) * RATE_HZ


def test_descriptors_are_closed_when_done(sweep: Path) -> None:
    fds = open_all([sweep, sweep])
    take_all(Tape(fds, 100))
    time.sleep(0.05)
    for fd in fds:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(fd)
