"""Tells a technician in plain words what works on this Pi and what to do about what does not: `loa-edge doctor`.

It looks, it changes nothing but to click the relay. Each check is bounded in time; what may hang is asked in a child.
What a running process of the node holds is left to it: its own word is told instead.
"""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from contract.reports import UNDER_VOLTAGE_NOW, UNDER_VOLTAGE_SINCE_BOOT
from contract.settings import BadSettings
from contract.terms import CameraFault, Ending, NetworkCause, Trust
from edge import access, card, starts, summary, vitals
from edge.access import Access
from edge.ailing import DISK_LOW_PCT, HOT_C
from edge.camera import probe as camera
from edge.camera.config import CameraSettings
from edge.camera.health.judge import judge
from edge.camera.health.usual import NOTHING_USUAL
from edge.camera.onvif import survey
from edge.camera.tool import in_words
from edge.clock import SystemClock
from edge.config import Paths, load
from edge.identity import NodeSettings
from edge.lean import PROCESSES
from edge.netmon import advice
from edge.netmon import probe as netmon
from edge.netmon.config import NetmonSettings, Target
from edge.speaker.amplifier import Amplifier, NoPin, open_factory
from edge.speaker.config import SpeakerSettings
from edge.summary import NetmonSummary, SpeakerSummary
from edge.trust import KernelTrust

