"""`loa-hub user`: people, their passwords and PINs."""

import argparse
import getpass
import re
import sys
from datetime import UTC, datetime

from hub import accounts
from hub.accounts import Role, User
from hub.commands.terminal import Failed, Parser, command, open_database, say
from hub.config import HubSettings
from hub.passwords import fresh_pin, hash_password, hash_pin
from hub.store import nodes, people

_USER_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    user = commands.add_parser("user", help="người dùng / people").add_subparsers(required=True, metavar="COMMAND")
    for name, act, text in (("add", _add_user, "thêm / add"), ("reset", _reset_user, "đổi mật khẩu / new password")):
        added = command(user, name, act, text)
        added.add_argument("name")
        added.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        if name == "add":
            added.add_argument("--role", choices=[r.value for r in Role], required=True)
            added.add_argument("--title", default="", help="how people call them")
            added.add_argument("--village", action="append", default=[], help="a node of theirs; none: the commune")
    pin = command(user, "pin", _set_pin, "mã PIN khẩn cấp mới / a fresh PIN for emergencies")
    pin.add_argument("name")
    command(user, "list", _list_users, "danh sách / list")


def _add_user(settings: HubSettings, options: argparse.Namespace) -> None:
    if not _USER_NAME.fullmatch(options.name):
        raise Failed(
            f"tên đăng nhập {options.name!r}: 2 đến 32 chữ thường không dấu, số, dấu chấm hoặc gạch"
            " / a log-in name has 2 to 32 of a-z, 0-9, '.', '_' and '-'"
        )
    database = open_database(settings)
    with database.read() as c:
        if people.user(c, options.name) is not None:
            raise Failed(f"{options.name} đã có / exists already")
        unknown = {v for v in options.village if nodes.node(c, v) is None}
        if unknown:
            raise Failed(f"không có nút {', '.join(sorted(unknown))} / no such node")
    password_hash = hash_password(_new_password(options.name, options.password_stdin))
    user = User(
        name=options.name,
        title=options.title or options.name,
        role=Role(options.role),
        password_hash=password_hash,
        villages=frozenset(options.village),
    )
    with database.write() as c:
        people.add_user(c, user)
    say(f"Đã thêm / added: {user.name} ({user.role})")


def _reset_user(settings: HubSettings, options: argparse.Namespace) -> None:
    database = open_database(settings)
    with database.read() as c:
        if people.user(c, options.name) is None:
            raise Failed(f"không có người dùng {options.name} / no such user")
    password_hash = hash_password(_new_password(options.name, options.password_stdin))
    with database.write() as c:
        people.set_password(c, options.name, password_hash)
    say(f"Đã đổi mật khẩu của {options.name}; mọi phiên đăng nhập cũ đã kết thúc. (Everyone logged in so is out.)")


def _set_pin(settings: HubSettings, options: argparse.Namespace) -> None:
    database = open_database(settings)
    with database.read() as c:
        user = people.user(c, options.name)
    if user is None:
        raise Failed(f"không có người dùng {options.name} / no such user")
    if not accounts.may(user, accounts.Act.ALARM):
        raise Failed(f"{options.name} ({user.role}) không được phát khẩn cấp / may not send an emergency")
    pin = fresh_pin()
    pin_hash = hash_pin(pin)
    with database.write() as c:
        people.set_pin(c, options.name, pin_hash)
        people.note(c, datetime.now(UTC), "loa-hub", "pin", options.name)
    say(f"Mã PIN khẩn cấp mới của {options.name}, chỉ hiện một lần này (the new PIN, shown once):  {pin}")


def _list_users(settings: HubSettings, _options: argparse.Namespace) -> None:
    with open_database(settings).read() as c:
        for user in people.users(c):
            say(f"{user.name}\t{user.role}\t{user.title}")


def _new_password(name: str, is_piped: bool) -> str:
    if is_piped:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass(f"Mật khẩu mới cho {name} (new password): ")
        if getpass.getpass("Gõ lại (again): ") != password:
            raise Failed("hai lần gõ không giống nhau / the two are not the same")
    fault = accounts.password_fault(password, name)
    if fault is not None:
        raise Failed(" / ".join(fault))
    return password
