"""`loa-edge cameras`: finds cameras on the LAN, asks what they say of themselves, restarts one. For a technician."""

import contextlib
import getpass
import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from contract.settings import BadSettings, parse, to_toml
from edge.camera.config import Camera, CameraSettings
from edge.camera.logins import NAME as LOGIN_FILE
from edge.camera.logins import CameraLogins, read_logins
from edge.camera.onvif import discovery, proposal, survey
from edge.camera.onvif.client import Onvif
from edge.camera.onvif.discovery import Found
from edge.camera.onvif.proposal import Proposal
from edge.camera.onvif.survey import Known, notice
from edge.camera.source.aim import PORTS
from edge.camera.source.login import Login
from edge.camera.source.wire import Met, Wire
from edge.clock import Clock, SystemClock
from edge.config import Paths, load
from edge.spool import write_atomic

ASK_S = 5.0
CONNECT_S = 2.0
REBOOT_FILE = "camera-reboots.json"
REBOOT_EVERY = timedelta(hours=1)
USER = "loa-camera"
_WORDS = {
    "refused": "từ chối kết nối / connection refused",
    "unreachable": "không kết nối được / cannot be reached",
    "login": "sai tên hoặc mật khẩu / wrong user or password",
    "address": "không có dịch vụ này / no such service",
    "silent": "im lặng / silent",
    "garbled": "trả lời sai / answers wrongly",
}


def run(paths: Paths, action: str, camera: str, addresses: list[str], is_quiet: bool) -> int:
    """Carry one of the actions out; returns the exit code. Raises BadSettings, OSError."""
    if action == "find":
        return find(paths, addresses or discovery.lan_addresses(), SystemClock())
    if action == "reboot":
        return reboot(paths, camera, SystemClock())
    return check(paths, SystemClock(), (lambda _text: None) if is_quiet else say)


def find(paths: Paths, addresses: list[str], clock: Clock, port: int = discovery.PORT) -> int:
    """Look around, propose, and write what is confirmed."""
    settings, logins = _settings(paths), read_logins(paths)
    say(f"Đang tìm camera / looking for cameras: {', '.join(addresses) or '–'}")
    seen = discovery.find(addresses, port=port)
    known_hosts = {urlsplit(each.url).hostname for each in settings.cameras}
    fresh = [each for each in seen if each.host not in known_hosts]
    say(
        f"Thấy {len(seen)}, đã có {len(seen) - len(fresh)} / found {len(seen)}, of which known {len(seen) - len(fresh)}"
    )
    if not fresh:
        return 0
    login = logins.of("*") or _ask_login()
    found = [look_at(each, login, clock) for each in fresh]
    for each in found:
        say(_describe(each))
    text = proposal.write(found, {each.id for each in settings.cameras})
    if not text:
        return 1
    say("\n" + text)
    if not _confirm("Ghi vào camera.toml? / write this into camera.toml? [c/K] "):
        return 0
    _append(paths, text)
    if login is not None and logins.of("*") is None:
        _keep_login(paths, login)
    say("Đã ghi. Tiếp theo / next:  sudo systemctl restart loa-camera  rồi  sudo loa-edge doctor")
    return 0


def look_at(found: Found, login: Login | None, clock: Clock) -> Proposal:
    """Ask one camera for all that a proposal says. What goes wrong is its `trouble`."""
    camera = _onvif(found.url, "", login, clock, may_basic=False)
    made = Proposal(onvif=found.url, name=found.name)
    try:
        drift_s = camera.drift_s()
        made = Proposal(onvif=found.url, name=found.name, drift_s=drift_s)
        information = camera.information()
        best = proposal.smallest(camera.profiles())
        if best is None:
            raise Met("address", "camera không nói luồng hình nào / it tells of no stream")
        return Proposal(
            onvif=found.url, name=found.name, information=information, url=camera.stream(best),
            size=(best.width, best.height), drift_s=drift_s,
        )  # fmt: skip
    except Met as met:
        return Proposal(onvif=found.url, name=made.name, drift_s=made.drift_s, trouble=explain(met))


def check(paths: Paths, clock: Clock, tell: Callable[[str], None]) -> int:
    """Ask every camera that speaks ONVIF, keep what it says and tell what has changed."""
    settings, logins = _settings(paths), read_logins(paths)
    before = survey.read(paths)
    now: dict[str, Known] = {}
    for camera in settings.cameras:
        if camera.onvif:
            now[camera.id] = notice(before.get(camera.id), ask(camera, logins, clock))
            tell(f"{camera.id}: {in_words(now[camera.id])}")
    survey.write(paths, now)
    return 0


def ask(camera: Camera, logins: CameraLogins, clock: Clock) -> Known:
    """What one camera says of itself now."""
    speaking = _onvif(
        camera.onvif, camera.fingerprint, _login(camera, logins), clock, may_basic=camera.basic_unencrypted
    )
    asked_at = clock.now()
    try:
        drift_s = speaking.drift_s()
        told = speaking.information()
    except Met as met:
        return Known(asked_at=asked_at, trouble=explain(met))
    started = ""
    with contextlib.suppress(OSError):
        seen = discovery.ask_one(urlsplit(camera.onvif).hostname or "")
        started = seen.started if seen is not None else ""
    return Known(
        asked_at=asked_at, maker=told.maker, model=told.model, firmware=told.firmware, serial=told.serial,
        started=started, drift_s=round(drift_s, 1),
    )  # fmt: skip


