"""What people ask the hub to do with an order: make it, change it, move it, approve, cancel, stop. The pages, the
command line and the demo all come through here, so the same rules and permissions hold for each. Every act leaves a
note.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub import admission, broadcasts, life, live_orders
from hub.accounts import Act, User
from hub.broadcasts import Broadcast, Stage
from hub.drafting import draft
from hub.refusals import NotFound, Refused
from hub.rule import DaySets
from hub.sound_desk import SoundDesk, require
from hub.store import alarms, day_sets, people
from hub.store import broadcasts as broadcast_rows
from hub.wish import Wish

WAIVER_MAX = 200


class Desk(SoundDesk):
    """The use cases. Each method is one transaction; call them from any thread, not from an event loop."""

    def order(self, wish: Wish, author: User) -> Broadcast:
        """Save a draft. Raises Conflicted with all hindrances, Refused for a wish that makes no sense."""
        require(author, Act.ORDER)
        now = self.clock()
        with self.database.write() as c:
            sets = day_sets.day_sets(c)
            broadcast = draft(c, self.shelf, wish, author.name, now, sets)
            admission.check_conflicts(c, broadcast, now, sets)
            broadcast_rows.add(c, broadcast)
            self._note(c, author, "order", broadcast.id, broadcast.title)
        self.news.tell("broadcasts")
        return broadcast

    def change(self, id: str, wish: Wish, user: User) -> Broadcast:
        """Let an order say this instead: a draft again, whatever was approved, and ordered by who changed it.

        Raises Refused for what has begun, is on air or over; else as `order` does.
        """
        require(user, Act.ORDER)
        now = self.clock()
        with self.database.write() as c:
            old, sets = find(c, id), day_sets.day_sets(c)
            life.require_changeable(old, now, sets)
            changed = life.changed(old, draft(c, self.shelf, wish, user.name, now, sets))
            self._put_changed(c, old, changed, user, "change", sets)
        self.news.tell("broadcasts")
        return changed

    def move(self, id: str, at: datetime, user: User) -> Broadcast:
        """Let what airs but once begin at another instant; else as `change`."""
        require(user, Act.ORDER)
        now = self.clock()
        with self.database.write() as c:
            old, sets = find(c, id), day_sets.day_sets(c)
            life.require_changeable(old, now, sets)
            moved = life.moved(old, at, user.name)
            admission.check_time(at, now)
            self._put_changed(c, old, moved, user, "move", sets)
        self.news.tell("broadcasts")
        return moved

    def approve(self, id: str, leader: User, waiver: str = "") -> Broadcast:
        """Let a draft go on air as it stands. An emergency for now becomes a live order to each node.

        Another person than its author approves it; who is alone says in `waiver` why, and that is written down. Raises
        Conflicted where something came in between, Refused where it is no draft or its time has passed.
        """
        require(leader, Act.APPROVE)
        now, waiver = self.clock(), "".join(filter(str.isprintable, " ".join(waiver.split())))[:WAIVER_MAX]
        with self.database.write() as c:
            waiting = find(c, id)
            is_own = waiting.author == leader.name
            if is_own and not waiver:
                raise Refused(
                    "Bạn đặt buổi phát này nên cần người khác duyệt. Nếu không có ai, hãy ghi lý do tự duyệt.",
                    "You ordered this yourself, so another person approves it. If nobody can, write down why.",
                )
            sets = day_sets.day_sets(c)
            try:
                approved = broadcasts.approve(waiting, leader.name, now, sets)
            except ValueError:
                raise _cannot_approve(waiting) from None
            admission.check_conflicts(c, approved, now, sets)
            if not broadcast_rows.move(c, approved, Stage.DRAFT):
                raise _cannot_approve(approved)
            if approved.is_live:
                live_orders.play(c, approved.id, approved.nodes, now)
            self._note(c, leader, "approve", id, approved.approval)
            if is_own:
                self._note(c, leader, "approve-own", id, waiver)
        self.news.tell("broadcasts")
        return approved

    def cancel(self, id: str, user: User) -> Broadcast:
        """Take a broadcast back before it is over; a node that is airing it falls silent.

        Raises Refused where it is over or cancelled already.
        """
        require(user, Act.ORDER)
        now = self.clock()
        with self.database.write() as c:
            broadcast = find(c, id)
            if broadcast.stage is Stage.CANCELLED:
                raise Refused("Buổi phát này đã huỷ rồi.", "This broadcast is cancelled already.")
            if broadcast.stage is Stage.APPROVED and life.is_over(broadcast, now, day_sets.day_sets(c)):
                raise Refused("Buổi phát này đã xong, không huỷ được nữa.", "This broadcast is over already.")
            cancelled = replace(broadcast, stage=Stage.CANCELLED)
            _put(c, cancelled, broadcast.stage)
            if broadcast.stage is Stage.APPROVED and broadcast.is_live:
                live_orders.silence(c, id, broadcast.nodes, now)
                alarms.end(c, id, now, user.name)
            self._note(c, user, "cancel", id)
        self.news.tell("broadcasts")
        return cancelled

    def drop(self, id: str, at: datetime, user: User) -> Broadcast:
        """Take back one airing of a broadcast that recurs; its approval stands, since silence needs none.

        Raises Refused where it has no such airing that is not over.
        """
        require(user, Act.ORDER)
        now = self.clock()
        with self.database.write() as c:
            broadcast = find(c, id)
            found = broadcasts.airings(broadcast, at, at + timedelta(microseconds=1), day_sets.day_sets(c))
            ends = [o.at + timedelta(seconds=broadcasts.length_s(broadcast, o) + broadcasts.GRACE_S) for o in found]
            if broadcast.rule is None or broadcast.stage is Stage.CANCELLED or not ends or ends[0] < now:
                raise Refused("Không có lượt phát nào như vậy để bỏ.", "There is no such airing to take back.")
            dropped = replace(broadcast, dropped=tuple(sorted({*broadcast.dropped, at})))
            _put(c, dropped, broadcast.stage)
            self._note(c, user, "drop", id, at.isoformat())
        self.news.tell("broadcasts")
        return dropped

    def stop(self, broadcast: str | None, nodes: Sequence[str] | None, user: User) -> None:
        """Silence one broadcast, or (None) whatever sounds; on these nodes, or (None) on all of them, at once.

        Raises Refused where it has not begun: that is for `cancel`.
        """
        require(user, Act.STOP)
        now = self.clock()
        with self.database.write() as c:
            everywhere = admission.fleet(c)
            if broadcast is not None:
                wanted = find(c, broadcast)
                if wanted.stage is not Stage.APPROVED or not life.has_begun(wanted, now):
                    raise Refused("Buổi phát này chưa bắt đầu.", "This broadcast has not begun.")
                everywhere = [n for n in everywhere if n in wanted.nodes]
            targets = [n for n in everywhere if nodes is None or n in nodes]
            live_orders.silence(c, broadcast or "", targets, now)
            if nodes is None:
                alarms.end(c, broadcast, now, user.name)
            self._note(c, user, "stop", broadcast or "all", ", ".join(targets))
        self.news.tell("orders")

    def _put_changed(
        self, c: Connection, old: Broadcast, changed: Broadcast, user: User, act: str, sets: DaySets
    ) -> None:
        """Write down what an order says now; in the note stands the approval that ended with it."""
        admission.check_conflicts(c, changed, self.clock(), sets)
        _put(c, changed, old.stage)
        self._note(c, user, act, changed.id, f"{changed.title}; {old.approval}" if old.approval else changed.title)

    def _note(self, c: Connection, user: User, act: str, subject: str, detail: str = "") -> None:
        people.note(c, self.clock(), user.name, act, subject, detail)


def find(c: Connection, id: str) -> Broadcast:
    """The broadcast with this id. Raises NotFound."""
    broadcast = broadcast_rows.broadcast(c, id)
    if broadcast is None:
        raise NotFound("Không có buổi phát này.", "There is no such broadcast.")
    return broadcast


def _put(c: Connection, broadcast: Broadcast, expected: Stage) -> None:
    if not broadcast_rows.move(c, broadcast, expected):
        raise Refused("Buổi phát vừa thay đổi. Hãy xem lại.", "It has just changed. Look at it again.")


def _cannot_approve(waiting: Broadcast) -> Refused:
    if waiting.stage is Stage.DRAFT:
        return Refused(
            "Giờ phát đã qua, không duyệt được nữa. Hãy tạo buổi phát mới.",
            "Its time has passed. Order it anew.",
        )
    return Refused("Buổi phát này không còn chờ duyệt.", "This broadcast no longer waits for approval.")
