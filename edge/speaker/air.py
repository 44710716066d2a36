"""What is on air: the one open play, with its intent, its amplifier and its sound, from arming to its end."""

import math
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
from edge.speaker.mixer import Mixer
from edge.speaker.playout import Happening, Play, Stage
from edge.speaker.schedule import Start
from edge.speaker.sound import Feed, Phase, Sound, Sounding
from edge.speaker.track import Track

LATE_START_S = 10.0
"""A sound that was armed has this long after its instant to be heard, and never less than its grace."""
OVERRUN_S = 10.0
"""A play that goes on this much longer than it may is cut."""
CLOCK_SET_S = 1.0
RETRIES = 1
RETRY_LEAD_S = 3.0
"""A sound card that failed is tried again so much later: its child starts anew, and silence is fed until it settles."""
RETRY_WAIT_S = 25.0
"""On the slowest Pi a new audio child takes 20 s to load."""
RETRY_LEAST_S = 2.0
SILENT = "không có tiếng ra card âm thanh (nothing is heard)"
MUTED = "card âm thanh đang tắt tiếng: chạy alsamixer (the card is turned down)"
SILENT_AFTER_S = 10.0
SILENT_DBFS = -60.0
"""Stored sounds have -16 LUFS: what goes to the card this softly for this long is no programme."""


