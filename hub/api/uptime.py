"""/uptime: for how much of a month each village's node was up."""

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic.dataclasses import dataclass

from hub.api.caller import Looker
from hub.api.fields import ANSWER, Instant
from hub.api.problems import answers
from hub.nodes.uptime import State
from hub.web.nodes import uptime_view
from hub.web.nodes.uptime_view import VillageMonth
from hub.web.wording.times import month_span, read_month

router = APIRouter(tags=["uptime"])

Month = Annotated[
    str | None,
    Query(
        pattern=r"^20\d\d-(0[1-9]|1[0-2])$",
        description="This month where it is missing or still to come.",
        examples=["2026-11"],
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Lasted:
    """How long it was so, in seconds."""

    up_s: float
    degraded_s: float
    down_s: float
    unknown_s: float
    maintenance_s: float


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class VillageShown:
    """One village's month, as far as it has passed."""

    node: str
    title: str
    availability: float | None
    """(up + degraded) / (up + degraded + down), 0 to 1; null where less than 0.9 of the time is known."""
    coverage: float | None
    """How much of the time is known, 0 to 1; null where there was none to know."""
    outages: int
    longest_outage_s: float
    lasted: Lasted


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class MonthShown:
    """From when to when, and all villages in service, the worst first."""

    starts_at: Instant
    until_at: Instant
    villages: tuple[VillageShown, ...]


@router.get("/uptime", responses=answers())
def tell_uptime(caller: Looker, month: Month = None) -> MonthShown:
    """A month of all villages."""
    zone, now = caller.hub.pages.zone, caller.now
    latest = now.astimezone(zone).date().replace(day=1)
    asked = read_month(month or "")
    first = latest if asked is None else min(max(asked, uptime_view.EARLIEST), latest)
    start, end = month_span(first, zone)
    with caller.desk.database.read() as c:
        lines = uptime_view.of_month(c, first, now, zone)
    return MonthShown(
        starts_at=start.astimezone(UTC),
        until_at=min(end, now).astimezone(UTC),
        villages=tuple(map(_shown, lines)),
    )


def _shown(line: VillageMonth) -> VillageShown:
    told = line.uptime
    return VillageShown(
        node=line.node.id,
        title=line.node.title,
        availability=told.availability if told.is_enough else None,
        coverage=told.coverage,
        outages=len(told.outages),
        longest_outage_s=told.longest.total_seconds(),
        lasted=Lasted(**{f"{state.value}_s": told.lasted[state].total_seconds() for state in State}),
    )
