"""What people ask the hub to do with an order: make it, change, submit, return, approve, cancel, stop. The pages, the
command line and the demo all come through here, so the same rules and permissions hold for each. Every act leaves a
note.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.orders import admission, broadcasts, life, live_orders
from hub.orders.broadcasts import Broadcast, Stage
from hub.orders.drafting import draft
from hub.orders.wish import Replaced, Wish
from hub.people.accounts import Act, User, require, theirs
from hub.people.deeds import DeedName
from hub.refusals import NotFound, NotYours, Refused
from hub.rules.rule import DaySets
from hub.sounds.sound_desk import SoundDesk
from hub.store import alarms, day_sets, people, recordings
from hub.store import broadcasts as broadcast_rows

REASON_MAX = 200


class Desk(SoundDesk):
    """The use cases. Each method is one transaction; call them from any thread, not from an event loop."""

    def order(
        self,
        wish: Wish,
        author: User,
        is_submitted: bool = True,
        id: str = "",
        replacing: Sequence[Replaced] = (),
    ) -> Broadcast:
        """Save a broadcast and submit it, or keep it as a draft; take back what it is `replacing`, or do neither.

        With an `id` it is ordered once: what stands under it already is the same request, repeated. Raises Conflicted
        with all hindrances, Refused for a wish that makes no sense.
        """
        require(author, Act.ORDER, wish.nodes)
        now = self.clock()
        with self.database.write() as c:
            sets = day_sets.day_sets(c)
            known = broadcast_rows.broadcast(c, id) if id else None
            if known is not None:
                return known
            broadcast = _staged(draft(c, self.shelf, wish, author.name, now, sets), is_submitted)
            broadcast = replace(broadcast, id=id or broadcast.id)
            self._take_back(c, replacing, author, broadcast.id)
            admission.check_conflicts(c, broadcast, now, sets)
            broadcast_rows.add(c, broadcast)
            self._note(c, author, "order" if is_submitted else "draft", broadcast.id, broadcast.title)
        self.news.tell("broadcasts")
        return broadcast

    def change(
        self,
        id: str,
        wish: Wish,
        user: User,
        is_submitted: bool = True,
        seen: str = "",
        replacing: Sequence[Replaced] = (),
    ) -> Broadcast:
        """Let an order say this instead: no longer approved, and ordered by who changed it; submitted, or a draft.

        `seen`, where it is given, is the digest of what this person looked at: raises Stale where it says something
        else by now. Raises Refused for what has begun, is on air or over; else as `order` does.
        """
        require(user, Act.ORDER, wish.nodes)
        now = self.clock()
        with self.database.write() as c:
            old, sets = find_to(Act.ORDER, c, id, user), day_sets.day_sets(c)
            life.require_seen(old, seen)
            life.require_changeable(old, now, sets)
            changed = life.changed(old, _staged(draft(c, self.shelf, wish, user.name, now, sets), is_submitted))
            self._take_back(c, replacing, user, id)
            self._put_changed(c, old, changed, user, "change", sets)
        self.news.tell("broadcasts")
        return changed

    def move(self, id: str, at: datetime, user: User, seen: str = "") -> Broadcast:
        """Let what airs but once begin at another instant. What was approved is submitted anew; else as `change`."""
        now = self.clock()
        with self.database.write() as c:
            old, sets = find_to(Act.ORDER, c, id, user), day_sets.day_sets(c)
            life.require_seen(old, seen)
            life.require_changeable(old, now, sets)
            moved = life.moved(old, at, user.name)
            admission.check_time(at, now)
            self._put_changed(c, old, moved, user, "move", sets)
        self.news.tell("broadcasts")
        return moved

    def renew(self, id: str, sha256: str, user: User) -> Broadcast:
        """Let an order sound with this version of a recording in place of every other one of it; else as `change`."""
        now = self.clock()
        with self.database.write() as c:
            old, sets, wanted = find_to(Act.ORDER, c, id, user), day_sets.day_sets(c), recordings.offered(c, sha256)
            if wanted is None or not self.shelf.has(sha256):
                raise NotFound("Không có bản thu này.", "There is no such recording.")
            life.require_changeable(old, now, sets)
            others = {r.sha256 for r in recordings.versions(c, wanted.work)} - {sha256}
            renewed = life.with_sound(old, others, wanted.audio, user.name)
            if renewed == old:
                raise Refused("Buổi phát này không dùng phiên bản khác.", "It uses no other version.")
            if old.rule is None:
                admission.check_time(old.starts_at, now)
            self._put_changed(c, old, renewed, user, "renew", sets)
        self.news.tell("broadcasts")
        return renewed

    def submit(self, id: str, user: User) -> Broadcast:
        """Let a draft wait for approval. Raises Refused."""
        now = self.clock()
        return self._step(id, user, Act.ORDER, "submit", lambda b, sets: life.submitted(b, now, sets))

    def withdraw(self, id: str, user: User) -> Broadcast:
        """Take what waits for approval back as a draft. Raises Refused."""
        return self._step(id, user, Act.ORDER, "withdraw", lambda b, _sets: life.withdrawn(b))

    def give_back(self, id: str, reason: str, leader: User) -> Broadcast:
        """Return what waits for approval to the officer, who is told why. Raises Refused."""
        why = _one_line(reason)
        return self._step(id, leader, Act.APPROVE, "return", lambda b, _sets: life.returned(b, leader.name, why), why)

    def approve(self, id: str, leader: User, *, seen: str, waiver: str = "") -> Broadcast:
        """Let what was submitted go on air as the leader saw it: `seen` is its digest. An emergency for now becomes a
        live order to each node.

        Another person than its author approves it; who is alone says in `waiver` why, and that is written down. Raises
        Stale where it says something else by now, Conflicted where something came in between, Refused where it does
        not wait for approval or its time has passed.
        """
        now, waiver = self.clock(), _one_line(waiver)
        with self.database.write() as c:
            waiting = find_to(Act.APPROVE, c, id, leader)
            is_own = waiting.author == leader.name
            if is_own and not waiver:
                raise Refused(
                    "Bạn đặt buổi phát này nên cần người khác duyệt. Nếu không có ai, hãy ghi lý do tự duyệt.",
                    "You ordered this yourself, so another person approves it. If nobody can, write down why.",
                )
            sets = day_sets.day_sets(c)
            approved = life.approved(waiting, leader.name, seen, now, sets)
            admission.check_conflicts(c, approved, now, sets)
            _put(c, approved, waiting.stage)
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
        with self.database.write() as c:
            cancelled = self._cancel(c, id, user)
        self.news.tell("broadcasts")
        return cancelled

    def drop(self, id: str, at: datetime, user: User) -> Broadcast:
        """Take back one airing of a broadcast that recurs; its approval stands, since silence needs none.

        Raises Refused where it has no such airing that is not over.
        """
        with self.database.write() as c:
            dropped = self._drop(c, id, at, user)
        self.news.tell("broadcasts")
        return dropped

    def stop(self, broadcast: str | None, nodes: Sequence[str] | None, user: User) -> None:
        """Silence one broadcast, or (None) whatever sounds; on these nodes, or (None) on all that are theirs, at once.

        Raises Refused where it has not begun: that is for `cancel`.
        """
        require(user, Act.STOP, nodes or ())
        now = self.clock()
        with self.database.write() as c:
            everywhere = admission.fleet(c)
            if broadcast is not None:
                wanted = find(c, broadcast)
                if wanted.stage is not Stage.APPROVED or not life.has_begun(wanted, now):
                    raise Refused("Buổi phát này chưa bắt đầu.", "This broadcast has not begun.")
                everywhere = [n for n in everywhere if n in wanted.nodes]
            targets = [n for n in theirs(user, everywhere) if nodes is None or n in nodes]
            if user.villages and not targets:
                raise NotYours
            live_orders.silence(c, broadcast or "", targets, now)
            if nodes is None:
                alarms.end(c, broadcast, now, user.name, user.villages)
            self._note(c, user, "stop", broadcast or "all", ", ".join(targets))
        self.news.tell("orders")

    def _take_back(self, c: Connection, replaced: Sequence[Replaced], user: User, by: str) -> None:
        """Raises Refused where one of them has begun: that is for `stop`."""
        for each in replaced:
            broadcast = find_to(Act.ORDER, c, each.id, user)
            starts_at = broadcast.starts_at if each.at is None else each.at
            if broadcast.stage is Stage.APPROVED and starts_at is not None and starts_at <= self.clock():
                raise Refused(f"“{broadcast.title}” đã bắt đầu.", f"“{broadcast.title}” has begun.")
            if each.at is None:
                self._cancel(c, each.id, user, by)
            else:
                self._drop(c, each.id, each.at, user, by)

    def _cancel(self, c: Connection, id: str, user: User, by: str = "") -> Broadcast:
        now, broadcast = self.clock(), find_to(Act.ORDER, c, id, user)
        if broadcast.stage is Stage.CANCELLED:
            raise Refused("Buổi phát này đã huỷ rồi.", "This broadcast is cancelled already.")
        if broadcast.stage is Stage.APPROVED and life.is_over(broadcast, now, day_sets.day_sets(c)):
            raise Refused("Buổi phát này đã xong, không huỷ được nữa.", "This broadcast is over already.")
        cancelled = replace(broadcast, stage=Stage.CANCELLED)
        _put(c, cancelled, broadcast.stage)
        if broadcast.stage is Stage.APPROVED and broadcast.is_live:
            live_orders.silence(c, id, broadcast.nodes, now)
            alarms.end(c, id, now, user.name)
        self._note(c, user, "cancel", id, by)
        return cancelled

    def _drop(self, c: Connection, id: str, at: datetime, user: User, by: str = "") -> Broadcast:
        now, broadcast = self.clock(), find_to(Act.ORDER, c, id, user)
        found = broadcasts.airings(broadcast, at, at + timedelta(microseconds=1), day_sets.day_sets(c))
        ends = [o.at + timedelta(seconds=broadcasts.length_s(broadcast, o) + broadcasts.GRACE_S) for o in found]
        if broadcast.rule is None or broadcast.stage is Stage.CANCELLED or not ends or ends[0] < now:
            raise Refused("Không có lượt phát nào như vậy để bỏ.", "There is no such airing to take back.")
        dropped = replace(broadcast, dropped=tuple(sorted({*broadcast.dropped, at})))
        _put(c, dropped, broadcast.stage)
        self._note(c, user, "drop", id, f"{at.isoformat()} {by}".rstrip())
        return dropped

    def _step(
        self,
        id: str,
        user: User,
        act: Act,
        deed: DeedName,
        step: Callable[[Broadcast, DaySets], Broadcast],
        why: str = "",
    ) -> Broadcast:
        """One step of an order's life that changes nothing of what it says."""
        with self.database.write() as c:
            before = find_to(act, c, id, user)
            after = step(before, day_sets.day_sets(c))
            _put(c, after, before.stage)
            self._note(c, user, deed, id, why)
        self.news.tell("broadcasts")
        return after

    def _put_changed(
        self, c: Connection, old: Broadcast, changed: Broadcast, user: User, act: DeedName, sets: DaySets
    ) -> None:
        """Write down what an order says now; in the note stands the approval that ended with it."""
        admission.check_conflicts(c, changed, self.clock(), sets)
        _put(c, changed, old.stage)
        self._note(c, user, act, changed.id, f"{changed.title}; {old.approval}" if old.approval else changed.title)

    def _note(self, c: Connection, user: User, act: DeedName, subject: str, detail: str = "") -> None:
        people.note(c, self.clock(), user.name, act, subject, detail)


def find(c: Connection, id: str) -> Broadcast:
    """The broadcast with this id. Raises NotFound."""
    broadcast = broadcast_rows.broadcast(c, id)
    if broadcast is None:
        raise NotFound("Không có buổi phát này.", "There is no such broadcast.")
    return broadcast


def find_to(act: Act, c: Connection, id: str, user: User) -> Broadcast:
    """The broadcast with this id, all of whose villages this person may do that to. Raises NotAllowed or NotFound."""
    require(user, act)
    broadcast = find(c, id)
    require(user, act, broadcast.nodes)
    return broadcast


def _put(c: Connection, broadcast: Broadcast, expected: Stage) -> None:
    if not broadcast_rows.move(c, broadcast, expected):
        raise Refused("Buổi phát vừa thay đổi. Hãy xem lại.", "It has just changed. Look at it again.")


def _staged(broadcast: Broadcast, is_submitted: bool) -> Broadcast:
    return replace(broadcast, stage=Stage.SUBMITTED) if is_submitted else broadcast


def _one_line(text: str) -> str:
    """A reason as it is written down."""
    return "".join(filter(str.isprintable, " ".join(text.split())))[:REASON_MAX]
