"""Which nodes are alive: status computed from what was heard, never stored; a Flip for each change. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contract.reports import Heartbeat
from contract.terms import Ailment, Trust
from hub.nodes.positions import Position

KEEPALIVE_S = 15
WILL_AFTER_S = KEEPALIVE_S * 1.5
"""A broker sends the last will one and a half keepalives after the last sign of life (MQTT 3.1.1, 3.1.2.10)."""

ALERT_BY_S = 90.0
DOWN_AFTER_S = ALERT_BY_S - 5
"""The broker looks at its keepalives every second or so, the hub at its nodes and then at its incidents once a second
each: measured, 2.3 s in all."""
HEARTBEAT_S = 60.0
LATE_AFTER_S = HEARTBEAT_S + 15
"""A connected node that misses its summary: its link hangs although the broker still holds the connection."""

SETTLE_S = 60.0
"""After the hub itself was away, nobody is judged before every node had the time to speak."""


PHONE_MAX = 20
LANGUAGE_MAX = 30
_OF_A_PHONE = frozenset("0123456789+ .-()")
SPEAKER = "speaker"
NETMON = "netmon"
PROCESSES = (SPEAKER, "camera", NETMON)
"""The processes of a node that its link listens to."""
RESTARTED = ("link", *PROCESSES)
"""Those whose starts it tells of: its link's own among them."""
HUB = "hub"
"""Node and subject of what the hub writes of itself: `down` while it heard nobody, `up` since it hears."""
BOOT = "boot"
"""Subject of a node's start, at the instant of it."""
SILENT, OK, FAULT = "silent", "ok", "fault"
"""Values of flips: of a process, and of the sound."""
MACHINE: Mapping[str, tuple[Ailment, ...]] = {
    "power": (Ailment.WEAK_POWER,),
    "card": (Ailment.READ_ONLY, Ailment.CARD_ERRORS),
    "usb": (Ailment.USB_GONE,),
    "ups": (Ailment.ON_BATTERY,),
    "heat": (Ailment.HOT,),
    "disk": (Ailment.DISK_FULL,),
    "memory": (Ailment.MEMORY_LOW,),
}
"""Subjects of flips about a node's machine, and what may be wrong with each, the worst first."""
START_SLACK = timedelta(seconds=60)
DRIFT = 2e-4
"""By how much of its uptime a node's own clock may be off: the same start is told anew with every summary."""
SOUND_SETTLE = timedelta(seconds=20)
"""A node tells most faults of its sound itself; the hub writes only those it has not told by then. What is so when its
sound process begins is no change to that."""
CLOCK_SETTLE = timedelta(minutes=5)
"""The same of its clock, which finds the time only a while after a start."""


class Status(StrEnum):
    NEW = "new"
    UP = "up"
    LATE = "late"
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A Pi in a cultural house, as it was added. `title` is the village's name as people say it."""

    id: str
    title: str
    added_at: datetime
    is_revoked: bool = False
    phone: str = ""
    """Whom to call there when it cannot be reached; empty where nobody said."""
    language: str = ""
    """What is spoken there, as people call it ("Tày"); empty where it is the commune's own."""
    position: Position | None = None
    """Where it lies; None where nobody said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What the hub heard of one node, by the hub's clock: its state topic, and anything at all."""

    is_online: bool
    changed_at: datetime
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One change of one thing's status. `subject` is `node`, `process:<name>`, `camera:<id>`, `view:<id>` (a camera's
    view was set as the right one, by the command in `detail`), `target:<id>`, `network` (its cause), `clock`, `sound`,
    or `boot` (it was started); or the hub itself, under its own name."""

    node: str
    subject: str
    value: str
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A node's last heartbeat, when it was heard, and since when it says the same of its sound and of its clock."""

    heartbeat: Heartbeat
    heard_at: datetime
    sound_since_at: datetime
    clock_since_at: datetime

    @classmethod
    def first(cls, heartbeat: Heartbeat, heard_at: datetime) -> "Word":
        return cls(heartbeat, heard_at, heard_at, heard_at)

    def then(self, heartbeat: Heartbeat, heard_at: datetime) -> "Word":
        is_same = bool(heartbeat.sound_fault) == bool(self.heartbeat.sound_fault)
        is_as_sure = _is_astray(heartbeat) is _is_astray(self.heartbeat)
        sound_since_at = self.sound_since_at if is_same else heard_at
        return Word(heartbeat, heard_at, sound_since_at, self.clock_since_at if is_as_sure else heard_at)


def process_subject(name: str) -> str:
    return f"process:{name}"


def restart_subject(name: str) -> str:
    return f"restart:{name}"