class Air:
    """Plays one cue at a time. The intent is on disk before anything is switched on."""

    def __init__(self, ledger: Ledger, sound: Sound, mixer: Mixer, amplifier: Amplifier, clock: Clock) -> None:
        self.play: Play | None = None
        self.fault = ""
        """What was last wrong with the sound; empty again once something is heard."""
        self._ledger = ledger
        self._sound = sound
        self._mixer = mixer
        self._amplifier = amplifier
        self._clock = clock
        self._ladder: Sequence[Sequence[Track]] = ()
        self._volume_pct = 0
        self._feed: Feed | None = None
        self._ending: tuple[Happening, Reason] | None = None
        self._offset_s = 0.0
        self._first_sample_until_s = 0.0
        self._last_sample_until_s = 0.0
        self._silent_from_s = 0.0
        self._retries_left = 0
        self._live_until_s = math.inf
        self._has_noted_start = False

    @property
    def is_ending(self) -> bool:
        """Whether the present play was told to end, and fades out."""
        return self._ending is not None

    def begin(
        self, start: Start, ladder: Sequence[Sequence[Track]], volume_pct: int, *, feed: Feed | None = None
    ) -> None:
        """Write the intent, then make it sound at `start.at` (past: at once). Only while nothing is on air.

        `feed` is the stream that follows the tracks.

        Raises sqlite3.Error where the intent could not be written, and then nothing happens.
        """
        want = start.want
        self._live_until_s = math.inf
        if want.play is None:
            self._ledger.intend(want.cue, start.at, start.span.duration_s)
            play = Play(
                cue=want.cue,
                came_s=want.came_s,
                start_at=start.at,
                duration_s=start.duration_s,
                offset_s=start.offset_s,
                joined_s=start.offset_s,
                rung=start.rung,
                lack=start.lack,
            )
            self._has_noted_start = False
            if want.is_live:
                self._live_until_s = self._clock.monotonic() + (want.until_at - self._clock.now()).total_seconds()
        else:
            play = playout.resume(want.play, start.at, start.duration_s)
        self._ladder, self._volume_pct, self._feed = ladder, volume_pct, feed
        self._retries_left = RETRIES
        self._arm(play, max(want.until_at, start.at + timedelta(seconds=LATE_START_S)))

    def end(self, happening: Happening, why: Reason = Reason.NONE) -> None:
        """End what is on air because of `happening`: it fades out, and `step` gives it back."""
        if self.play is not None and self._ending is None:
            self._ending = happening, why
            self._sound.stop()

    def step(self) -> Play | None:
        """Look at the sound; gives back the play once it is over, or paused. To be called a few times a second while
        one is on."""
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

    def heard(self, now: datetime, paused: Sequence[Play]) -> list[Span]:
        """What counts against the limits; what is on air or paused as far as it was heard. Raises sqlite3.Error."""
        plays = [*paused, self.play] if self.play else list(paused)
        heard = self._ledger.heard(now, besides={play.cue.id for play in plays})
        for play in plays:
            if play.first_sample_at is not None:
                so_far_s = (now - play.start_at).total_seconds() if play.stage is Stage.SOUNDING else 0.0
                heard.append(Span(play.first_sample_at, play.heard_s + max(0.0, so_far_s), play.cue.priority))
        return heard

    def close(self) -> None:
        """Silence and power off. An open play stays open in the ledger, and is closed at the next start."""
        self._sound.close()
        self._mixer.close()
        self._amplifier.close()

    def _arm(self, play: Play, until_at: datetime) -> None:
        """Make ready one run of a play; its first sample is waited for until `until_at`, that of a live order never
        beyond its time."""
        now, now_s = self._clock.now(), self._clock.monotonic()
        self.play = play
        self._ending = None
        self._offset_s = now.timestamp() - now_s
        until_s = now_s + (until_at - now).total_seconds()
        self._first_sample_until_s = until_s if play.first_sample_at else min(until_s, self._live_until_s)
        self._amplifier.on()
        start_at = None if play.start_at <= now else play.start_at
        feed = replace(self._feed, length_s=play.duration_s) if self._feed else None
        self._sound.arm(self._ladder[play.rung], start_at, self._volume_pct, play.offset_s, feed=feed)

    def _follow(self, play: Play, sounding: Sounding) -> Play:
        first_at = sounding.first_sample_at
        if first_at is None:
            return play
        now_s = self._clock.monotonic()
        if play.stage is not Stage.SOUNDING:
            play = playout.advance(play, Happening.FIRST_SAMPLE)
            self._last_sample_until_s = now_s + play.duration_s + OVERRUN_S
            self._silent_from_s = now_s + SILENT_AFTER_S
            if play.first_sample_at is None:
                play = replace(play, first_sample_at=first_at, repeat_until_s=now_s + play.cue.repeat_for_s)
        is_loud = sounding.level_dbfs is not None and sounding.level_dbfs >= SILENT_DBFS
        if self.fault and is_loud and not self._mixer.is_muted():
            self.fault = ""
        return replace(
            play,
            start_at=first_at,
            run_at=first_at,
            first_sample_at=play.first_sample_at if play.heard_s else first_at,
            joined_s=play.joined_s if play.heard_s else play.offset_s,
            last_sample_at=sounding.last_sample_at,
            level_dbfs=sounding.level_dbfs,
            feed=sounding.feed,
        )

    def _watch(self, play: Play) -> None:
        now_s = self._clock.monotonic()
        if play.stage is Stage.SOUNDING:
            is_silent = self._is_silent(play)
            if now_s > self._last_sample_until_s:
                self.end(Happening.OVERRAN)
            elif is_silent and now_s > self._silent_from_s:
                self.end(Happening.FAILED, Reason.SILENT)
        elif now_s > self._first_sample_until_s:
            moved_s = self._clock.now().timestamp() - now_s - self._offset_s
            self.end(Happening.CLOCK_SET if abs(moved_s) > CLOCK_SET_S else Happening.SILENT)

    def _is_silent(self, play: Play) -> bool:
        """Nothing reaches the horns although something should; a mixer that is turned down is told by itself."""
        if self._volume_pct == 0:
            return False
        if self._mixer.is_muted():
            self.fault = MUTED
            return True
        is_quiet = play.level_dbfs is not None and play.level_dbfs < SILENT_DBFS
        return is_quiet and play.feed is None  # whether a stream is silent is judged where it comes in

    def _finish(self, play: Play, sounding: Sounding) -> Play | None:
        has_ended_well = sounding.phase is Phase.DONE and play.stage is Stage.SOUNDING
        happening, why = self._ending or (
            (Happening.LAST_SAMPLE, Reason.NONE) if has_ended_well else (Happening.FAILED, sounding.reason)
        )
        if happening is Happening.LAST_SAMPLE:
            play = replace(play, lack=play.lack or feeding.reason(play.feed))
            if self._is_silent(play):
                happening, why = Happening.FAILED, Reason.SILENT
            elif feeding.was_unheard(play.feed):
                happening, why = Happening.FAILED, Reason.STREAM
        if happening is Happening.FAILED and why in (Reason.SOUND_CARD, Reason.SILENT):
            self.fault = sounding.fault or self.fault or SILENT
        if self._goes_on(play, happening, why):
            return None
        self.play = None
        self._ending = None
        self._amplifier.off()
        if happening is Happening.YIELDED:
            return playout.pause(play, why)
        return playout.advance(play, happening, why)

    def _goes_on(self, play: Play, happening: Happening, why: Reason) -> bool:
        """Start another run of the same play, where its repetition, its ladder or a retry says so."""
        now, now_s = self._clock.now(), self._clock.monotonic()
        if happening is Happening.LAST_SAMPLE:
            gap_s = play.cue.repeat_gap_s
            if now_s + gap_s + play.offset_s + play.duration_s > play.repeat_until_s:
                return False
            again = playout.repeat(play, now + timedelta(seconds=gap_s))
        elif happening is not Happening.FAILED:
            return False
        elif why in (Reason.NO_AUDIO, Reason.BAD_AUDIO, Reason.SILENT) and play.rung + 1 < len(self._ladder):
            again = playout.descend(play, why)
        elif why is Reason.SOUND_CARD and self._retries_left > 0:
            again = playout.rejoin(play, now + timedelta(seconds=RETRY_LEAD_S))
            if again.duration_s < RETRY_LEAST_S:
                return False
            self._retries_left -= 1
        else:
            return False
        self._arm(again, again.start_at + timedelta(seconds=RETRY_WAIT_S))
        return True
