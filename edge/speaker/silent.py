"""The fake of `sound`: an item is armed, sounds and is over in virtual time, and nothing is heard."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contract.terms import Reason
from edge.clock import Clock
from edge.speaker.fake_feed import FakeFeed, Script
from edge.speaker.feed import Course
from edge.speaker.sound import Feed, Phase, Sounding, close_all, fail, open_all, require_idle
from edge.speaker.track import Track, Unusable, measure_duration


@dataclass(frozen=True)
class Heard:
    """One item as `SilentSound` let it be heard."""

    tracks: tuple[Track, ...]
    volume_pct: int
    first_sample_at: datetime
    last_sample_at: datetime
    offset_s: float = 0.0
    feed: Course | None = None


class SilentSound:
    """The fake: same promises, no sound, the time of a `Clock`. Keeps what would have been heard in `heard`."""

    FADE_S = 0.02

    def __init__(self, clock: Clock) -> None:
        self.heard: list[Heard] = []
        self.card_fault = ""
        """Set it to break the card, clear it to mend it."""
        self.level_dbfs = -20.0
        self.script = Script()
        """What streams bring: to be changed while a rebroadcast sounds."""
        self._feed: FakeFeed | None = None
        self._clock = clock
        self._state = Sounding()
        self._tracks: tuple[Track, ...] = ()
        self._volume_pct = 0
        self._begin_s = 0.0
        self._first_at = self._last_at = clock.now()

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
        try:
            duration_s = max(0.0, _measure_all(tracks) - offset_s)
        except Unusable as error:
            self._state = fail(Sounding(), error.reason, str(error))
            return
        now = self._clock.now()
        self._tracks, self._volume_pct, self._begin_s = tuple(tracks), volume_pct, offset_s
        self._first_at = max(start_at or now, now)
        self._feed = FakeFeed(bool(feed.substitute), duration_s, self.script) if feed else None
        self._last_at = self._first_at + timedelta(seconds=feed.length_s if feed else duration_s)
        self._state = Sounding(Phase.ARMED)

    def poll(self) -> Sounding:
        now = self._clock.now()
        if self._state.phase is Phase.ARMED and self.card_fault:
            self._state = fail(self._state, Reason.SOUND_CARD, self.card_fault)
        if self._state.phase is Phase.ARMED and now >= self._first_at:
            self._state = Sounding(Phase.SOUNDING, self._first_at, level_dbfs=self.level_dbfs)
        if self._state.phase is Phase.SOUNDING and self._feed is not None:
            played_s = (min(now, self._last_at) - self._first_at).total_seconds()
            self._state = replace(self._state, feed=self._feed.play_until(played_s))
        if self._state.phase is Phase.SOUNDING:
            if now >= self._last_at:
                self._end(replace(self._state, phase=Phase.DONE))
            elif self.card_fault:
                self._last_at = now
                self._end(fail(self._state, Reason.SOUND_CARD, self.card_fault))
        return self._state

    def stop(self) -> None:
        phase = self.poll().phase
        if phase is Phase.ARMED:
            self._state = Sounding(Phase.DONE)
        elif phase is Phase.SOUNDING:
            self._last_at = min(self._last_at, self._clock.now() + timedelta(seconds=self.FADE_S))

    def close(self) -> None:
        self._state = Sounding()

    def _end(self, state: Sounding) -> None:
        self._state = replace(state, last_sample_at=self._last_at)
        self.heard.append(
            Heard(self._tracks, self._volume_pct, self._first_at, self._last_at, self._begin_s, state.feed)
        )


def _measure_all(tracks: Sequence[Track]) -> float:
    fds = open_all(tracks)
    try:
        return sum(measure_duration(fd) for fd in fds)
    finally:
        close_all(fds)
