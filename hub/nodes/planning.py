"""From approved broadcasts to what goes down: cues, and the plan of one node. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from contract import codec
from contract.orders import Audio, Counter, Cue, Plan
from contract.terms import Priority, Yielding
from contract.topics import Address
from hub.orders.broadcasts import (
    GRACE_S,
    STANDING,
    Broadcast,
    Stage,
    airings,
    approve,
    is_relayed,
    length_s,
    recorded,
    sounds,
)
from hub.rules.calendar import Occurrence
from hub.rules.rule import USUAL_SETS, DaySets

HORIZON = timedelta(days=45)
"""How far a plan reaches ahead, so that a node airs on without its hub."""

REISSUE_AFTER = timedelta(days=1)
"""A plan is issued anew this often, and reaches this much farther, so that what a node holds never falls short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What plans rest on besides the orders: the commune's standing choices, which are no part of an approval."""

    sets: DaySets = USUAL_SETS
    kept: tuple[Audio, ...] = ()
    """What every village holds ready for emergencies."""
    fallbacks: tuple[tuple[Audio, ...], ...] = ()
    """What is heard where a recording or a stream is not there: of several the first that can be played."""
    languages: Mapping[str, str] = field(default_factory=dict)
    """Of the villages that have one of their own."""


def cue_id(broadcast: str, occurrence: datetime, node: str) -> str:
    """Derives from broadcast, occurrence and node alone: the same in every issue, on every hub."""
    return f"{broadcast}.{occurrence.astimezone(UTC):%Y%m%dT%H%M%S}.{Address.of_node(node).name}"


def cue(broadcast: Broadcast, node: str, airing: Occurrence | None = None, ground: Ground | None = None) -> Cue:
    """One airing of an approved broadcast on one node; without `airing`, of one that airs but once."""
    assert broadcast.starts_at is not None
    airing = airing or Occurrence(broadcast.starts_at, broadcast.starts_at.date())
    ground = ground or Ground()
    language = ground.languages.get(node, "")
    return Cue(
        id=cue_id(broadcast.id, airing.at, node),
        broadcast=broadcast.id,
        title=broadcast.title,
        at=airing.at,
        duration_s=length_s(broadcast, airing, language),
        priority=broadcast.priority,
        audio=tuple(a.sha256 for a in sounds(broadcast, airing, language)),
        stream=broadcast.stream if is_relayed(broadcast, airing) else "",
        fallbacks=_fallbacks(broadcast, airing, language, ground),
        grace_s=GRACE_S,
        late=broadcast.late,
        yields=broadcast.yields,
        patience_s=broadcast.patience_s,
    )


def compile_plan(
    node: str, approved: Iterable[Broadcast], counter: Counter, now: datetime, ground: Ground | None = None
) -> Plan:
    """All that `node` is to air from now to the horizon, whole. Only approved broadcasts enter."""
    ground = ground or Ground()
    ours = [b for b in approved if node in b.nodes and b.is_approved]
    until = now + HORIZON + REISSUE_AFTER
    current = [cue(b, node, o, ground) for b in ours if not b.is_live for o in _sounding(b, now, until, ground.sets)]
    used = {sha for c in current for sha in c.sounds}
    ready = {a.sha256: a for a in ground.kept}
    language = ground.languages.get(node, "")
    standing = [b for b in ours if b.is_live and _is_standing(b, now)]
    keep = {a.sha256 for b in standing for a in sounds(b, None, language)} | ready.keys()
    known = [*(a for b in ours for a in recorded(b)), *(a for rung in ground.fallbacks for a in rung)]
    audio = ready | {a.sha256: a for a in known if a.sha256 in used | keep}
    return Plan(
        node=node,
        counter=counter,
        issued_at=now,
        valid_until=until,
        audio=tuple(audio[sha] for sha in sorted(audio)),
        cues=tuple(sorted(current, key=lambda c: (c.at, c.id))),
        keep=tuple(sorted(keep)),
    )


def content_digest(plan: Plan) -> str:
    """Two plans with the same digest say the same; counter and dates of issue left aside."""
    return hashlib.sha256(codec.encode((plan.audio, plan.cues, plan.keep))).hexdigest()


def overfull(new: Broadcast, approved: Sequence[Broadcast], now: datetime, ground: Ground | None = None) -> list[str]:
    """The nodes whose plan would be larger than a node takes, were `new` approved."""
    ground = ground or Ground()
    others = [b for b in approved if b.id != new.id]
    together = [*others, new if new.is_approved else approve(replace(new, stage=Stage.SUBMITTED), "", now, ground.sets)]
    alike: dict[tuple[str, ...], list[str]] = {}
    for node in new.nodes:
        key = (ground.languages.get(node, ""), *(b.id for b in together if node in b.nodes))
        alike.setdefault(key, []).append(node)
    # Villages with the same broadcasts have the same plan, but for their names.
    full = {node for group in alike.values() if not _fits(max(group, key=len), together, now, ground) for node in group}
    return [node for node in new.nodes if node in full]


def _fallbacks(broadcast: Broadcast, airing: Occurrence, language: str, ground: Ground) -> tuple[tuple[str, ...], ...]:
    """None that is longer than what it stands in for: the villages' limits and what follows were judged by that, and
    a node counts the longest. A stream's ends with the stream. In place of an emergency nothing else may be heard."""
    if broadcast.priority is Priority.EMERGENCY:
        return ()
    rungs = ground.fallbacks
    if not is_relayed(broadcast, airing):
        most_s = length_s(broadcast, airing, language)
        rungs = tuple(rung for rung in rungs if sum(a.duration_s for a in rung) <= most_s)
    return tuple(tuple(a.sha256 for a in rung) for rung in rungs)


def _fits(node: str, approved: Sequence[Broadcast], now: datetime, ground: Ground) -> bool:
    try:
        codec.pack(compile_plan(node, approved, Counter(0, 0), now, ground))
    except ValueError:
        return False
    return True


def _sounding(broadcast: Broadcast, now: datetime, until: datetime, sets: DaySets) -> list[Occurrence]:
    """The airings that are ahead, or may still sound: within their grace, or to go on after they were silenced."""
    after = timedelta(seconds=GRACE_S + broadcast.patience_s)
    after += timedelta() if broadcast.yields is Yielding.DROP else STANDING
    longest = timedelta(seconds=broadcast.duration_s + sum(a.duration_s for a in broadcast.substitutes))
    found = airings(broadcast, now - longest - after, until, sets)
    return [o for o in found if o.at + timedelta(seconds=length_s(broadcast, o)) + after > now]


def _is_standing(broadcast: Broadcast, now: datetime) -> bool:
    """Whether a live order may still be waiting for its sound on some node."""
    return broadcast.starts_at is not None and now < broadcast.starts_at + STANDING