def reboot(paths: Paths, id: str, clock: Clock) -> int:
    """Have a camera start anew; each at most once an hour."""
    settings, logins = _settings(paths), read_logins(paths)
    camera = next((each for each in settings.cameras if each.id == id), None)
    if camera is None or not camera.onvif:
        say(f"Không có camera {id!r} nói ONVIF trong camera.toml / no such camera with onvif in camera.toml")
        return 1
    last = _reboots(paths)
    now_at = clock.now()
    if id in last and abs(now_at - last[id]) < REBOOT_EVERY:
        say(f"Camera {id} vừa được khởi động lại lúc {last[id]:%H:%M} UTC; mỗi giờ một lần / once an hour at most")
        return 1
    _keep_reboots(paths, last | {id: now_at})
    try:
        speaking = _onvif(
            camera.onvif, camera.fingerprint, _login(camera, logins), clock, may_basic=camera.basic_unencrypted
        )
        speaking.drift_s()
        speaking.reboot()
    except Met as met:
        say(f"Không được / not done: {explain(met)}")
        return 1
    say(f"Camera {id} đang khởi động lại, chừng hai phút / it starts anew, in about two minutes")
    return 0


def in_words(known: Known) -> str:
    """One line for a technician."""
    if known.trouble:
        return f"không hỏi được qua ONVIF / cannot be asked by ONVIF: {known.trouble}"
    parts = [f"{known.maker} {known.model}, firmware {known.firmware}"]
    if known.drift_s is not None:
        word = "SAI / WRONG" if known.is_clock_wrong else "đúng / right"
        parts.append(f"đồng hồ / clock {known.drift_s:+.0f} s: {word}")
    if known.firmware_changed_at is not None:
        parts.append(f"firmware {known.firmware_before} → {known.firmware}, {known.firmware_changed_at:%d/%m/%Y}")
    if known.restarted_at is not None:
        parts.append(f"khởi động lại / restarted before {known.restarted_at:%d/%m/%Y %H:%M} UTC")
    return "; ".join(parts)


def explain(met: Met) -> str:
    return met.note or _WORDS.get(met.obstacle, met.obstacle)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _describe(each: Proposal) -> str:
    known = each.information
    text = f"  {each.host}: {each.name} {known.maker} {known.model} {known.firmware}".rstrip()
    if each.drift_s is not None and abs(each.drift_s) >= survey.CLOCK_OFF_S:
        text += f"; đồng hồ lệch / clock off by {each.drift_s:+.0f} s"
    return text + (f"; {each.trouble}" if each.trouble else "")


def _onvif(url: str, fingerprint: str, login: Login | None, clock: Clock, may_basic: bool) -> Onvif:
    parts = urlsplit(url)
    place = parts.hostname or "", parts.port or PORTS[parts.scheme]

    def connect() -> Wire:
        until_s = time.monotonic() + ASK_S
        try:
            connection = socket.create_connection(place, CONNECT_S)
        except ConnectionRefusedError:
            raise Met("refused") from None
        except OSError:
            raise Met("unreachable") from None
        if parts.scheme == "https":
            from edge.camera.source import tls

            connection = tls.wrap(connection, fingerprint, until_s)
        return Wire(connection, until_s)

    return Onvif(url, login, connect, clock, may_basic or parts.scheme == "https")


def _login(camera: Camera, logins: CameraLogins) -> Login | None:
    return camera.aim(logins.of(camera.id)).login


def _settings(paths: Paths) -> CameraSettings:
    path = paths.etc / "camera.toml"
    return load(path, CameraSettings) if path.exists() else CameraSettings()


def _ask_login() -> Login | None:
    """Ask at the terminal for what the cameras want; nothing where there is none."""
    if not sys.stdin.isatty():
        return None
    user = input("Tên đăng nhập camera (bỏ trống nếu không có) / the cameras' user, or nothing: ").strip()
    return Login(user, getpass.getpass("Mật khẩu / password: ")) if user else None


def _confirm(question: str) -> bool:
    if not sys.stdin.isatty():
        return False
    return input(question).strip().casefold() in ("c", "co", "có", "y", "yes")


def _append(paths: Paths, text: str) -> None:
    """Put it behind what is there, once all of it together can be read."""
    path = paths.etc / "camera.toml"
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    whole = f"{old.rstrip()}\n\n{text}".lstrip()
    parse(whole, CameraSettings, str(path))
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o640
    write_atomic(path, whole.encode(), mode)


def _keep_login(paths: Paths, login: Login) -> None:
    """One login for all, where only the camera process can read it."""
    path = paths.etc / LOGIN_FILE
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    table = f'[[logins]]\ncamera = "*"\nuser = {to_toml(login.user)}\npassword = {to_toml(login.password)}\n'
    whole = f"{old.rstrip()}\n\n{table}".lstrip()
    parse(whole, CameraLogins, str(path))
    write_atomic(path, whole.encode(), 0o600)
    if os.geteuid() == 0:
        with contextlib.suppress(LookupError):
            shutil.chown(path, USER)


def _reboots(paths: Paths) -> dict[str, datetime]:
    try:
        kept = json.loads((paths.state / REBOOT_FILE).read_bytes())
        return {str(id): datetime.fromisoformat(at) for id, at in kept.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise BadSettings(f"{paths.state / REBOOT_FILE}: {error}") from None


def _keep_reboots(paths: Paths, reboots: dict[str, datetime]) -> None:
    """Before the camera is asked: what cannot be kept is not done."""
    path: Path = paths.state / REBOOT_FILE
    write_atomic(path, json.dumps({id: at.isoformat() for id, at in reboots.items()}).encode())
