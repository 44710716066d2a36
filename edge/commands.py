"""The command line of `loa-edge`: what can be asked of it."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge.lean import PROCESSES


def parse(arguments: Sequence[str] | None) -> dict[str, Any]:
    """Read the command line: `command`, `root`, and the command's own arguments. Exits where it is wrong."""
    parser = argparse.ArgumentParser(prog="loa-edge", description="Loa Làng: nút ở nhà văn hóa / the node")
    parser.add_argument("--root", type=Path, default=Path("/"), help="where etc, var and run lie (%(default)s)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    commands.add_parser("link", help="tiến trình nối hub / the process that talks with the hub")
    commands.add_parser("speaker", help="tiến trình phát loa / the process that plays")
    commands.add_parser("camera", help="tiến trình xem camera / the process that watches the cameras")
    commands.add_parser("netmon", help="tiến trình xem mạng / the process that watches the network")
    command = commands.add_parser("join", help="nối vào hub bằng tệp .loa / install a bundle")
    command.add_argument("bundle", type=Path)
    command.add_argument("--force", action="store_true", help="replace another node's bundle")
    command = commands.add_parser("trust", help="tin khóa mới của hub, mang tới bằng USB / follow a new key of the hub")
    command.add_argument("grant", type=Path)
    commands.add_parser("doctor", help="khám máy: cái gì chạy, cái gì hỏng / what works here")
    commands.add_parser("amplifier-off", help="tắt tăng âm / switch the amplifier off")
    command = commands.add_parser("cameras", help="tìm, hỏi, khởi động lại camera / find, ask, restart, try out")
    command.add_argument("action", choices=["find", "check", "reboot", "judge"])
    command.add_argument(
        "camera", nargs="?", default="", help="its id, for reboot; for judge a folder of dated pictures, or a clip"
    )
    command.add_argument(
        "--every", type=float, default=0.0, metavar="SECONDS", help="judge: leave out what comes sooner"
    )
    command.add_argument("--learn", type=int, default=30, metavar="N", help="judge: the first N pictures are right")
    command.add_argument(
        "--on", action="append", default=[], metavar="ADDRESS", help="an own address to look around at"
    )
    command.add_argument("--quiet", action="store_true", help="say nothing of what was found")
    command = commands.add_parser("example", help="in tệp cấu hình mẫu / print an example file")
    command.add_argument("name", choices=["node", *PROCESSES, "camera-login"])
    return vars(parser.parse_args(arguments))
