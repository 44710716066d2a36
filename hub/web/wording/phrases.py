"""Every word of the contract and of the hub as a person reads it, with its icon and its colour. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from contract.terms import CameraFault, Doubt, Ending, Late, NetworkCause, Outcome, Priority, Reason, Trust, Yielding
from hub.alarms.emergency import Reach
from hub.alerts.letter import Fault
from hub.alerts.place import Hears, Kind
from hub.nodes.fleet import Status
from hub.nodes.windows import Every
from hub.orders.broadcasts import Readiness
from hub.orders.timetable import View
from hub.people.accounts import Role, Scope
from hub.rules.rule import Name
from hub.web.wording.times import spell_duration
from hub.web.wording.words import Words, mark


class Tone(StrEnum):
    """The colours a state may have; each is also told by its icon and its text."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    MUTED = "muted"
    LIVE = "live"
    INFO = "info"


class Phase(StrEnum):
    """Where a broadcast stands in its life, as its page shows it."""

    DRAFT = "draft"
    RETURNED = "returned"
    SUBMITTED = "submitted"
    EXPIRED = "expired"
    WAITING = "waiting"
    ON_AIR = "on_air"
    DONE = "done"
    CANCELLED = "cancelled"


class Target(StrEnum):
    """What every node measures of its network; a village may name others."""

    GATEWAY = "gateway"
    DNS = "dns"
    INTERNET = "internet"
    INTERNET_2 = "internet-2"
    RESOLVER = "resolver"
    HUB = "hub"
    DHCP = "dhcp"


