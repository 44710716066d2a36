"""/account/tokens: what lets a program act for this person through the API. A secret is shown once."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form
from fastapi.responses import Response

from hub.people import tokens
from hub.people.accounts import Scope
from hub.refusals import Refused
from hub.web.visit import Looker, Visit, own_password_fault

router = APIRouter()


@router.get("/account/tokens")
def show_tokens(visit: Looker) -> Response:
    return _page(visit)


@router.post("/account/tokens")
async def make(
    visit: Looker,
    name: Annotated[str, Form()] = "",
    scope: Annotated[str, Form()] = "",
    days: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """The answer shows the secret, and no other ever does."""
    form = {"name": name, "scope": scope, "days": days}
    refused = await own_password_fault(visit, password)
    if refused is not None:
        fault, status = refused
        return await run_sync(lambda: _page(visit, status, fault, form))
    try:
        known = next((each for each in Scope if each.value == scope), Scope.READ)
        valid_days = next((each for each in tokens.EXPIRES_DAYS if str(each) == days), 0)
        token, secret = await run_sync(tokens.make, visit.desk, visit.person, name, known, valid_days)
    except Refused as error:
        fault = visit.words.pick(error.message_vi, error.message_en)
        return await run_sync(lambda: _page(visit, 422, fault, form))
    return await run_sync(lambda: _page(visit, 200, "", None, token.id, secret))


@router.post("/account/tokens/{id}/revoke")
def revoke(visit: Looker, id: str) -> Response:
    tokens.revoke(visit.desk, id, visit.person)
    return visit.go("/account/tokens")


def _page(
    visit: Visit,
    status: int = 200,
    fault: str = "",
    form: dict[str, str] | None = None,
    fresh: str = "",
    secret: str = "",
) -> Response:
    return visit.page(
        "tokens.html",
        status,
        tokens=tokens.of(visit.desk, visit.person),
        fault=fault,
        form=form or {"name": "", "scope": Scope.READ.value, "days": str(tokens.EXPIRES_DAYS[0])},
        fresh=fresh,
        secret=secret,
        scopes=list(Scope),
        expires_days=tokens.EXPIRES_DAYS,
        name_max=tokens.NAME_MAX,
    )
