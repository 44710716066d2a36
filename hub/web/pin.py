"""/pin: a leader sets the PIN that confirms an emergency, with the password."""

import time
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form
from fastapi.responses import Response

from hub import alarm as alarms
from hub.passwords import is_password
from hub.refusals import Refused
from hub.web.patience import TooEager
from hub.web.visit import Alarmer, Visit

router = APIRouter()


@router.get("/pin")
def show_pin(visit: Alarmer) -> Response:
    return visit.page("pin.html", fault="")


@router.post("/pin")
async def set_pin(
    visit: Alarmer,
    password: Annotated[str, Form()] = "",
    pin: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    patience, key = visit.hub.patience, (visit.person.name.casefold(), "password")
    try:
        await visit.hub.wait(patience.wait_s(key, time.monotonic()))
    except TooEager as error:
        fault = visit.words.gettext("Too many tries. Wait %(seconds)s seconds.", seconds=round(error.wait_s))
        return _page(visit, 429, fault)
    if not await run_sync(is_password, visit.person.password_hash, password, limiter=visit.hub.hashing):
        patience.note_failure(key, time.monotonic())
        return _page(visit, 401, visit.words.gettext("The password is not right."))
    patience.note_success(key)
    if pin != again:
        return _page(visit, 422, visit.words.gettext("The two PINs are not the same."))
    try:
        person = visit.person.name
        await run_sync(alarms.set_pin, visit.desk, person, pin.strip(), person, limiter=visit.hub.hashing)
    except Refused as error:
        return _page(visit, 422, visit.words.pick(error.message_vi, error.message_en))
    return visit.go("/emergency")


def _page(visit: Visit, status: int, fault: str) -> Response:
    return visit.page("pin.html", status, fault=fault)
