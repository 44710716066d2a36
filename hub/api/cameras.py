"""/nodes/{id}/cameras: what each camera shows, how it was, and small pictures of it where they were asked for."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field
from pydantic.dataclasses import dataclass

from contract.terms import CameraFault
from hub.api.caller import Caller, Looker, Tender
from hub.api.fields import ANSWER, CameraId, Instant, NodeId
from hub.api.maintenance import WindowShown
from hub.api.maintenance import shown as window_shown
from hub.api.problems import answers
from hub.cameras import asking
from hub.cameras.asking import Which
from hub.cameras.days import Standing
from hub.people.accounts import Act, require
from hub.refusals import NotFound
from hub.web import sight
from hub.web.nodes import camera_view
from hub.web.nodes.camera_view import Asked, CameraView, Step
from hub.web.wording import camera_words
from hub.web.wording.words import Words

router = APIRouter(tags=["cameras"])


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class CameraBrief:
    """One camera, by its node's last word."""

    id: str
    title: str
    """As people there call it."""
    is_known: bool
    """False where the node is out of contact: then `fault` is what it said last."""
    fault: CameraFault
    """Empty for a healthy picture."""
    since_at: Instant
    is_maintained: bool
    """Somebody works on it, or on its node, now."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class DayShown:
    """The worst of one day."""

    date: date
    standing: Standing
    fault: CameraFault
    """The one that lasted longest."""
    lasted_s: float
    """How long it was so; of a good day, for how long nothing was known."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class IncidentShown:
    """One fault from its beginning to its end."""

    fault: CameraFault
    starts_at: Instant
    ends_at: Instant | None
    """Null while it lasts."""
    detail: str
    is_maintained: bool
    """Somebody was at work there when it began."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class AskedShown:
    """How far something that was asked of the camera is."""

    step: Step
    """`waiting` for the node, `sent`, `taken` up, `done`, or `lost`: not done in time. `none`: nothing lately."""
    asked_by: str | None
    asked_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class PicturesShown:
    """Small pictures that the node sent; each is read by its own address, and every look is written down."""

    at: Instant
    asked_by: str
    which: tuple[Which, ...]
    """Those that there are."""
    fault: CameraFault
    """The last fault, which `before` and `after` show."""
    fault_at: Instant | None
    expires_at: Instant
    """When the hub deletes them."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class CameraWhole:
    """One camera: its state, what to do about it, and its last 90 days."""

    id: str
    title: str
    """As people there call it."""
    is_known: bool
    """False while nobody can know: its node is out of contact, or does not tell of it."""
    fault: CameraFault | None
    """Empty for a healthy picture; where `is_known` is false, what was said last."""
    since_at: Instant | None
    told_at: Instant | None
    """When its node said so, by its own clock."""
    detail: str
    """What the node saw, in its own words."""
    evidence: dict[str, float]
    """The figures that the fault was told by."""
    advice: str
    """What to do, in the caller's language."""
    bring: tuple[str, ...]
    """What to take along, in the caller's language."""
    lost_together: tuple[str, ...]
    """The cameras that were lost at the same time, this one too: one cause, their power or the network switch."""
    maintenance: tuple[WindowShown, ...]
    """What lasts now, and what is planned."""
    right_at: Instant | None
    """Since when its view is held to be right."""
    right_by: str | None
    """Who said so last."""
    clean_in_days: float | None
    """When the lens will want cleaning; null where no dirt grows on it."""
    about: str
    """Maker, model and firmware."""
    clock_ahead_s: float | None
    restarted_at: Instant | None
    renewed_at: Instant | None
    """When its firmware was last seen to be another."""
    pictures_asked: AskedShown
    right_asked: AskedShown
    watched: Annotated[float, Field(ge=0, le=1)] | None
    """For how much of the last 90 days anything is known."""
    seeing: Annotated[float, Field(ge=0, le=1)] | None
    """For how much of that it had a good picture."""
    days: tuple[DayShown, ...]
    """The first first."""
    incidents: tuple[IncidentShown, ...]
    """The newest first."""


@router.get("/nodes/{id}/cameras", responses=answers(404))
def list_cameras(caller: Looker, id: NodeId) -> tuple[CameraBrief, ...]:
    """The cameras that a node told of last."""
    with caller.desk.database.read() as c:
        village = sight.look_at(c, id, caller.now, caller.hub.online_since())
    if village is None:
        raise NotFound("Không có nút này.", "There is no such node.")
    told = village.heartbeat.cameras if village.heartbeat is not None else ()
    return tuple(
        CameraBrief(
            id=camera.id,
            title=camera.title,
            is_known=village.is_fresh,
            fault=camera.fault,
            since_at=camera.since_at,
            is_maintained=village.window_of(camera.id) is not None,
        )
        for camera in told
    )


