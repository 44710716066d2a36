"""/alerts: where alerts go; add a place, change what it is told of, test it, remove it."""

from datetime import timedelta

from anyio.to_thread import run_sync
from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from hub.alerts import places
from hub.alerts.letter import Fault
from hub.alerts.place import Hears, Kind, Place
from hub.refusals import NotAllowed, Refused
from hub.store import alerts, nodes
from hub.web.alerts import form as alert_form
from hub.web.alerts.form import Typed
from hub.web.visit import Tender, Visit
from hub.web.wording.words import LANGUAGES

router = APIRouter()

RECENT = 5
TEST_SHOWN = timedelta(minutes=5)
"""So long the page says what became of a test: whoever opens the same address later asks for nothing."""


@router.get("/alerts")
def show_places(visit: Tender) -> Response:
    with visit.desk.database.read() as c:
        found = sorted(alerts.open_places(c), key=lambda p: p.title)
        titles = {n.id: n.title for n in nodes.nodes(c)}
        last = {p.id: next(iter(alerts.recent(c, 1, p.id)), None) for p in found}
    return visit.page("alerts.html", places=found, titles=titles, last=last, kinds=_kinds(visit))


@router.get("/alerts/new")
def show_form(visit: Tender, kind: str = "") -> Response:
    chosen = alert_form.read_kind(kind)
    if not places.may_keep(visit.person, chosen):
        raise NotAllowed
    return _form(visit, chosen)


@router.post("/alerts/new")
async def add(visit: Tender, form: Typed) -> Response:
    kind = alert_form.read_kind(alert_form.texts(form).get("kind", ""))

    def act() -> Response:
        try:
            wish = alert_form.read_wish(form)
            place = places.add(visit.desk, kind, alert_form.texts(form), wish, visit.hub.send, visit.person)
        except NotAllowed:
            raise
        except Refused as error:
            return _form(visit, kind, 422, visit.words.pick(error.message_vi, error.message_en), form)
        return _send_test(visit, place)

    return await run_sync(act)


@router.get("/alerts/{id}")
def show_place(visit: Tender, id: str, tested: str = "") -> Response:
    return _one(visit, places.find(visit.desk, id), is_tested=tested == "yes")


@router.post("/alerts/{id}")
async def change(visit: Tender, id: str, form: Typed) -> Response:
    def act() -> Response:
        place = places.find(visit.desk, id)
        try:
            wish = alert_form.read_wish(form)
            places.change(visit.desk, id, alert_form.texts(form), wish, visit.hub.send, visit.person)
        except NotAllowed:
            raise
        except Refused as error:
            return _one(visit, place, 422, visit.words.pick(error.message_vi, error.message_en), form)
        return visit.go("/alerts")

    return await run_sync(act)


@router.post("/alerts/{id}/test")
def test(visit: Tender, id: str) -> Response:
    """The page after it says whether it arrived."""
    return _send_test(visit, places.find(visit.desk, id))


@router.post("/alerts/{id}/remove")
def remove(visit: Tender, id: str) -> Response:
    places.remove(visit.desk, id, visit.person)
    return visit.go("/alerts")


def _kinds(visit: Visit) -> list[Kind]:
    """The ways that this person may open."""
    return [kind for kind in Kind if places.may_keep(visit.person, kind)]


def _send_test(visit: Visit, place: Place) -> Response:
    places.test(visit.desk, place.id, visit.hub.alert_words.test(place), visit.hub.send, visit.person)
    return visit.go(f"/alerts/{place.id}?tested=yes")


def _form(visit: Visit, kind: Kind, status: int = 200, fault: str = "", typed: FormData | None = None) -> Response:
    return _page(visit, kind, None, status, fault=fault, form=alert_form.filled(None, typed), recent=[])


def _one(
    visit: Visit,
    place: Place,
    status: int = 200,
    fault: str = "",
    typed: FormData | None = None,
    is_tested: bool = False,
) -> Response:
    """`is_tested`: with what became of the test just now, as it stands on record."""
    with visit.desk.database.read() as c:
        recent = alerts.recent(c, RECENT, place.id)
    tests = [m for m in recent if m.kind == "test" and visit.now - m.made_at < TEST_SHOWN] if is_tested else []
    return _page(
        visit,
        place.kind,
        place,
        status,
        fault=fault,
        form=alert_form.filled(place, typed),
        recent=recent,
        is_tested=bool(tests),
        test_fault=Fault(tests[0].fault) if tests and tests[0].fault else None,
    )


def _page(visit: Visit, kind: Kind, place: Place | None, status: int, **context: object) -> Response:
    with visit.desk.database.read() as c:
        villages = [n for n in nodes.nodes(c) if not n.is_revoked]
    shared = {"is_tested": False, "test_fault": None} | context
    return visit.page(
        "alert_place.html",
        status,
        kind=kind,
        place=place,
        villages=villages,
        hears=list(Hears),
        tongues=LANGUAGES,
        can_keep=places.may_keep(visit.person, kind),
        title_max=places.TITLE_MAX,
        titles={} if place is None else {place.id: place.title},
        **shared,
    )
