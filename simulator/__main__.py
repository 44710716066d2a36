"""The demo: `make demo`. A commune with three cultural houses, and a first broadcast that airs by itself."""

import argparse
import itertools
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

from hub.ports import PortTaken, require_free
from simulator.commune import Commune, Ports, Village
from simulator.officer import Person, Refused
from simulator.process import Died
from simulator.speech import speak

COMMUNE = "binhminh"
VILLAGES = [
    Village(f"{COMMUNE}-thon-dong", "Thôn Đông"),
    Village(f"{COMMUNE}-thon-doai", "Thôn Đoài"),
    Village(f"{COMMUNE}-lang-hoi", "Làng Hội"),
]
WELCOME = (
    "Loa Làng xin kính chào bà con. Đây là buổi phát thử đầu tiên. "
    "Hệ thống loa truyền thanh của xã ta đã hoạt động. Xin cảm ơn bà con đã lắng nghe."
)
NEEDED = ("mosquitto", "pulseaudio", "espeak-ng")


def main() -> int:
    options = _options()
    if options.fresh:
        shutil.rmtree(options.root, ignore_errors=True)
    ports = Ports(page=options.port, mqtt=options.port + 883, media=options.port + 443)
    problem = _problem(ports)
    if problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    stopped = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda _signal, _frame: stopped.set())
    try:
        with Commune(options.root.resolve(), COMMUNE, VILLAGES, ports) as commune:
            _run(commune, stopped)
    except (Died, Refused, TimeoutError, OSError) as error:
        sys.stderr.write(f"\nKhông chạy được / could not go on:\n{error}\n")
        return 1
    _say("Đã dừng. / Stopped.")
    return 0


def _run(commune: Commune, stopped: threading.Event) -> None:
    begun = time.monotonic()
    steps = itertools.count(1)
    total = 2 + len(commune.villages)
    commune.start(lambda what: _say(f"[{next(steps)}/{total}] {what} ..."))
    heard = commune.listen()
    officer_password = commune.add_user("canbo", "officer", "Cán bộ truyền thanh")
    leader_password = commune.add_user("lanhdao", "leader", "Lãnh đạo xã")
    _say(_welcome(commune, officer_password, leader_password))
    for title, path in heard.items():
        _say(f"    {title}: {path}")
    officer = Person(commune.address, "canbo", officer_password)
    leader = Person(commune.address, "lanhdao", leader_password)
    recording = officer.upload(speak(WELCOME, commune.root / "loi-chao.wav"), "Lời chào")
    broadcast = officer.order("Lời chào đầu tiên", recording, [v.node for v in commune.villages])
    leader.approve(broadcast)
    _say(f"Buổi phát thử đã được duyệt: {commune.address}/broadcasts/{broadcast}")
    said = ""
    while not stopped.wait(1.0):
        commune.check()
        aired = officer.aired(broadcast) if not said.endswith(f"{len(heard)}/{len(heard)}") else said
        if aired != said:
            said = aired
            _say(f"Trang web ghi / the page says: {said} ({time.monotonic() - begun:.0f} s)")
    officer.close()
    leader.close()


def _welcome(commune: Commune, officer_password: str, leader_password: str) -> str:
    return f"""
  Loa Làng: {commune.address}
    cán bộ  / officer:  canbo    {officer_password}
    lãnh đạo / leader:  lanhdao  {leader_password}
  Thử / try: tải một tệp MP3 lên, đặt buổi phát "phát ngay", rồi đăng nhập lãnh đạo để duyệt.
             (upload an MP3, order it for now, then log in as the leader and approve)
  Dừng bằng Ctrl-C. / Stop with Ctrl-C.

  Mọi tiếng loa được ghi lại / what each horn plays is kept:"""


def _problem(ports: Ports) -> str:
    missing = [name for name in NEEDED if shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/bin") is None]
    if missing:
        return f"Thiếu chương trình / missing: {', '.join(missing)}. Chạy / run:  make demo"
    for port in (ports.page, ports.mqtt, ports.media):
        try:
            require_free("127.0.0.1", port)
        except PortTaken as taken:
            return f"{taken}\n(make demo PORT=8100)"
    return ""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description="A commune with three cultural houses.")
    parser.add_argument("--root", type=Path, default=Path(".demo"), help="where it keeps everything (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port of the pages (%(default)s)")
    parser.add_argument("--fresh", action="store_true", help="forget the last run")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
