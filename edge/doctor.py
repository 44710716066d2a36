"""Tells a technician in plain words what works on this Pi and what to do about what does not: `loa-edge doctor`.

It looks, it changes nothing but to click the relay. Each check is bounded in time; what may hang is asked in a child.
"""

import base64
import http.client
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from contract.settings import BadSettings
from contract.terms import Trust
from edge import access, vitals
from edge.access import Access
from edge.camera.config import CameraSettings
from edge.camera.probe import Probe
from edge.clock import KernelTrust, SystemClock
from edge.config import Paths, load
from edge.identity import NodeSettings
from edge.speaker.amplifier import Amplifier, NoPin, open_factory
from edge.speaker.config import SpeakerSettings

CHECK_S = 10.0
CLICK_S = 0.3
LITTLE_DISK_PCT = 10.0
HOT_C = 80.0
"""Where a Pi begins to slow down."""
UNDER_VOLTAGE_NOW, UNDER_VOLTAGE_SINCE_BOOT = 0x1, 0x10000
"""Bits of the Pi firmware's get_throttled."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `is_ok` is None where there is nothing to check here."""

    name: str
    is_ok: bool | None
    text: str


def examine(paths: Paths, probe: Probe) -> Iterator[Finding]:
    """Check one thing after the other, yielding each finding as soon as it is known."""
    yield _disk(paths)
    yield from _pi()
    yield _clock()
    yield _network()
    yield from _hub(paths)
    speaker = _read(paths.etc / "speaker.toml", SpeakerSettings)
    if isinstance(speaker, Finding):
        yield speaker
    else:
        yield _sound(speaker)
        yield _relay(speaker)
    cameras = _read(paths.etc / "camera.toml", CameraSettings)
    yield from [cameras] if isinstance(cameras, Finding) else _cameras(cameras, probe)


def _read(path: Path, kind: type[T]) -> T | Finding:
    """Read a settings file; one that is not there yet means its defaults."""
    try:
        return load(path, kind) if path.exists() else kind()
    except (BadSettings, OSError) as error:
        return Finding(path.name, False, str(error))


def _disk(paths: Paths) -> Finding:
    folder = next(p for p in (paths.state, *paths.state.parents) if p.exists())
    usage = shutil.disk_usage(folder)
    free_pct = 100 * usage.free / usage.total
    if free_pct < LITTLE_DISK_PCT:
        return Finding("thẻ nhớ / disk", False, f"chỉ còn {free_pct:.0f} % trống / only {free_pct:.0f} % free")
    return Finding("thẻ nhớ / disk", True, f"còn {free_pct:.0f} % trống / {free_pct:.0f} % free")


def _pi() -> Iterator[Finding]:
    read = vitals.read(Path("/"), Path("/"))
    if read.temperature_c is not None:
        text = f"{read.temperature_c:.0f} °C"
        yield Finding("nhiệt độ / temperature", read.temperature_c < HOT_C, text)
    if read.throttled is not None:
        bits = read.throttled & (UNDER_VOLTAGE_NOW | UNDER_VOLTAGE_SINCE_BOOT)
        text = "nguồn yếu: thay bộ nguồn hoặc dây / weak supply: change it or its cable" if bits else "đủ / fine"
        yield Finding("nguồn điện / power", not bits, text)


def _clock() -> Finding:
    report = KernelTrust().read()
    if report.trust is Trust.TRUSTED:
        return Finding("đồng hồ / clock", True, "đã đồng bộ / synchronised")
    text = (
        "chưa đồng bộ: lịch phát sẽ chờ; kiểm tra mạng / not synchronised: planned broadcasts wait; check the network"
    )
    return Finding("đồng hồ / clock", False, text)


def _network() -> Finding:
    routes = Path("/proc/net/route").read_text().splitlines()[1:]
    if any(line.split()[1] == "00000000" for line in routes):
        return Finding("mạng / network", True, "có đường ra ngoài / there is a way out")
    return Finding(
        "mạng / network", False, "không có đường ra: kiểm tra dây mạng, wifi / no way out: check cable, wifi"
    )


def _hub(paths: Paths) -> Iterator[Finding]:
    if not (paths.etc / "node.toml").exists():
        yield Finding("hub", False, "chưa nối: chạy  sudo loa-edge join <tệp .loa>  / not joined yet")
        return
    try:
        hub = access.load(paths, load(paths.etc / "node.toml", NodeSettings))
    except BadSettings as error:
        yield Finding("hub", False, str(error))
        return
    yield _port("hub, MQTT", hub, hub.mqtt_port)
    yield _credential(hub)


def _port(name: str, hub: Access, port: int) -> Finding:
    try:
        with socket.create_connection((hub.host, port), CHECK_S) as plain:
            hub.tls().wrap_socket(plain, server_hostname=hub.host).close()
    except (OSError, ssl.SSLError) as error:
        return Finding(name, False, access.explain(error))
    return Finding(name, True, f"{hub.host}:{port}")


def _credential(hub: Access) -> Finding:
    """Ask for a sound that does not exist: 404 means the hub knows this node, 401 that it does not."""
    basic = base64.b64encode(f"{hub.node}:{hub.secret}".encode()).decode()
    connection = http.client.HTTPSConnection(hub.host, hub.media_port, timeout=CHECK_S, context=hub.tls())
    try:
        connection.request("GET", f"/media/{'0' * 64}", headers={"Authorization": f"Basic {basic}"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return Finding("hub, HTTPS", False, access.explain(error))
    finally:
        connection.close()
    if status in (401, 403):
        return Finding("hub, HTTPS", False, access.BAD_CREDENTIAL)
    return Finding("hub, HTTPS", True, f"{hub.node}")


def _sound(settings: SpeakerSettings) -> Finding:
    """Open the card in a child: PortAudio may hang for good."""
    command = [sys.executable, "-m", "edge.speaker.trial", settings.card]
    try:
        trial = subprocess.run(command, capture_output=True, text=True, timeout=CHECK_S, check=False)
    except subprocess.TimeoutExpired:
        return Finding(
            "tiếng / sound", False, "card âm thanh bị treo: rút ra cắm lại / the sound card hangs: replug it"
        )
    if trial.returncode != 0:
        said = trial.stdout.strip()[-200:]
        return Finding("tiếng / sound", False, f"không mở được card âm thanh: cắm lại? / cannot open it ({said})")
    return Finding("tiếng / sound", True, trial.stdout.strip())


def _relay(settings: SpeakerSettings) -> Finding:
    if settings.amplifier.pin < 0:
        return Finding("rơ-le / relay", None, "chưa khai trong speaker.toml / none in speaker.toml")
    try:
        amplifier = Amplifier(settings.amplifier, SystemClock(), open_factory(settings.amplifier.pin_factory))
    except NoPin as error:
        return Finding("rơ-le / relay", False, str(error))
    amplifier.on()
    time.sleep(CLICK_S)
    amplifier.close()
    text = f"GPIO {settings.amplifier.pin}: có nghe tiếng tách không? / did it click?"
    return Finding("rơ-le / relay", True, text)


def _cameras(settings: CameraSettings, probe: Probe) -> Iterator[Finding]:
    if not settings.cameras:
        yield Finding("camera", None, "chưa khai trong camera.toml / none in camera.toml")
    for camera in settings.cameras:
        look = probe.look(camera)
        text = camera.place if look.obstacle is None else f"{camera.place}: {look.obstacle.value}"
        yield Finding(f"camera {camera.id}", look.obstacle is None, text)
