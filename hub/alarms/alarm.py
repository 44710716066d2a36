"""The emergency as people ask the hub for it: prepare, send, cancel, the all-clear; what is kept for it; the PIN.

Beside `desk`, whose permissions, notes and news it shares. Each act is one transaction and leaves a note.
"""

import logging
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from contract.terms import Order, Priority
from hub.alarms import emergency
from hub.alarms.emergency import Alarm
from hub.media import intake, voice
from hub.media.rejection import Cause, Rejected
from hub.media.voice import Manner
from hub.orders import broadcasts
from hub.orders.broadcasts import Broadcast, Recording, Stage
from hub.orders.desk import Desk, find
from hub.people.accounts import Act, User, pin_fault, require, theirs
from hub.people.passwords import hash_pin
from hub.refusals import NotFound, Refused
from hub.sounds import spoken
from hub.store import alarms, meta, nodes, orders, people, recordings, waveforms
from hub.store import broadcasts as broadcast_rows
from hub.store.ground import ALL_CLEAR_KEY
from hub.store.orders import LiveOrder
from hub.titles import TITLE_MAX

log = logging.getLogger(__name__)

ALL_CLEAR = (
    "Báo động đã được hủy. Xin bà con yên tâm, trở lại sinh hoạt bình thường. "
    "Xin nhắc lại: báo động đã được hủy. Xin cảm ơn bà con."
)
ALL_CLEAR_TITLE = "Báo yên: báo động đã được hủy"
_TITLE_FROM_TEXT = 60


def ensure_all_clear(desk: Desk) -> None:
    """Speak the default all-clear once and hold it ready in every village. Where this machine cannot, it is said in
    the log and an alarm is cancelled without."""
    with desk.database.read() as c:
        known = all_clear(desk, c)
    if known is not None:
        return
    try:
        with tempfile.TemporaryDirectory() as folder:
            wav = Path(folder, "all-clear.wav")
            voice.speak(ALL_CLEAR, wav)
            stored = intake.receive(wav, desk.shelf, desk.limits)
    except Rejected as rejected:
        log.warning("chưa có lời báo yên mặc định / no default all-clear: %s", rejected)
        return
    recording = desk.recording(stored, ALL_CLEAR_TITLE, "hub")
    with desk.database.write() as c:
        recordings.add(c, replace(recording, is_kept=True))
        waveforms.put(c, stored.sha256, stored.waveform)
        meta.put(c, ALL_CLEAR_KEY, recording.sha256)


def all_clear(desk: Desk, c: Connection) -> Recording | None:
    """The default all-clear, where it is there."""
    sha256 = meta.get(c, ALL_CLEAR_KEY)
    return None if sha256 is None or not desk.shelf.has(sha256) else recordings.recording(c, sha256)


def speak(desk: Desk, text: str, user: User) -> Recording:
    """Put a text into the library as speech. Takes seconds. Raises Rejected or Refused."""
    typed = voice.tidy(text)
    if len(typed) > voice.TEXT_MAX:
        raise Rejected(Cause.LONG_TEXT, limit=(f"{voice.TEXT_MAX} ký tự", f"{voice.TEXT_MAX} characters"))
    title = typed if len(typed) <= _TITLE_FROM_TEXT else typed[: _TITLE_FROM_TEXT - 1].rstrip() + "…"
    return spoken.keep(desk, "\n".join(spoken.words(desk, text)), title, Manner(), user, typed=text)


def prepare(desk: Desk, sha256: str, user: User) -> Recording:
    """Let the villages fetch this sound already, while the person looks at it once more. Raises Refused."""
    require(user, Act.ALARM)
    with desk.database.write() as c:
        recording = _recording(desk, c, sha256)
        alarms.prepare(c, sha256, desk.clock())
    desk.news.tell("recordings")
    return recording


