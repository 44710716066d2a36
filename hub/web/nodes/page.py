"""/nodes/<id>: everything known of one node, for the technician who stands in front of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from fastapi.responses import Response

from contract.reports import CameraReport
from contract.terms import Trust
from hub.cameras import causes
from hub.nodes import positions, tending
from hub.nodes.fleet import LANGUAGE_MAX, PHONE_MAX
from hub.nodes.positions import BadPosition, Position
from hub.nodes.tending import Abroad
from hub.nodes.windows import next_of_each
from hub.people.accounts import Act
from hub.refusals import NotFound, Refused
from hub.store import broadcasts as broadcast_rows
from hub.store import maintenance, nodes, plans, records
from hub.web import again, live, sight
from hub.web.again import FIRST, Again
from hub.web.live import Fragments
from hub.web.nodes import figure_view, figure_words, uptime_view
from hub.web.nodes import past as node_past
from hub.web.nodes.cameras import maintenance_form
from hub.web.visit import Looker, Tender, Visit
from hub.web.wording.flips import describe
from hub.web.wording.phrases import Line
from hub.web.wording.villages import Village, camera_path, camera_standing, gone_together

router = APIRouter()

FLIPS_SHOWN = 30
REFUSALS_SHOWN = 10


@router.get("/nodes/{id}")
def show_node(visit: Looker, id: str, position: str = "") -> Response:
    """`position` is one outside of the country that was asked for: whether it is meant."""
    return show(visit, id, asked=_position(position))


def show(visit: Visit, id: str, refused: Again = FIRST, asked: Position | None = None) -> Response:
    """The page, also where one of its forms was refused."""
    with visit.desk.database.read() as c:
        village = sight.look_at(c, id, visit.now, visit.hub.online_since())
        if village is None:
            raise NotFound("Không có nút này.", "There is no such node.")
        past = uptime_view.of_node(c, village, visit.now, visit.hub.pages.zone)
        measured = figure_view.last_day(c, village.node, visit.now, visit.hub.pages.zone)
    return visit.page(
        "node.html",
        refused.status,
        again=refused,
        node=village.node,
        past=past,
        measured=measured,
        figure_words=figure_words,
        figure_view=figure_view,
        fragments=_fragments(visit, id),
        can_tend=visit.may(Act.TEND, [id]),
        phone_max=PHONE_MAX,
        language_max=LANGUAGE_MAX,
        form=maintenance_form(visit.now),
        asked=asked,
    )


@router.get("/nodes/{id}/phone")
@router.get("/nodes/{id}/language")
@router.get("/nodes/{id}/position")
@router.get("/nodes/{id}/maintenance")
def leave_form(visit: Looker, id: str) -> Response:
    """Where a refused form stood that is asked for once more."""
    return visit.go(f"/nodes/{id}")


@router.get("/nodes/{id}/live")
async def stream_node(visit: Looker, id: str) -> Response:
    return await live.stream(visit, lambda present: _fragments(present, id))


@router.post("/nodes/{id}/phone")
def set_phone(visit: Tender, id: str, phone: Annotated[str, Form()] = "") -> Response:
    """Whom to call in this village when it cannot be reached."""
    try:
        tending.set_phone(visit.desk, id, phone, visit.person)
    except Refused as error:
        return show(visit, id, again.refused(visit, error, "phone", phone=phone))
    return visit.go(f"/nodes/{id}")


@router.post("/nodes/{id}/language")
def set_language(visit: Tender, id: str, language: Annotated[str, Form()] = "") -> Response:
    """What is spoken in this village, where broadcasts may have a recording of their own for it."""
    try:
        tending.set_language(visit.desk, id, language, visit.person)
    except Refused as error:
        return show(visit, id, again.refused(visit, error, "language", language=language))
    return visit.go(f"/nodes/{id}")


@router.post("/nodes/{id}/position")
def set_position(
    visit: Tender,
    id: str,
    position: Annotated[str, Form()] = "",
    is_meant: Annotated[bool, Form()] = False,
    remove: Annotated[bool, Form()] = False,
) -> Response:
    """Where this village lies, as a map page or a phone gives it. Outside of the country it is asked for first; only
    with `remove` it is forgotten."""
    try:
        found = None if remove else _required(position)
        tending.set_position(visit.desk, id, found, visit.person, is_meant)
    except Abroad:
        return visit.go(f"/nodes/{id}?{urlencode({'position': position})}#position")
    except Refused as error:
        return show(visit, id, again.refused(visit, error, "position", position=position))
    return visit.go(f"/nodes/{id}#position")


def _required(text: str) -> Position:
    """Raises Refused for what is no position, or nothing."""
    found = _position(text)
    if found is None:
        raise Refused("Hãy ghi vị trí, hoặc bấm Xoá vị trí.", "Write down the place, or remove it from the map.")
    return found


def _position(text: str) -> Position | None:
    """Raises Refused for what is no position."""
    if not text.strip():
        return None
    try:
        return positions.read(text)
    except BadPosition:
        raise Refused(
            "Chưa đọc được vị trí. Hãy dán hai số từ Google Maps, ví dụ 21.0285, 105.8542.",
            "This is no position. Paste two numbers from Google Maps, as in 21.0285, 105.8542.",
        ) from None


def _fragments(visit: Visit, id: str) -> Fragments:
    now = visit.now
    with visit.desk.database.read() as c:
        village = sight.look_at(c, id, now, visit.hub.online_since())
        if village is None:
            raise NotFound("Không có nút này.", "There is no such node.")
        birth, issued = nodes.births(c, id).get(id), plans.issued(c, id).get(id)
        flips, refusals = records.flips(c, id, FLIPS_SHOWN), records.refusals(c, id, REFUSALS_SHOWN)
        on_air = broadcast_rows.broadcast(c, village.on_air) if village.on_air else None
        windows = [w for w in maintenance.of_node(c, id, now) if w.until_at > now]
        past = node_past.look(c, id)
    can_tend = visit.may(Act.TEND, [id])
    shared = {"village": village, "now": now}
    return Fragments(
        {
            "state": visit.render("node/state.html", on_air=on_air, **shared),
            "health": visit.render("node/health.html", birth=birth, issued=issued, Trust=Trust, **shared),
            "cameras": visit.render("node/cameras.html", groups=_groups(village), camera_path=camera_path, **shared),
            "maintenance": visit.render(
                "node/maintenance.html", windows=next_of_each(windows), can_tend=can_tend, **shared
            ),
            "limits": visit.render("node/limits.html", birth=birth, **shared),
            "lasting": visit.render("node/lasting.html", past=past, **shared),
            "past": visit.render("node/past.html", past=past, **shared),
            "history": visit.render(
                "node/history.html", flips=[(f, describe(f)) for f in flips], refusals=refusals, **shared
            ),
        }
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Cameras that were lost together, under the one line that says so; or (None) those that stand alone."""

    cause: Line | None
    cameras: tuple[tuple[CameraReport, Line], ...]
    """Each with its badge."""


def _groups(village: Village) -> list[Group]:
    reports = village.heartbeat.cameras if village.heartbeat is not None else ()
    counted = reports if village.is_fresh and village.maintenance is None else ()
    together = causes.find(counted, {w.camera for w in village.windows}).together
    grouped = {camera.id for group in together for camera in group}

    def with_badges(cameras: Iterable[CameraReport]) -> tuple[tuple[CameraReport, Line], ...]:
        return tuple((camera, camera_standing(village, camera.id, camera)) for camera in cameras)

    rest = with_badges(camera for camera in reports if camera.id not in grouped)
    found = [Group(gone_together(group), with_badges(group)) for group in together]
    return [*found, Group(None, rest)] if rest else found
