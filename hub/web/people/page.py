"""/people: who is here, what each may do and where; add, change, reset, deactivate."""

from collections.abc import Sequence
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form
from fastapi.responses import Response

from hub.people import second_factor, staff
from hub.people.accounts import GIVEN_FOR, Act, Role, User
from hub.refusals import Refused
from hub.store import nodes
from hub.store import people as rows
from hub.web.visit import Manager, Visit
from hub.web.wording.agents import name_agent

router = APIRouter()

SOME = "some"
"""What the form says where a person answers for some villages alone."""


@router.get("/people")
def show_people(visit: Manager) -> Response:
    return _list(visit)


@router.post("/people")
async def add(
    visit: Manager,
    name: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = Role.OFFICER.value,
    reach: Annotated[str, Form()] = "",
    nodes: Annotated[Sequence[str], Form()] = (),
) -> Response:
    """The answer shows the password to hand over, once."""
    name = name.strip().lower()
    form: dict[str, object] = {"name": name, "title": title, "role": role, "nodes": nodes, "reach": reach}

    def act() -> str:
        return staff.add(visit.desk, name, title, _role(role), _villages(reach, nodes), visit.person)

    try:
        given = await run_sync(act, limiter=visit.hub.hashing)
    except Refused as error:
        fault = visit.words.pick(error.message_vi, error.message_en)
        return await run_sync(_list, visit, 422, fault, form)
    return await run_sync(_one, visit, name, 200, "", given)


@router.get("/people/{name}")
def show_person(visit: Manager, name: str) -> Response:
    return _one(visit, name)


@router.post("/people/{name}")
def change(
    visit: Manager,
    name: str,
    title: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
    reach: Annotated[str, Form()] = "",
    nodes: Annotated[Sequence[str], Form()] = (),
) -> Response:
    try:
        staff.change(visit.desk, name, title, _role(role), _villages(reach, nodes), visit.person)
    except Refused as error:
        return _one(visit, name, 422, visit.words.pick(error.message_vi, error.message_en))
    return visit.go(f"/people/{name}")


@router.post("/people/{name}/password")
async def reset_password(visit: Manager, name: str) -> Response:
    """The answer shows the password to hand over, once."""
    given = await run_sync(staff.reset_password, visit.desk, name, visit.person, limiter=visit.hub.hashing)
    return await run_sync(_one, visit, name, 200, "", given)


@router.post("/people/{name}/second-factor")
def reset_second_factor(visit: Manager, name: str) -> Response:
    second_factor.reset(visit.desk, name, visit.person)
    return visit.go(f"/people/{name}")


@router.post("/people/{name}/logout")
def end_sessions(visit: Manager, name: str) -> Response:
    staff.end_sessions(visit.desk, name, visit.person)
    return visit.go(f"/people/{name}")


@router.post("/people/{name}/off")
def deactivate(visit: Manager, name: str) -> Response:
    staff.set_active(visit.desk, name, False, visit.person)
    return visit.go(f"/people/{name}")


@router.post("/people/{name}/on")
def activate(visit: Manager, name: str) -> Response:
    staff.set_active(visit.desk, name, True, visit.person)
    return visit.go(f"/people/{name}")


def _role(text: str) -> Role:
    if text not in list(Role):
        raise Refused("Hãy chọn vai trò.", "Choose a role.")
    return Role(text)


def _villages(reach: str, chosen: Sequence[str]) -> Sequence[str]:
    """Raises Refused for some villages without any: that must not mean all."""
    if reach == SOME and not chosen:
        raise Refused("Hãy chọn ít nhất một làng, hoặc chọn cả xã.", "Choose a village, or the whole commune.")
    return chosen if reach == SOME else ()


def _list(visit: Visit, status: int = 200, fault: str = "", form: dict[str, object] | None = None) -> Response:
    with visit.desk.database.read() as c:
        users, seen, sessions = rows.users(c), rows.seen(c), rows.count_sessions(c, visit.now)
        villages = nodes.nodes(c)
    empty = {"name": "", "title": "", "role": Role.OFFICER.value, "nodes": (), "reach": ""}
    return visit.page(
        "people.html",
        status,
        fault=fault,
        form=form or empty,
        is_open=form is not None,
        users=sorted(users, key=_place),
        seen=seen,
        sessions=sessions,
        titles={n.id: n.title for n in villages},
        villages=[n for n in villages if not n.is_revoked],
        roles=list(Role),
    )


def _place(user: User) -> tuple[bool, int, str]:
    """Who has left stands last; else by role, those with most to say first."""
    order = (Role.ADMIN, Role.LEADER, Role.OFFICER, Role.TECHNICIAN, Role.VIEWER)
    return not user.is_active, order.index(user.role), user.title


def _one(visit: Visit, name: str, status: int = 200, fault: str = "", given: str = "") -> Response:
    with visit.desk.database.read() as c:
        user = staff.find(c, name)
        sessions, villages = rows.sessions(c, name, visit.now), nodes.nodes(c)
        last_at, codes = rows.last_seen(c, name), rows.count_codes(c, name)
    return visit.page(
        "person.html",
        status,
        fault=fault,
        user=user,
        given=given,
        given_days=GIVEN_FOR.days,
        is_self=user.name == visit.person.name,
        sessions=[(s, name_agent(s.agent)) for s in sessions],
        last_at=last_at,
        codes=codes,
        villages=[n for n in villages if not n.is_revoked or n.id in user.villages],
        roles=list(Role),
        can_audit=visit.may(Act.AUDIT),
    )
