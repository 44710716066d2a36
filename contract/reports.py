"""What a node says of itself: presence, birth and heartbeat, each valid by construction."""

from dataclasses import dataclass, field
from datetime import datetime

from contract.form import (
    VERSION,
    require,
    require_aware,
    require_id,
    require_sha256,
    require_text,
    require_version,
)
from contract.limits import Limits
from contract.orders import Counter
from contract.terms import Ailment, CameraFault, Doubt, Ending, Miss, NetworkCause, Reason, Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Retained presence of a node or the hub; the offline one is the connection's last will."""

    v: int = VERSION
    is_online: bool

    def __post_init__(self) -> None:
        require_version(self.v)


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """Sent on every connection: what the node is, holds and allows itself."""

    v: int = VERSION
    at: datetime
    software: str
    hardware: str
    started_at: datetime
    limits: Limits
    plan: Counter | None = None
    command: Counter | None = None
    kid: str = ""

    def __post_init__(self) -> None:
        require_version(self.v)
        require_aware(at=self.at, started_at=self.started_at)
        require_text("software", self.software)
        require_text("hardware", self.hardware)
        require_text("kid", self.kid)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """Where the plan stands: received by the link, accepted by the speaker, or refused with its reason.

    `missing` are sounds of the accepted plan not yet verified on disk (the first 64 of `missing_count`).
    """

    received: Counter | None = None
    accepted: Counter | None = None
    refused: Reason = Reason.NONE
    missing: tuple[str, ...] = ()
    missing_count: int = 0

    def __post_init__(self) -> None:
        require(len(self.missing) <= 64 and self.missing_count >= len(self.missing), "missing: at most 64")
        for sha in self.missing:
            require_sha256(sha)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReport:
    """Trust in the node's clock, the kernel's own bound on its error where it gives one, and by how much it is ahead
    of the hub's signed time where that was told."""

    trust: Trust
    error_ms: float | None = None
    ahead_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarts:
    """How often a process was started again after it had failed, among its last 99 starts; the latest of them, and how
    the run before had ended."""

    process: str
    count: int
    at: datetime
    ending: Ending

    def __post_init__(self) -> None:
        require_id("process", self.process)
        require(0 < self.count <= 99, "count: 1 to 99")
        require_aware(at=self.at)


