"""/pin: a leader sets the PIN that confirms an emergency, with the password."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form
from fastapi.responses import Response

from hub.alarms import alarm as alarms
from hub.refusals import Refused
from hub.web.visit import Alarmer, Visit, own_password_fault

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
    refused = await own_password_fault(visit, password)
    if refused is not None:
        fault, status = refused
        return _page(visit, status, fault)
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
