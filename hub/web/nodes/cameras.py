"""/nodes/<id>/cameras/<camera>: what one camera shows and how it was, for the technician who goes there; small pictures
of it where they were asked for; and maintenance, its own and its node's.
"""

from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response

from contract.terms import CameraFault
from hub.cameras import asking
from hub.cameras.asking import Which
from hub.nodes import maintenance
from hub.nodes.windows import REASON_MAX, Every, Repeat
from hub.people.accounts import Act
from hub.refusals import Refused
from hub.web import live
from hub.web.live import Fragments
from hub.web.nodes import camera_view
from hub.web.nodes.camera_view import CameraView
from hub.web.visit import Looker, Tender, Visit
from hub.web.wording import camera_words
from hub.web.wording.times import read_local
from hub.web.wording.villages import camera_path

router = APIRouter()

USUAL_LENGTH = timedelta(hours=2)
"""How long maintenance is proposed to last."""
USUAL_SERIES = timedelta(days=91)
"""How far ahead it is proposed to be repeated."""


@router.get("/nodes/{id}/cameras/{camera}")
def show_camera(visit: Looker, id: str, camera: str) -> Response:
    view = look(visit, id, camera)
    return visit.page(
        "camera.html",
        view=view,
        path=camera_path(id, camera),
        fragments=_fragments(visit, view),
        can_tend=visit.may(Act.TEND, [id]),
        form=maintenance_form(visit.now),
    )


@router.get("/nodes/{id}/cameras/{camera}/live")
async def stream_camera(visit: Looker, id: str, camera: str) -> Response:
    return await live.stream(visit, lambda present: _fragments(present, look(present, id, camera)))


@router.post("/nodes/{id}/cameras/{camera}/show")
def ask_for_pictures(visit: Tender, id: str, camera: str) -> Response:
    """Have the node send small pictures of what the camera sees."""
    asking.show(visit.desk, id, camera, visit.person)
    return visit.go(camera_path(id, camera) + "#pictures")


@router.get("/nodes/{id}/cameras/{camera}/pictures/{which}")
def show_picture(visit: Tender, id: str, camera: str, which: Which) -> Response:
    """Each look is written down, and no browser keeps what it saw."""
    picture = asking.look(visit.desk, id, camera, which, visit.person)
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


@router.post("/nodes/{id}/cameras/{camera}/right")
def set_right(visit: Tender, id: str, camera: str) -> Response:
    """What it shows now is what it is meant to show."""
    asking.set_right(visit.desk, id, camera, visit.person)
    return visit.go(camera_path(id, camera) + "#right")


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
    zone = visit.hub.pages.zone
    starts_at, ends_at = read_local(from_day, from_time, zone), read_local(until_day, until_time, zone)
    if starts_at is None or ends_at is None:
        raise Refused("Hãy ghi ngày giờ bắt đầu và ngày giờ xong.", "Say on which day and at what time, both times.")
    maintenance.plan(visit.desk, id, camera, starts_at, ends_at, reason, visit.person, _repeat(every, last_day, zone))
    return _back(visit, id, camera)


@router.post("/nodes/{id}/maintenance/{window}/end")
def end_maintenance(visit: Tender, id: str, window: str, series: Annotated[str, Query(max_length=10)] = "") -> Response:
    """It is done sooner, or will not be; with `series` neither will those that were planned with it."""
    ended = maintenance.end(visit.desk, id, window, visit.person, has_series=bool(series))
    return _back(visit, id, ended.camera)


def maintenance_form(now: datetime) -> dict[str, object]:
    """What the form proposes."""
    return {
        "starts_at": now,
        "ends_at": now + USUAL_LENGTH,
        "reason_max": REASON_MAX,
        "every": list(Every),
        "last_at": now + USUAL_SERIES,
    }


def _repeat(every: str, last_day: str, zone: ZoneInfo) -> Repeat | None:
    """Raises Refused for a day that is none."""
    known = next((each for each in Every if each.value == every), None)
    if known is None:
        return None
    try:
        return Repeat(known, date.fromisoformat(last_day), zone)
    except ValueError:
        raise Refused("Hãy ghi ngày lặp cuối cùng.", "Say on which day it is the last time.") from None


def look(visit: Visit, id: str, camera: str) -> CameraView:
    with visit.desk.database.read() as c:
        return camera_view.look(c, visit.now, visit.hub.online_since(), visit.hub.pages.zone, id, camera)


def _back(visit: Visit, id: str, camera: str) -> Response:
    return visit.go((camera_path(id, camera) if camera else f"/nodes/{id}") + "#maintenance")


def _fragments(visit: Visit, view: CameraView) -> Fragments:
    node = view.village.node.id
    shared = {
        "view": view,
        "now": view.now,
        "path": camera_path(node, view.id),
        "can_tend": visit.may(Act.TEND, [node]),
        "words": camera_words,
        "CameraFault": CameraFault,
    }
    names = ("state", "asked", "pictures", "right", "maintenance", "history", "about")
    return Fragments({name: visit.render(f"camera/{name}.html", **shared) for name in names})
