"""/broadcasts/{id}/submit, withdraw, return, approve: the steps from a draft to what may go on air."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from hub.refusals import Conflicted, Stale
from hub.web.broadcasts.page import broadcast_page
from hub.web.visit import Approver, Orderer, Visit

router = APIRouter()


@router.post("/broadcasts/{id}/submit")
def submit(visit: Orderer, id: str) -> Response:
    visit.desk.submit(id, visit.person)
    return visit.go(f"/broadcasts/{id}")


@router.post("/broadcasts/{id}/withdraw")
def withdraw(visit: Orderer, id: str) -> Response:
    visit.desk.withdraw(id, visit.person)
    return visit.go(f"/broadcasts/{id}")


@router.post("/broadcasts/{id}/return")
def give_back(visit: Approver, id: str, reason: Annotated[str, Form()] = "") -> Response:
    visit.desk.give_back(id, reason, visit.person)
    return visit.go(f"/broadcasts/{id}")


@router.post("/broadcasts/{id}/approve")
def approve(
    visit: Approver, id: str, seen: Annotated[str, Form()] = "", waiver: Annotated[str, Form()] = ""
) -> Response:
    """Only what the page showed is approved: where it says something else by now, it is shown anew."""
    try:
        visit.desk.approve(id, visit.person, seen=seen, waiver=waiver)
    except Conflicted as error:
        return broadcast_page(visit, id, 409, busy=error)
    except Stale as error:
        return broadcast_page(visit, id, 409, fault=_said(visit, error))
    return visit.go(f"/broadcasts/{id}")


def _said(visit: Visit, error: Stale) -> str:
    return visit.words.pick(error.message_vi, error.message_en)
