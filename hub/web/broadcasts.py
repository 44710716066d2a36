"""/broadcasts: order, look at one, approve, cancel, stop."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from contract.terms import Priority
from hub import desk
from hub.accounts import Act
from hub.broadcasts import Conflict, Stage
from hub.refusals import Conflicted, Refused
from hub.store import broadcasts as broadcast_rows
from hub.store import nodes as node_rows
from hub.store import people, recordings
from hub.web import live, sight
from hub.web.live import Fragments
from hub.web.times import day_span, read_local
from hub.web.visit import Approver, Looker, Orderer, Stopper, Visit

router = APIRouter()

LIST_DAYS_BACK = 14
LIST_DAYS_AHEAD = 45
USUAL_HOURS = (5, 17)
"""When communes usually broadcast; only what the form proposes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderForm:
    """What was filled in, as it came, so that a refused form comes back as it was."""

    title: str = ""
    recording: str = ""
    nodes: tuple[str, ...] = ()
    when: str = "later"
    day: str = ""
    time: str = ""
    priority: str = Priority.ROUTINE.value
    has_chime: bool = True

    def starts_at(self, visit: Visit) -> datetime | None:
        """None is "now". Raises Refused for no date."""
        if self.when == "now":
            return None
        at = read_local(self.day, self.time, visit.hub.pages.zone)
        if at is None:
            raise Refused("Hãy chọn ngày và giờ phát.", "Choose the date and the time.")
        return at

    def known_priority(self) -> Priority:
        if self.priority not in list(Priority):
            raise Refused("Hãy chọn loại buổi phát.", "Choose the class.")
        return Priority(self.priority)


@router.get("/broadcasts")
def list_broadcasts(visit: Looker) -> Response:
    zone, now = visit.hub.pages.zone, visit.now
    start, _ = day_span(now - timedelta(days=LIST_DAYS_BACK), zone)
    _, end = day_span(now, zone, LIST_DAYS_AHEAD)
    with visit.desk.database.read() as c:
        seen = sight.look(c, now, visit.hub.online_since())
        found = broadcast_rows.between(c, start, end)
        airings = sight.follow(c, seen, found)
    today, _ = day_span(now, zone)
    is_ahead = [a.broadcast.starts_at is None or a.broadcast.starts_at >= today for a in airings]
    ahead = [a for a, is_it in zip(airings, is_ahead, strict=True) if is_it]
    past = [a for a, is_it in zip(airings, is_ahead, strict=True) if not is_it][::-1]
    return visit.page("broadcasts.html", ahead=ahead, past=past, can_order=visit.may(Act.ORDER))


@router.get("/broadcasts/new")
def show_form(visit: Orderer, recording: str = "") -> Response:
    at = _usual_time(visit)
    form = OrderForm(recording=recording, day=f"{at:%Y-%m-%d}", time=f"{at:%H:%M}", nodes=_everywhere(visit))
    return _form_page(visit, form)


@router.post("/broadcasts")
def order(
    visit: Orderer,
    title: Annotated[str, Form()] = "",
    recording: Annotated[str, Form()] = "",
    nodes: Annotated[Sequence[str], Form()] = (),
    when: Annotated[str, Form()] = "later",
    day: Annotated[str, Form()] = "",
    time: Annotated[str, Form()] = "",
    priority: Annotated[str, Form()] = Priority.ROUTINE.value,
    chime: Annotated[str, Form()] = "",
    move: Annotated[str, Form()] = "",
) -> Response:
    """Save it; with `move` (2026-11-23T05:03) only fill the form in anew for that time, to be looked over."""
    form = OrderForm(
        title=title,
        recording=recording,
        nodes=tuple(nodes),
        when=when,
        day=day,
        time=time,
        priority=priority,
        has_chime=bool(chime),
    )
    day, _, time = move.partition("T")
    moved_to = read_local(day, time, visit.hub.pages.zone)
    if moved_to is not None:
        return _form_page(visit, replace(form, when="later", day=day, time=time), moved_to=moved_to)
    try:
        saved = visit.desk.order(
            title=form.title,
            recording=form.recording,
            nodes=form.nodes,
            starts_at=form.starts_at(visit),
            priority=form.known_priority(),
            has_chime=form.has_chime,
            author=visit.person,
        )
    except Conflicted as error:
        return _form_page(visit, form, 409, conflicts=error.conflicts, free_at=error.free_at)
    except Refused as error:
        return _form_page(visit, form, 422, fault=visit.words.pick(error.message_vi, error.message_en))
    return visit.go(f"/broadcasts/{saved.id}")


