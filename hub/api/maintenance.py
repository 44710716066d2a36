"""/nodes/{id}/maintenance: when somebody works on a node or one of its cameras."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic.dataclasses import dataclass

from hub.api.caller import Looker, Tender
from hub.api.fields import ANSWER, ASKED, Instant, NodeId, Text, WindowId
from hub.api.problems import answers
from hub.nodes import maintenance
from hub.nodes.windows import Every, Repeat, Window
from hub.refusals import NotFound, Refused
from hub.store import maintenance as rows
from hub.store import nodes

router = APIRouter(tags=["maintenance"])

Series = Annotated[bool, Query(description="Those too that were planned with it and have not begun.")]


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class WindowShown:
    """A stretch of time in which faults are nothing bad: somebody is at work there."""

    id: str
    camera: str
    """Empty where it is all of the node."""
    starts_at: Instant
    ends_at: Instant
    """When it was meant to end."""
    ended_at: Instant | None
    """When somebody ended it sooner."""
    reason: str
    made_by: str
    ended_by: str
    series: str
    """The id of the first of those that were planned together; empty for one alone."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class WindowWanted:
    """From when to when somebody works there, and why."""

    starts_at: Instant
    """What has passed already is now."""
    ends_at: Instant
    """At most 31 days later."""
    reason: Text
    """At most 200 characters."""
    camera: Text = ""
    """One camera of the node; empty for all of it."""
    every: Every | None = None
    """Again at the same time of day; null for this time only. Needs `last_day`."""
    last_day: date | None = None
    """Not after this day, at most a year from now."""


@router.get("/nodes/{id}/maintenance", responses=answers(404))
def list_maintenance(caller: Looker, id: NodeId) -> tuple[WindowShown, ...]:
    """What lasts now, and what is planned."""
    with caller.desk.database.read() as c:
        if nodes.node(c, id) is None:
            raise NotFound("Không có nút này.", "There is no such node.")
        return tuple(shown(each) for each in rows.of_node(c, id, caller.now) if each.until_at > caller.now)


@router.post("/nodes/{id}/maintenance", status_code=201, responses=answers(404, 409))
def plan_maintenance(caller: Tender, id: NodeId, wanted: WindowWanted) -> WindowShown:
    """Say when somebody works there. The hub watches on all the while."""
    if (wanted.every is None) != (wanted.last_day is None):
        raise Refused("every và last_day phải đi cùng nhau.", "every and last_day go together.")
    zone, person = caller.hub.pages.zone, caller.person
    repeat = Repeat(wanted.every, wanted.last_day, zone) if wanted.every and wanted.last_day else None
    return shown(
        maintenance.plan(
            caller.desk, id, wanted.camera, wanted.starts_at, wanted.ends_at, wanted.reason, person, repeat
        )
    )


@router.post("/nodes/{id}/maintenance/{window}/end", responses=answers(404, 409))
def end_maintenance(caller: Tender, id: NodeId, window: WindowId, series: Series = False) -> WindowShown:
    """It is done sooner, or will not be."""
    return shown(maintenance.end(caller.desk, id, window, caller.person, series))


def shown(window: Window) -> WindowShown:
    return WindowShown(
        id=window.id,
        camera=window.camera,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        ended_at=window.ended_at,
        reason=window.reason,
        made_by=window.made_by,
        ended_by=window.ended_by,
        series=window.series,
    )