UNDER_VOLTAGE_NOW = 1 << 0
UNDER_VOLTAGE_SINCE_BOOT = 1 << 16
"""Bits of `Vitals.throttled`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """The Pi's own health; None where this machine does not say.

    `throttled` are the firmware's bits (0 under-voltage now, 16 since boot), as in vcgencmd get_throttled. Of the card
    that the node writes to: `is_read_only`, the `card_errors` its file system has counted, and what was written to it
    since the machine started. `usb_gone` are devices that were there and are not. `ailments` are what the node holds to
    be wrong, after it was seen often enough.
    """

    uptime_s: float
    temperature_c: float | None = None
    throttled: int | None = None
    disk_free_pct: float | None = None
    memory_free_mb: float | None = None
    load_1min: float | None = None
    is_read_only: bool | None = None
    card_errors: int | None = None
    written_mb: float | None = None
    is_on_battery: bool | None = None
    usb_gone: tuple[str, ...] = ()
    restarts: tuple[Restarts, ...] = ()
    ailments: tuple[Ailment, ...] = ()

    def __post_init__(self) -> None:
        require(len(self.usb_gone) <= 16, "usb_gone: at most 16")
        for name in self.usb_gone:
            require_text("usb_gone", name, 100)
        require(len(self.restarts) <= 8, "restarts: at most 8")

    @property
    def written_mb_a_day(self) -> float | None:
        """The mean since the machine started; None in its first hour, which tells little."""
        if self.written_mb is None or self.uptime_s < 3600:
            return None
        return self.written_mb * 86_400 / self.uptime_s


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraReport:
    """What a camera shows, and since when.

    `evidence`: the figures a fault was told by. `right_at`: since when its view is held to be right. `clean_in_days`:
    when the lens will want cleaning if dirt goes on as it did, None where it does not grow. What the camera says of
    itself by ONVIF: `about` (maker, model, firmware), `clock_ahead_s` (its clock beside the node's), `restarted_at` and
    `renewed_at` (when a restart, a change of firmware was noticed last).
    """

    id: str
    fault: CameraFault
    since_at: datetime
    detail: str = ""
    title: str = ""
    evidence: dict[str, float] = field(default_factory=dict)
    right_at: datetime | None = None
    clean_in_days: float | None = None
    about: str = ""
    clock_ahead_s: float | None = None
    restarted_at: datetime | None = None
    renewed_at: datetime | None = None

    def __post_init__(self) -> None:
        require_id("id", self.id)
        require_aware(
            since_at=self.since_at, right_at=self.right_at, restarted_at=self.restarted_at, renewed_at=self.renewed_at
        )
        for name in ("detail", "title", "about"):
            require_text(name, getattr(self, name))
        require(len(self.evidence) <= 16, "evidence: at most 16 figures")
        for name in self.evidence:
            require_id("evidence", name)
        require(self.clean_in_days is None or self.clean_in_days >= 0, "clean_in_days: not below 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetReport:
    """One thing netmon asks: the gateway (ICMP), a resolver (DNS), the internet (HTTP 204), the hub (TLS),
    whoever gives out addresses (DHCP).

    `rtt_ms` is the median time to an answer, `rtt_p95_ms` what 95 of 100 answers did not exceed; None where too little
    was measured that can be believed.
    """

    id: str
    is_up: bool
    since_at: datetime
    loss_pct: float = 0.0
    rtt_ms: float | None = None
    jitter_ms: float | None = None
    detail: str = ""
    rtt_p95_ms: float | None = None
    miss: Miss = Miss.NONE

    def __post_init__(self) -> None:
        require_id("id", self.id)
        require_aware(since_at=self.since_at)
        require(0 <= self.loss_pct <= 100, "loss_pct: 0 to 100")
        require_text("detail", self.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wifi:
    """A node's wifi link as its driver tells it; None where it does not.

    `bitrate_mbps` is what it last sent with. `busy_pct` is for how much of the time the channel is taken by anybody,
    `clients` how many the access point says are connected to it. `guest_rssi_dbm` is how strong the guests' network
    was in the last scan, where the settings name one.
    """

    interface: str
    ssid: str = ""
    rssi_dbm: int | None = None
    bitrate_mbps: float | None = None
    frequency_mhz: int | None = None
    busy_pct: float | None = None
    clients: int | None = None
    guest_rssi_dbm: int | None = None

    def __post_init__(self) -> None:
        require_text("interface", self.interface, 32)
        require_text("ssid", self.ssid, 32)
        require(self.busy_pct is None or 0 <= self.busy_pct <= 100, "busy_pct: 0 to 100")

    @property
    def channel(self) -> int | None:
        """By IEEE 802.11, of 2.4, 5 and 6 GHz; None for a frequency that is none of them."""
        mhz = self.frequency_mhz or 0
        if mhz == 2484:
            return 14
        for first, last, base in ((2412, 2472, 2407), (5160, 5885, 5000), (5955, 7115, 5950)):
            if first <= mhz <= last:
                return (mhz - base) // 5
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkReport:
    """What the node makes of its targets together: one cause, since when, and why times are not believed just now; and
    the link of its wifi, where it has one."""

    cause: NetworkCause
    since_at: datetime
    doubt: Doubt = Doubt.NONE
    wifi: Wifi | None = None

    def __post_init__(self) -> None:
        require_aware(since_at=self.since_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """One summary a minute, and one at once when something changed.

    `nonce` is the speaker's freshest, to be quoted by a command; `command` is the last one it took up. `silent`
    names processes of the node that have not said anything for too long. `is_kept`: it was measured at its `at`, while
    nobody could hear it, and is no sign of life; figures are all that counts of it.
    """

    v: int = VERSION
    at: datetime
    plan: PlanReport
    clock: ClockReport
    vitals: Vitals
    command: Counter | None = None
    on_air: str = ""
    nonce: str = ""
    sound_fault: str = ""
    cameras: tuple[CameraReport, ...] = ()
    targets: tuple[TargetReport, ...] = ()
    silent: tuple[str, ...] = ()
    network: NetworkReport | None = None
    is_kept: bool = False

    def __post_init__(self) -> None:
        require_version(self.v)
        require_aware(at=self.at)
        require_text("on_air", self.on_air)
        require_text("sound_fault", self.sound_fault)
        require(len(self.cameras) <= 64, "cameras: at most 64")
        require(len(self.targets) <= 64, "targets: at most 64")
        require(len(self.silent) <= 8, "silent: at most 8")