CHECK_S = 10.0
CLICK_S = 0.3
RUNNING = timedelta(seconds=15)
"""A process whose word is younger than this is running."""
NETWORK_NAMES = {
    "gateway": "bộ phát wifi / gateway",
    "dns": "tên miền / DNS",
    "http204": "internet",
    "dhcp": "cấp địa chỉ / DHCP",
}
ENDINGS = {
    Ending.FAILED: "tự gặp lỗi / failed",
    Ending.KILLED: "bị buộc dừng / killed",
    Ending.HUNG: "bị treo / hung",
    Ending.MEMORY: "hết bộ nhớ / out of memory",
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `is_ok` is None where there is nothing to check here."""

    name: str
    is_ok: bool | None
    text: str


def examine(paths: Paths, probe: camera.Probe, network: netmon.Probe | None = None) -> Iterator[Finding]:
    """Check one thing after the other, yielding each finding as soon as it is known."""
    node = _read(paths.etc / "node.toml", NodeSettings)
    yield _disk(paths)
    yield from _card(paths)
    yield from _pi()
    yield from _restarts(paths)
    yield _clock(node)
    yield from _network(paths, network or netmon.NetworkProbe())
    yield from _hub(paths, node)
    yield from _loudspeaker(paths)
    yield from _cameras(paths, probe)


def _read(path: Path, kind: type[T]) -> T | Finding | None:
    """Read a settings file; None where there is none yet."""
    try:
        return load(path, kind) if path.exists() else None
    except (BadSettings, OSError) as error:
        return _unusable(path.name, error)


def _unusable(name: str, error: Exception) -> Finding:
    hint = "" if os.geteuid() == 0 else " (chạy bằng sudo? / use sudo?)"
    return Finding(name, False, f"tệp cài đặt không dùng được{hint} / unusable settings: {error}")


def _disk(paths: Paths) -> Finding:
    folder = next(p for p in (paths.state, *paths.state.parents) if p.exists())
    usage = shutil.disk_usage(folder)
    free_pct = 100 * usage.free / usage.total
    if free_pct < DISK_LOW_PCT:
        return Finding("thẻ nhớ / disk", False, f"chỉ còn {free_pct:.0f} % trống / only {free_pct:.0f} % free")
    return Finding("thẻ nhớ / disk", True, f"còn {free_pct:.0f} % trống / {free_pct:.0f} % free")


def _card(paths: Paths) -> Iterator[Finding]:
    found = card.read(Path("/"), paths.state)
    if found.is_read_only:
        text = "không ghi được nữa: thay thẻ mới / takes no more writing: bring a new one"
        yield Finding("thẻ nhớ, ghi / card", False, text)
    elif found.errors:
        text = f"có {found.errors} lỗi: thay thẻ trước khi nó hỏng hẳn / {found.errors} errors: change it soon"
        yield Finding("thẻ nhớ, ghi / card", False, text)


def _restarts(paths: Paths) -> Iterator[Finding]:
    """What failed and was started again; that it runs now is another matter, so this is no fault by itself."""
    for name in PROCESSES:
        counted = starts.count(name, starts.read(paths, name))
        if counted is not None:
            when = f"{counted.at.astimezone():%d/%m %H:%M}"
            text = f"{counted.count} trong 99 lần gần nhất, mới nhất {when}: {ENDINGS[counted.ending]}"
            yield Finding(f"{name} khởi động lại / started again", None, text)


def _pi() -> Iterator[Finding]:
    read = vitals.read(Path("/"), Path("/"))
    if read.temperature_c is not None:
        is_cool = read.temperature_c < HOT_C
        advice = "" if is_cool else ": quá nóng, cần thoáng khí hơn / too hot, give it air"
        yield Finding("nhiệt độ / temperature", is_cool, f"{read.temperature_c:.0f} °C{advice}")
    if read.throttled is not None:
        bits = read.throttled & (UNDER_VOLTAGE_NOW | UNDER_VOLTAGE_SINCE_BOOT)
        text = "nguồn yếu: thay bộ nguồn hoặc dây / weak supply: change it or its cable" if bits else "đủ / fine"
        yield Finding("nguồn điện / power", not bits, text)


def _clock(node: NodeSettings | Finding | None) -> Finding:
    if isinstance(node, NodeSettings) and node.clock_trust == "trusted":
        return Finding("đồng hồ / clock", True, "tin giờ của máy, như node.toml ghi / believed, as node.toml says")
    if KernelTrust().read().trust is Trust.TRUSTED:
        return Finding("đồng hồ / clock", True, "đã đồng bộ / synchronised")
    text = (
        "chưa đồng bộ: lịch phát sẽ chờ; kiểm tra mạng / not synchronised: planned broadcasts wait; check the network"
    )
    return Finding("đồng hồ / clock", False, text)


def _network(paths: Paths, probe: netmon.Probe) -> Iterator[Finding]:
    settings = _read(paths.etc / "netmon.toml", NetmonSettings) or NetmonSettings()
    if isinstance(settings, Finding):
        yield settings
        return
    for target in settings.targets:
        if target.kind != "tls":  # the hub is examined by itself, port by port
            yield _target(target, probe)
    said = summary.read(paths.run, "netmon", NetmonSummary)
    if said is not None and said.network is not None and SystemClock().now() - said.at <= RUNNING:
        cause = said.network.cause
        is_ok = None if cause is NetworkCause.UNKNOWN else cause is NetworkCause.NONE
        yield Finding("mạng / network", is_ok, advice.in_words(cause))


def _target(target: Target, probe: netmon.Probe) -> Finding:
    name = NETWORK_NAMES[target.kind]
    if target.id not in name.casefold():
        name += f" {target.id}"
    try:
        answer = probe.ask(target)
    except netmon.CannotMeasure as error:
        return Finding(name, None, str(error))
    if answer.rtt_ms is None:
        return Finding(name, False, answer.detail)
    return Finding(name, True, f"{answer.rtt_ms:.0f} ms")


def _hub(paths: Paths, node: NodeSettings | Finding | None) -> Iterator[Finding]:
    if node is None:
        yield Finding("hub", False, "chưa nối: chạy  sudo loa-edge join <tệp .loa>  / not joined yet")
        return
    if isinstance(node, Finding):
        yield node
        return
    try:
        hub = access.load(paths, node)
    except BadSettings as error:
        yield _unusable("hub", error)
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
    connection = hub.https(CHECK_S)
    try:
        connection.request("GET", f"/media/{'0' * 64}", headers={"Authorization": hub.authorization})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return Finding("hub, HTTPS", False, access.explain(error))
    finally:
        connection.close()
    if status in (401, 403):
        return Finding("hub, HTTPS", False, access.BAD_CREDENTIAL)
    return Finding("hub, HTTPS", True, f"{hub.node}")


def _loudspeaker(paths: Paths) -> Iterator[Finding]:
    settings = _read(paths.etc / "speaker.toml", SpeakerSettings) or SpeakerSettings()
    if isinstance(settings, Finding):
        yield settings
        return
    speaker = summary.read(paths.run, "speaker", SpeakerSummary)
    if speaker is not None and SystemClock().now() - speaker.at > RUNNING:
        speaker = None
    yield _sound(settings, speaker)
    yield _relay(settings, is_held=speaker is not None)


def _sound(settings: SpeakerSettings, speaker: SpeakerSummary | None) -> Finding:
    """Open the card in a child: PortAudio may hang for good."""
    name = "tiếng / sound"
    if speaker is not None and speaker.sound_fault:
        return Finding(name, False, speaker.sound_fault)
    if speaker is not None and speaker.on_air:
        return Finding(name, True, "đang phát / on air now")
    command = [sys.executable, "-m", "edge.speaker.trial", settings.card]
    quiet = {**os.environ, "JACK_NO_START_SERVER": "1"}
    try:
        trial = subprocess.run(command, capture_output=True, text=True, timeout=CHECK_S, check=False, env=quiet)
    except subprocess.TimeoutExpired:
        return Finding(name, False, "card âm thanh bị treo: rút ra cắm lại / the sound card hangs: replug it")
    said = trial.stdout.strip()[-200:]
    if trial.returncode != 0:
        return Finding(name, False, f"không mở được card âm thanh: cắm lại? / cannot open it ({said})")
    return Finding(name, True, said)


def _relay(settings: SpeakerSettings, is_held: bool) -> Finding:
    name, pin = "rơ-le / relay", settings.amplifier.pin
    if pin < 0:
        return Finding(name, None, "chưa khai trong speaker.toml / none in speaker.toml")
    if is_held:
        text = (
            f"GPIO {pin}: loa-speaker đang giữ; muốn nghe rơ-le tách thì  sudo systemctl stop loa-speaker  rồi khám lại"
            " / held by the running speaker; stop it and run this again to hear the relay click"
        )
        return Finding(name, None, text)
    try:
        amplifier = Amplifier(settings.amplifier, SystemClock(), open_factory(settings.amplifier.pin_factory))
    except NoPin as error:
        return Finding(name, False, str(error))
    amplifier.on()
    time.sleep(CLICK_S)
    amplifier.close()
    return Finding(name, True, f"GPIO {pin}: có nghe tiếng tách không? / did it click?")


def _cameras(paths: Paths, probe: camera.Probe) -> Iterator[Finding]:
    settings = _read(paths.etc / "camera.toml", CameraSettings) or CameraSettings()
    if isinstance(settings, Finding):
        yield settings
        return
    if not settings.cameras:
        yield Finding("camera", None, "chưa khai trong camera.toml / none in camera.toml")
    surveyed = survey.read(paths)
    for each in settings.cameras:
        name = f"camera {each.id}"
        known = surveyed.get(each.id)
        if known is not None:
            yield Finding(f"{name}, ONVIF", not (known.trouble or known.is_clock_wrong), in_words(known))
        judged = judge(probe.look(each), None, NOTHING_USUAL, settings.rule)
        if judged is None:
            text = "bộ giải mã hình không chạy được trên máy này / the decoder does not start on this machine"
            yield Finding(name, False, text)
        else:
            text = "; ".join(part for part in (judged.detail or "có hình / pictures come", probe.note(each)) if part)
            yield Finding(name, judged.fault is CameraFault.NONE, f"{each.place}: {text}")
