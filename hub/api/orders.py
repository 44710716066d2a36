"""/broadcasts: order, change, submit, approve, return, cancel, leave out, stop, air again."""

from typing import Annotated

from fastapi import APIRouter, Header, Response
from pydantic import Field
from pydantic.dataclasses import dataclass

from hub.api import wishes
from hub.api.broadcasts import BroadcastShown, etag, shown
from hub.api.caller import Approver, Orderer, Stopper
from hub.api.fields import ASKED, BroadcastId, Instant, NodeId, Text
from hub.api.problems import answers
from hub.api.wishes import OrderWanted
from hub.orders import again, moving
from hub.orders.again import When
from hub.orders.broadcasts import Broadcast

router = APIRouter(tags=["broadcasts"])

Seen = Annotated[
    str,
    Header(
        alias="If-Match",
        pattern=r'^"[0-9a-f]{64}"$',
        description="The ETag of what you looked at: where it says something else by now, nothing is done (412).",
        examples=['"' + "0" * 64 + '"'],
    ),
]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9._:-]{0,100}$",
        description="Drawn by you for this order: the same request sent again with it, after a timeout, is one order.",
    ),
]
TAGGED = {"headers": {"ETag": {"schema": {"type": "string"}, "description": "Of what it says, for If-Match."}}}


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class StartWanted:
    """Another instant for what airs but once."""

    starts_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class MoveBack:
    """Which move is taken back."""

    was: Instant
    """When it was to begin before it."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Approval:
    """Needed of whoever approves what they ordered themselves."""

    waiver: Annotated[Text, Field(max_length=200)] = ""
    """Why nobody else can approve it; written down."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Return:
    """Why it is given back."""

    reason: Annotated[Text, Field(max_length=200)]
    """What is to be mended."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Dropped:
    """One airing of a broadcast that recurs."""

    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Stop:
    """Where it falls silent."""

    nodes: Annotated[tuple[NodeId, ...], Field(max_length=200)] | None = None
    """In these villages; null for all."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class AgainWanted:
    """Where and when it is aired again."""

    nodes: Annotated[tuple[NodeId, ...], Field(max_length=200)]
    """In these of its villages."""
    at: Instant | None = None
    """Which airing is meant, of one that recurs."""
    when: When = When.NOW
    """At once, or at the first minute that is free."""


@router.post("/broadcasts", status_code=201, responses={201: TAGGED, **answers(409)})
def order(caller: Orderer, response: Response, wanted: OrderWanted, idempotency_key: Key = "") -> BroadcastShown:
    """Order a broadcast: it waits for approval, or is kept as a draft. What stands in its way is listed (409)."""
    id = wishes.id_of(caller, idempotency_key, wanted)
    wish, replacing = wishes.wish(caller, wanted), wishes.replaced(wanted)
    saved = caller.desk.order(wish, caller.person, wanted.is_submitted, id, replacing)
    response.headers["Location"] = f"{caller.request.scope['root_path']}/broadcasts/{saved.id}"
    return _tagged(response, saved)


@router.put("/broadcasts/{id}", responses={200: TAGGED, **answers(404, 409, 412)})
def change(caller: Orderer, response: Response, id: BroadcastId, seen: Seen, wanted: OrderWanted) -> BroadcastShown:
    """Let it say this instead; no approval outlives a change."""
    wish, replacing = wishes.wish(caller, wanted), wishes.replaced(wanted)
    saved = caller.desk.change(id, wish, caller.person, wanted.is_submitted, seen=seen.strip('"'), replacing=replacing)
    return _tagged(response, saved)


@router.put("/broadcasts/{id}/starts-at", responses={200: TAGGED, **answers(404, 409, 412)})
def move(caller: Orderer, response: Response, id: BroadcastId, seen: Seen, wanted: StartWanted) -> BroadcastShown:
    """Let what airs but once begin at another instant; no approval outlives it."""
    return _tagged(response, caller.desk.move(id, wanted.starts_at, caller.person, seen=seen.strip('"')))