def keep(desk: Desk, sha256: str, is_kept: bool, user: User) -> None:
    """Hold a recording ready in every village for emergencies, or no longer. Raises Refused."""
    require(user, Act.ORDER, None)
    with desk.database.write() as c:
        recording = _recording(desk, c, sha256)
        others = [r for r in recordings.kept(c) if r.sha256 != sha256]
        if is_kept and len(others) >= emergency.KEPT_MAX:
            raise Refused(
                f"Đã giữ sẵn {emergency.KEPT_MAX} bản thu, hãy bỏ bớt một bản.",
                f"{emergency.KEPT_MAX} recordings are kept already; drop one of them first.",
            )
        recordings.set_kept(c, sha256, is_kept)
        people.note(c, desk.clock(), user.name, "keep" if is_kept else "unkeep", sha256, recording.title)
    desk.news.tell("recordings")


def fresh_id() -> str:
    """An id for the next alarm; drawn before it is confirmed, so that two taps on the button are one alarm."""
    return "b" + secrets.token_hex(6)


def send(
    desk: Desk, user: User, *, id: str, recording: str, villages: Sequence[str] | None, repeat_for_s: float
) -> Broadcast:
    """Order and approve an emergency in one, and send it to these villages (None: all of theirs in service) at once.

    Whoever calls this has checked the PIN. An id that was sent already is the same tap again, and changes nothing.
    Raises Refused.
    """
    require(user, Act.ALARM, villages or ())
    if not 0 <= repeat_for_s <= emergency.LONGEST_S:
        raise Refused("Thời gian lặp không hợp lệ.", "That is no time to repeat it.")
    now = desk.clock()
    try:
        with desk.database.write() as c:
            sound = _recording(desk, c, recording)
            draft = Broadcast(
                id=id,
                title=sound.title,
                audio=(sound.audio,),
                nodes=_villages(c, villages, user),
                priority=Priority.EMERGENCY,
                starts_at=now,
                stage=Stage.SUBMITTED,
                author=user.name,
                created_at=now,
            )
            approved = broadcasts.approve(draft, user.name, now)
            alarm = Alarm(broadcast=id, repeat_for_s=repeat_for_s, repeat_gap_s=emergency.GAP_S)
            broadcast_rows.add(c, approved)
            alarms.add(c, alarm)
            until_at = max(now + emergency.STANDS, emergency.ends_at(approved, alarm))
            orders.add(c, [_order(desk, Order.PLAY, n, id, until_at - now) for n in approved.nodes])
            said = f"{approved.approval}; {approved.title}; {repeat_for_s:.0f} s; {', '.join(approved.nodes)}"
            people.note(c, now, user.name, "alarm", id, said)
    except IntegrityError:
        with desk.database.read() as c:
            return find(c, id)
    desk.news.tell("orders")
    return approved


def cancel(desk: Desk, id: str, recording: str, user: User) -> None:
    """End an alarm everywhere, and follow it with this recording (empty: nothing). Needs no PIN.

    A sound that is not there keeps nobody from ending it. Raises Refused where it was cancelled already.
    """
    require(user, Act.ORDER)
    now = desk.clock()
    with desk.database.write() as c:
        alarm, broadcast = _alarm(desk, c, id, user)
        if alarm.cleared_at is not None:
            raise Refused("Báo động này đã được hủy rồi.", "This alarm is cancelled already.")
        cancelled = replace(alarm, cleared_at=now, cleared_by=user.name)
        for standing in orders.open_orders(c, now):
            if standing.broadcast == id and standing.order is Order.PLAY:
                orders.note_done(c, standing.id)
        people.note(c, now, user.name, "alarm-cancel", id)
        sound = recordings.recording(c, recording) if recording else None
        if sound is not None and desk.shelf.has(sound.sha256):
            cancelled = _follow(desk, c, cancelled, broadcast, sound, user)
        alarms.replace(c, cancelled)
        _stop(desk, c, alarm, broadcast)
    desk.news.tell("orders")


def follow(desk: Desk, id: str, recording: str, user: User) -> None:
    """Let an all-clear follow an alarm that ended without one: by an ordinary stop, or the words took their time.

    Raises Refused where it has its all-clear, or is still out.
    """
    require(user, Act.ORDER)
    with desk.database.write() as c:
        alarm, broadcast = _alarm(desk, c, id, user)
        if alarm.cleared_at is None:
            raise Refused("Hãy hủy báo động trước.", "Cancel the alarm first.")
        if alarm.all_clear:
            raise Refused("Báo động này đã có lời báo yên.", "This alarm has its all-clear already.")
        alarms.replace(c, _follow(desk, c, alarm, broadcast, _recording(desk, c, recording), user))
        _stop(desk, c, alarm, broadcast)
    desk.news.tell("orders")


