"""How one broadcast stands in each of its villages: ready before, on air, and the result after. Pure."""

from collections import Counter as Tally
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from contract.events import Playout
from contract.orders import Audio, Counter
from contract.terms import Outcome, Reason
from hub.nodes.fleet import Status
from hub.orders.broadcasts import Broadcast, Readiness, Stage, length_s, readiness, sounds
from hub.rules.calendar import Occurrence
from hub.web.wording.phrases import Line, Phase, Tone
from hub.web.wording.villages import Village
from hub.web.wording.words import mark

_WANTED = (Reason.STOPPED, Reason.WITHDRAWN)
"""Somebody wanted it to end there: nobody needs to hear it again."""
REMIND, LAST_CALL = timedelta(hours=24), timedelta(hours=1)
"""So long before its first sound people are reminded to approve it, and urged to."""
SOON = timedelta(minutes=5)
"""So long before its first sound a broadcast tells the second, and counts down to it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One village's part in a broadcast."""

    village: Village
    readiness: Readiness
    playout: Playout | None
    is_on_air: bool

    @property
    def is_aired(self) -> bool:
        return self.playout is not None and self.playout.outcome is Outcome.AIRED

    @property
    def is_missed(self) -> bool:
        """It was not heard to its end there, and nobody wanted that."""
        return self.playout is not None and not self.is_aired and self.playout.reason not in _WANTED

    @property
    def is_ready(self) -> bool:
        """It holds plan and recordings, and nothing known would keep it silent."""
        return self.readiness is Readiness.READY and self.village.mute is None

    @property
    def why_not_ready(self) -> Line | None:
        if self.village.mute is not None:
            return self.village.mute
        if self.readiness is Readiness.READY:
            return None
        report = self.village.heartbeat.plan if self.village.heartbeat else None
        if self.readiness is Readiness.REFUSED and report is not None:
            return Line(mark("the node refused the plan: %(reason)s"), "cross", Tone.BAD, {"reason": report.refused})
        return Line(self.readiness, "clock", Tone.WARN)

    @property
    def remarks(self) -> list[Line]:
        """What was not plain about its airing."""
        return [] if self.playout is None else list(_remarks(self.playout))

    def trouble(self, phase: Phase) -> Line | None:
        """What is wrong with this part while the broadcast is in `phase`; None where nothing is."""
        if phase is Phase.WAITING:
            return self.why_not_ready or self._out_of_sight
        if phase is Phase.ON_AIR and self.playout is None and not self.is_on_air:
            return self.village.mute
        if self.playout is not None and not self.is_aired:
            return _failure(self.playout)
        if phase is Phase.DONE and self.playout is None:
            return Line(mark("no report yet"), "question", Tone.WARN)
        return None

    @property
    def _out_of_sight(self) -> Line | None:
        """Ready by its own last word, yet nobody hears it now."""
        if self.village.status is not Status.DOWN:
            return None
        return Line(mark("ready, but without contact"), "alert", Tone.WARN, since_at=self.village.since_at)


