"""To air again what some villages missed: a new broadcast with the same sounds for just those villages, now or when the
air is free. Beside `desk`; one transaction, one note.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from hub.orders import admission, broadcasts, live_orders
from hub.orders.broadcasts import Broadcast, Stage
from hub.orders.desk import Desk, find
from hub.people.accounts import Act, User, may, require
from hub.refusals import Conflicted, Refused
from hub.rules.calendar import Occurrence
from hub.rules.rule import DaySets
from hub.store import alarms, day_sets, people, recordings
from hub.store import broadcasts as broadcast_rows
from hub.titles import TITLE_MAX

AGAIN = " (phát lại)"
_INSTANT = timedelta(microseconds=1)


class When(StrEnum):
    """When it is to be heard: at once, or at the first minute that is free."""

    NOW = "now"
    FREE = "free"
    """At once too, where nothing is in the way."""


def air_again(
    desk: Desk, id: str, villages: Sequence[str], user: User, *, at: datetime | None = None, when: When = When.NOW
) -> Broadcast:
    """Order it anew for these villages; `at` is the airing that is meant, of one that recurs.

    Where this person may approve, and what was aired had been approved, it is approved at once: these are the same
    sounds for villages that were to hear them, and the note says so. Else it waits for the leader. Pressed again it is
    the same order, unless that was cancelled. Raises Conflicted, Refused or NotFound.
    """
    require(user, Act.ORDER, villages)
    now = desk.clock()
    try:
        with desk.database.write() as c:
            old, sets = find(c, id), day_sets.day_sets(c)
            airing = _airing(c, old, at, now, sets)
            key = _key(c, old, airing, villages)
            pressed = broadcast_rows.broadcast(c, key)
            if pressed is not None:
                return pressed
            anew = _anew(c, desk, key, old, airing, villages, user.name)
            approver = user.name if old.is_approved and may(user, Act.APPROVE, villages) else ""
            anew = _placed(c, anew, approver, when, now, sets)
            broadcast_rows.add(c, anew)
            if anew.is_approved and anew.is_live:
                live_orders.play(c, anew.id, anew.nodes, now)
            _note(c, user, old, anew, airing, now)
    except IntegrityError:  # the other one of two presses was a moment sooner
        with desk.database.read() as c:
            return find(c, key)
    desk.news.tell("broadcasts")
    return anew


def _airing(c: Connection, old: Broadcast, at: datetime | None, now: datetime, sets: DaySets) -> Occurrence:
    """The airing that is meant. Raises Refused where it has not begun, or is an alarm."""
    if alarms.alarm(c, old.id) is not None:
        raise Refused("Báo động thì phát lại bằng nút khẩn cấp.", "An alarm is sent again by the red button.")
    if at is None and old.rule is None:
        at = old.starts_at
    found = broadcasts.airings(old, at, at + _INSTANT, sets) if at is not None else []
    if not found or found[0].at > now or old.stage in (Stage.DRAFT, Stage.SUBMITTED):
        raise Refused("Lượt phát này chưa phát, chưa có gì để phát lại.", "This has not aired yet.")
    return found[0]


def _key(c: Connection, old: Broadcast, airing: Occurrence, villages: Sequence[str]) -> str:
    """The id of the new order: the same for the same press, another one after it was cancelled."""
    for n in range(1000):
        meant = "\n".join((old.id, airing.at.isoformat(), str(n), *sorted(villages)))
        key = "b" + hashlib.sha256(meant.encode()).hexdigest()[:12]
        known = broadcast_rows.broadcast(c, key)
        if known is None or known.stage is not Stage.CANCELLED:
            return key
    raise Refused("Đã phát lại quá nhiều lần.", "It was aired again too often.")


def _anew(
    c: Connection, desk: Desk, key: str, old: Broadcast, airing: Occurrence, villages: Sequence[str], author: str
) -> Broadcast:
    """The same sounds in the same class, once, for those of its villages that are meant. Raises Refused."""
    nodes = tuple(n for n in admission.known_nodes(c, villages) if n in old.nodes)
    if set(nodes) != set(villages):
        raise Refused("Có làng không thuộc buổi phát này.", "A village is not part of this broadcast.")
    is_instead = any(a.sha256 == airing.replacement for a in old.substitutes)
    sounds = broadcasts.sounds(old, airing) if is_instead else old.audio
    for sound in broadcasts.recorded(old):
        if recordings.offered(c, sound.sha256) is None or not desk.shelf.has(sound.sha256):
            raise Refused("Bản thu không còn trong thư viện.", "The recording is not in the library any more.")
    return Broadcast(
        id=key,
        title=old.title.removesuffix(AGAIN)[: TITLE_MAX - len(AGAIN)] + AGAIN,
        audio=sounds,
        nodes=nodes,
        priority=old.priority,
        starts_at=None,
        stage=Stage.SUBMITTED,
        author=author,
        created_at=desk.clock(),
        late=old.late,
        yields=old.yields,
        outro=() if is_instead else old.outro,
        stream="" if is_instead else old.stream,
        stream_s=0.0 if is_instead else old.stream_s,
        variants=() if is_instead else old.variants,
        patience_s=old.patience_s,
    )


def _placed(c: Connection, anew: Broadcast, approver: str, when: When, now: datetime, sets: DaySets) -> Broadcast:
    """At its time, and approved where there is somebody to. Raises Conflicted."""
    placed = broadcasts.approve(anew, approver, now, sets) if approver else anew
    try:
        admission.check_conflicts(c, placed, now, sets)
    except Conflicted as busy:
        if when is When.NOW or busy.free_at is None:
            raise
        return _placed(c, replace(anew, starts_at=busy.free_at), approver, When.NOW, now, sets)
    return placed


def _note(c: Connection, user: User, old: Broadcast, anew: Broadcast, airing: Occurrence, now: datetime) -> None:
    people.note(c, now, user.name, "order", anew.id, f"{anew.title}; {', '.join(anew.nodes)}")
    people.note(c, now, user.name, "again", old.id, f"{anew.id} {airing.at.isoformat()}")
    if anew.is_approved:
        why = f"{anew.approval}; the same sounds, approved by {old.approved_by} as {old.approval}"
        people.note(c, now, user.name, "approve-again", anew.id, why)


def repeats(c: Connection, id: str) -> dict[datetime, list[Broadcast]]:
    """The orders by which its airings were aired again, by the instant of the airing; not those that were cancelled."""
    found: dict[datetime, list[Broadcast]] = {}
    for note in people.deeds(c, id, "again"):
        key, _, at = note.detail.partition(" ")
        anew = find(c, key)
        if anew.stage is not Stage.CANCELLED:
            found.setdefault(datetime.fromisoformat(at), []).append(anew)
    return found
