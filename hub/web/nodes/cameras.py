"""/nodes/<id>/cameras/<camera>: what one camera shows and how it was, for the technician who goes there; small pictures
of it where they were asked for; and maintenance, its own and its node's.
"""

from datetime import datetime, timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from contract.terms import CameraFault
from hub.cameras import asking
from hub.cameras.asking import Which
from hub.nodes.windows import REASON_MAX, Every
from hub.people.accounts import Act
from hub.web import live
from hub.web.again import FIRST, Again
from hub.web.live import Fragments
from hub.web.nodes import camera_view
from hub.web.nodes.camera_view import CameraView
from hub.web.visit import Looker, Tender, Visit
from hub.web.wording import camera_words
from hub.web.wording.villages import camera_path

router = APIRouter()

USUAL_LENGTH = timedelta(hours=2)
"""How long maintenance is proposed to last."""
USUAL_SERIES = timedelta(days=91)
"""How far ahead it is proposed to be repeated."""


@router.get("/nodes/{id}/cameras/{camera}")
def show_camera(visit: Looker, id: str, camera: str) -> Response:
    return show(visit, id, camera)


def show(visit: Visit, id: str, camera: str, refused: Again = FIRST) -> Response:
    """The page, also where its form was refused."""
    view = look(visit, id, camera)
    return visit.page(
        "camera.html",
        refused.status,
        again=refused,
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


def maintenance_form(now: datetime) -> dict[str, object]:
    """What the form proposes."""
    return {
        "starts_at": now,
        "ends_at": now + USUAL_LENGTH,
        "reason_max": REASON_MAX,
        "every": list(Every),
        "last_at": now + USUAL_SERIES,
    }


def look(visit: Visit, id: str, camera: str) -> CameraView:
    with visit.desk.database.read() as c:
        return camera_view.look(c, visit.now, visit.hub.online_since(), visit.hub.pages.zone, id, camera)


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