def _remarks(playout: Playout) -> Iterator[Line]:
    if playout.rung == 1:
        yield Line(mark("a substitute was played"), "note", Tone.WARN)
    elif playout.rung:
        yield Line(mark("a chime with a notice was played instead"), "note", Tone.WARN)
    if playout.offset_s >= 60:
        yield Line(mark("joined in minute %(minute)s"), "clock", Tone.WARN, {"minute": int(playout.offset_s // 60) + 1})
    elif playout.offset_s:
        yield Line(mark("joined in second %(second)s"), "clock", Tone.WARN, {"second": int(playout.offset_s) + 1})
    if playout.interruptions:
        values = {"count": playout.interruptions}
        yield Line(mark("interrupted %(count)s times and continued"), "alert", Tone.WARN, values)
    if playout.repeats:
        yield Line(mark("repeated %(count)s times"), "horn", Tone.INFO, {"count": playout.repeats})


def _failure(playout: Playout) -> Line:
    tone = Tone.WARN if playout.outcome in (Outcome.CUT, Outcome.PREEMPTED) else Tone.BAD
    if playout.reason is Reason.NONE:
        return Line(playout.outcome, "cross", tone)
    return Line(mark("%(outcome)s: %(reason)s"), "cross", tone, {"outcome": playout.outcome, "reason": playout.reason})


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong, and the villages where it is."""

    names: tuple[str, ...]
    line: Line


@dataclass(frozen=True, slots=True)
class Airing:
    """One airing of a broadcast with all its villages, as of one instant. `is_soon`: its first sound is near."""

    broadcast: Broadcast
    phase: Phase
    parts: tuple[Part, ...]
    at: datetime | None = None
    """Its instant; None while a broadcast for "now" waits for approval."""
    is_soon: bool = False
    due: Tone | None = None
    """How urgent its approval is; None where that is not asked for, or has more than a day."""

    @property
    def is_void(self) -> bool:
        """An airing of a cancelled rule that never was: there would be one every day, for ever."""
        return self.phase is Phase.CANCELLED and self.broadcast.rule is not None

    @property
    def ready(self) -> list[Part]:
        return [p for p in self.parts if p.is_ready]

    @property
    def unready(self) -> list[Part]:
        return [p for p in self.parts if not p.is_ready]

    @property
    def on_air(self) -> list[Part]:
        return [p for p in self.parts if p.is_on_air]

    @property
    def aired(self) -> list[Part]:
        return [p for p in self.parts if p.is_aired]

    @property
    def failed(self) -> list[Part]:
        return [p for p in self.parts if p.playout is not None and not p.is_aired]

    @property
    def missed(self) -> list[Part]:
        return [p for p in self.parts if p.is_missed]

    @property
    def unheard(self) -> list[Part]:
        """Where it was not heard to its end, or nobody knows yet."""
        return [p for p in self.parts if not p.is_aired]

    @property
    def outcomes(self) -> list[tuple[Outcome, int]]:
        """How many villages ended how, the best first."""
        tally = Tally(p.playout.outcome for p in self.parts if p.playout is not None)
        return [(outcome, tally[outcome]) for outcome in Outcome if outcome in tally]

    @property
    def broken_off(self) -> list[Part]:
        """Where it was heard, though not to its end: stopped, or it gave way."""
        return [p for p in self.failed if p.playout is not None and p.playout.first_sample_at is not None]

    @property
    def pending(self) -> list[Part]:
        return [p for p in self.parts if p.playout is None]

    @property
    def first_sample_at(self) -> datetime | None:
        """Where it was heard to its end; where that is nowhere, where it was heard at all."""
        parts = self.aired or self.broken_off
        heard = [p.playout.first_sample_at for p in parts if p.playout and p.playout.first_sample_at]
        return min(heard, default=None)

    @property
    def troubles(self) -> list[tuple[str, Line]]:
        """What a person should know, village by village: who is not ready and why, or who did not air it and why."""
        found = [(p.village.node.title, p.trouble(self.phase)) for p in self.parts]
        return [(name, line) for name, line in found if line is not None]

    @property
    def grouped_troubles(self) -> list[Trouble]:
        """The same, each thing once with all its villages."""
        found: dict[tuple[object, ...], tuple[Line, list[str]]] = {}
        for name, line in self.troubles:
            found.setdefault(line.says, (line, []))[1].append(name)
        return [Trouble(tuple(names), line) for line, names in found.values()]

    @property
    def tone(self) -> Tone:
        """The colour of the result."""
        if len(self.aired) == len(self.parts):
            return Tone.GOOD
        return Tone.BAD if self.failed else Tone.WARN


def follow(
    broadcast: Broadcast,
    villages: Mapping[str, Village],
    needed: Mapping[str, Counter],
    playouts: Mapping[str, Playout],
    now: datetime,
    airing: Occurrence | None = None,
    is_latest: bool = True,
) -> Airing:
    """Put an airing together with what its villages said. `needed` is the first plan of each that carries it.

    `airing` is None for a broadcast that airs but once. Only the latest to have begun can be what is on air.
    """
    at = broadcast.starts_at if airing is None else airing.at
    wanted = cache(lambda language: sounds(broadcast, airing, language))
    parts = tuple(
        _part(broadcast, wanted, villages[node], needed.get(node), playouts.get(node), is_latest)
        for node in broadcast.nodes
        if node in villages
    )
    ends_at = None if at is None else at + timedelta(seconds=length_s(broadcast, airing))
    phase = _phase(broadcast, at, ends_at, parts, now)
    is_soon = phase is Phase.WAITING and at is not None and at - now <= SOON
    return Airing(broadcast, phase, parts, at, is_soon, _due(phase, at, now))


def _due(phase: Phase, at: datetime | None, now: datetime) -> Tone | None:
    if phase is not Phase.SUBMITTED or at is None or at - now > REMIND:
        return None
    return Tone.BAD if at - now <= LAST_CALL else Tone.WARN


def _part(
    broadcast: Broadcast,
    wanted: Callable[[str], tuple[Audio, ...]],
    village: Village,
    needed: Counter | None,
    playout: Playout | None,
    is_latest: bool,
) -> Part:
    report = village.heartbeat.plan if village.heartbeat else None
    is_on_air = is_latest and playout is None and village.on_air == broadcast.id
    return Part(village, readiness(wanted(village.node.language), needed, report), playout, is_on_air)


def _phase(
    broadcast: Broadcast, at: datetime | None, ends_at: datetime | None, parts: tuple[Part, ...], now: datetime
) -> Phase:
    if any(p.is_on_air for p in parts):
        return Phase.ON_AIR
    if broadcast.stage is Stage.CANCELLED:
        was_heard = broadcast.rule is not None and any(p.playout for p in parts)
        return Phase.DONE if was_heard else Phase.CANCELLED
    if broadcast.stage is not Stage.APPROVED:
        return _phase_before_approval(broadcast, at, now)
    if at is None or ends_at is None or (now < at and not broadcast.is_live):
        return Phase.WAITING
    is_settled = all(p.playout is not None for p in parts)
    return Phase.DONE if is_settled or now >= ends_at else Phase.ON_AIR


def _phase_before_approval(broadcast: Broadcast, at: datetime | None, now: datetime) -> Phase:
    if at is not None and at < now:
        return Phase.EXPIRED
    if broadcast.stage is Stage.SUBMITTED:
        return Phase.SUBMITTED
    return Phase.RETURNED if broadcast.returned_for else Phase.DRAFT
