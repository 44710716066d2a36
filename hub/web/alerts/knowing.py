"""/known/{token}: one incident behind the link of an alert, and one button, for whoever got it; nobody logs in.

To look changes nothing: programs that preview links look at all of them.
"""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from hub.alerts import knowing, places
from hub.incidents.handling import Over
from hub.store import alerts, people
from hub.web.visit import Stranger
from hub.web.wording import incident_words
from hub.web.wording.incident_advice import advise
from hub.web.wording.incident_names import read_heartbeats, read_names

router = APIRouter()

Token = Annotated[str, Path(max_length=knowing.TOKEN_MAX)]


@router.get("/known/{token}")
def show(visit: Stranger, token: Token) -> Response:
    kept, place = knowing.find(visit.desk, token)
    incident = kept.incident
    with visit.desk.database.read() as c:
        names, beats = read_names(c, [incident]), read_heartbeats(c, [incident])
        who = {u.name: u.title for u in people.users(c)}
        who |= {places.subject(p.id): p.title for p in alerts.places(c)}
    return visit.page(
        "known.html",
        token=token,
        kept=kept,
        incident=incident,
        place=place,
        line=incident_words.describe(incident, names),
        villages=[names.village(node) for node in sorted({m.node for m in incident.away})],
        advice=advise(incident, beats),
        who=who.get(kept.known_by, kept.known_by),
    )


@router.post("/known/{token}")
def know(visit: Stranger, token: Token) -> Response:
    with suppress(Over):  # the page says so itself
        knowing.know(visit.desk, token)
    return visit.go(f"/known/{token}")
