"""The samples of a rebroadcast, taken as the card would, with time told by hand."""

import os
import socket
import time
from array import array
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.speaker.feed import HELD_MAX_S, JITTER_S, Judge, On
from edge.speaker.intake import PIECE
from edge.speaker.rebroadcast import Rebroadcast
from edge.speaker.tape import Tape
from edge.speaker.timeline import RATE_HZ
from simulator.sounds import make_sweep, write_opus

TICK = RATE_HZ // 10
LEVEL = 8000
INSTEAD = 4000


class Air:
    """A rebroadcast, a stream to feed it with, and a clock."""

    def __init__(self, folder: Path, length_s: float, intro_s: float = 0.0, instead_s: float = 0.0, pct: int = 100):
        self.now_s = 1000.0
        intro = self._open(folder / "intro", intro_s)
        substitute = self._open(folder / "instead", instead_s)
        tape = Tape(intro, pct)
        tape.is_ready.wait(5)
        self.samples = Rebroadcast(tape, substitute, length_s, pct, lambda: self.now_s)
        self.sent, self.arrived = 0, 0
        self._count_arrivals(self.samples._intake._judge)
        self.wire, theirs = socket.socketpair()
        self.samples.connect(theirs.detach())

    def send(self, seconds: float, level: int = LEVEL) -> None:
        """The stream brings so much at once; waits until it is taken in."""
        self.sent += round(seconds * RATE_HZ)
        self.wire.sendall(array("h", [level]) * round(seconds * RATE_HZ))
        until_s = time.monotonic() + 20
        while self.arrived < self.sent // PIECE and self.samples._intake.held_s <= HELD_MAX_S:
            assert time.monotonic() < until_s, "the stream is not taken in"
            time.sleep(0.001)

    def _count_arrivals(self, judge: Judge) -> None:
        """What comes too early is dropped again, so what is held does not tell."""
        arrive = judge.arrive

        def count(now_s: float, seconds: float, level_dbfs: float) -> None:
            arrive(now_s, seconds, level_dbfs)
            self.arrived += 1

        judge.arrive = count  # type: ignore[method-assign]

    def _await_files(self) -> None:
        """They are decoded in real time, and this one's passes faster; they are short, so all can be awaited."""
        loop, until_s = self.samples._loop, time.monotonic() + 20
        while not all(t.is_decoded for t in (self.samples._intro, loop._tape, loop._next) if t is not None):
            assert time.monotonic() < until_s, "a file is not decoded"
            time.sleep(0.001)

    def on(self) -> On:
        return self.samples.course.on

    def play(self, seconds: float, is_fed: bool = True, level: int = LEVEL) -> NDArray[np.int16]:
        """Let time pass, and take what the card would; a tenth of a second of the stream comes for each played."""
        out = array("h")
        for _ in range(round(seconds * 10)):
            self.now_s += 0.1
            if is_fed:
                self.send(0.1, level)
            self.samples.tend()
            self._await_files()
            out.extend(self.samples.take(TICK))
        return np.array(out)

    @staticmethod
    def _open(path: Path, seconds: float) -> list[int]:
        if not seconds:
            return []
        write_opus(path, make_sweep(seconds))
        return [os.open(path, os.O_RDONLY)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def test_the_stream_begins_where_the_chime_ends_and_ends_on_the_sample(folder: Path) -> None:
    air = Air(folder, 3.0105, intro_s=0.5)
    air.send(2.0)
    heard = air.play(4)
    assert len(heard) == round(3.0105 * RATE_HZ)
    assert air.samples.is_over
    last_of_chime = np.flatnonzero(heard != LEVEL)[-1]  # a sample of the chime itself may be at LEVEL by chance
    assert last_of_chime == RATE_HZ // 2 - 1
    assert air.samples.course.stream_s == pytest.approx(2.5105, abs=0.001)
    air.samples.close()


def test_of_what_came_too_early_the_newest_is_kept(folder: Path) -> None:
    air = Air(folder, 5)
    air.send(4.0, 1000)
    air.send(JITTER_S, 2000)
    assert (air.play(1) == 2000).all()
    air.samples.close()


def test_a_short_gap_is_silence_until_enough_is_gathered_again(folder: Path) -> None:
    air = Air(folder, 30)
    air.send(2.0)
    air.play(1)
    heard = air.play(4, is_fed=False)
    assert not heard[-2 * RATE_HZ :].any()
    assert not air.play(1.8).any()
    assert air.play(1)[-1] == LEVEL
    assert air.samples.course.on is On.STREAM
    air.samples.close()


def test_the_substitute_is_looped_and_left_at_a_fade(folder: Path) -> None:
    air = Air(folder, 60, instead_s=1.0)
    air.send(2.0)
    air.play(1)
    lost = air.play(11, is_fed=False)
    assert air.on() is On.LOST
    assert lost[-RATE_HZ // 2 :].any()
    instead = air.play(3, is_fed=False)
    assert all(np.abs(instead[n * TICK : (n + 1) * TICK]).max() > 1000 for n in range(30))
    back = air.play(6)
    assert air.on() is On.STREAM
    assert back[-1] == LEVEL
    steps = np.abs(np.diff(back[-RATE_HZ:].astype(int)))
    assert steps.max() < 17_000
    assert air.samples.course.substitute_s > 7
    air.samples.close()


def test_a_silent_stream_is_replaced_though_data_flow(folder: Path) -> None:
    air = Air(folder, 60, instead_s=1.0)
    air.send(2.0)
    air.play(1)
    heard = air.play(11, level=3)
    assert air.samples.course.on is On.SILENT
    assert np.abs(heard[-TICK:]).max() > 1000
    air.samples.close()


def test_without_a_substitute_there_is_silence(folder: Path) -> None:
    air = Air(folder, 12)
    assert not air.play(12, is_fed=False).any()
    course = air.samples.course
    assert (course.on, course.stream_s, course.substitute_s) == (On.LOST, 0, 0)
    assert course.silence_s == pytest.approx(12)
    assert air.samples.is_over
    air.samples.close()


def test_the_cues_volume_holds_for_the_stream_too(folder: Path) -> None:
    air = Air(folder, 3, pct=25)
    air.send(2.0)
    assert (air.play(1) == LEVEL // 4).all()
    air.samples.close()


def test_a_flood_is_not_read_beyond_the_buffer(folder: Path) -> None:
    air = Air(folder, 60)
    air.send(2.0)
    air.play(0.5)
    air.wire.settimeout(0.3)
    with pytest.raises(TimeoutError):
        air.wire.sendall(array("h", [LEVEL]) * (60 * RATE_HZ))
    assert air.samples._intake.held_s <= HELD_MAX_S + 0.2
    air.samples.close()


def test_a_new_socket_takes_the_place_of_the_old(folder: Path) -> None:
    air = Air(folder, 60)
    air.send(1.0)
    air.play(0.5)
    old = air.wire
    air.wire, theirs = socket.socketpair()
    air.samples.connect(theirs.detach())
    time.sleep(0.05)
    with pytest.raises(OSError, match=r"Broken pipe|reset"):
        old.sendall(bytes(500_000))
    air.send(3.0, 500)
    assert 500 in air.play(3)
    air.samples.close()


def test_a_bad_chime_is_said_before_anything_sounds(folder: Path) -> None:
    (folder / "bad").write_bytes(b"no sound")
    tape = Tape([os.open(folder / "bad", os.O_RDONLY)], 100)
    tape.is_ready.wait(5)
    samples = Rebroadcast(tape, [], 5.0, 100)
    assert samples.fault
    assert samples.is_over
    samples.close()