class OrderFault(StrEnum):
    """Why a node did not take an order, in a word or two."""

    BAD_SIGNATURE = "bad_signature"
    REPLAYED = "replayed"
    STALE = "stale"
    LATE = "late"
    MALFORMED = "malformed"
    OTHER_NODE = "other_node"
    NOT_VALID_NOW = "not_valid_now"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence to show (a term, or a msgid with its values), its icon, its colour, since when if known, the msgid
    of what to do about it, and the page that says more.
    """

    msgid: str | StrEnum
    icon: str
    tone: Tone
    values: Mapping[str, object] = field(default_factory=dict)
    since_at: datetime | None = None
    advice: str = ""
    href: str = ""

    @property
    def says(self) -> tuple[object, ...]:
        """Two lines that say the same are equal in this, whatever their time."""
        return self.msgid, *self.values.items()


_PHRASES: dict[type[StrEnum], dict[StrEnum, str]] = {
    Status: {
        Status.NEW: mark("New, never connected"),
        Status.UP: mark("Working"),
        Status.LATE: mark("Signal late"),
        Status.DOWN: mark("No contact"),
        Status.UNKNOWN: mark("Not known yet"),
    },
    Phase: {
        Phase.DRAFT: mark("Draft"),
        Phase.RETURNED: mark("Returned"),
        Phase.SUBMITTED: mark("Waiting for approval"),
        Phase.EXPIRED: mark("Overdue, will not sound"),
        Phase.WAITING: mark("Approved"),
        Phase.ON_AIR: mark("On air"),
        Phase.DONE: mark("Finished"),
        Phase.CANCELLED: mark("Cancelled"),
    },
    View: {
        View.MONTH: mark("Month"),
        View.WEEK: mark("Week"),
        View.DAY: mark("Day"),
        View.NEXT: mark("Next 24 hours"),
    },
    Name: {
        Name.HOLIDAY: mark("Holiday"),
        Name.MOURNING: mark("Day of mourning"),
        Name.EXAM: mark("Exams"),
    },
    Priority: {
        Priority.ROUTINE: mark("Routine"),
        Priority.PRIORITY: mark("Priority"),
        Priority.EMERGENCY: mark("Emergency"),
    },
    Every: {
        Every.DAY: mark("Every day"),
        Every.WEEK: mark("Every week"),
        Every.MONTH: mark("Every month"),
    },
    Late: {
        Late.WHOLE: mark("Play all of it, if it is not late by more than a minute"),
        Late.JOIN: mark("Join where it would be by then"),
        Late.SKIP: mark("Leave it out"),
    },
    Yielding: {
        Yielding.DROP: mark("Leave the rest out"),
        Yielding.RESUME: mark("Go on where it was interrupted"),
        Yielding.RESTART: mark("Play it again from the beginning"),
    },
    Outcome: {
        Outcome.AIRED: mark("Aired"),
        Outcome.CUT: mark("Cut short"),
        Outcome.MISSED: mark("Not aired"),
        Outcome.REFUSED: mark("Refused by the node"),
        Outcome.PREEMPTED: mark("Gave way"),
    },
    Reason: {
        Reason.NONE: mark("no reason given"),
        Reason.STOPPED: mark("a stop order"),
        Reason.WITHDRAWN: mark("taken out of the plan"),
        Reason.EMERGENCY: mark("an emergency broadcast"),
        Reason.LATE: mark("its time had already passed at the node"),
        Reason.OVERLAP: mark("overlaps another broadcast"),
        Reason.NO_AUDIO: mark("the recording had not reached the node"),
        Reason.BAD_AUDIO: mark("the recording on the node is damaged"),
        Reason.CLOCK: mark("the node's clock cannot be trusted"),
        Reason.QUIET_HOURS: mark("falls into the quiet hours"),
        Reason.DAY: mark("not on this day of the week"),
        Reason.QUOTA_SESSIONS: mark("more broadcasts than allowed on that day"),
        Reason.QUOTA_MINUTES: mark("more minutes than allowed on that day"),
        Reason.TOO_LONG: mark("longer than the node allows"),
        Reason.SOUND_CARD: mark("the sound card does not work"),
        Reason.SILENT: mark("nothing was heard from the sound card"),
        Reason.STREAM: mark("the stream was lost"),
        Reason.POWER: mark("the power failed while it was playing"),
        Reason.EXPIRED: mark("the order came too late"),
        Reason.MALFORMED: mark("the node could not read it"),
        Reason.BAD_SIGNATURE: mark("the signature is not valid"),
        Reason.OTHER_NODE: mark("it was meant for another node"),
        Reason.REPLAYED: mark("it was an old order sent again"),
        Reason.NOT_VALID_NOW: mark("the plan is not valid at this time"),
        Reason.STALE_NONCE: mark("the order was no longer fresh"),
    },
    Readiness: {
        Readiness.READY: mark("Ready"),
        Readiness.NO_PLAN: mark("the node has not accepted the plan yet"),
        Readiness.NO_AUDIO: mark("the recording is still being fetched"),
        Readiness.REFUSED: mark("the node refused the plan"),
        Readiness.UNREACHED: mark("the node has never reported"),
    },
    Reach: {
        Reach.WAITING: mark("waiting to be sent"),
        Reach.SENT: mark("sent, no answer yet"),
        Reach.ACKNOWLEDGED: mark("order received"),
        Reach.ON_AIR: mark("on air"),
        Reach.ENDED: mark("ended"),
    },
    OrderFault: {
        OrderFault.BAD_SIGNATURE: mark("bad signature"),
        OrderFault.REPLAYED: mark("sent again"),
        OrderFault.STALE: mark("no longer fresh"),
        OrderFault.LATE: mark("too late"),
        OrderFault.MALFORMED: mark("not readable"),
        OrderFault.OTHER_NODE: mark("for another node"),
        OrderFault.NOT_VALID_NOW: mark("not valid at that time"),
        OrderFault.OTHER: mark("other reasons"),
    },
    CameraFault: {
        CameraFault.NONE: mark("has a picture"),
        CameraFault.OFFLINE: mark("does not answer"),
        CameraFault.NO_SIGNAL: mark("sends no picture"),
        CameraFault.FROZEN: mark("picture stands still"),
        CameraFault.DARK: mark("picture is black"),
        CameraFault.BRIGHT: mark("picture is white"),
        CameraFault.COVERED: mark("lens is covered"),
        CameraFault.BLURRED: mark("picture is out of focus"),
        CameraFault.MOVED: mark("looks elsewhere"),
        CameraFault.NOISY: mark("picture is full of noise or stripes"),
        CameraFault.IR_CUT: mark("infrared filter sticks"),
        CameraFault.DIRTY: mark("lens is dirty"),
    },
    Trust: {
        Trust.TRUSTED: mark("Clock right"),
        Trust.HOLDOVER: mark("Clock running on its own"),
        Trust.UNTRUSTED: mark("Clock not trusted"),
    },
    Target: {
        Target.GATEWAY: mark("Wifi router"),
        Target.DNS: mark("Name lookup (DNS)"),
        Target.INTERNET: mark("Internet"),
        Target.INTERNET_2: mark("Internet, second page"),
        Target.RESOLVER: mark("Public name server"),
        Target.HUB: mark("The hub"),
        Target.DHCP: mark("Network addresses (DHCP)"),
    },
    NetworkCause: {
        NetworkCause.NONE: mark("The network works"),
        NetworkCause.HUB: mark("The internet works, but the hub does not answer"),
        NetworkCause.DNS: mark("The line works, but no names are found (DNS)"),
        NetworkCause.CAPTIVE: mark("The wifi wants its welcome page agreed to before it lets the node out"),
        NetworkCause.PROVIDER: mark("The wifi router works, but the provider's line does not"),
        NetworkCause.GATEWAY: mark("The wifi router does not answer"),
        NetworkCause.ACCESS_POINT: mark("The node has no connection to the wifi router"),
        NetworkCause.PI: mark("The node finds no network device of its own"),
        NetworkCause.POWER: mark("The node's power is too weak, and its network is gone"),
        NetworkCause.UNKNOWN: mark("Something of the network does not answer; what is seen does not say why"),
    },
    Ending: {
        Ending.BOOT: mark("the machine was started"),
        Ending.ASKED: mark("somebody asked for it"),
        Ending.FAILED: mark("it failed by itself"),
        Ending.KILLED: mark("it was killed"),
        Ending.HUNG: mark("it hung"),
        Ending.MEMORY: mark("memory ran out"),
    },
    Doubt: {
        Doubt.NONE: mark("times are measured"),
        Doubt.POWER_SAVE: mark("times are not measured: the wifi's power saving is on"),
        Doubt.SLOWED: mark("times are not measured: the node's processor is slowed down"),
        Doubt.CLOCK_STEP: mark("times are not measured: the clock was just set"),
        Doubt.CLOCK_UNSET: mark("times are not measured: the clock is not set"),
    },
    Kind: {
        Kind.TELEGRAM: mark("Telegram"),
        Kind.ZALO: mark("Zalo"),
        Kind.EMAIL: mark("E-mail"),
        Kind.WEBHOOK: mark("Webhook"),
        Kind.OTHER: mark("Another way (apprise)"),
    },
    Hears: {
        Hears.ALL: mark("Everything, at once"),
        Hears.LASTING: mark("Only what lasts"),
        Hears.TURN: mark("Only what nobody knows of yet"),
    },
    Fault: {
        Fault.UNREACHABLE: mark("its server could not be reached: look at the hub's own internet and at the address"),
        Fault.TIMEOUT: mark("its server did not answer in time"),
        Fault.LOGIN: mark("it refused: the password or the token is wrong, or may not do this"),
        Fault.NOT_FOUND: mark("nothing is at this address: the chat or the page is not there"),
        Fault.TOO_MANY: mark("it takes no more messages for a while"),
        Fault.BROKEN: mark("its server has trouble of its own"),
        Fault.BAD_ADDRESS: mark("the address is not understood"),
        Fault.FORBIDDEN: mark("an address of this kind is not taken"),
        Fault.REMOVED: mark("the place was removed"),
        Fault.STALE: mark("the hub was off or restored, and it is older than a day"),
        Fault.OTHER: mark("it refused, and did not say why"),
    },
    Role: {
        Role.OFFICER: mark("Radio officer"),
        Role.LEADER: mark("Commune leader"),
        Role.TECHNICIAN: mark("Technician"),
        Role.VIEWER: mark("Viewer"),
        Role.ADMIN: mark("Administrator"),
    },
    Scope: {
        Scope.READ: mark("Look only"),
        Scope.FULL: mark("All that I may do"),
    },
}

_BADGES: dict[type[StrEnum], dict[StrEnum, tuple[str, Tone]]] = {
    Status: {
        Status.NEW: ("new", Tone.INFO),
        Status.UP: ("check", Tone.GOOD),
        Status.LATE: ("clock", Tone.MUTED),
        Status.DOWN: ("cross", Tone.BAD),
        Status.UNKNOWN: ("question", Tone.MUTED),
    },
    Phase: {
        Phase.DRAFT: ("pen", Tone.MUTED),
        Phase.RETURNED: ("back", Tone.WARN),
        Phase.SUBMITTED: ("clock", Tone.WARN),
        Phase.EXPIRED: ("cross", Tone.MUTED),
        Phase.WAITING: ("check", Tone.INFO),
        Phase.ON_AIR: ("horn", Tone.LIVE),
        Phase.DONE: ("check", Tone.GOOD),
        Phase.CANCELLED: ("cross", Tone.MUTED),
    },
    Priority: {
        Priority.ROUTINE: ("dot", Tone.MUTED),
        Priority.PRIORITY: ("up", Tone.INFO),
        Priority.EMERGENCY: ("alert", Tone.BAD),
    },
    Reach: {
        Reach.WAITING: ("clock", Tone.MUTED),
        Reach.SENT: ("clock", Tone.WARN),
        Reach.ACKNOWLEDGED: ("check", Tone.INFO),
        Reach.ON_AIR: ("horn", Tone.LIVE),
        Reach.ENDED: ("stop", Tone.MUTED),
    },
    Outcome: {
        Outcome.AIRED: ("check", Tone.GOOD),
        Outcome.CUT: ("alert", Tone.WARN),
        Outcome.MISSED: ("cross", Tone.BAD),
        Outcome.REFUSED: ("cross", Tone.BAD),
        Outcome.PREEMPTED: ("alert", Tone.WARN),
    },
}


_BOTH = re.compile(r".*[^\x00-\x7f].* \((?P<english>[^()]+)\)")
_CODE = re.compile(rf" \((?:{'|'.join(CameraFault)})\)$")


def say(words: Words, term: StrEnum | Line) -> str:
    """The term, or the line with its values, in this language."""
    if isinstance(term, Line) and isinstance(term.msgid, StrEnum):
        return say(words, term.msgid)
    if isinstance(term, Line):
        return words.gettext(term.msgid, **{k: _value(words, k, v) for k, v in term.values.items()})
    return words.gettext(_PHRASES[type(term)][term])


def name_target(id: str) -> Target | str:
    """What is measured under this id; the technician's own name for it where it is none of ours."""
    return Target(id) if id in list(Target) else id


