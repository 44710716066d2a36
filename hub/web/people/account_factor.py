"""/account/second-factor: set it up with an app, new recovery codes, drop it."""

import io
from typing import Annotated

import segno
from anyio.to_thread import run_sync
from fastapi import APIRouter, Form
from fastapi.responses import Response

from hub.people import second_factor, totp
from hub.refusals import Refused
from hub.web.visit import Looker, Visit, own_password_fault

router = APIRouter()


@router.get("/account/second-factor")
def show_factor(visit: Looker) -> Response:
    return _page(visit)


@router.post("/account/second-factor")
async def set_up(
    visit: Looker,
    secret: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """A right code of the app, with the password; the answer shows the recovery codes, once."""
    refused = await own_password_fault(visit, password)
    if refused is not None:
        return _page(visit, refused[1], refused[0], secret)
    try:
        codes = await run_sync(second_factor.set_up, visit.desk, visit.person, secret, code)
    except Refused as error:
        return _page(visit, 422, visit.words.pick(error.message_vi, error.message_en), secret)
    return visit.page("recovery_codes.html", codes=codes, onward="/account")


@router.post("/account/second-factor/codes")
async def renew_codes(visit: Looker, password: Annotated[str, Form()] = "") -> Response:
    refused = await own_password_fault(visit, password)
    if refused is not None:
        return _page(visit, refused[1], refused[0])
    codes = await run_sync(second_factor.renew_codes, visit.desk, visit.person)
    return visit.page("recovery_codes.html", codes=codes, onward="/account")


@router.post("/account/second-factor/drop")
async def drop(visit: Looker, password: Annotated[str, Form()] = "") -> Response:
    refused = await own_password_fault(visit, password)
    if refused is not None:
        return _page(visit, refused[1], refused[0])
    await run_sync(second_factor.drop, visit.desk, visit.person)
    return visit.go("/account")


def _page(visit: Visit, status: int = 200, fault: str = "", secret: str = "") -> Response:
    return visit.page("account_factor.html", status, fault=fault, **for_app(secret, visit.person.name))


def for_app(secret: str, name: str) -> dict[str, str]:
    """What `_factor.html` shows of a secret, so that an app takes it over; a fresh one where this is none."""
    secret = secret if second_factor.is_secret(secret) else second_factor.fresh_secret()
    address = totp.address(secret, name)
    grouped = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    return {"secret": secret, "grouped": grouped, "address": address, "qr": _qr(address)}


def _qr(text: str) -> str:
    """As SVG, dark on light in both colour schemes: many cameras read it no other way."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=False, border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr"
    )
    return drawn.getvalue().decode()
