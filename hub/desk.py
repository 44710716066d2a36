"""What people ask the hub to do: add a recording, order, approve, cancel, stop. The pages, the command line and the
demo all come through here, so the same rules and permissions hold for each. Every act leaves a note.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from contract.terms import Late, Order, Priority, Yielding
from hub import admission, broadcasts, programme
from hub.accounts import Act, User, may
from hub.broadcasts import Broadcast, Recording, Stage
from hub.media import intake
from hub.media.job import TARGET_LUFS, IntakeLimits
from hub.media.shelf import Shelf
from hub.news import News
from hub.programme import Extras
from hub.refusals import NotAllowed, NotFound, Refused
from hub.rule import DaySets, Rule
from hub.store import alarms, day_sets, meta, orders, people, recordings
from hub.store import broadcasts as broadcast_rows
from hub.store.database import Database
from hub.store.ground import CHIME_KEY, named
from hub.store.orders import LiveOrder

TITLE_MAX = 120
WAIVER_MAX = 200
LIVE_ORDER_STANDS = timedelta(minutes=5)
"""How long the hub keeps trying to reach a node with a live order."""


class Desk:
    """The use cases. Each method is one transaction; call them from any thread, not from an event loop."""

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        clock: Callable[[], datetime],
        news: News,
        loudness_lufs: float = TARGET_LUFS,
        limits: IntakeLimits | None = None,
    ) -> None:
        self.database = database
        self.shelf = shelf
        self.clock = clock
        self.news = news
        self.limits = limits or IntakeLimits()
        self._loudness_lufs = loudness_lufs

    def ensure_chime(self) -> None:
        """Put the default chime on the shelf if it is not there yet. Raises Rejected where this machine cannot."""
        with self.database.read() as c:
            known = self.chime(c)
        if known is not None and self.shelf.has(known.sha256):
            return
        stored = intake.receive_chime(self.shelf)
        recording = self.recording(stored, "Nhạc hiệu", "hub")
        with self.database.write() as c:
            recordings.add(c, recording)
            meta.put(c, CHIME_KEY, recording.sha256)

    def chime(self, c: Connection) -> Recording | None:
        return named(c, CHIME_KEY)

    def add_recording(
        self, path: Path, title: str, user: User, progress: Callable[[float], None] = lambda _fraction: None
    ) -> Recording:
        """Judge, level and keep an uploaded file; `progress` hears 0 to 1. The file is left to the caller.

        Raises Rejected (of hub.media) for a file that cannot be used, and Refused.
        """
        _require(user, Act.ORDER)
        title = clean_title(title)
        stored = intake.receive(path, self.shelf, self.limits, progress, self._loudness_lufs)
        recording = self.recording(stored, title, user.name)
        with self.database.write() as c:
            recordings.add(c, recording)
            self._note(c, user, "upload", recording.sha256, title)
        self.news.tell("recordings")
        return recording

    def order(
        self,
        *,
        title: str,
        recording: str,
        nodes: Sequence[str],
        starts_at: datetime | None,
        priority: Priority,
        has_chime: bool,
        author: User,
        rule: Rule | None = None,
        replacement: str = "",
        late: Late = Late.WHOLE,
        yields: Yielding = Yielding.DROP,
        extras: Extras | None = None,
        patience_s: float = 0.0,
    ) -> Broadcast:
        """Save a broadcast as a draft; `starts_at` None means as soon as it is approved, or by its `rule`.

        `recording` is a SHA-256, and so is `replacement`: what is heard instead on the days that the rule leaves out
        (empty: nothing). `patience_s` is how long one of the priority class lets a routine one finish. Raises
        Conflicted with all hindrances, Refused for an order that makes no sense.
        """
        _require(author, Act.ORDER)
        now = self.clock()
        rule = rule and admission.with_replacement(rule, replacement)
        with self.database.write() as c:
            sets = day_sets.day_sets(c)
            made = programme.compose(
                c, self.shelf, recording, self._wanted_chime(c) if has_chime else None, extras or Extras()
            )
            if made.stream and priority is Priority.EMERGENCY:
                raise Refused("Khẩn cấp không phát bằng tiếp âm.", "An emergency is no rebroadcast.")
            starts_at = starts_at if rule is None else admission.first_airing(rule, now, sets)
            admission.check_time(starts_at, now)
            broadcast = Broadcast(
                id="b" + secrets.token_hex(6),
                title=clean_title(title),
                audio=made.audio,
                nodes=admission.known_nodes(c, nodes),
                priority=priority,
                starts_at=starts_at,
                stage=Stage.DRAFT,
                author=author.name,
                created_at=now,
                rule=rule,
                substitutes=programme.substitutes(c, self.shelf, rule),
                late=late,
                yields=yields,
                outro=made.outro,
                stream=made.stream,
                stream_s=made.stream_s,
                variants=made.variants,
                patience_s=patience_s if priority is Priority.PRIORITY else 0.0,
            )
            admission.check_conflicts(c, broadcast, now, sets)
            broadcast_rows.add(c, broadcast)
            self._note(c, author, "order", broadcast.id, broadcast.title)
        self.news.tell("broadcasts")
        return broadcast

    def approve(self, id: str, leader: User, waiver: str = "") -> Broadcast:
        """Let a draft go on air as it stands. An emergency for now becomes a live order to each node.

        Another person than its author approves it; who is alone says in `waiver` why, and that is written down. Raises
        Conflicted where something came in between, Refused where it is no draft or its time has passed.
        """
        _require(leader, Act.APPROVE)
        now, waiver = self.clock(), "".join(filter(str.isprintable, " ".join(waiver.split())))[:WAIVER_MAX]
        with self.database.write() as c:
            draft = find(c, id)
            is_own = draft.author == leader.name
            if is_own and not waiver:
                raise Refused(
                    "Bạn đặt buổi phát này nên cần người khác duyệt. Nếu không có ai, hãy ghi lý do tự duyệt.",
                    "You ordered this yourself, so another person approves it. If nobody can, write down why.",
                )
            sets = day_sets.day_sets(c)
            try:
                approved = broadcasts.approve(draft, leader.name, now, sets)
            except ValueError:
                raise _cannot_approve(draft) from None
            admission.check_conflicts(c, approved, now, sets)
            if not broadcast_rows.move(c, approved, Stage.DRAFT):
                raise _cannot_approve(approved)
            if approved.is_live:
                orders.add(c, [self._live(Order.PLAY, n, approved.id) for n in approved.nodes])
            self._note(c, leader, "approve", id, approved.approval)
            if is_own:
                self._note(c, leader, "approve-own", id, waiver)
        self.news.tell("broadcasts")
        return approved

    def cancel(self, id: str, user: User) -> Broadcast:
        """Take a broadcast back before it is over; a node that is airing it falls silent.

        Raises Refused where it is over or cancelled already.
        """
        _require(user, Act.ORDER)
        with self.database.write() as c:
            broadcast = find(c, id)
            if broadcast.stage is Stage.CANCELLED:
                raise Refused("Buổi phát này đã huỷ rồi.", "This broadcast is cancelled already.")
            if broadcast.stage is Stage.APPROVED and self.is_over(broadcast, day_sets.day_sets(c)):
                raise Refused("Buổi phát này đã xong, không huỷ được nữa.", "This broadcast is over already.")
            cancelled = replace(broadcast, stage=Stage.CANCELLED)
            if not broadcast_rows.move(c, cancelled, broadcast.stage):
                raise Refused("Buổi phát vừa thay đổi. Hãy xem lại.", "It has just changed. Look at it again.")
            if broadcast.stage is Stage.APPROVED and broadcast.is_live:
                self._silence(c, id, broadcast.nodes)
                alarms.end(c, id, self.clock(), user.name)
            self._note(c, user, "cancel", id)
        self.news.tell("broadcasts")
        return cancelled

    def drop(self, id: str, at: datetime, user: User) -> Broadcast:
        """Take back one airing of a broadcast that recurs; its approval stands, since silence needs none.

        Raises Refused where it has no such airing that is not over.
        """
        _require(user, Act.ORDER)
        now = self.clock()
        with self.database.write() as c:
            broadcast = find(c, id)
            found = broadcasts.airings(broadcast, at, at + timedelta(microseconds=1), day_sets.day_sets(c))
            ends = [o.at + timedelta(seconds=broadcasts.length_s(broadcast, o) + broadcasts.GRACE_S) for o in found]
            if broadcast.rule is None or broadcast.stage is Stage.CANCELLED or not ends or ends[0] < now:
                raise Refused("Không có lượt phát nào như vậy để bỏ.", "There is no such airing to take back.")
            dropped = replace(broadcast, dropped=tuple(sorted({*broadcast.dropped, at})))
            if not broadcast_rows.move(c, dropped, broadcast.stage):
                raise Refused("Buổi phát vừa thay đổi. Hãy xem lại.", "It has just changed. Look at it again.")
            self._note(c, user, "drop", id, at.isoformat())
        self.news.tell("broadcasts")
        return dropped

    def stop(self, broadcast: str | None, nodes: Sequence[str] | None, user: User) -> None:
        """Silence one broadcast, or (None) whatever sounds; on these nodes, or (None) on all of them, at once.

        Raises Refused where it has not begun: that is for `cancel`.
        """
        _require(user, Act.STOP)
        with self.database.write() as c:
            everywhere = admission.fleet(c)
            if broadcast is not None:
                wanted = find(c, broadcast)
                if wanted.stage is not Stage.APPROVED or self._is_ahead(wanted):
                    raise Refused("Buổi phát này chưa bắt đầu.", "This broadcast has not begun.")
                everywhere = [n for n in everywhere if n in wanted.nodes]
            targets = [n for n in everywhere if nodes is None or n in nodes]
            self._silence(c, broadcast or "", targets)
            if nodes is None:
                alarms.end(c, broadcast, self.clock(), user.name)
            self._note(c, user, "stop", broadcast or "all", ", ".join(targets))
        self.news.tell("orders")

    def _silence(self, c: Connection, broadcast: str, targets: Sequence[str]) -> None:
        """Send a stop, and let no standing order to play start it again afterwards."""
        for standing in orders.open_orders(c, self.clock()):
            is_meant = not broadcast or standing.broadcast == broadcast
            if standing.order is Order.PLAY and standing.node in targets and is_meant:
                orders.note_done(c, standing.id)
        orders.add(c, [self._live(Order.STOP, node, broadcast) for node in targets])

    def _live(self, order: Order, node: str, broadcast: str) -> LiveOrder:
        now = self.clock()
        return LiveOrder(
            id="o" + secrets.token_hex(8),
            node=node,
            order=order,
            broadcast=broadcast,
            created_at=now,
            until_at=now + LIVE_ORDER_STANDS,
        )

    def _wanted_chime(self, c: Connection) -> Recording:
        chime = self.chime(c)
        if chime is None:
            raise Refused("Chưa có nhạc hiệu; hãy bỏ chọn nhạc hiệu.", "There is no chime yet; order without it.")
        return chime

    def _is_ahead(self, broadcast: Broadcast) -> bool:
        """A live order may sound from its approval on; a planned one from its instant."""
        return broadcast.starts_at is None or (not broadcast.is_live and self.clock() < broadcast.starts_at)

    def is_over(self, broadcast: Broadcast, sets: DaySets) -> bool:
        """Whether an approved broadcast has no airing any more that could be heard."""
        assert broadcast.starts_at is not None
        length = timedelta(seconds=broadcast.duration_s + broadcast.patience_s + broadcasts.GRACE_S)
        length += LIVE_ORDER_STANDS if broadcast.is_live else timedelta()
        if broadcast.rule is not None:
            return broadcasts.next_airing(broadcast, self.clock() - length, sets) is None
        return self.clock() > broadcast.starts_at + length

    def recording(self, stored: intake.Stored, title: str, name: str) -> Recording:
        """The row of a sound that was just stored."""
        return Recording(**asdict(stored), title=title, uploaded_by=name, uploaded_at=self.clock())

    def _note(self, c: Connection, user: User, act: str, subject: str, detail: str = "") -> None:
        people.note(c, self.clock(), user.name, act, subject, detail)


def find(c: Connection, id: str) -> Broadcast:
    """The broadcast with this id. Raises NotFound."""
    broadcast = broadcast_rows.broadcast(c, id)
    if broadcast is None:
        raise NotFound("Không có buổi phát này.", "There is no such broadcast.")
    return broadcast


def _require(user: User, act: Act) -> None:
    if not may(user.role, act):
        raise NotAllowed


def clean_title(text: str) -> str:
    """A name as it is kept. Raises Refused for none, and for one that is too long."""
    title = " ".join(text.split())
    if not title:
        raise Refused("Hãy đặt tên.", "Give it a title.")
    if len(title) > TITLE_MAX or not title.isprintable():
        raise Refused(f"Tên dài nhất {TITLE_MAX} ký tự.", f"A title has at most {TITLE_MAX} characters.")
    return title


def _cannot_approve(draft: Broadcast) -> Refused:
    if draft.stage is Stage.DRAFT:
        return Refused(
            "Giờ phát đã qua, không duyệt được nữa. Hãy tạo buổi phát mới.",
            "Its time has passed. Order it anew.",
        )
    return Refused("Buổi phát này không còn chờ duyệt.", "This broadcast no longer waits for approval.")
