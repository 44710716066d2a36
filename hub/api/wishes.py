"""What is ordered, as programs say it; and what would become of it."""

import hashlib
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from pydantic.dataclasses import dataclass

from contract.terms import Late, Priority, Yielding
from hub.api import calendar
from hub.api.caller import Caller, Planner
from hub.api.conflicts import Hindrance, Replaced, Silenced, replaceable, silenced, told
from hub.api.fields import ANSWER, ASKED, BroadcastId, Flag, Instant, NodeId, Number, Sha256, Text, Whole
from hub.api.problems import answers, ways_out
from hub.orders import weighing
from hub.orders.programme import LONGEST_MIN
from hub.orders.wish import Extras, Station, Wish
from hub.orders.wish import Replaced as Taken
from hub.refusals import Conflicted

router = APIRouter(tags=["checks"])

PATIENCE_MAX_S = 900.0


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class StationWanted:
    """A station to be rebroadcast."""

    address: Annotated[Text, Field(max_length=500, examples=["https://radio.example/vov1"])]
    """An http or https address without a password in it."""
    minutes: Annotated[Whole, Field(ge=1, le=LONGEST_MIN, json_schema_extra={"minimum": 1, "maximum": LONGEST_MIN})]
    """How long all of it lasts, chime and intro included."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class VariantWanted:
    """What is heard in place of the recording where a language is spoken."""

    language: Annotated[Text, Field(examples=["Tày"])]
    recording: Sha256


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class WishWanted:
    """One broadcast as it is ordered."""

    title: Annotated[Text, Field(examples=["Bản tin sáng"])]
    """At most 120 characters."""
    nodes: Annotated[tuple[NodeId, ...], Field(max_length=200)]
    """In which villages."""
    recording: Sha256 | None = None
    """What is heard; null for a rebroadcast."""
    station: StationWanted | None = None
    """What is rebroadcast, where no recording is heard."""
    starts_at: Instant | None = None
    """When; null for as soon as it is approved, or by its `rule`."""
    rule: Annotated[Text, Field(max_length=300, examples=["hằng ngày 5:00 và 17:00"])] | None = None
    """When it recurs, in Vietnamese words: see /calendar/rule."""
    replacement: Sha256 | None = None
    """What is heard on the days that the rule leaves out; null for nothing."""
    priority: Priority = Priority.ROUTINE
    has_chime: Flag = True
    late: Late = Late.WHOLE
    """What becomes of an airing that could not begin in time."""
    yields: Yielding = Yielding.DROP
    """What becomes of one that was interrupted."""
    intro: Sha256 | None = None
    outro: Sha256 | None = None
    variants: Annotated[tuple[VariantWanted, ...], Field(max_length=20)] = ()
    patience_s: Annotated[Number, Field(ge=0, le=PATIENCE_MAX_S)] = 0.0
    """How long one of the priority class lets a routine one finish; it means nothing in the others."""
    is_submitted: Flag = True
    """Whether it waits for approval at once, or is kept as a draft."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class OrderWanted(WishWanted):
    """The same, and what goes for it."""

    replacing: Annotated[tuple[Replaced, ...], Field(max_length=50)] = ()
    """What is taken back at once to make room, even before this one is approved: see `replaceable` of the problem."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class CheckWanted:
    """What would become of an order, or of a change of one."""

    wish: WishWanted
    instead_of: BroadcastId | None = None
    """The broadcast that it would change; null for a new one."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Checked:
    """Whether it could be saved. Nothing was."""

    is_free: bool
    starts_at: Instant | None
    """Its first airing; null for as soon as it is approved."""
    duration_s: float | None
    """How long one airing lasts, where it could be saved."""
    conflicts: tuple[Hindrance, ...]
    """What stands in its way, village by village."""
    free_at: Instant | None
    """When it could sound instead, from the time ordered on, where a time nearby is free."""
    free_before_at: Instant | None
    """The same before the time ordered."""
    replaceable: tuple[Replaced, ...]
    """What would have to go to make room, where it is yours to take back: order it with all of it as `replacing`."""
    silences: tuple[Silenced, ...]
    """What of a lower class it would silence."""


@router.post("/checks", responses=answers(404, 409))
def check(caller: Planner, wanted: CheckWanted) -> Checked:
    """What stands in the way of an order, and the ways out; nothing is saved."""
    try:
        weighed = weighing.weigh(caller.desk, wish(caller, wanted.wish), caller.person, wanted.instead_of or "")
    except Conflicted as error:
        ways = ways_out(caller.person, error)
        return Checked(
            is_free=False,
            starts_at=wanted.wish.starts_at,
            duration_s=None,
            conflicts=tuple(told(caller.words, each) for each in error.conflicts),
            free_at=ways.after,
            free_before_at=ways.before,
            replaceable=replaceable(ways),
            silences=(),
        )
    return Checked(
        is_free=True,
        starts_at=weighed.broadcast.starts_at,
        duration_s=weighed.broadcast.duration_s,
        conflicts=(),
        free_at=None,
        free_before_at=None,
        replaceable=(),
        silences=tuple(map(silenced, weighed.interruptions)),
    )


def wish(caller: Caller, wanted: WishWanted) -> Wish:
    """The same in the hub's own terms. Raises Misread."""
    station = None if wanted.station is None else Station(wanted.station.address, wanted.station.minutes)
    extras = Extras(
        intro=wanted.intro or "",
        outro=wanted.outro or "",
        station=station,
        variants=tuple((v.language, v.recording) for v in wanted.variants),
    )
    return Wish(
        title=wanted.title,
        recording=wanted.recording or "",
        nodes=wanted.nodes,
        starts_at=wanted.starts_at,
        rule=None if wanted.rule is None else calendar.parse(caller, wanted.rule),
        priority=wanted.priority,
        has_chime=wanted.has_chime,
        late=wanted.late,
        yields=wanted.yields,
        extras=extras,
        replacement=wanted.replacement or "",
        patience_s=wanted.patience_s,
    )


def replaced(wanted: OrderWanted) -> list[Taken]:
    """What it takes back, in the hub's own terms."""
    return [Taken(each.broadcast, each.at) for each in wanted.replacing]


def id_of(caller: Caller, key: str, wanted: WishWanted) -> str:
    """Under which a request with an Idempotency-Key is ordered: the same for the same request, of one person's."""
    said = "\n".join((caller.person.name, key, repr(wanted)))
    return "b" + hashlib.sha256(said.encode()).hexdigest()[:12] if key else ""
