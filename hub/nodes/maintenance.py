"""Technicians say when they work on a node or a camera, and that they are done. The hub watches on all the while."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from hub.cameras import asking
from hub.nodes import windows
from hub.nodes.windows import Repeat, Window
from hub.orders.desk import Desk
from hub.people.accounts import Act, User, require
from hub.refusals import NotFound, Refused
from hub.store import maintenance, nodes, people


def plan(
    desk: Desk,
    node: str,
    camera: str,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    user: User,
    repeat: Repeat | None = None,
) -> Window:
    """From when to when, and why; of one camera, or (empty) of all there; again and again where that is wished.
    Returns the first. What was is not changed: a beginning that has passed is now.
    Raises NotAllowed, NotFound or Refused."""
    require(user, Act.TEND, [node])
    now, reason = desk.clock(), " ".join(reason.split())
    wrong = windows.fault(starts_at, ends_at, reason, now)
    if wrong is None and repeat is not None:
        wrong = windows.repeat_fault(starts_at, ends_at, repeat, now)
    if wrong is not None:
        raise Refused(*wrong)
    first = Window(
        id=_fresh_id(),
        node=node,
        camera=camera,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        made_by=user.name,
        made_at=now,
    )
    planned = _all(first, repeat, now)
    with desk.database.write() as c:
        if nodes.node(c, node) is None:
            raise NotFound("Không có nút này.", "There is no such node.")
        if camera:
            asking.require_camera(c, node, camera)
        if windows.adds_nothing(planned, maintenance.of_node(c, node, now)):
            raise Refused(
                "Ở đây đã có lịch bảo trì đúng những giờ này rồi.",
                "Maintenance at just these times is planned here already.",
            )
        maintenance.add(c, planned)
        people.note(c, now, user.name, "maintenance", asking.subject(node, camera), reason)
    desk.news.tell("fleet")
    return planned[0]


def end(desk: Desk, node: str, id: str, user: User, has_series: bool = False) -> Window:
    """It is done, or will not be; with `has_series` neither will those be that were to follow. Raises NotAllowed,
    NotFound or Refused."""
    require(user, Act.TEND, [node])
    now = desk.clock()
    with desk.database.write() as c:
        window = _lasting(c, node, id, now)
        maintenance.end(c, id, now, user.name)
        if has_series and window.series:
            maintenance.end_series(c, window.series, now, user.name)
        people.note(c, now, user.name, "maintenance-end", asking.subject(node, window.camera), window.reason)
    desk.news.tell("fleet")
    return replace(window, ended_at=now, ended_by=user.name)


def drop_coming(desk: Desk, node: str, id: str, user: User) -> Window:
    """Of those that were planned with this one, drop all that have not begun; where this one has, it goes on until its
    end. Raises NotAllowed, NotFound or Refused."""
    require(user, Act.TEND, [node])
    now = desk.clock()
    with desk.database.write() as c:
        window = _lasting(c, node, id, now)
        if window.starts_at > now:
            maintenance.end(c, id, now, user.name)
        if window.series:
            maintenance.end_series(c, window.series, now, user.name)
        people.note(c, now, user.name, "maintenance-end", asking.subject(node, window.camera), window.reason)
    desk.news.tell("fleet")
    return window


def _lasting(c: Connection, node: str, id: str, now: datetime) -> Window:
    """One that is not over. Raises NotFound or Refused."""
    window = maintenance.window(c, id)
    if window is None or window.node != node:
        raise NotFound("Không có lần bảo trì này.", "There is no such maintenance.")
    if window.until_at <= now:
        raise Refused("Lần bảo trì này đã xong rồi.", "This maintenance is over already.")
    return window


def _all(first: Window, repeat: Repeat | None, now: datetime) -> list[Window]:
    """What is to be written; those of a series that have passed by now were none."""
    found = [first]
    if repeat is not None:
        following = windows.repeated(first, repeat)[1:]
        found = [replace(each, series=first.id) for each in (first, *(replace(w, id=_fresh_id()) for w in following))]
    return [
        replace(w, starts_at=max(w.starts_at, now).astimezone(UTC), ends_at=w.ends_at.astimezone(UTC))
        for w in found
        if w.ends_at > now
    ]


def _fresh_id() -> str:
    return "m" + secrets.token_hex(6)
