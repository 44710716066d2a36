"""Hub and fleet in figures, as Prometheus wants them. Pure: villages come in, families of metrics go out.

Names and units follow Prometheus' own advice (base units, the unit last). What is unknown has no value: a node that is
off says nothing of its cameras and targets, and an old figure is no figure.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric

from contract.reports import UNDER_VOLTAGE_NOW, UNDER_VOLTAGE_SINCE_BOOT, Heartbeat
from contract.terms import CameraFault, Trust
from hub.incidents.incident import About, Incident
from hub.nodes.fleet import Status
from hub.web.wording.villages import Village

_MEGABYTE = 1_000_000.0
_OF_VITALS: tuple[tuple[str, str, Callable[[Heartbeat], float | None]], ...] = (
    ("uptime_seconds", "Since the node's computer started.", lambda h: h.vitals.uptime_s),
    ("temperature_celsius", "Of its processor.", lambda h: h.vitals.temperature_c),
    ("disk_free_ratio", "Of its card.", lambda h: _scaled(h.vitals.disk_free_pct, 0.01)),
    ("memory_free_bytes", "What programs may still take.", lambda h: _scaled(h.vitals.memory_free_mb, _MEGABYTE)),
    ("load1", "Processes that run or wait, mean of a minute.", lambda h: h.vitals.load_1min),
    ("under_voltage", "Whether its supply is too weak now.", lambda h: _bit(h.vitals.throttled, UNDER_VOLTAGE_NOW)),
    (
        "under_voltage_since_boot",
        "Whether it was too weak at some time since the machine started.",
        lambda h: _bit(h.vitals.throttled, UNDER_VOLTAGE_SINCE_BOOT),
    ),
    ("on_battery", "Whether mains power is gone, where a UPS tells.", lambda h: _flag(h.vitals.is_on_battery)),
    ("card_read_only", "Whether its card takes no more writing.", lambda h: _flag(h.vitals.is_read_only)),
    ("card_errors", "That the card's file system has counted.", lambda h: h.vitals.card_errors),
    ("card_written_bytes", "Since the machine started.", lambda h: _scaled(h.vitals.written_mb, _MEGABYTE)),
    ("usb_devices_gone", "That were there and are not.", lambda h: float(len(h.vitals.usb_gone))),
    ("clock_trusted", "Whether it may air what is planned.", lambda h: float(h.clock.trust is not Trust.UNTRUSTED)),
    ("missing_sounds", "Of its plan, not yet on its card.", lambda h: float(h.plan.missing_count)),
)


@dataclass(frozen=True, slots=True)
class HubFigures:
    """What is told of the hub itself: whether it has its broker, what is wrong now, and what has not arrived yet."""

    version: str
    is_connected: bool
    incidents: Sequence[Incident]
    alerts_waiting: int


def families(villages: Sequence[Village], hub: HubFigures) -> Iterator[Metric]:
    """All metrics of the hub, and of the nodes in service."""
    yield from _of_hub(hub)
    yield from _of_fleet(villages)
    heard = [(v.node.id, v.heartbeat) for v in villages if v.status in (Status.UP, Status.LATE) and v.heartbeat]
    for name, about, read in _OF_VITALS:
        yield _family(f"loa_node_{name}", about, ["node"], [((node,), read(said)) for node, said in heard])
    yield from _of_processes(heard)
    yield from _of_wifi(heard)
    yield from _of_cameras(heard)
    yield from _of_targets(heard)


def _of_hub(hub: HubFigures) -> Iterator[Metric]:
    yield InfoMetricFamily("loa_hub", "What runs here.", {"version": hub.version})
    yield GaugeMetricFamily("loa_hub_broker_connected", "Whether the hub has its broker.", float(hub.is_connected))
    count = Counter(incident.about for incident in hub.incidents)
    lasting = [((about.value,), float(count[about])) for about in About]
    yield _family("loa_incidents", "Open ones, by what they take away.", ["about"], lasting)
    yield GaugeMetricFamily("loa_alerts_waiting", "Messages that have not arrived yet.", float(hub.alerts_waiting))


def _of_fleet(villages: Sequence[Village]) -> Iterator[Metric]:
    count = Counter(v.status for v in villages)
    yield _family("loa_nodes", "Nodes by status.", ["status"], [((s.value,), float(count[s])) for s in Status])
    judged = [v for v in villages if v.status not in (Status.NEW, Status.UNKNOWN)]
    contact = [((v.node.id,), float(v.status is Status.UP)) for v in judged]
    yield _family("loa_node_up", "Whether the hub is in contact with it.", ["node"], contact)
    playing = [((v.node.id,), float(v.can_play)) for v in judged]
    yield _family("loa_node_can_play", "In contact, and nothing known keeps it silent.", ["node"], playing)
    spoke = [((v.node.id,), v.heard_at.timestamp()) for v in villages if v.heard_at]
    yield _family("loa_node_heard_timestamp_seconds", "When it last said anything.", ["node"], spoke)
    faults = [((v.node.id,), float(len(v.faults))) for v in judged]
    yield _family("loa_node_faults", "How many things are wrong there.", ["node"], faults)


def _of_processes(heard: Sequence[tuple[str, Heartbeat]]) -> Iterator[Metric]:
    counts = [((node, r.process), float(r.count)) for node, said in heard for r in said.vitals.restarts]
    about = "Of its last 99 starts, those after a failure."
    yield _family("loa_node_process_restarts", about, ["node", "process"], counts)


def _of_wifi(heard: Sequence[tuple[str, Heartbeat]]) -> Iterator[Metric]:
    links = [((node,), said.network.wifi) for node, said in heard if said.network and said.network.wifi]
    signals = [(k, None if w.rssi_dbm is None else float(w.rssi_dbm)) for k, w in links]
    yield _family("loa_node_wifi_signal_dbm", "Of its wifi link.", ["node"], signals)
    rates = [(k, _scaled(w.bitrate_mbps, 1e6)) for k, w in links]
    yield _family("loa_node_wifi_transmit_bits_per_second", "What it last sent with.", ["node"], rates)
    busy = [(k, _scaled(w.busy_pct, 0.01)) for k, w in links]
    yield _family("loa_node_wifi_channel_busy_ratio", "Taken by anybody.", ["node"], busy)
    clients = [(k, None if w.clients is None else float(w.clients)) for k, w in links]
    yield _family("loa_node_wifi_clients", "Connected to its access point.", ["node"], clients)


def _of_cameras(heard: Sequence[tuple[str, Heartbeat]]) -> Iterator[Metric]:
    cameras = [(node, camera) for node, said in heard for camera in said.cameras]
    healthy = [((node, c.id), float(c.fault is CameraFault.NONE)) for node, c in cameras]
    yield _family("loa_camera_healthy", "Whether it shows what it should.", ["node", "camera"], healthy)
    faulty = [((node, c.id, c.fault.value), 1.0) for node, c in cameras if c.fault is not CameraFault.NONE]
    yield _family("loa_camera_fault", "1 for the fault that it has.", ["node", "camera", "fault"], faulty)


def _of_targets(heard: Sequence[tuple[str, Heartbeat]]) -> Iterator[Metric]:
    targets = [((node, target.id), target) for node, said in heard for target in said.targets]
    labels = ["node", "target"]
    yield _family("loa_target_up", "Whether it answers the node.", labels, [(k, float(t.is_up)) for k, t in targets])
    lost = [(k, t.loss_pct / 100) for k, t in targets]
    yield _family("loa_target_loss_ratio", "Of the latest questions, not answered.", labels, lost)
    rtts = [(k, _scaled(t.rtt_ms, 0.001)) for k, t in targets]
    yield _family("loa_target_rtt_seconds", "Median time to an answer.", labels, rtts)
    jitters = [(k, _scaled(t.jitter_ms, 0.001)) for k, t in targets]
    causes = [((node, said.network.cause.value), 1.0) for node, said in heard if said.network and said.network.cause]
    yield _family("loa_node_network_cause", "1 for what keeps its network.", ["node", "cause"], causes)
    yield _family("loa_target_jitter_seconds", "Mean change from answer to answer.", labels, jitters)


def _family(
    name: str, about: str, labels: Sequence[str], values: Sequence[tuple[tuple[str, ...], float | None]]
) -> GaugeMetricFamily:
    """One value each: a node that names a thing twice must not make Prometheus refuse all that stands there."""
    family = GaugeMetricFamily(name, about, labels=labels)
    for key, value in dict(values).items():
        if value is not None:
            family.add_metric(key, value)
    return family


def _scaled(value: float | None, by: float) -> float | None:
    return None if value is None else value * by


def _flag(value: bool | None) -> float | None:
    return None if value is None else float(value)


def _bit(bits: int | None, bit: int) -> float | None:
    return None if bits is None else float(bool(bits & bit))
