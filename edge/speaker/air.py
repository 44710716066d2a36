"""What is on air: the one open play, with its intent, its amplifier and its sound, from arming to its end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from contract.rules import Span
from contract.terms import Reason
from edge.clock import Clock
from edge.speaker import feed as feeding
from edge.speaker import playout
from edge.speaker.amplifier import Amplifier
from edge.speaker.ledger import Ledger
from edge.speaker.playout import Happening, Play, Stage
from edge.speaker.schedule import Want
from edge.speaker.sound import Feed, Phase, Sound, Sounding
from edge.speaker.track import Track

LATE_START_S = 10.0
"""A sound that was armed has this long after its instant to be heard, and never less than its grace."""
OVERRUN_S = 10.0
"""A play that goes on this much longer than it may is cut."""
CLOCK_SET_S = 1.0


class Air:
    """Plays one cue at a time. The intent is on disk before anything is switched on."""

    def __init__(self, ledger: Ledger, sound: Sound, amplifier: Amplifier, clock: Clock) -> None:
        self.play: Play | None = None
        self.fault = ""
        """What was last wrong with the sound; empty again once something sounds."""
        self._ledger = ledger
        self._sound = sound
        self._amplifier = amplifier
        self._clock = clock
        self._ending: Happening | None = None
        self._offset_s = 0.0
        self._first_sample_until_s = 0.0
        self._last_sample_until_s = 0.0
        self._has_noted_start = False

    @property
    def is_ending(self) -> bool:
        """Whether the present play was told to end, and fades out."""
        return self._ending is not None

    def begin(
        self, want: Want, start_at: datetime, tracks: Sequence[Track], volume_pct: int, *, feed: Feed | None = None
    ) -> None:
        """Write the intent, then make it sound at `start_at` (past: at once). Only while nothing is on air.

        `feed` is the stream that follows the tracks.

        Raises sqlite3.Error where the intent could not be written, and then nothing happens.
        """
        now, now_s = self._clock.now(), self._clock.monotonic()
        self._ledger.intend(want.cue, start_at, want.duration_s)
        self.play = Play(cue=want.cue, came_s=want.came_s, start_at=start_at, duration_s=want.duration_s)
        self._ending = None
        self._has_noted_start = False
        self._offset_s = now.timestamp() - now_s
        until_at = want.until_at if want.is_live else max(want.until_at, start_at + timedelta(seconds=LATE_START_S))
        self._first_sample_until_s = now_s + (until_at - now).total_seconds()
        self._amplifier.on()
        self._sound.arm(tracks, None if start_at <= now else start_at, volume_pct, feed=feed)

    def end(self, happening: Happening) -> None:
        """End what is on air because of `happening`: it fades out, and `step` gives it back."""
        if self.play is not None and self._ending is None:
            self._ending = happening
            self._sound.stop()

    def step(self) -> Play | None:
        """Look at the sound; gives back the play once it is over. To be called a few times a second while one is on."""
        self._amplifier.step()
        sounding = self._sound.poll()
        if self.play is None:
            return None
        self.play = self._follow(self.play, sounding)
        if sounding.phase in (Phase.ARMED, Phase.SOUNDING):
            self._watch(self.play)
            return None
        return self._finish(self.play, sounding)

    def note_start(self) -> None:
        """Keep the first sample's instant on disk, once. Raises sqlite3.Error."""
        play = self.play
        if play is not None and play.first_sample_at is not None and not self._has_noted_start:
            self._ledger.note_first_sample(play.cue.id, play.first_sample_at)
            self._has_noted_start = True

    def heard(self, now: datetime) -> list[Span]:
        """What counts against the limits: what is on air counts as far as it was heard. Raises sqlite3.Error."""
        play = self.play
        heard = self._ledger.heard(now, besides=play.cue.id if play else "")
        if play is not None and play.first_sample_at is not None:
            so_far_s = max(0.0, (now - play.first_sample_at).total_seconds())
            heard.append(Span(play.first_sample_at, so_far_s, play.cue.priority))
        return heard

    def close(self) -> None:
        """Silence and power off. An open play stays open in the ledger, and is closed at the next start."""
        self._sound.close()
        self._amplifier.close()

    def _follow(self, play: Play, sounding: Sounding) -> Play:
        first_at = sounding.first_sample_at
        if first_at is None:
            return play
        if play.stage is Stage.ARMED:
            play = playout.advance(play, Happening.FIRST_SAMPLE)
            self._last_sample_until_s = self._clock.monotonic() + play.duration_s + OVERRUN_S
            self.fault = ""
        return replace(
            play,
            start_at=first_at,
            first_sample_at=first_at,
            last_sample_at=sounding.last_sample_at,
            level_dbfs=sounding.level_dbfs,
            feed=sounding.feed,
        )

    def _watch(self, play: Play) -> None:
        now_s = self._clock.monotonic()
        if play.stage is Stage.SOUNDING and now_s > self._last_sample_until_s:
            self.end(Happening.OVERRAN)
        elif play.stage is Stage.ARMED and now_s > self._first_sample_until_s:
            moved_s = self._clock.now().timestamp() - now_s - self._offset_s
            self.end(Happening.CLOCK_SET if abs(moved_s) > CLOCK_SET_S else Happening.SILENT)

    def _finish(self, play: Play, sounding: Sounding) -> Play:
        is_heard = play.first_sample_at is not None and not feeding.was_unheard(play.feed)
        has_ended_well = sounding.phase is Phase.DONE and is_heard
        happening = self._ending or (Happening.LAST_SAMPLE if has_ended_well else Happening.FAILED)
        if sounding.phase is Phase.FAILED and sounding.reason is Reason.SOUND_CARD:
            self.fault = sounding.fault or Reason.SOUND_CARD.value
        self.play = None
        self._ending = None
        self._amplifier.off()
        return playout.advance(play, happening, sounding.reason or feeding.reason(play.feed))
