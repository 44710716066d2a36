"""/calendar/move/{id}: move an order to another time, by dragging it or by its fields; and undo that."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from fastapi.responses import Response

from hub.orders import desk, moving
from hub.orders.timetable import View
from hub.refusals import Conflicted, NotAllowed, NotFound, Refused
from hub.web.calendar.page import Notice, calendar_page
from hub.web.visit import Orderer, Visit
from hub.web.wording.times import read_instant, read_local

router = APIRouter()


@router.post("/calendar/move/{id}")
def move(
    visit: Orderer,
    id: str,
    day: Annotated[str, Form()] = "",
    time: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "",
    was: Annotated[str, Form()] = "",
    view: Annotated[View, Form()] = View.WEEK,
) -> Response:
    """`to` (2026-11-24T05:35) is what a drag or a button says; else `day` and `time` count. `was` is when it was to
    begin as the page showed it."""
    day, time = to.split("T", 1) if "T" in to else (day, time)
    at, before = read_local(day, time, visit.hub.pages.zone), read_instant(was)
    if at is None:
        raise Refused("Hãy chọn ngày và giờ phát.", "Choose the date and the time.")
    try:
        moving.move(visit.desk, id, at, before, visit.person)
    except Conflicted as error:
        return _refused(visit, id, view, at, Notice(busy=error, wanted_at=at))
    except (NotAllowed, NotFound):
        raise
    except Refused as error:
        fault = visit.words.pick(error.message_vi, error.message_en)
        return _refused(visit, id, view, at, Notice(fault=fault, wanted_at=at))
    return _show(visit, view, at, id, was)


@router.post("/calendar/move/{id}/undo")
def undo(
    visit: Orderer, id: str, was: Annotated[str, Form()] = "", view: Annotated[View, Form()] = View.WEEK
) -> Response:
    before = read_instant(was)
    if before is None:
        raise Refused("Không rõ đưa về giờ nào.", "Back to which time?")
    try:
        moving.undo(visit.desk, id, before, visit.person)
    except Conflicted as error:
        return _refused(visit, id, view, before, Notice(busy=error, wanted_at=before))
    return _show(visit, view, before, id)


def _show(visit: Visit, view: View, at: datetime, id: str, was: str = "") -> Response:
    told = {"view": view.value, "day": _day(visit, at), "moved": id} | ({"was": was} if was else {})
    return visit.go(f"/calendar?{urlencode(told)}")


def _refused(visit: Visit, id: str, view: View, at: datetime, notice: Notice) -> Response:
    with visit.desk.database.read() as c:
        notice = replace(notice, broadcast=desk.find(c, id))
    return calendar_page(visit, view, _day(visit, at), notice, 409)


def _day(visit: Visit, at: datetime) -> str:
    return f"{at.astimezone(visit.hub.pages.zone):%Y-%m-%d}"
