"""What the speaker can do with sound: arm an item for its instant, watch it, stop it.

`CardSound` plays through the killable audio child on the sound card; `silent.SilentSound` keeps the same promises in
virtual time. One item at a time. Times reported are wall-clock instants of the card's own clock.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from contract.terms import Reason
from edge.clock import Clock
from edge.speaker.child import Child, Gone, Item, Report
from edge.speaker.feed import Course
from edge.speaker.track import Track, Unusable, open_track

__all__ = ["CardSound", "Feed", "Phase", "Sound", "Sounding", "Track"]

HUNG_S = 3.0
"""A card that asks for no samples, or a child that says nothing, for this long is given up."""

START_S = 20.0
"""A child that was just started gets this long for its first word: a slow card reads its libraries for seconds."""


_log = logging.getLogger(__name__)


class Phase(StrEnum):
    IDLE = "idle"
    ARMED = "armed"
    SOUNDING = "sounding"
    DONE = "done"
    FAILED = "failed"


ACTIVE = (Phase.ARMED, Phase.SOUNDING)


@dataclass(frozen=True)
class Sounding:
    """How far the present item is. First and last sample as they left the card; `last_sample_at` once it is over.

    `level_dbfs` is the RMS of what went to the card. FAILED has a reason: NO_AUDIO, BAD_AUDIO or SOUND_CARD.
    """

    phase: Phase = Phase.IDLE
    first_sample_at: datetime | None = None
    last_sample_at: datetime | None = None
    level_dbfs: float | None = None
    fault: str = ""
    reason: Reason = Reason.NONE
    feed: Course | None = None


class Door(Protocol):
    """Where a stream's samples are brought."""

    def answer(self) -> int | None:
        """The socket of whoever newly brings them, the caller's to close; None while nobody does. Never blocks."""


@dataclass(frozen=True)
class Feed:
    """What follows an item's tracks in a rebroadcast, so that the whole lasts `length_s` from its first sample: the
    samples brought to `door`, and in their place, while they are lost or silent, the `substitute` over and over."""

    door: Door
    length_s: float
    substitute: tuple[Track, ...] = ()


class Sound(Protocol):
    """One item at a time on one sound card."""

    def arm(
        self,
        tracks: Sequence[Track],
        start_at: datetime | None,
        volume_pct: int,
        offset_s: float = 0.0,
        *,
        feed: Feed | None = None,
    ) -> None:
        """Make the tracks ready to sound back to back, the first sample at `start_at` (None or past: at once), which is
        the one `offset_s` into them.

        Checks their content (reads each file once); what is wrong shows as FAILED. Arm at least two seconds ahead for
        an exact start. With `feed` there need be no tracks; a substitute that is not there, or not what its name says,
        is silence. Raises RuntimeError while another item is ARMED or SOUNDING.
        """

    def poll(self) -> Sounding:
        """Tell how far it is. Never blocks; to be called a few times a second while ARMED or SOUNDING."""

    def stop(self) -> None:
        """Fade out (20 ms) and become DONE, without a first sample where none had sounded yet."""

    def close(self) -> None:
        """Fall silent and let go of the card."""


