"""How one broadcast stands in each of its villages: ready before, on air, and the result after. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from contract.orders import Counter
from contract.reports import Playout
from contract.terms import Outcome, Reason
from hub.broadcasts import Broadcast, Readiness, Stage, readiness
from hub.fleet import Status
from hub.web.phrases import Line, Phase, Tone
from hub.web.villages import Village
from hub.web.words import mark

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
    """One broadcast with all its villages, as of one instant. `is_soon` says that its first sound is near."""

    broadcast: Broadcast
    phase: Phase
    parts: tuple[Part, ...]
    is_soon: bool = False

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
        found: list[Trouble] = []
        for name, line in self.troubles:
            same = next((n for n, t in enumerate(found) if t.line.says == line.says), None)
            if same is None:
                found.append(Trouble((name,), line))
            else:
                found[same] = Trouble((*found[same].names, name), found[same].line)
        return found

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
) -> Airing:
    """Put a broadcast together with what its villages said. `needed` is the first plan of each that carries it."""
    parts = tuple(
        _part(broadcast, villages[node], needed.get(node), playouts.get(node))
        for node in broadcast.nodes
        if node in villages
    )
    phase = _phase(broadcast, parts, now)
    starts_at = broadcast.starts_at
    is_soon = phase is Phase.WAITING and starts_at is not None and starts_at - now <= SOON
    return Airing(broadcast, phase, parts, is_soon)


def _part(broadcast: Broadcast, village: Village, needed: Counter | None, playout: Playout | None) -> Part:
    report = village.heartbeat.plan if village.heartbeat else None
    is_on_air = playout is None and village.on_air == broadcast.id
    return Part(village, readiness(broadcast, needed, report), playout, is_on_air)


def _phase(broadcast: Broadcast, parts: tuple[Part, ...], now: datetime) -> Phase:
    if any(p.is_on_air for p in parts):
        return Phase.ON_AIR
    if broadcast.stage is Stage.CANCELLED:
        return Phase.CANCELLED
    if broadcast.stage is Stage.DRAFT:
        is_late = broadcast.starts_at is not None and broadcast.starts_at < now
        return Phase.EXPIRED if is_late else Phase.DRAFT
    if broadcast.starts_at is None or (now < broadcast.starts_at and not broadcast.is_live):
        return Phase.WAITING
    is_settled = all(p.playout is not None for p in parts)
    is_over = now >= broadcast.starts_at + timedelta(seconds=broadcast.duration_s)
    return Phase.DONE if is_settled or is_over else Phase.ON_AIR
