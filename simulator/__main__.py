"""The demo: `make demo`. A commune with three cultural houses, and a first broadcast that airs by itself."""

import argparse
import itertools
import os
import shutil
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

import httpx

from hub.ports import PortTaken, require_free
from simulator.commune import Commune, Ports, Village
from simulator.officer import Person, Refused
from simulator.speech import speak

COMMUNE = "binhminh"
VILLAGES = [
    Village(f"{COMMUNE}-thon-dong", "Thôn Đông"),
    Village(f"{COMMUNE}-thon-doai", "Thôn Đoài"),
    Village(f"{COMMUNE}-lang-hoi", "Làng Hội"),
]
WELCOME = "Loa Làng xin kính chào bà con. Đây là buổi phát thử đầu tiên."
POSITIONS = {VILLAGES[0]: "21.0312,105.8124", VILLAGES[1]: "21.0451,105.8307", VILLAGES[2]: "21.0388,105.8203"}
"""Where they lie on the map: somewhere west of Hanoi's lake."""
PEOPLE = {
    "canbo": ("officer", "Cán bộ truyền thanh"),
    "lanhdao": ("leader", "Lãnh đạo xã"),
    "kythuat": ("technician", "Kỹ thuật viên"),
    "quantri": ("admin", "Quản trị"),
}
NEEDED = ("mosquitto", "pulseaudio", "espeak-ng")
LOOK_S = 1.0


def main() -> int:
    options = _options()
    root = options.root.resolve()
    ports = Ports.above(options.port)
    problem = _problem(ports)
    if problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _interrupt)
    try:
        if options.fresh:
            _forget(root)
        with Commune(root, COMMUNE, VILLAGES, ports) as commune:
            _run(commune)
    except KeyboardInterrupt:
        _say("Đã dừng. / Stopped.")
    except (RuntimeError, OSError, httpx.HTTPError) as error:
        sys.stderr.write(f"\nKhông chạy được / could not go on:\n{error}\n")
        return 1
    return 0


def _run(commune: Commune) -> None:
    """Start everything and air the sample; goes on until it is interrupted."""
    begun_s = time.monotonic()
    steps = itertools.count(1)
    total = 2 + len(commune.villages)
    commune.start(lambda what: _say(f"[{next(steps)}/{total}] {what} ..."))
    heard = commune.listen()
    passwords = {name: commune.add_user(name, role, title) for name, (role, title) in PEOPLE.items()}
    pin = commune.run_hub("user", "pin", "lanhdao").split()[-1]
    _put_on_the_map(commune)
    _say(_welcome(commune, passwords, pin))
    for title, path in heard.items():
        _say(f"    {title}: {path}")
    officer = Person(commune.address, "canbo", passwords["canbo"])
    try:
        broadcast = _order_sample(commune, officer, Person(commune.address, "lanhdao", passwords["lanhdao"]))
        _say(f"Buổi phát thử đã được duyệt / the sample is approved: {commune.address}/broadcasts/{broadcast}")
        _await_sample(commune, officer, broadcast, begun_s)
    except Refused as refused:
        _say(f"Lần này không phát thử được / no sample this time: {refused}")
    while True:
        commune.check()
        time.sleep(LOOK_S)


def _put_on_the_map(commune: Commune) -> None:
    table = commune.root / "vi-tri.csv"
    table.write_text("".join(f"{village.node},{lies}\n" for village, lies in POSITIONS.items()), encoding="utf-8")
    commune.run_hub("node", "position", str(table))


def _order_sample(commune: Commune, officer: Person, leader: Person) -> str:
    recording = officer.upload(speak(WELCOME, commune.root / "loi-chao.wav"), "Lời chào")
    broadcast = officer.order("Lời chào đầu tiên", recording, [v.node for v in commune.villages])
    leader.approve(broadcast)
    return broadcast


def _await_sample(commune: Commune, officer: Person, broadcast: str, begun_s: float) -> None:
    """Repeat what the page says of the sample until all villages have aired it."""
    said = ""
    everywhere = f"{len(commune.villages)}/{len(commune.villages)}"
    while not said.endswith(everywhere):
        commune.check()
        aired = officer.aired(broadcast)
        if aired != said:
            said = aired
            _say(f"Trang web ghi / the page says: {said} ({time.monotonic() - begun_s:.0f} s)")
        time.sleep(LOOK_S)


def _welcome(commune: Commune, passwords: Mapping[str, str], pin: str) -> str:
    return f"""
  Loa Làng: {commune.address}
    cán bộ  / officer:  canbo    {passwords["canbo"]}
    lãnh đạo / leader:  lanhdao  {passwords["lanhdao"]}    PIN khẩn cấp / emergency PIN: {pin}
    kỹ thuật / technician: kythuat  {passwords["kythuat"]}
    quản trị / administrator: quantri  {passwords["quantri"]}
  Thử / try: tải một tệp MP3 lên, đặt buổi phát "phát ngay", rồi đăng nhập lãnh đạo để duyệt.
             (upload an MP3, order it for now, then log in as the leader and approve)
             Lãnh đạo còn có nút đỏ "Khẩn cấp". (The leader also has the red button.)
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
            return f"{taken}\nĐổi cổng / with other ports:  make demo PORT=8100"
    return ""


def _forget(root: Path) -> None:
    """Remove what an earlier demo left; never a folder that is none."""
    if (root / "hub.toml").exists():
        shutil.rmtree(root)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Stop, once: whoever is impatient must not break off the stopping."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    _say("\nĐang dừng ... / stopping ...")
    raise KeyboardInterrupt


def _options() -> argparse.Namespace:
    port = os.environ.get("PORT", "8000")
    parser = argparse.ArgumentParser(prog="make demo", description="A commune with three cultural houses.")
    parser.add_argument("--root", type=Path, default=Path(".demo"), help="where it keeps everything (%(default)s)")
    parser.add_argument("--port", type=int, default=port, help="port of the pages (PORT, or %(default)s)")
    parser.add_argument("--fresh", action="store_true", help="forget the last run")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
