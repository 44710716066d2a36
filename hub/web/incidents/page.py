"""/incidents: what is wrong in the villages, one sentence a cause, live; and each one's page, with who sees to it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import Response
from sqlalchemy import Connection

from hub.alerts import places
from hub.incidents import handling
from hub.incidents.incident import Kept
from hub.incidents.photos import PHOTOS_MAX
from hub.people.accounts import Act
from hub.refusals import NotFound, Refused
from hub.store import alerts, incidents, nodes, people, photos
from hub.web import again, live
from hub.web.again import FIRST, Again
from hub.web.incidents import before
from hub.web.live import Fragments
from hub.web.visit import Looker, Tender, Visit
from hub.web.wording import incident_words
from hub.web.wording.incident_advice import advise
from hub.web.wording.incident_names import read_heartbeats, read_names
from hub.web.wording.incident_words import Card
from hub.web.wording.phrases import Line

router = APIRouter()

PAST_SHOWN = 50
NAME_MAX = 100
Id = Annotated[int, Path(ge=1, le=2**53)]
Village = Annotated[str, Query(max_length=NAME_MAX)]


@dataclass(frozen=True, slots=True)
class View:
    """Incidents with the names of all that is in them."""

    cards: list[Card]
    past: list[tuple[Kept, Line]]
    people: dict[str, str]


@router.get("/incidents")
def show_incidents(visit: Looker, village: Village = "") -> Response:
    with visit.desk.database.read() as c:
        villages = sorted(nodes.nodes(c), key=lambda n: n.title)
    if village and village not in {n.id for n in villages}:
        raise NotFound("Không có làng này.", "There is no such village.")
    return visit.page(
        "incidents.html", fragments=_fragments(visit, village), villages=villages, village=village, past=PAST_SHOWN
    )


@router.get("/incidents/live")
async def stream_incidents(visit: Looker, village: Village = "") -> Response:
    return await live.stream(visit, lambda present: _fragments(present, village))


@router.get("/incidents/{id}")
def show_incident(visit: Looker, id: Id) -> Response:
    return show(visit, id)


def show(visit: Visit, id: int, refused: Again = FIRST) -> Response:
    """The page, also where its note was refused."""
    with visit.desk.database.read() as c:
        kept = incidents.one(c, id)
        if kept is None:
            raise NotFound("Không có sự cố này.", "There is no such incident.")
        names = read_names(c, [kept.incident])
        deeds = people.deeds(c, handling.subject(id))
        users, who = people.users(c), _who(c)
        advice = advise(kept.incident, read_heartbeats(c, [kept.incident]))
        taken = photos.of(c, id)
        earlier = before.look(c, kept.incident, visit.words)
    return visit.page(
        "incident.html",
        refused.status,
        again=refused,
        kept=kept,
        incident=kept.incident,
        line=incident_words.describe(kept.incident, names),
        names=names,
        earlier=earlier,
        notes=[deed for deed in deeds if deed.act == "incident-note"],
        advice=advice,
        people=who,
        active=sorted((u for u in users if u.is_active), key=lambda u: u.title),
        can_tend=visit.may(Act.TEND, kept.incident.nodes),
        note_max=handling.NOTE_MAX,
        photos=taken,
        photos_max=PHOTOS_MAX,
    )


@router.post("/incidents/{id}/known")
def know_incident(visit: Tender, id: Id, back: Annotated[str, Form()] = "") -> Response:
    """Say that one knows of it; from the list, back to the list."""
    handling.know(visit.desk, id, visit.person)
    return visit.go("/incidents" if back == "list" else f"/incidents/{id}")


@router.post("/incidents/{id}/assign")
def assign_incident(visit: Tender, id: Id, person: Annotated[str, Form()] = "") -> Response:
    """Who sees to it; empty is nobody."""
    handling.assign(visit.desk, id, person, visit.person)
    return visit.go(f"/incidents/{id}")


@router.get("/incidents/{id}/note")
def leave_note(visit: Looker, id: Id) -> Response:
    """Where a refused note stood that is asked for once more."""
    return visit.go(f"/incidents/{id}")


@router.post("/incidents/{id}/note")
def note_incident(visit: Tender, id: Id, note: Annotated[str, Form()] = "") -> Response:
    try:
        handling.add_note(visit.desk, id, note, visit.person)
    except Refused as error:
        return show(visit, id, again.refused(visit, error, "note", note=note))
    return visit.go(f"/incidents/{id}")


def _fragments(visit: Visit, village: str) -> Fragments:
    view = _look(visit, village)
    own = {card.kept.incident.id for card in view.cards if visit.may(Act.TEND, card.kept.incident.nodes)}
    shared = {"view": view, "now": visit.now, "own": own}
    return Fragments({name: visit.render(f"incidents/{name}.html", **shared) for name in ("lasting", "past")})


def _look(visit: Visit, village: str) -> View:
    with visit.desk.database.read() as c:
        lasting, past = incidents.lasting(c), incidents.past(c, PAST_SHOWN, village)
        names = read_names(c, [kept.incident for kept in (*lasting, *past)])
        titles = _who(c)
    if village:
        lasting = [kept for kept in lasting if any(m.node == village for m in kept.incident.away)]
    cards = incident_words.arrange(lasting, names)
    return View(cards, [(kept, incident_words.describe(kept.incident, names)) for kept in past], titles)


def _who(c: Connection) -> dict[str, str]:
    """How those who know of incidents are called: people, and places that alerts went to."""
    own = {places.subject(place.id): place.title for place in alerts.places(c)}
    return {u.name: u.title for u in people.users(c)} | own