@router.post("/broadcasts/{id}/undo-move", responses={200: TAGGED, **answers(404, 409)})
def undo_move(caller: Orderer, response: Response, id: BroadcastId, wanted: MoveBack) -> BroadcastShown:
    """Take one's own move back, within ten minutes and before anything else is done to it. What was approved before the
    move is approved again."""
    return _tagged(response, moving.undo(caller.desk, id, wanted.was, caller.person))


@router.post("/broadcasts/{id}/submit", responses={200: TAGGED, **answers(404, 409)})
def submit(caller: Orderer, response: Response, id: BroadcastId) -> BroadcastShown:
    """Let a draft wait for approval."""
    return _tagged(response, caller.desk.submit(id, caller.person))


@router.post("/broadcasts/{id}/withdraw", responses={200: TAGGED, **answers(404, 409)})
def withdraw(caller: Orderer, response: Response, id: BroadcastId) -> BroadcastShown:
    """Take what waits for approval back as a draft."""
    return _tagged(response, caller.desk.withdraw(id, caller.person))


@router.post("/broadcasts/{id}/return", responses={200: TAGGED, **answers(404, 409)})
def give_back(caller: Approver, response: Response, id: BroadcastId, wanted: Return) -> BroadcastShown:
    """Return what waits for approval to the officer, who is told why."""
    return _tagged(response, caller.desk.give_back(id, wanted.reason, caller.person))


@router.post("/broadcasts/{id}/approve", responses={200: TAGGED, **answers(404, 409, 412)})
def approve(caller: Approver, response: Response, id: BroadcastId, seen: Seen, wanted: Approval) -> BroadcastShown:
    """Let it go on air as you saw it."""
    approved = caller.desk.approve(id, caller.person, seen=seen.strip('"'), waiver=wanted.waiver)
    return _tagged(response, approved)


@router.post("/broadcasts/{id}/cancel", responses={200: TAGGED, **answers(404, 409)})
def cancel(caller: Orderer, response: Response, id: BroadcastId) -> BroadcastShown:
    """Take it back before it is over; a village that is airing it falls silent."""
    return _tagged(response, caller.desk.cancel(id, caller.person))


@router.post("/broadcasts/{id}/drop", responses={200: TAGGED, **answers(404, 409)})
def drop(caller: Orderer, response: Response, id: BroadcastId, wanted: Dropped) -> BroadcastShown:
    """Leave one airing of a broadcast that recurs out; its approval stands."""
    return _tagged(response, caller.desk.drop(id, wanted.at, caller.person))


@router.post("/broadcasts/{id}/stop", status_code=204, response_class=Response, responses=answers(404, 409))
def stop(caller: Stopper, id: BroadcastId, wanted: Stop) -> None:
    """Silence it where it sounds, at once."""
    caller.desk.stop(id, wanted.nodes, caller.person)


@router.post("/stops", status_code=204, response_class=Response, responses=answers(409))
def stop_everything(caller: Stopper, wanted: Stop) -> None:
    """Silence whatever sounds, at once."""
    caller.desk.stop(None, wanted.nodes, caller.person)


@router.post("/broadcasts/{id}/again", status_code=201, responses={201: TAGGED, **answers(404, 409)})
def air_again(caller: Orderer, response: Response, id: BroadcastId, wanted: AgainWanted) -> BroadcastShown:
    """A new broadcast of the same for those that missed it. Asked again it is the same one, unless it was cancelled."""
    anew = again.air_again(caller.desk, id, wanted.nodes, caller.person, at=wanted.at, when=wanted.when)
    return _tagged(response, anew)


def _tagged(response: Response, broadcast: Broadcast) -> BroadcastShown:
    response.headers["ETag"] = etag(broadcast)
    return shown(broadcast)