def set_pin(desk: Desk, name: str, pin: str, by: str) -> None:
    """Give a user a new PIN. Raises Refused where it is none, or too easy."""
    fault = pin_fault(pin)
    if fault is not None:
        raise Refused(*fault)
    pin_hash = hash_pin(pin)
    with desk.database.write() as c:
        people.set_pin(c, name, pin_hash)
        people.note(c, desk.clock(), by, "pin", name)


def note_wrong_pin(desk: Desk, user: User) -> None:
    with desk.database.write() as c:
        people.note(c, desk.clock(), user.name, "pin-wrong", user.name)


def _follow(desk: Desk, c: Connection, alarm: Alarm, ended: Broadcast, sound: Recording, user: User) -> Alarm:
    """The all-clear is a broadcast of its own, so that its airing has records of its own."""
    now = desk.clock()
    draft = Broadcast(
        id=fresh_id(),
        title=sound.title[:TITLE_MAX],
        audio=(sound.audio,),
        nodes=ended.nodes,
        priority=Priority.EMERGENCY,
        starts_at=now,
        stage=Stage.SUBMITTED,
        author=user.name,
        created_at=now,
    )
    approved = broadcasts.approve(draft, user.name, now)
    broadcast_rows.add(c, approved)
    people.note(c, now, user.name, "all-clear", approved.id, f"{approved.approval}; {approved.title}")
    return replace(alarm, all_clear=approved.id)


def _stop(desk: Desk, c: Connection, alarm: Alarm, broadcast: Broadcast) -> None:
    """It stands as long as the alarm could sound anywhere: also where the link is down just now."""
    left = emergency.ends_at(broadcast, alarm) - desk.clock()
    stands = max(emergency.STANDS, left + emergency.STANDS)
    orders.add(c, [_order(desk, Order.STOP, n, broadcast.id, stands) for n in broadcast.nodes])


def _order(desk: Desk, order: Order, node: str, broadcast: str, stands: timedelta) -> LiveOrder:
    now = desk.clock()
    return LiveOrder(
        id="o" + secrets.token_hex(8),
        node=node,
        order=order,
        broadcast=broadcast,
        created_at=now,
        until_at=now + stands,
    )


def find_alarm(c: Connection, id: str) -> tuple[Alarm, Broadcast]:
    """The alarm with this id, and its broadcast. Raises NotFound."""
    alarm, broadcast = alarms.alarm(c, id), broadcast_rows.broadcast(c, id)
    if alarm is None or broadcast is None:
        raise NotFound("Không có báo động này.", "There is no such alarm.")
    return alarm, broadcast


def _alarm(desk: Desk, c: Connection, id: str, user: User) -> tuple[Alarm, Broadcast]:
    """One that may still be ended or followed by an all-clear, by this person. Raises Refused."""
    alarm, broadcast = find_alarm(c, id)
    require(user, Act.ORDER, broadcast.nodes)
    if desk.clock() > emergency.ends_at(broadcast, alarm) + emergency.ALL_CLEAR_WITHIN:
        raise Refused("Báo động này đã xong từ lâu.", "This alarm was over long ago.")
    return alarm, broadcast


def _recording(desk: Desk, c: Connection, sha256: str) -> Recording:
    recording = recordings.offered(c, sha256)
    if recording is None or not desk.shelf.has(sha256):
        raise Refused(
            "Hãy chọn một bản thu, hoặc gõ nội dung cần đọc.", "Choose a recording, or type what is to be said."
        )
    return recording


def _villages(c: Connection, wanted: Sequence[str] | None, user: User) -> tuple[str, ...]:
    known = tuple(theirs(user, [n.id for n in nodes.nodes(c) if not n.is_revoked]))
    chosen = known if wanted is None else tuple(n for n in known if n in wanted)
    if not chosen:
        raise Refused("Hãy chọn ít nhất một làng.", "Choose at least one village.")
    return chosen
