"""What people ask the hub to do: add a recording, order, approve, cancel, stop. The pages, the command line and the
demo all come through here, so the same rules and permissions hold for each. Every act leaves a note.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from contract.limits import Limits
from contract.orders import Audio
from contract.terms import Order, Priority
from hub import broadcasts, openings
from hub.accounts import Act, User, may
from hub.broadcasts import Broadcast, Recording, Stage
from hub.media import intake
from hub.media.job import TARGET_LUFS, IntakeLimits
from hub.media.shelf import Shelf
from hub.news import News
from hub.refusals import Conflicted, NotAllowed, NotFound, Refused
from hub.store import broadcasts as broadcast_rows
from hub.store import meta, nodes, orders, people, recordings, records
from hub.store.database import Database
from hub.store.orders import LiveOrder

TITLE_MAX = 120
MAX_AHEAD = timedelta(days=366)
"""A date farther away than this is a slip of the finger."""
LIVE_ORDER_STANDS = timedelta(minutes=5)
"""How long the hub keeps trying to reach a node with a live order."""
NEIGHBOURS = timedelta(days=2)
"""Broadcasts this close share a local day or a minute with the new one, in any zone."""
CHIME_KEY = "chime"


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
        recording = self._recording(stored, "Nhạc hiệu", "hub")
        with self.database.write() as c:
            recordings.add(c, recording)
            meta.put(c, CHIME_KEY, recording.sha256)

    def chime(self, c: Connection) -> Recording | None:
        sha256 = meta.get(c, CHIME_KEY)
        return None if sha256 is None else recordings.recording(c, sha256)

    def add_recording(
        self, path: Path, title: str, user: User, progress: Callable[[float], None] = lambda _fraction: None
    ) -> Recording:
        """Judge, level and keep an uploaded file; `progress` hears 0 to 1. The file is left to the caller.

        Raises Rejected (of hub.media) for a file that cannot be used, and Refused.
        """
        _require(user, Act.ORDER)
        title = _title(title)
        stored = intake.receive(path, self.shelf, self.limits, progress, self._loudness_lufs)
        recording = self._recording(stored, title, user.name)
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
    ) -> Broadcast:
        """Save a broadcast as a draft; `starts_at` None means as soon as it is approved. `recording` is a SHA-256.

        Raises Conflicted with all hindrances, Refused for an order that makes no sense.
        """
        _require(author, Act.ORDER)
        now = self.clock()
        _check_time(starts_at, now)
        with self.database.write() as c:
            broadcast = Broadcast(
                id="b" + secrets.token_hex(6),
                title=_title(title),
                audio=self._sounds(c, recording, has_chime),
                nodes=_known_nodes(c, nodes),
                priority=priority,
                starts_at=starts_at,
                stage=Stage.DRAFT,
                author=author.name,
                created_at=now,
            )
            _check_conflicts(c, broadcast, now)
            broadcast_rows.add(c, broadcast)
            self._note(c, author, "order", broadcast.id, broadcast.title)
        self.news.tell("broadcasts")
        return broadcast

    def approve(self, id: str, leader: User) -> Broadcast:
        """Let a draft go on air as it stands. An emergency for now becomes a live order to each node.

        Raises Conflicted where something came in between, Refused where it is no draft or its time has passed.
        """
        _require(leader, Act.APPROVE)
        now = self.clock()
        with self.database.write() as c:
            draft = find(c, id)
            try:
                approved = broadcasts.approve(draft, leader.name, now)
            except ValueError:
                raise _cannot_approve(draft) from None
            _check_conflicts(c, approved, now)
            if not broadcast_rows.move(c, approved, Stage.DRAFT):
                raise _cannot_approve(approved)
            if approved.is_live:
                orders.add(c, [self._live(Order.PLAY, n, approved.id) for n in approved.nodes])
            self._note(c, leader, "approve", id, approved.approval)
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
            if broadcast.stage is Stage.APPROVED and self._is_over(broadcast):
                raise Refused("Buổi phát này đã xong, không huỷ được nữa.", "This broadcast is over already.")
            cancelled = replace(broadcast, stage=Stage.CANCELLED)
            if not broadcast_rows.move(c, cancelled, broadcast.stage):
                raise Refused("Buổi phát vừa thay đổi. Hãy xem lại.", "It has just changed. Look at it again.")
            if broadcast.stage is Stage.APPROVED and broadcast.is_live:
                self._silence(c, id, broadcast.nodes)
            self._note(c, user, "cancel", id)
        self.news.tell("broadcasts")
        return cancelled

    def stop(self, broadcast: str | None, nodes: Sequence[str] | None, user: User) -> None:
        """Silence one broadcast, or (None) whatever sounds; on these nodes, or (None) on all of them, at once.

        Raises Refused where it has not begun: that is for `cancel`.
        """
        _require(user, Act.STOP)
        with self.database.write() as c:
            everywhere = _fleet(c)
            if broadcast is not None:
                wanted = find(c, broadcast)
                if wanted.stage is not Stage.APPROVED or wanted.starts_at is None or self._is_ahead(wanted):
                    raise Refused("Buổi phát này chưa bắt đầu.", "This broadcast has not begun.")
                everywhere = [n for n in everywhere if n in wanted.nodes]
            targets = [n for n in everywhere if nodes is None or n in nodes]
            self._silence(c, broadcast or "", targets)
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

    def _sounds(self, c: Connection, sha256: str, has_chime: bool) -> tuple[Audio, ...]:
        recording = recordings.recording(c, sha256)
        if recording is None or not self.shelf.has(sha256):
            raise Refused("Hãy chọn một bản thu trong thư viện.", "Choose a recording of the library.")
        chime = self.chime(c) if has_chime else None
        if has_chime and chime is None:
            raise Refused("Chưa có nhạc hiệu; hãy bỏ chọn nhạc hiệu.", "There is no chime yet; order without it.")
        return (recording.audio,) if chime is None or chime == recording else (chime.audio, recording.audio)

    def _is_ahead(self, broadcast: Broadcast) -> bool:
        """A live order may sound from its approval on; a planned one from its instant."""
        return not broadcast.is_live and broadcast.starts_at is not None and self.clock() < broadcast.starts_at

    def _is_over(self, broadcast: Broadcast) -> bool:
        assert broadcast.starts_at is not None
        length = timedelta(seconds=broadcast.duration_s + broadcasts.GRACE_S)
        return self.clock() > broadcast.starts_at + length + (LIVE_ORDER_STANDS if broadcast.is_live else timedelta())

    def _recording(self, stored: intake.Stored, title: str, name: str) -> Recording:
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


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not title:
        raise Refused("Hãy đặt tên.", "Give it a title.")
    if len(title) > TITLE_MAX or not title.isprintable():
        raise Refused(f"Tên dài nhất {TITLE_MAX} ký tự.", f"A title has at most {TITLE_MAX} characters.")
    return title


def _check_time(starts_at: datetime | None, now: datetime) -> None:
    if starts_at is None:
        return
    if starts_at < now:
        raise Refused("Giờ phát đã qua. Hãy chọn giờ khác.", "That time has passed. Choose another one.")
    if starts_at > now + MAX_AHEAD:
        raise Refused("Ngày phát quá xa, hơn một năm nữa.", "That date is more than a year away.")


def _known_nodes(c: Connection, wanted: Sequence[str]) -> tuple[str, ...]:
    known = _fleet(c)
    if not wanted:
        raise Refused("Hãy chọn ít nhất một làng.", "Choose at least one village.")
    if not set(wanted) <= set(known):
        raise Refused("Có làng không còn trong danh sách. Hãy chọn lại.", "A village is no longer on the list.")
    return tuple(n for n in known if n in wanted)


def _fleet(c: Connection) -> list[str]:
    return [n.id for n in nodes.nodes(c) if not n.is_revoked]


def _check_conflicts(c: Connection, new: Broadcast, now: datetime) -> None:
    """Hold the broadcast against the villages' own limits and everything that is to sound around it.

    A draft without a time stands in nobody's way: it is held against the others when it is approved.
    """
    start = new.starts_at or now + broadcasts.NOW_LEAD
    around = broadcast_rows.between(c, start - NEIGHBOURS, start + NEIGHBOURS)
    others = [b for b in around if b.starts_at is not None and (b.stage is Stage.APPROVED or b.starts_at > now)]
    limits: dict[str, Limits] = {node: birth.limits for node, birth in nodes.births(c).items()}
    begun = [b for b in others if b.starts_at is not None and b.starts_at <= now]
    over = {(b.id, node) for b in begun for node in records.playouts(c, b.id)}
    found = broadcasts.conflicts(new, others, limits, now, over)
    if found:
        free_at = openings.first_free(new, now, lambda b: broadcasts.conflicts(b, others, limits, now, over))
        raise Conflicted(found, free_at)
    full = broadcasts.overfull(new, broadcast_rows.approved(c, now - NEIGHBOURS), now)
    if full:
        titles = ", ".join(n.title for n in nodes.nodes(c) if n.id in full)
        raise Refused(
            f"Lịch phát đã đầy ở: {titles}. Hãy bớt buổi phát hoặc dời ra sau 45 ngày.",
            f"The plan is full in: {titles}. Order fewer broadcasts, or later than 45 days from now.",
        )


def _cannot_approve(draft: Broadcast) -> Refused:
    if draft.stage is Stage.DRAFT:
        return Refused(
            "Giờ phát đã qua, không duyệt được nữa. Hãy tạo buổi phát mới.",
            "Its time has passed. Order it anew.",
        )
    return Refused("Buổi phát này không còn chờ duyệt.", "This broadcast no longer waits for approval.")
