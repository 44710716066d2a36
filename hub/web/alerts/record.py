"""/alerts/record: what was sent to whom, when, and whether it arrived."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from hub.store import alerts
from hub.web.visit import Tender

router = APIRouter()

SHOWN = 100
ID_MAX = 40


@router.get("/alerts/record")
def show_record(visit: Tender, place: Annotated[str, Query(max_length=ID_MAX)] = "") -> Response:
    with visit.desk.database.read() as c:
        found, known, written = alerts.recent(c, SHOWN, place), alerts.places(c), alerts.written_to(c)
    return visit.page(
        "alert_record.html",
        messages=found,
        places=[p for p in known if not p.is_removed or p.id in written],
        titles={p.id: p.title for p in known},
        chosen=place,
        most=SHOWN,
    )
