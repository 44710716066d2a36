"""What a node's last summary said of its machine, its cameras and its network, as the API shows it. Pure."""

from pydantic.dataclasses import dataclass

from contract.reports import UNDER_VOLTAGE_NOW, UNDER_VOLTAGE_SINCE_BOOT, Wifi
from contract.terms import Ailment, CameraFault, Ending, NetworkCause, Trust
from hub.api.fields import ANSWER, Instant
from hub.web.wording.villages import Village


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class CameraShown:
    """One camera, by the node's last word."""

    id: str
    fault: CameraFault
    """Empty for a healthy picture."""
    since_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class TargetShown:
    """One thing that the node asks on its network."""

    id: str
    is_up: bool
    since_at: Instant
    loss_pct: float
    rtt_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class WifiShown:
    """The wifi link of a node, as its driver tells it; null what it does not."""

    ssid: str
    rssi_dbm: int | None
    bitrate_mbps: float | None
    frequency_mhz: int | None
    channel: int | None
    busy_pct: float | None
    """For how much of the time the channel is taken, by anybody."""
    clients: int | None
    """Connected to its access point, as that says."""
    guest_rssi_dbm: int | None
    """How strong the guests' wifi was in the last scan, where the node's settings name one."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class RestartsShown:
    """Of the last 99 starts of one of the node's processes those after a failure, and the latest of them."""

    process: str
    count: int
    at: Instant
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Health:
    """What a node's last summary said of itself; of one out of contact it is old."""

    at: Instant
    """When it said so, by its own clock."""
    clock_trust: Trust
    uptime_s: float
    temperature_c: float | None
    disk_free_pct: float | None
    memory_free_mb: float | None
    is_under_voltage: bool | None
    """Whether its supply is too weak now; `was_under_voltage`: at some time since the machine started."""
    was_under_voltage: bool | None
    is_on_battery: bool | None
    """Mains power is gone; null where no UPS tells."""
    is_card_read_only: bool | None
    card_errors: int | None
    """That the file system of its card has counted."""
    card_written_mb_a_day: float | None
    usb_gone: tuple[str, ...]
    """Devices that were there and are not."""
    restarts: tuple[RestartsShown, ...]
    ailments: tuple[Ailment, ...]
    """What the node holds to be wrong with its machine."""
    cameras: tuple[CameraShown, ...]
    targets: tuple[TargetShown, ...]
    network: NetworkCause | None = None
    """Why its network does not work: empty where it does, `unknown` where what was seen does not say; null where the
    node says nothing of it."""
    wifi: WifiShown | None = None
    """Null without wifi."""


def health_of(village: Village) -> Health | None:
    """None where it never spoke."""
    said = village.heartbeat
    if said is None:
        return None
    vitals = said.vitals
    return Health(
        at=said.at,
        clock_trust=said.clock.trust,
        uptime_s=vitals.uptime_s,
        temperature_c=vitals.temperature_c,
        disk_free_pct=vitals.disk_free_pct,
        memory_free_mb=vitals.memory_free_mb,
        is_under_voltage=None if vitals.throttled is None else bool(vitals.throttled & UNDER_VOLTAGE_NOW),
        was_under_voltage=None if vitals.throttled is None else bool(vitals.throttled & UNDER_VOLTAGE_SINCE_BOOT),
        is_on_battery=vitals.is_on_battery,
        is_card_read_only=vitals.is_read_only,
        card_errors=vitals.card_errors,
        card_written_mb_a_day=vitals.written_mb_a_day,
        usb_gone=vitals.usb_gone,
        restarts=tuple(
            RestartsShown(process=r.process, count=r.count, at=r.at, ending=r.ending) for r in vitals.restarts
        ),
        ailments=vitals.ailments,
        cameras=tuple(CameraShown(id=c.id, fault=c.fault, since_at=c.since_at) for c in said.cameras),
        targets=tuple(
            TargetShown(id=t.id, is_up=t.is_up, since_at=t.since_at, loss_pct=t.loss_pct, rtt_ms=t.rtt_ms)
            for t in said.targets
        ),
        network=None if said.network is None else said.network.cause,
        wifi=None if said.network is None or said.network.wifi is None else _wifi(said.network.wifi),
    )


def _wifi(wifi: Wifi) -> WifiShown:
    return WifiShown(
        ssid=wifi.ssid,
        rssi_dbm=wifi.rssi_dbm,
        bitrate_mbps=wifi.bitrate_mbps,
        frequency_mhz=wifi.frequency_mhz,
        channel=wifi.channel,
        busy_pct=wifi.busy_pct,
        clients=wifi.clients,
        guest_rssi_dbm=wifi.guest_rssi_dbm,
    )