class CardSound:
    """The real one. `card` is part of the sound card's name, '' for the default output."""

    def __init__(self, clock: Clock, card: str = "", env: Mapping[str, str] | None = None) -> None:
        self._clock = clock
        self._card = card
        self._env = dict(env or {})
        self._state = Sounding()
        self._heard_until: datetime | None = None
        self._dying: list[Child] = []
        self._feed: Feed | None = None
        self._start_child()

    def arm(
        self,
        tracks: Sequence[Track],
        start_at: datetime | None,
        volume_pct: int,
        offset_s: float = 0.0,
        *,
        feed: Feed | None = None,
    ) -> None:
        require_idle(self._state)
        self._heard_until = None
        self._feed = feed
        try:
            fds = open_all(tracks)
        except Unusable as error:
            self._state = fail(Sounding(), error.reason, str(error))
            return
        if self._child.has_ended:
            self._start_child()
        self._state = Sounding(Phase.ARMED)
        self._spoke_s = self._clock.monotonic()
        self._is_ready_for_next = False
        substitute = _open_or_none(feed.substitute) if feed else []
        fds += substitute
        terms = {"length_s": feed.length_s, "substitute": len(substitute)} if feed else None
        try:
            at = None if start_at is None else start_at.timestamp()
            item = Item(start_at=at, offset_s=offset_s, volume_pct=volume_pct, card=self._card, feed=terms)
            self._child.arm(fds, item)
        except Gone as error:
            self._give_up(f"the audio process took no order: {error}")
        finally:
            close_all(fds)

    def poll(self) -> Sounding:
        try:
            for report in self._child.reports():
                self._take(report)
            self._look_at_door()
        except Gone as error:
            self._lose(str(error))
        if self._silence_s() > (HUNG_S if self._has_spoken else START_S):
            self._give_up(f"the sound card hangs: no progress for {HUNG_S:g} s")
        self._dying = [child for child in self._dying if not child.has_ended]
        return self._state

    def stop(self) -> None:
        if self._state.phase in ACTIVE:
            try:
                self._child.stop()
            except Gone as error:
                self._give_up(f"the audio process took no order: {error}")

    def close(self) -> None:
        self._child.end()

    @property
    def child_pid(self) -> int:
        """The audio child of now, for measuring it."""
        return self._child.pid

    def _start_child(self) -> None:
        self._child = Child(self._env)
        self._has_spoken = False
        self._is_ready_for_next = True
        self._spoke_s = self._clock.monotonic()

    def _silence_s(self) -> float:
        """How long the child has owed a word."""
        owes = self._state.phase in ACTIVE or not self._is_ready_for_next
        return self._clock.monotonic() - self._spoke_s if owes else 0.0

    def _look_at_door(self) -> None:
        """Hand on whoever brings the stream. Raises Gone."""
        fd = self._feed.door.answer() if self._feed is not None and self._state.phase in ACTIVE else None
        if fd is not None:
            try:
                self._child.connect(fd)
            finally:
                os.close(fd)

    def _take(self, report: Report) -> None:
        self._spoke_s = self._clock.monotonic()
        self._has_spoken = True
        if report.phase == "idle":
            self._is_ready_for_next = self._state.phase not in ACTIVE
            return
        if self._state.phase not in ACTIVE:
            return
        phase = Phase(report.phase)
        self._heard_until = _instant(report.last_at)
        self._state = Sounding(
            phase,
            _instant(report.first_at),
            None if phase in ACTIVE else self._heard_until,
            report.level_dbfs,
            report.fault,
            report.reason,
            report.feed,
        )
        if report.reason is Reason.SOUND_CARD:
            self._replace_child()

    def _lose(self, detail: str) -> None:
        """The child went away by itself: another is started, unless this one never got as far as to speak."""
        if self._state.phase in ACTIVE:
            self._give_up(self._child.describe_end() if self._child.has_ended else detail)
        elif self._has_spoken:
            self._replace_child()

    def _give_up(self, fault: str) -> None:
        if self._state.phase in ACTIVE:
            self._state = fail(replace(self._state, last_sample_at=self._heard_until), Reason.SOUND_CARD, fault)
        self._replace_child()

    def _replace_child(self) -> None:
        self._child.kill()
        self._dying.append(self._child)
        self._start_child()


def require_idle(state: Sounding) -> None:
    if state.phase in ACTIVE:
        raise RuntimeError(f"an item is {state.phase}: stop it first and wait for its end")


def open_all(tracks: Sequence[Track]) -> list[int]:
    """Open and verify every track, or none. Raises Unusable."""
    fds: list[int] = []
    try:
        fds.extend(open_track(track) for track in tracks)
    except Unusable:
        close_all(fds)
        raise
    return fds


def _open_or_none(tracks: Sequence[Track]) -> list[int]:
    """A substitute that cannot be played does not keep the stream from it."""
    try:
        return open_all(tracks)
    except Unusable as error:
        _log.warning("no substitute for the stream: %s", error)
        return []


def close_all(fds: Sequence[int]) -> None:
    for fd in fds:
        os.close(fd)


def fail(state: Sounding, reason: Reason, fault: str) -> Sounding:
    return replace(state, phase=Phase.FAILED, reason=reason, fault=fault)


def _instant(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
