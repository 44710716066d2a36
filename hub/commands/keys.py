"""`loa-hub key`: the recovery key is shown once, and replaces the daily key."""

import argparse
import getpass
import sys
from pathlib import Path

from contract import codec
from hub.commands.terminal import Failed, Parser, command, load_keys, open_database, say
from hub.config import HubSettings
from hub.security import keys, safe
from hub.store import nodes


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    key = commands.add_parser("key", help="khóa / keys").add_subparsers(required=True, metavar="COMMAND")
    command(key, "reveal", _reveal_key, "xem khóa khôi phục, một lần / show the recovery key, once")
    rotate = command(key, "rotate", _rotate_key, "thay khóa hằng ngày / replace the daily key")
    rotate.add_argument("--key-stdin", action="store_true", help="read the recovery key from standard input")
    rotate.add_argument("--key-file", type=Path, help="read the recovery key from a file, for example on a stick")
    command(
        key, "grant", _write_grant, "ghi khóa mới ra tệp cho nút không có mạng / for nodes without a network"
    ).add_argument("file", type=Path)


def _reveal_key(settings: HubSettings, _options: argparse.Namespace) -> None:
    load_keys(settings)
    text = keys.reveal(settings.home.keys)
    if text is None:
        raise Failed("khóa khôi phục đã được xem một lần rồi, không còn ở đây / it was shown once already")
    say("KHÓA KHÔI PHỤC (recovery key): chép ra giấy, cất vào két. Chỉ hiện một lần này.\n")
    say(f"    {text}\n")
    say("Có khóa này mới thay được khóa của hub khi máy bị mất hay bị trộm (loa-hub key rotate).")


def _rotate_key(settings: HubSettings, options: argparse.Namespace) -> None:
    held = keys.load(settings.home.keys)
    if held is None:
        raise Failed("chưa có khóa nào ở đây / no keys here yet")
    if options.key_file is not None:
        text = options.key_file.read_text(encoding="utf-8")
    else:
        text = sys.stdin.readline() if options.key_stdin else getpass.getpass("Khóa khôi phục (recovery key): ")
    database = open_database(settings)
    with database.read() as c:
        known_epoch = nodes.highest_epoch(c)
    rotated = keys.rotate(settings.home.keys, held, text, known_epoch)
    say(f"Khóa hằng ngày mới, kỷ nguyên {rotated.epoch}. Khởi động lại hub để dùng (restart the hub).")
    say("Nút nào có mạng thì tự theo. Nút không có mạng:  loa-hub key grant  rồi mang tệp tới bằng USB.")


def _write_grant(settings: HubSettings, options: argparse.Namespace) -> None:
    grant = load_keys(settings).grant
    if grant is None:
        raise Failed("chưa đổi khóa lần nào, các nút đã biết khóa này / the key was never replaced")
    safe.write_private(options.file, codec.encode(grant))
    say(f"Đã ghi {options.file}. Ở nút:  sudo loa-edge trust {options.file.name}")
