"""Which cues still ask to sound: those of the plan, live orders that wait, and plays that were silenced and go on.
Memory only, rebuilt at every start.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from contract.orders import Audio, Command, Cue, Plan
from contract.terms import Reason
from edge.speaker import schedule
from edge.speaker.playout import Play
from edge.speaker.schedule import Want
from edge.spool import Wanted


@dataclass(frozen=True, slots=True)
class Live:
    """A live order that waits to sound, between two monotonic seconds."""

    cue: Cue
    audio: tuple[Audio, ...]
    came_s: float
    until_s: float


YIELD_S = 1800.0
"""What was silenced goes on within half an hour, or not at all: news of noon is none in the afternoon."""


class Agenda:
    """The plan in force, the live orders and what was silenced, without what is over."""

    def __init__(self) -> None:
        self.plan: Plan | None = None
        self.waits: dict[str, Reason] = {}
        """Why cues that are due do not sound yet."""
        self._cues: list[Cue] = []
        self._lives: list[Live] = []
        self._paused: list[tuple[Play, float]] = []
        self._held: dict[str, tuple[Audio, ...]] = {}
        """The sounds of cues that have begun and are not over, which must stay on disk."""
        self._audio: dict[str, Audio] = {}
        self._lengths_s: dict[str, float] = {}

    @property
    def is_waiting(self) -> bool:
        """Whether something waits to sound that no instant of the plan announces."""
        return bool(self._lives or self._paused)

    @property
    def paused(self) -> list[Play]:
        return [play for play, _ in self._paused]

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

    def begin(self, cue: Cue) -> None:
        """A cue goes on air; its sounds stay at hand until it is over."""
        held = self._held.get(cue.id) or tuple(self._audio[sha] for sha in cue.sounds)
        self.drop({cue.id})
        self._held[cue.id] = held
        self._learn()

    def pause(self, play: Play, now_s: float) -> None:
        """A play was silenced, and waits to go on."""
        self._paused.append((play, now_s + YIELD_S))

    def drop(self, cues: Container[str]) -> None:
        """The cues of these ids are over."""
        self._cues = [each for each in self._cues if each.id not in cues]
        self._lives = [each for each in self._lives if each.cue.id not in cues]
        self._paused = [each for each in self._paused if each[0].cue.id not in cues]
        self._held = {id: held for id, held in self._held.items() if id not in cues}

    def wants(self, now: datetime, now_s: float, ahead_s: float) -> list[Want]:
        """Everything that may start, or is over, by now: live orders, and planned cues due within `ahead_s`.

        A plan whose validity is over by this clock is silent, and its cues are not missed either: the clock may be
        years ahead.
        """
        lives = [
            schedule.live(each.cue, self._longest_s(each.cue), each.came_s, each.until_s, now, now_s)
            for each in self._lives
        ] + [schedule.paused(play, until_s, now, now_s) for play, until_s in self._paused]
        if self.plan is None or now >= self.plan.valid_until:
            return lives
        due = schedule.due(self._cues, now, ahead_s)
        return lives + [schedule.planned(cue, self._longest_s(cue), now, now_s) for cue in due]

    def ladder(self, cue: Cue) -> list[list[Audio]]:
        """The stored sounds of a cue of this agenda: of its programme, then of each fallback, as they are played. A
        stream without the sounds before it is its own fallback."""
        rungs = (cue.audio, ()) if cue.stream else (cue.audio, *cue.fallbacks)
        return [[self._audio[sha] for sha in rung] for rung in rungs]

    def substitute(self, cue: Cue) -> Sequence[Audio]:
        """What plays in the place of its stream while that is lost; nothing where it has none."""
        return [self._audio[sha] for ladder in cue.fallbacks[:1] for sha in ladder]

    def next_due_s(self, now: datetime, ahead_s: float) -> float:
        """Seconds until another planned cue is due; a day where none is."""
        later = self._cues[len(schedule.due(self._cues, now, ahead_s)) :]
        return (later[0].at - now).total_seconds() - ahead_s if later else 86_400.0

    def wanted(self, now: datetime) -> Wanted:
        """The sounds to have on disk, for the link to fetch."""
        keep = self.plan.keep if self.plan else ()
        audio, firm = schedule.needs(self._present_sounds(), self._cues, self._audio, keep, now)
        return Wanted(audio=audio, firm=firm)

    def _longest_s(self, cue: Cue) -> float:
        return schedule.longest_s(cue, self._lengths_s)

    def _present_sounds(self) -> list[Audio]:
        """Those of live orders, and of what has begun and is not over."""
        return [sound for sounds in (*self._held.values(), *(each.audio for each in self._lives)) for sound in sounds]

    def _learn(self) -> None:
        planned = self.plan.audio if self.plan else ()
        self._audio = {each.sha256: each for each in (*planned, *self._present_sounds())}
        self._lengths_s = {sha: each.duration_s for sha, each in self._audio.items()}


def _instant(cue: Cue) -> datetime:
    return cue.at
