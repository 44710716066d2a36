"""What technicians ask of a camera: to show itself in small pictures, and to take its present view for the right one.

Each act leaves a note, and so does each look at a picture. `dispatch` signs what is asked; `ingest` takes what comes
back, and nothing that was not asked for.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from contract.terms import Order
from hub.orders.desk import Desk
from hub.people.accounts import Act, User, require
from hub.people.deeds import DeedName
from hub.refusals import NotFound
from hub.store import nodes, orders, people, records, thumbnails
from hub.store.orders import LiveOrder
from hub.store.thumbnails import Thumbnails

STANDS = timedelta(minutes=2)
"""What a node did not take up by then is not asked of it any more: whoever asked stands in front of the page."""
ONE_LOOK = timedelta(minutes=1)
"""The pictures of one page are fetched one by one; within this a person's look is one."""


class Which(StrEnum):
    """Of the small pictures of one camera."""

    NOW = "now"
    BEFORE = "before"
    AFTER = "after"


def show(desk: Desk, node: str, camera: str, user: User) -> LiveOrder:
    """Ask for small pictures; where that is under way already, nothing is asked twice. Raises NotAllowed, NotFound."""
    return _ask(desk, Order.SHOW, "camera-show", node, camera, user)


def set_right(desk: Desk, node: str, camera: str, user: User) -> LiveOrder:
    """From now on what this camera shows is what it is meant to show. Raises NotAllowed, NotFound."""
    return _ask(desk, Order.RIGHT, "camera-right", node, camera, user)


def look(desk: Desk, node: str, camera: str, which: Which, user: User) -> bytes:
    """One small picture (JPEG); that this person looked is written down. Raises NotAllowed, NotFound."""
    require(user, Act.TEND, [node])
    now = desk.clock()
    with desk.database.write() as c:
        held = thumbnails.of_camera(c, node, camera, now)
        picture = b"" if held is None else _picture(held, which)
        if not picture:
            raise NotFound("Không có hình này, hoặc hình đã bị xoá.", "There is no such picture, or it is deleted.")
        if not _has_just_looked(c, node, camera, user, now):
            people.note(c, now, user.name, "camera-look", subject(node, camera))
    return picture


def subject(node: str, camera: str) -> str:
    """How the record of deeds calls a camera, or (empty) its node."""
    return f"{node}/{camera}" if camera else node


def require_camera(c: Connection, node: str, camera: str) -> None:
    """Raises NotFound where the node never told of such a camera."""
    heartbeat = nodes.heartbeat(c, node)
    told = () if heartbeat is None else heartbeat[0].cameras
    if not any(each.id == camera for each in told) and not records.has_changed(c, node, f"camera:{camera}"):
        raise NotFound("Nút này không có camera ấy.", "This node has no such camera.")


def _ask(desk: Desk, order: Order, act: DeedName, node: str, camera: str, user: User) -> LiveOrder:
    require(user, Act.TEND, [node])
    now = desk.clock()
    with desk.database.write() as c:
        require_camera(c, node, camera)
        standing = [o for o in orders.of_camera(c, node, camera, order, now) if not o.is_done]
        asked = standing[0] if standing else _order(order, node, camera, user, now)
        if not standing:
            orders.add(c, [asked])
        people.note(c, now, user.name, act, subject(node, camera))
    desk.news.tell("orders")
    return asked


def _order(order: Order, node: str, camera: str, user: User, now: datetime) -> LiveOrder:
    return LiveOrder(
        id="o" + secrets.token_hex(8),
        node=node,
        order=order,
        broadcast="",
        created_at=now,
        until_at=now + STANDS,
        camera=camera,
        asked_by=user.name,
    )


def _picture(held: Thumbnails, which: Which) -> bytes:
    return {Which.NOW: held.now, Which.BEFORE: held.before, Which.AFTER: held.after}[which]


def _has_just_looked(c: Connection, node: str, camera: str, user: User, now: datetime) -> bool:
    last = people.notes(c, 20, who=user.name, acts=["camera-look"], since=now - ONE_LOOK)
    return any(note.subject == subject(node, camera) for note in last)
