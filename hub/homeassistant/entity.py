"""What Home Assistant is shown of one village: its entities, and what each says now. Pure.

Units and classes are Home Assistant's own (integrations MQTT, Sensor and Binary sensor of its documentation).
A value of None is unknown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contract.reports import UNDER_VOLTAGE_NOW, CameraReport, Heartbeat, TargetReport
from contract.terms import CameraFault, NetworkCause, Trust
from hub.nodes.fleet import SPEAKER, Node, Status

NOTHING_ON_AIR = "Không phát"
WELL = "ok"
"""How a cause or fault is called that is none."""

_TARGETS = {
    "gateway": "Bộ phát wifi",
    "dns": "Tra tên miền (DNS)",
    "internet": "Internet",
    "internet-2": "Internet, trang thứ hai",
    "resolver": "Máy chủ tên miền công cộng",
    "hub": "Máy chủ của xã",
    "dhcp": "Cấp địa chỉ mạng (DHCP)",
}
"""As the pages call what every node asks."""

Value = str | float | None


class Platform(StrEnum):
    SENSOR = "sensor"
    BINARY_SENSOR = "binary_sensor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One thing of a village. `key` names it within the village; a binary sensor's value is ON or OFF."""

    key: str
    name: str
    value: Value
    platform: Platform = Platform.SENSOR
    device_class: str = ""
    unit: str = ""
    is_measured: bool = False
    is_diagnostic: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the hub knows of a village. `heartbeat` is its last word, None where it never spoke."""

    node: Node
    status: Status
    heartbeat: Heartbeat | None
    on_air: str = ""
    """The title of what sounds there."""
    started_at: datetime | None = None


def describe(seen: Seen) -> Iterator[Entity]:
    """All that is to be shown; of a village out of contact the hub knows no more than that."""
    yield _binary("contact", "Liên lạc", _contact(seen.status), "connectivity")
    heartbeat = seen.heartbeat
    if heartbeat is None:
        return
    yield from _of_speaker(heartbeat, seen.on_air)
    yield from _of_network(heartbeat)
    for camera in heartbeat.cameras:
        yield from _of_camera(camera)
    yield from _of_vitals(heartbeat, seen.started_at)


def _contact(status: Status) -> bool | None:
    return None if status in (Status.NEW, Status.UNKNOWN) else status is not Status.DOWN


def _of_speaker(heartbeat: Heartbeat, on_air: str) -> Iterator[Entity]:
    is_faulty = SPEAKER in heartbeat.silent or bool(heartbeat.sound_fault)
    yield _binary("speaker", "Loa: có sự cố", is_faulty, "problem")
    yield _binary("playing", "Loa: đang phát", bool(heartbeat.on_air), "sound")
    yield Entity(key="on_air", name="Buổi đang phát", value=(on_air or NOTHING_ON_AIR)[:255])


def _of_network(heartbeat: Heartbeat) -> Iterator[Entity]:
    if heartbeat.network is not None:
        cause = heartbeat.network.cause
        yield _choice("network", "Mạng: nguyên nhân", cause.value or WELL, NetworkCause)
    for target in heartbeat.targets:
        yield from _of_target(target)


def _of_target(target: TargetReport) -> Iterator[Entity]:
    key, name = f"target_{slug(target.id)}", _TARGETS.get(target.id, target.id)
    yield _binary(key, name, target.is_up, "connectivity")
    yield _measured(f"{key}_loss", f"{name}: mất gói", target.loss_pct, "%")
    yield _measured(f"{key}_rtt", f"{name}: thời gian đáp", target.rtt_ms, "ms", "duration")


def _of_camera(camera: CameraReport) -> Iterator[Entity]:
    key, name = f"camera_{slug(camera.id)}", f"Camera {camera.title or camera.id}"
    yield _binary(key, f"{name}: có sự cố", camera.fault is not CameraFault.NONE, "problem")
    yield _choice(f"{key}_fault", f"{name}: lỗi", camera.fault.value or WELL, CameraFault)


def _of_vitals(heartbeat: Heartbeat, started_at: datetime | None) -> Iterator[Entity]:
    vitals = heartbeat.vitals
    yield _measured("temperature", "Nhiệt độ", vitals.temperature_c, "°C", "temperature")
    yield _measured("disk_free", "Thẻ nhớ còn trống", vitals.disk_free_pct, "%")
    yield _measured("memory_free", "Bộ nhớ còn trống", vitals.memory_free_mb, "MB", "data_size")
    yield _measured("load", "Tải", vitals.load_1min)
    is_weak = None if vitals.throttled is None else bool(vitals.throttled & UNDER_VOLTAGE_NOW)
    yield _binary("power", "Nguồn điện yếu", is_weak, "problem", is_diagnostic=True)
    yield _choice("clock", "Đồng hồ", heartbeat.clock.trust.value, Trust)
    started = None if started_at is None else started_at.isoformat(timespec="seconds")
    yield Entity(key="started", name="Khởi động lúc", value=started, device_class="timestamp", is_diagnostic=True)


def slug(id: str) -> str:
    """An id in the characters that Home Assistant takes; two ids never come out the same."""
    return re.sub(r"[^A-Za-z0-9-]", lambda found: f"_{ord(found[0]):02x}", id)


def _binary(key: str, name: str, is_on: bool | None, device_class: str, *, is_diagnostic: bool = False) -> Entity:
    value = None if is_on is None else "ON" if is_on else "OFF"
    return Entity(
        key=key,
        name=name,
        value=value,
        platform=Platform.BINARY_SENSOR,
        device_class=device_class,
        is_diagnostic=is_diagnostic,
    )


def _measured(key: str, name: str, value: float | None, unit: str = "", device_class: str = "") -> Entity:
    return Entity(
        key=key,
        name=name,
        value=None if value is None else round(value, 1),
        unit=unit,
        device_class=device_class,
        is_measured=True,
        is_diagnostic=True,
    )


def _choice(key: str, name: str, value: str, terms: type[StrEnum]) -> Entity:
    options = tuple(term.value or WELL for term in terms)
    return Entity(key=key, name=name, value=value, device_class="enum", options=options, is_diagnostic=True)
