"""Which cues still ask to sound: those of the plan, and live orders that wait. Memory only, rebuilt at every start."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from contract.orders import Audio, Command, Cue, Plan
from contract.terms import Reason
from edge.speaker import schedule
from edge.speaker.schedule import Want
from edge.spool import Wanted


@dataclass(frozen=True, slots=True)
class Live:
    """A live order that waits to sound, between two monotonic seconds."""

    cue: Cue
    audio: tuple[Audio, ...]
    came_s: float
    until_s: float


class Agenda:
    """The plan in force and the live orders, without what is over."""

    def __init__(self) -> None:
        self.plan: Plan | None = None
        self.waits: dict[str, Reason] = {}
        """Why cues that are due do not sound yet."""
        self._cues: list[Cue] = []
        self._lives: list[Live] = []
        self._audio: dict[str, Audio] = {}
        self._lengths_s: dict[str, float] = {}

    @property
    def has_lives(self) -> bool:
        return bool(self._lives)

    def take_plan(self, plan: Plan, unbegun: Iterable[Cue]) -> None:
        """Follow a plan; `unbegun` are those of its cues that may still sound. It says nothing beyond its validity."""
        self.plan = plan
        self._cues = sorted((cue for cue in unbegun if cue.at < plan.valid_until), key=_instant)
        self._learn()

    def take_live(self, command: Command, cue: Cue, came_s: float, until_s: float) -> None:
        """Take up a live order; it stands in the place of a planned cue of the same id."""
        self.drop({cue.id})
        self._lives.append(Live(cue, command.audio, came_s, until_s))
        self._learn()

    def drop(self, cues: Container[str]) -> None:
        """The cues of these ids are on air, or over."""
        self._cues = [each for each in self._cues if each.id not in cues]
        self._lives = [each for each in self._lives if each.cue.id not in cues]

    def wants(self, now: datetime, now_s: float, ahead_s: float) -> list[Want]:
        """Everything that may start, or is over, by now: live orders, and planned cues due within `ahead_s`.

        A plan whose validity is over by this clock is silent, and its cues are not missed either: the clock may be
        years ahead.
        """
        lives = [
            schedule.live(each.cue, self._longest_s(each.cue), each.came_s, each.until_s, now, now_s)
            for each in self._lives
        ]
        if self.plan is None or now >= self.plan.valid_until:
            return lives
        due = schedule.due(self._cues, now, ahead_s)
        return lives + [schedule.planned(cue, self._longest_s(cue), now, now_s) for cue in due]

    def sounds(self, cue: Cue) -> Sequence[Audio]:
        """The stored sounds of a cue of this agenda, in the order they are played."""
        return [self._audio[sha] for sha in cue.audio]

    def substitute(self, cue: Cue) -> Sequence[Audio]:
        """What plays in the place of its stream while that is lost; nothing where it has none."""
        return [self._audio[sha] for ladder in cue.fallbacks[:1] for sha in ladder]

    def next_due_s(self, now: datetime, ahead_s: float) -> float:
        """Seconds until another planned cue is due; a day where none is."""
        later = self._cues[len(schedule.due(self._cues, now, ahead_s)) :]
        return (later[0].at - now).total_seconds() - ahead_s if later else 86_400.0

    def wanted(self, now: datetime) -> Wanted:
        """The sounds to have on disk, for the link to fetch."""
        lives = [sound for each in self._lives for sound in each.audio]
        keep = self.plan.keep if self.plan else ()
        audio, firm = schedule.needs(lives, self._cues, self._audio, keep, now)
        return Wanted(audio=audio, firm=firm)

    def _longest_s(self, cue: Cue) -> float:
        return schedule.longest_s(cue, self._lengths_s)

    def _learn(self) -> None:
        lived = (sound for each in self._lives for sound in each.audio)
        planned = self.plan.audio if self.plan else ()
        self._audio = {each.sha256: each for each in (*planned, *lived)}
        self._lengths_s = {sha: each.duration_s for sha, each in self._audio.items()}


def _instant(cue: Cue) -> datetime:
    return cue.at