@router.get("/broadcasts/{id}")
def show_broadcast(visit: Looker, id: str) -> Response:
    return _broadcast_page(visit, id)


@router.get("/broadcasts/{id}/live")
async def stream_broadcast(visit: Looker, id: str) -> Response:
    return await live.stream(visit, lambda present: _fragments(present, id))


@router.post("/broadcasts/{id}/approve")
def approve(visit: Approver, id: str) -> Response:
    try:
        visit.desk.approve(id, visit.person)
    except Conflicted as error:
        return _broadcast_page(visit, id, 409, error.conflicts, error.free_at)
    return visit.go(f"/broadcasts/{id}")


@router.post("/broadcasts/{id}/cancel")
def cancel(visit: Orderer, id: str) -> Response:
    visit.desk.cancel(id, visit.person)
    return visit.go(f"/broadcasts/{id}")


@router.post("/broadcasts/{id}/stop")
def stop(visit: Stopper, id: str, node: Annotated[str, Form()] = "") -> Response:
    visit.desk.stop(id, [node] if node else None, visit.person)
    return visit.go(f"/broadcasts/{id}")


def _form_page(
    visit: Visit,
    form: OrderForm,
    status: int = 200,
    fault: str = "",
    conflicts: Sequence[Conflict] = (),
    free_at: datetime | None = None,
    moved_to: datetime | None = None,
) -> Response:
    with visit.desk.database.read() as c:
        seen = sight.look(c, visit.now, visit.hub.online_since())
        library, chime = recordings.recordings(c), visit.desk.chime(c)
    return visit.page(
        "broadcast_form.html",
        status,
        form=form,
        fault=fault,
        conflicts=conflicts,
        free_at=free_at,
        moved_to=moved_to,
        sight=seen,
        library=library,
        chime=chime,
        priorities=list(Priority),
        today=f"{visit.now.astimezone(visit.hub.pages.zone):%Y-%m-%d}",
    )


def _broadcast_page(
    visit: Visit, id: str, status: int = 200, conflicts: Sequence[Conflict] = (), free_at: datetime | None = None
) -> Response:
    fragments = _fragments(visit, id)
    with visit.desk.database.read() as c:
        broadcast = desk.find(c, id)
        seen = sight.look(c, visit.now, visit.hub.online_since())
        sounds = [(a, recordings.recording(c, a.sha256)) for a in broadcast.audio]
    return visit.page(
        "broadcast.html",
        status,
        broadcast=broadcast,
        sounds=sounds,
        fragments=fragments,
        conflicts=conflicts,
        free_at=free_at,
        sight=seen,
    )


def _fragments(visit: Visit, id: str) -> Fragments:
    """The state of the whole with what may be done now, and the villages one by one."""
    now = visit.now
    with visit.desk.database.read() as c:
        broadcast = desk.find(c, id)
        seen = sight.look(c, now, visit.hub.online_since())
        (airing,) = sight.follow(c, seen, [broadcast])
        names = {u.name: u.title for u in people.users(c)}
    shared = {"airing": airing, "now": now, "broadcast": broadcast, "names": names}
    may = {f"can_{act.value}": visit.may(act) for act in (Act.APPROVE, Act.ORDER, Act.STOP)}
    return Fragments(
        {
            "state": visit.render("broadcast/state.html", is_draft=broadcast.stage is Stage.DRAFT, **may, **shared),
            "villages": visit.render("broadcast/villages.html", **may, **shared),
        }
    )


def _everywhere(visit: Visit) -> tuple[str, ...]:
    with visit.desk.database.read() as c:
        return tuple(n.id for n in node_rows.nodes(c) if not n.is_revoked)


def _usual_time(visit: Visit) -> datetime:
    """The next of the usual hours that is at least ten minutes away."""
    zone = visit.hub.pages.zone
    earliest = visit.now.astimezone(zone) + timedelta(minutes=10)
    midnight, _ = day_span(earliest, zone)
    hours = [midnight + timedelta(days=d, hours=h) for d in (0, 1) for h in USUAL_HOURS]
    return next(at for at in hours if at >= earliest)
