"""/nodes/<id>/maintenance: from when to when somebody works on a node or one of its cameras, and that it is done."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response

from hub.nodes import maintenance
from hub.nodes.windows import Every, Repeat
from hub.refusals import Refused
from hub.web import again
from hub.web.nodes import cameras, page
from hub.web.visit import Tender, Visit
from hub.web.wording.times import read_local
from hub.web.wording.villages import camera_path

router = APIRouter()


@router.post("/nodes/{id}/maintenance")
def plan_maintenance(
    visit: Tender,
    id: str,
    camera: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    from_day: Annotated[str, Form()] = "",
    from_time: Annotated[str, Form()] = "",
    until_day: Annotated[str, Form()] = "",
    until_time: Annotated[str, Form()] = "",
    every: Annotated[str, Form()] = "",
    last_day: Annotated[str, Form()] = "",
) -> Response:
    """Somebody works on the node, or on this camera, from when to when; again and again with `every`."""
    typed = {
        "reason": reason, "from_day": from_day, "from_time": from_time, "until_day": until_day,
        "until_time": until_time, "every": every, "last_day": last_day,
    }  # fmt: skip
    try:
        _plan(visit, id, camera, typed)
    except Refused as error:
        refused = again.refused(visit, error, "maintenance", **typed)
        return cameras.show(visit, id, camera, refused) if camera else page.show(visit, id, refused)
    return _back(visit, id, camera)


@router.post("/nodes/{id}/maintenance/{window}/end")
def end_maintenance(visit: Tender, id: str, window: str, series: Annotated[str, Query(max_length=10)] = "") -> Response:
    """It is done sooner, or will not be; with `series` those that were planned with it and are still to come."""
    act = maintenance.drop_coming if series else maintenance.end
    ended = act(visit.desk, id, window, visit.person)
    return _back(visit, id, ended.camera)


def _plan(visit: Visit, id: str, camera: str, typed: Mapping[str, str]) -> None:
    """Raises Refused, NotAllowed or NotFound."""
    zone = visit.hub.pages.zone
    starts_at = read_local(typed["from_day"], typed["from_time"], zone)
    ends_at = read_local(typed["until_day"], typed["until_time"], zone)
    if starts_at is None or ends_at is None:
        raise Refused("Hãy ghi ngày giờ bắt đầu và ngày giờ xong.", "Say on which day and at what time, both times.")
    repeat = _repeat(typed["every"], typed["last_day"], zone)
    maintenance.plan(visit.desk, id, camera, starts_at, ends_at, typed["reason"], visit.person, repeat)


def _repeat(every: str, last_day: str, zone: ZoneInfo) -> Repeat | None:
    """Raises Refused for a day that is none, or a choice that is."""
    if not every:
        return None
    if every not in list(Every):
        raise Refused("Hãy chọn cách lặp lại.", "Choose how often it happens again.")
    try:
        return Repeat(Every(every), date.fromisoformat(last_day), zone)
    except ValueError:
        raise Refused("Hãy ghi ngày lặp cuối cùng.", "Say on which day it is the last time.") from None


def _back(visit: Visit, id: str, camera: str) -> Response:
    return visit.go((camera_path(id, camera) if camera else f"/nodes/{id}") + "#maintenance")
