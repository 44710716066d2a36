"""The words both sides share: classes, outcomes, reasons, faults. One word a thing, on the wire and in tables."""

from enum import StrEnum


class Priority(StrEnum):
    """The three classes of Circular 39/2020, lowest first."""

    ROUTINE = "routine"
    PRIORITY = "priority"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        return list(Priority).index(self)


class Outcome(StrEnum):
    """How one planned airing ended."""

    AIRED = "aired"
    CUT = "cut"
    MISSED = "missed"
    REFUSED = "refused"
    PREEMPTED = "preempted"


class Reason(StrEnum):
    """Why an airing did not end as AIRED, or a signed message was not accepted."""

    NONE = ""
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    EMERGENCY = "emergency"
    LATE = "late"
    OVERLAP = "overlap"
    NO_AUDIO = "no_audio"
    BAD_AUDIO = "bad_audio"
    CLOCK = "clock"
    QUIET_HOURS = "quiet_hours"
    DAY = "day"
    QUOTA_SESSIONS = "quota_sessions"
    QUOTA_MINUTES = "quota_minutes"
    TOO_LONG = "too_long"
    SOUND_CARD = "sound_card"
    SILENT = "silent"
    STREAM = "stream"
    POWER = "power"
    EXPIRED = "expired"
    MALFORMED = "malformed"
    BAD_SIGNATURE = "bad_signature"
    OTHER_NODE = "other_node"
    REPLAYED = "replayed"
    NOT_VALID_NOW = "not_valid_now"
    STALE_NONCE = "stale_nonce"


class Trust(StrEnum):
    """How far the node believes its own clock."""

    TRUSTED = "trusted"
    HOLDOVER = "holdover"
    UNTRUSTED = "untrusted"


class CameraFault(StrEnum):
    """What can be wrong with a camera's picture; NONE is a healthy one."""

    NONE = ""
    OFFLINE = "offline"
    NO_SIGNAL = "no_signal"
    FROZEN = "frozen"
    DARK = "dark"
    BRIGHT = "bright"
    COVERED = "covered"
    BLURRED = "blurred"
    MOVED = "moved"
    NOISY = "noisy"
    IR_CUT = "ir_cut"
    DIRTY = "dirty"


class Order(StrEnum):
    """What a live command asks for. SHOW and RIGHT are about a camera."""

    PLAY = "play"
    STOP = "stop"
    TIME = "time"
    SHOW = "show"
    RIGHT = "right"

    @property
    def is_camera(self) -> bool:
        return self in (Order.SHOW, Order.RIGHT)


class Late(StrEnum):
    """What becomes of a cue that could not begin at its instant, the power having been off, or something else on air.

    WHOLE is played from its beginning within its grace; JOIN begins where it would be by now, and is over when it
    would have been; SKIP is missed.
    """

    WHOLE = "whole"
    JOIN = "join"
    SKIP = "skip"


class Yielding(StrEnum):
    """What becomes of a cue that something of a higher class silenced, once that is over."""

    DROP = "drop"
    RESUME = "resume"
    RESTART = "restart"


class Miss(StrEnum):
    """How a question missed its target of the network although something did answer; NONE where nothing did.

    CAPTIVE: a wifi's welcome page answered in its place. UNNAMED: its name was not found, so it was never asked.
    WRONG: an answer came, but not one that such a target gives (an error, a refusal, another's certificate).
    """

    NONE = ""
    WRONG = "wrong"
    CAPTIVE = "captive"
    UNNAMED = "unnamed"


class NetworkCause(StrEnum):
    """The one thing that keeps a house from its network, from the smallest to what hides all else.

    NONE: what is asked of the internet is answered. UNKNOWN: what was seen does not say.
    """

    NONE = ""
    HUB = "hub"
    DNS = "dns"
    CAPTIVE = "captive"
    PROVIDER = "provider"
    GATEWAY = "gateway"
    ACCESS_POINT = "access_point"
    PI = "pi"
    POWER = "power"
    UNKNOWN = "unknown"


class Ailment(StrEnum):
    """What is wrong with the node's machine itself, as it judges: its supply is too weak, its card takes no more
    writing or has errors, a USB device is gone, it runs on its battery, it is too hot, its card or its memory is nearly
    full."""

    WEAK_POWER = "weak_power"
    READ_ONLY = "read_only"
    CARD_ERRORS = "card_errors"
    USB_GONE = "usb_gone"
    ON_BATTERY = "on_battery"
    HOT = "hot"
    DISK_FULL = "disk_full"
    MEMORY_LOW = "memory_low"


class Ending(StrEnum):
    """How a process's run ended before it was started again: with the machine, as was asked, by its own fault, killed
    from outside, because it hung, or because memory ran out."""

    BOOT = "boot"
    ASKED = "asked"
    FAILED = "failed"
    KILLED = "killed"
    HUNG = "hung"
    MEMORY = "memory"

    @property
    def is_fault(self) -> bool:
        return self not in (Ending.BOOT, Ending.ASKED)


class Doubt(StrEnum):
    """Why the time to an answer says nothing of the network: the wifi's power saving was on, the processor was slowed
    down, the clock was set meanwhile, or it is not set at all."""

    NONE = ""
    POWER_SAVE = "power_save"
    SLOWED = "slowed"
    CLOCK_STEP = "clock_step"
    CLOCK_UNSET = "clock_unset"