def inner_flips(node: str, word: Word, before: Mapping[tuple[str, str], Flip], now: datetime) -> Iterator[Flip]:
    """What changed inside a node by its own word: a process that fell silent or is back, its sound, its clock.

    `before` are the last flips by node and subject. Of what a silent process watches nothing is known.
    """
    for name in PROCESSES:
        subject, value = process_subject(name), SILENT if name in word.heartbeat.silent else OK
        last = before.get((node, subject))
        if value != (OK if last is None else last.value):
            yield Flip(node=node, subject=subject, value=value, at=word.heard_at)
    if SPEAKER in word.heartbeat.silent:
        return
    fault, last = word.heartbeat.sound_fault, before.get((node, "sound"))
    was_faulty = last is not None and last.value != OK
    if bool(fault) != was_faulty and now - word.sound_since_at >= SOUND_SETTLE:
        yield Flip(node=node, subject="sound", value=FAULT if fault else OK, at=word.sound_since_at, detail=fault)
    trust, last = word.heartbeat.clock.trust, before.get((node, "clock"))
    was_astray = last is not None and last.value == Trust.UNTRUSTED
    if _is_astray(word.heartbeat) is not was_astray and now - word.clock_since_at >= CLOCK_SETTLE:
        yield Flip(node=node, subject="clock", value=trust.value, at=word.clock_since_at)


def _is_astray(heartbeat: Heartbeat) -> bool:
    return heartbeat.clock.trust is Trust.UNTRUSTED


def machine_flips(node: str, word: Word, before: Mapping[tuple[str, str], Flip]) -> Iterator[Flip]:
    """What changed of a node's machine by its own judgement, and which of its processes failed and was started again.

    The node does not write these down itself: a card that takes no writing would not take that either.
    """
    if NETMON in word.heartbeat.silent:
        return
    vitals = word.heartbeat.vitals
    for subject, ailments in MACHINE.items():
        value = next((each.value for each in ailments if each in vitals.ailments), OK)
        last = before.get((node, subject))
        if value != (OK if last is None else last.value):
            detail = ", ".join(vitals.usb_gone) if subject == "usb" else ""
            yield Flip(node=node, subject=subject, value=value, at=word.heard_at, detail=detail)
    for restarts in (each for each in vitals.restarts if each.process in RESTARTED):
        subject = restart_subject(restarts.process)
        last = before.get((node, subject))
        if last is None or last.at < restarts.at:
            yield Flip(node=node, subject=subject, value=restarts.ending, at=restarts.at)


def start_flip(node: str, word: Word, last: Flip | None) -> Flip | None:
    """That a node was started, where it was since the last start that is known.

    Reckoned by what its own uptime says. A summary that was on its way for long makes the start seem later, if the
    clock of the node cannot be believed: then less is taken for known, never more.
    """
    beat = word.heartbeat
    told_at = min(beat.at, word.heard_at) if beat.clock.trust is Trust.TRUSTED else word.heard_at
    started_at = told_at - timedelta(seconds=beat.vitals.uptime_s)
    drift = START_SLACK + timedelta(seconds=beat.vitals.uptime_s * DRIFT)
    if last is not None and started_at - last.at <= drift:
        return None
    return Flip(node=node, subject=BOOT, value=OK, at=started_at)


def status(presence: Presence | None, now: datetime, hub_online_since: datetime | None) -> Status:
    """Judge one node. `hub_online_since` is None while the hub itself has no broker: then nobody is judged."""
    if presence is None:
        return Status.NEW
    if hub_online_since is None:
        return Status.UNKNOWN
    heard_at = presence.heard_at or presence.changed_at
    if max(heard_at, presence.changed_at) < hub_online_since:
        is_settled = now - hub_online_since > timedelta(seconds=SETTLE_S)
        return _by_silence(now - hub_online_since) if is_settled else Status.UNKNOWN
    if not presence.is_online:
        return _by_silence(now - presence.changed_at + timedelta(seconds=WILL_AFTER_S))
    silence = now - heard_at
    return Status.UP if silence < timedelta(seconds=LATE_AFTER_S) else _by_silence(silence)


def _by_silence(silence: timedelta) -> Status:
    return Status.DOWN if silence >= timedelta(seconds=DOWN_AFTER_S) else Status.LATE


def phone_fault(phone: str) -> tuple[str, str] | None:
    """What is wrong with a phone number, in Vietnamese and English; None where nothing is. Empty is none known."""
    digits = sum(c.isdigit() for c in phone)
    if not phone or (len(phone) <= PHONE_MAX and digits >= 3 and set(phone) <= _OF_A_PHONE):
        return None
    return (
        f"Số điện thoại chỉ gồm chữ số, dấu cách, dấu chấm, +; dài nhất {PHONE_MAX} ký tự.",
        f"A phone number has digits, spaces, dots and + only, and at most {PHONE_MAX} characters.",
    )


def language_fault(language: str) -> tuple[str, str] | None:
    """What is wrong with the name of a language, in Vietnamese and English; None where nothing is. Empty is none."""
    if len(language) <= LANGUAGE_MAX and language.isprintable() and all(c.isalpha() or c in " -'" for c in language):
        return None
    return (
        f"Tên tiếng nói chỉ gồm chữ, ví dụ Tày hay Mông; dài nhất {LANGUAGE_MAX} ký tự.",
        f"The name of a language has letters only, as in Tày or Mông, and at most {LANGUAGE_MAX} characters.",
    )