def say_target(words: Words, id: str) -> str:
    name = name_target(id)
    return say(words, name) if isinstance(name, Target) else name


def name_fault(detail: str) -> Reason | str:
    """What a node says of its sound: a term of the contract, or its own words."""
    return Reason(detail) if detail in list(Reason) else detail


def name_alert_fault(name: str) -> Fault:
    """Why an alert did not arrive; what this version does not know counts as unexplained."""
    return Fault(name) if name in list(Fault) else Fault.OTHER


def say_detail(words: Words, detail: str) -> str:
    """What a node adds in its own words, "tiếng Việt (English)"; an English page shows the English ones alone."""
    both = _BOTH.fullmatch(detail)
    return both["english"] if both is not None and words.language == "en" else detail


def say_more(words: Words, detail: str, said: str) -> str:
    """What a node adds to a sentence; empty where the sentence ends with just that. Behind Vietnamese the contract's
    own word for the fault adds nothing."""
    told = say_detail(words, detail)
    if words.language != "en":
        told = _CODE.sub("", told)
    return "" if said.endswith(told.split(" (")[0]) else told


def badge(term: StrEnum) -> tuple[str, Tone]:
    """The icon and the colour that go with a term."""
    return _BADGES[type(term)][term]


def _value(words: Words, name: str, value: object) -> object:
    """A value of a line; counted terms become "chữ ký sai 10, phát lại 2"."""
    if isinstance(value, tuple):
        return ", ".join(f"{say(words, term)} {count}" for term, count in value)
    if isinstance(value, timedelta):
        return spell_duration(words, value.total_seconds())
    if isinstance(value, StrEnum):
        return say(words, value)
    return say_detail(words, value) if name == "detail" and isinstance(value, str) else value