@router.get("/nodes/{id}/cameras/{camera}", responses=answers(404))
def read_camera(caller: Looker, id: NodeId, camera: CameraId) -> CameraWhole:
    """One camera."""
    return _whole(caller.words, _look(caller, id, camera))


@router.post("/nodes/{id}/cameras/{camera}/show", status_code=202, responses=answers(404))
def ask_for_pictures(caller: Tender, id: NodeId, camera: CameraId) -> AskedShown:
    """Have the node send small pictures: they come within a minute or two, or not at all."""
    asking.show(caller.desk, id, camera, caller.person)
    return _asked(_look(caller, id, camera).shown)


@router.post("/nodes/{id}/cameras/{camera}/right", status_code=202, responses=answers(404))
def set_view_right(caller: Tender, id: NodeId, camera: CameraId) -> AskedShown:
    """What the camera shows now is what it is meant to show."""
    asking.set_right(caller.desk, id, camera, caller.person)
    return _asked(_look(caller, id, camera).righted)


@router.get("/nodes/{id}/cameras/{camera}/pictures", responses=answers(404))
def list_pictures(caller: Tender, id: NodeId, camera: CameraId) -> PicturesShown | None:
    """The newest small pictures; null where there are none, or no longer."""
    require(caller.person, Act.TEND, [id])
    held = _look(caller, id, camera).pictures
    if held is None:
        return None
    there = {Which.NOW: held.now, Which.BEFORE: held.before, Which.AFTER: held.after}
    return PicturesShown(
        at=held.at,
        asked_by=held.asked_by,
        which=tuple(which for which, picture in there.items() if picture),
        fault=held.fault,
        fault_at=held.fault_at,
        expires_at=held.expires_at,
    )


@router.get(
    "/nodes/{id}/cameras/{camera}/pictures/{which}",
    response_class=Response,
    responses={200: {"description": "JPEG", "content": {"image/jpeg": {}}}, **answers(404)},
)
def read_picture(caller: Tender, id: NodeId, camera: CameraId, which: Which) -> Response:
    """One small picture. That you looked is written down."""
    picture = asking.look(caller.desk, id, camera, which, caller.person)
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


def _look(caller: Caller, id: str, camera: str) -> CameraView:
    zone = caller.hub.pages.zone
    with caller.desk.database.read() as c:
        return camera_view.look(c, caller.now, caller.hub.online_since(), zone, id, camera)


def _asked(asked: Asked) -> AskedShown:
    order = asked.order
    return AskedShown(
        step=asked.step,
        asked_by=None if order is None else order.asked_by,
        asked_at=None if order is None else order.created_at,
    )


def _whole(words: Words, view: CameraView) -> CameraWhole:
    report, past = view.report, view.history
    beat = view.village.heartbeat
    cause = view.cause
    return CameraWhole(
        id=view.id,
        title=view.title,
        is_known=view.is_known,
        fault=None if report is None else report.fault,
        since_at=None if report is None else report.since_at,
        told_at=None if report is None or beat is None else beat.at,
        detail="" if report is None else report.detail,
        evidence={} if report is None else dict(report.evidence),
        advice=words.gettext(cause.advice if cause else camera_words.ADVICE[view.fault]) if view.is_known else "",
        bring=tuple(words.gettext(camera_words.THINGS[thing]) for thing in view.bring),
        lost_together=tuple(each.id for each in view.together),
        maintenance=tuple(map(window_shown, view.windows)),
        right_at=None if report is None else report.right_at,
        right_by=None if view.right is None else view.right.who,
        clean_in_days=None if report is None else report.clean_in_days,
        about="" if report is None else report.about,
        clock_ahead_s=None if report is None else report.clock_ahead_s,
        restarted_at=None if report is None else report.restarted_at,
        renewed_at=None if report is None else report.renewed_at,
        pictures_asked=_asked(view.shown),
        right_asked=_asked(view.righted),
        watched=past.watched,
        seeing=past.seeing,
        days=tuple(
            DayShown(date=d.date, standing=d.standing, fault=d.fault, lasted_s=d.lasted.total_seconds())
            for d in past.days
        ),
        incidents=tuple(
            IncidentShown(
                fault=i.fault,
                starts_at=i.starts_at,
                ends_at=i.ends_at,
                detail=i.detail,
                is_maintained=i.is_maintained,
            )
            for i in past.incidents
        ),
    )
