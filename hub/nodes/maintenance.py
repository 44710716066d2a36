"""Technicians say when they work on a node or a camera, and that they are done. The hub watches on all the while."""

import secrets
from dataclasses import replace
from datetime import datetime

from hub.cameras import asking
from hub.nodes import windows
from hub.nodes.windows import Window
from hub.orders.desk import Desk
from hub.people.accounts import Act, User, require
from hub.refusals import NotFound, Refused
from hub.store import maintenance, nodes, people


def plan(desk: Desk, node: str, camera: str, starts_at: datetime, ends_at: datetime, reason: str, user: User) -> Window:
    """From when to when, and why; of one camera, or (empty) of all there. What was is not changed: a beginning that has
    passed is now. Raises NotAllowed, NotFound or Refused."""
    require(user, Act.TEND, [node])
    now, reason = desk.clock(), " ".join(reason.split())
    wrong = windows.fault(starts_at, ends_at, reason, now)
    if wrong is not None:
        raise Refused(*wrong)
    window = Window(
        id="m" + secrets.token_hex(6),
        node=node,
        camera=camera,
        starts_at=max(starts_at, now),
        ends_at=ends_at,
        reason=reason,
        made_by=user.name,
        made_at=now,
    )
    with desk.database.write() as c:
        if nodes.node(c, node) is None:
            raise NotFound("Không có nút này.", "There is no such node.")
        if camera:
            asking.require_camera(c, node, camera)
        maintenance.add(c, window)
        people.note(c, now, user.name, "maintenance", asking.subject(node, camera), reason)
    desk.news.tell("fleet")
    return window


def end(desk: Desk, node: str, id: str, user: User) -> Window:
    """It is done, or will not be. Raises NotAllowed, NotFound or Refused."""
    require(user, Act.TEND, [node])
    now = desk.clock()
    with desk.database.write() as c:
        window = maintenance.window(c, id)
        if window is None or window.node != node:
            raise NotFound("Không có lần bảo trì này.", "There is no such maintenance.")
        if window.until_at <= now:
            raise Refused("Lần bảo trì này đã xong rồi.", "This maintenance is over already.")
        maintenance.end(c, id, now, user.name)
        people.note(c, now, user.name, "maintenance-end", asking.subject(node, window.camera), window.reason)
    desk.news.tell("fleet")
    return replace(window, ended_at=now, ended_by=user.name)
