"""The samples of a rebroadcast: the sounds before it, then the stream or its substitute, over on the sample.

`take` is called by the sound card's thread and never waits; `tend` by the audio child's own, twenty times a second:
it decides, and opens files. Silence stands wherever there is nothing else to play, so that the end stays where it is.
"""

import os
import threading
import time
from array import array
from collections.abc import Callable, Sequence

from edge.speaker.feed import BACK_S, JITTER_S, Course, On, Valve
from edge.speaker.intake import Intake
from edge.speaker.playhead import FADE
from edge.speaker.tape import Tape
from edge.speaker.timeline import RATE_HZ


class Rebroadcast:
    """Stands in the place of a `Tape`, which plays what comes before the stream. Takes over the descriptors.

    `length_s` is that of the whole, from the first sample of the first sound.
    """

    def __init__(
        self,
        intro: Tape,
        substitute: Sequence[int],
        length_s: float,
        volume_pct: int,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._intro = intro
        self._loop = Loop(substitute, volume_pct)
        self._intake = Intake(volume_pct, now_s)
        self._intake.keep_s = JITTER_S
        self._valve = Valve()
        self._left = round(length_s * RATE_HZ)
        self._on = self._heard = On.STREAM
        self._fade_left = 0
        self._has_begun = False
        self._frames = dict.fromkeys(("stream", "substitute", "silence"), 0)

    @property
    def is_ready(self) -> threading.Event:
        return self._intro.is_ready

    @property
    def fault(self) -> str:
        """What was wrong with the sounds before the stream."""
        return self._intro.fault

    @property
    def is_over(self) -> bool:
        """Whether its length is played, or nothing of it can be because what comes before the stream is bad."""
        is_bad = not self._has_begun and self._intro.is_over and bool(self._intro.fault)
        return self._left <= 0 or is_bad

    @property
    def course(self) -> Course:
        return Course(on=self._on, **{f"{name}_s": count / RATE_HZ for name, count in self._frames.items()})

    def connect(self, fd: int) -> None:
        """Take the stream from this socket from now on."""
        self._intake.connect(fd)

    def take(self, frames: int) -> "array[int]":
        """Give the next samples, silence where there are none: fewer than `frames` only at the end."""
        frames = min(frames, self._left)
        out = self._intro.take(frames)
        if self._intro.is_over:
            out.extend(self._feed(frames - len(out)))
        else:
            _pad(out, frames)
        self._left -= frames
        return out

    def tend(self) -> None:
        """Decide what should be on, and have the substitute ready."""
        if not self._has_begun:
            return
        self._on = self._intake.look()
        self._intake.keep_s = None if self._on is On.STREAM else BACK_S
        is_resting = self._on is On.STREAM and self._heard is On.STREAM and not self._fade_left
        self._loop.tend(is_resting)

    def close(self) -> None:
        self._intro.close()
        self._intake.close()
        self._loop.close()

    def _feed(self, frames: int) -> "array[int]":
        if not frames:
            return array("h")
        if not self._has_begun:
            self._has_begun = True
            self._intake.keep_s = None
            self._intake.begin()
        on = self._on
        if (on is On.STREAM) is not (self._heard is On.STREAM):
            self._fade_left = FADE
        self._heard = on
        out = self._draw(on is On.STREAM, frames)
        if self._fade_left:
            former = self._take_from(on is not On.STREAM, min(frames, self._fade_left))
            cross(former, out, FADE - self._fade_left)
            self._fade_left -= len(former)
        return out

    def _draw(self, is_stream: bool, frames: int) -> "array[int]":
        """Take from one of the two, and count what it gave."""
        name, held_s = ("stream", self._intake.held_s) if is_stream else ("substitute", 0.0)
        out = array("h")
        if not is_stream or self._valve.may_flow(held_s):
            out = self._intake.take(frames) if is_stream else self._loop.take(frames)
        self._frames[name] += len(out)
        self._frames["silence"] += frames - len(out)
        if is_stream and len(out) < frames:
            self._valve.run_dry()
        return _pad(out, frames)

    def _take_from(self, is_stream: bool, frames: int) -> "array[int]":
        return _pad(self._intake.take(frames) if is_stream else self._loop.take(frames), frames)


class Loop:
    """The substitute: its files back to back, from the beginning whenever it is needed, for ever. May be empty."""

    def __init__(self, fds: Sequence[int], volume_pct: int) -> None:
        self._fds = list(fds)
        self._volume_pct = volume_pct
        self._is_used = False
        self._tape = self._open()
        self._next: Tape | None = None

    def take(self, frames: int) -> "array[int]":
        """Give at most `frames` samples; fewer where none are decoded yet, or ever."""
        self._is_used = True
        out = self._tape.take(frames)
        if self._tape.is_over and self._next is not None:
            self._tape, self._next = self._next, None
            out.extend(self._tape.take(frames - len(out)))
        return out

    def tend(self, is_resting: bool) -> None:
        """Have the next round ready, or the first one again where it rests."""
        if is_resting and self._is_used:
            self._is_used = False
            self._close_tapes()
            self._tape, self._next = self._open(), None
        elif self._next is None and self._tape.is_decoded and self._fds and not self._tape.fault:
            self._next = self._open()

    def close(self) -> None:
        self._close_tapes()
        for fd in self._fds:
            os.close(fd)
        self._fds.clear()

    def _open(self) -> Tape:
        """Files are read through duplicates, which share one place in the file: never by two tapes at once."""
        return Tape([os.dup(fd) for fd in self._fds], self._volume_pct)

    def _close_tapes(self) -> None:
        self._tape.close()
        if self._next is not None:
            self._next.close()


def cross(former: "array[int]", new: "array[int]", since: int) -> None:
    """Fade from one to the other within 20 ms, of which `since` samples are over. Changes `new`."""
    for i, sample in enumerate(former):
        new[i] = (sample * (FADE - since - i) + new[i] * (since + i)) // FADE


def _pad(block: "array[int]", frames: int) -> "array[int]":
    block.frombytes(bytes(2 * (frames - len(block))))
    return block
