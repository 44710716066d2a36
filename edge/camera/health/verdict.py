"""What a camera's looks say about it, one after another. Pure: looks and instants come in, a belief comes out."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from contract.terms import CameraFault
from edge.camera.health.finding import Finding
from edge.camera.health.judge import judge
from edge.camera.health.usual import NOTHING_USUAL, Usual
from edge.camera.rules import Patience, Rule
from edge.camera.view.seen import Look

APART = {"dx": 0.02, "dy": 0.03, "rotation_deg": 1.6}
"""How far two looks at a turned camera may differ ..."""
HARDLY_KEPT = 0.4
"""... unless hardly anything is in place: that is enough, wherever it went ..."""
NEARLY_KEPT, DOUBTFUL_LOOKS = 0.8, 2
"""... and where it takes so many looks more to believe it."""
OF_VIEW = frozenset({CameraFault.COVERED, CameraFault.MOVED, CameraFault.BLURRED})
RENAMED_LOOKS = 15
"""What is wrong with a view is called by its first name, until so many looks in a row call it by another."""
_MEMORY = 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one look alone would say."""

    at: datetime
    fault: CameraFault
    evidence: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """What is believed of one camera. `fault` is None until enough was seen to say anything.

    `detail`: the fault in words, and `evidence`: the figures it was told by, both by the newest look that showed it.
    `suspected_at`: since when the newest looks have shown one and the same fault.
    """

    fault: CameraFault | None = None
    since_at: datetime | None = None
    detail: str = ""
    evidence: dict[str, float] = field(default_factory=dict)
    recent: tuple[Verdict, ...] = ()
    picture: int | None = None
    suspect: CameraFault = CameraFault.NONE
    suspected_at: datetime | None = None


def redated(health: Health, gained: timedelta) -> Health:
    """The clock was set: all that is believed began by so much later."""
    return replace(
        health,
        since_at=health.since_at and health.since_at + gained,
        suspected_at=health.suspected_at and health.suspected_at + gained,
        recent=tuple(replace(each, at=each.at + gained) for each in health.recent),
    )


def follow(health: Health, look: Look, at: datetime, rule: Rule, usual: Usual = NOTHING_USUAL) -> Health:
    """Take one more look into account.

    A fault opens when `opens_after` of the last `of` looks show it and it has lasted, dated by the first of them. It
    gives way, to health or to another fault, when the last `clears_after` looks agree. A camera never judged before
    is believed healthy at once.
    """
    found = judge(look, health.picture, usual, rule)
    if found is None:
        return health
    fault = found.fault
    if found.is_blind and health.fault in OF_VIEW:
        return replace(health, picture=health.picture if look.picture is None else look.picture)
    suspected_at = health.suspected_at if fault is health.suspect and health.suspected_at else at
    is_early = fault is not health.fault and at - suspected_at < timedelta(seconds=patience(fault, rule).lasts_s)
    recent = (*health.recent, Verdict(at, CameraFault.NONE) if is_early else Verdict(at, fault, found.evidence))[
        -_MEMORY:
    ]
    first = _turning_point(health.fault, recent, rule)
    believed, since_at = health.fault, health.since_at
    if first is not None:
        believed = first.fault
        since_at = min(first.at, suspected_at) if first.fault is fault else first.at
    told = _told(health, believed, found)
    return Health(
        fault=believed,
        since_at=since_at,
        detail=told.detail,
        evidence=told.evidence,
        recent=recent,
        picture=health.picture if look.picture is None else look.picture,
        suspect=fault,
        suspected_at=suspected_at,
    )


def accepted(health: Health, at: datetime) -> Health:
    """Somebody says that the view is right: what was wrong with it is no fault any more."""
    return Health(CameraFault.NONE, at, picture=health.picture) if health.fault in OF_VIEW else health


def _told(before: Health, believed: CameraFault | None, newest: Finding) -> Finding:
    """What is said of the belief: by the newest look, where it shows that fault."""
    if not believed:
        return Finding()
    return newest if newest.fault is believed else Finding(believed, before.detail, before.evidence)


def patience(fault: CameraFault, rule: Rule) -> Patience:
    """How many looks it takes for this one."""
    match fault:
        case CameraFault.OFFLINE | CameraFault.NO_SIGNAL:
            return rule.gone
        case CameraFault.NONE:
            return Patience()
        case _:
            found: Patience = getattr(rule, fault.value)
            return found


def is_alike(one: Verdict, other: Verdict) -> bool:
    """Whether two looks show the same. A camera that was turned stays where it is; traffic turns up elsewhere each
    time."""
    if one.fault is not other.fault:
        return False
    if max(_kept(one), _kept(other)) < HARDLY_KEPT:
        return True
    known = [name for name in APART if name in one.evidence and name in other.evidence]
    return all(abs(one.evidence[name] - other.evidence[name]) <= APART[name] for name in known)


def _kept(verdict: Verdict) -> float:
    return verdict.evidence.get("kept", 0.0)


def is_doubtful(verdict: Verdict) -> bool:
    """A turn of a view that is still nearly all in place."""
    return verdict.fault is CameraFault.MOVED and _kept(verdict) > NEARLY_KEPT


def _turning_point(fault: CameraFault | None, recent: tuple[Verdict, ...], rule: Rule) -> Verdict | None:
    """The look with which another state began, once it is believed."""
    newest = recent[-1].fault
    if newest is fault:
        return None
    if newest is CameraFault.NONE and fault is None:
        return recent[-1]
    if fault in (None, CameraFault.NONE):
        return _opening(recent, rule)
    return _ending(fault, recent, rule)


def _opening(recent: tuple[Verdict, ...], rule: Rule) -> Verdict | None:
    """With which look a fault began."""
    newest = recent[-1]
    asked = patience(newest.fault, rule)
    more = DOUBTFUL_LOOKS if is_doubtful(newest) else 0
    same = [v for v in recent[-asked.of - more :] if is_alike(v, newest)]
    return same[0] if len(same) >= asked.opens_after + more else None


def _ending(fault: CameraFault, recent: tuple[Verdict, ...], rule: Rule) -> Verdict | None:
    """With which look it gave way, to health or to another fault."""
    newest = recent[-1].fault
    is_renamed = fault in OF_VIEW and newest in OF_VIEW
    count = RENAMED_LOOKS if is_renamed else patience(fault, rule).clears_after
    agree = OF_VIEW if newest in OF_VIEW and not is_renamed else {newest}
    last = recent[-count:]
    return last[0] if len(last) == count and all(v.fault in agree for v in last) else None
