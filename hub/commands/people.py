"""`loa-hub user`: people, their passwords and PINs."""

import argparse
import getpass
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from hub.commands.terminal import Failed, Parser, command, open_database, say
from hub.config import HubSettings
from hub.people import accounts, staff
from hub.people.accounts import Role, User
from hub.people.deeds import DeedName
from hub.people.passwords import fresh_pin, hash_password, hash_pin
from hub.refusals import Refused
from hub.store import nodes, people
from hub.store.database import Database


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
    for name, act, text in (
        ("second-factor", _drop_factor, "bỏ bước xác thực thứ hai / drop the second factor"),
        ("off", _deactivate, "ngừng tài khoản / deactivate"),
        ("on", _activate, "mở lại tài khoản / reactivate"),
    ):
        command(user, name, act, text).add_argument("name")
    command(user, "list", _list_users, "danh sách / list")


def _add_user(settings: HubSettings, options: argparse.Namespace) -> None:
    database = open_database(settings)
    with database.read() as c:
        if people.user(c, options.name) is not None:
            raise Failed(f"{options.name} đã có / exists already")
        unknown = {v for v in options.village if nodes.node(c, v) is None}
        if unknown:
            raise Failed(f"không có nút {', '.join(sorted(unknown))} / no such node")
    title, role = options.title or options.name, Role(options.role)
    user = _checked(lambda: staff.new(options.name, title, role, options.village, "", None))
    user = replace(user, password_hash=hash_password(_new_password(database, user, options.password_stdin)))
    with database.write() as c:
        people.add_user(c, user)
        _note(c, "person-add", user.name, f"{user.title}; {user.role}; {', '.join(sorted(user.villages))}")
    say(f"Đã thêm / added: {user.name} ({user.role})")


def _reset_user(settings: HubSettings, options: argparse.Namespace) -> None:
    database = open_database(settings)
    user = _find(database, options.name)
    password_hash = hash_password(_new_password(database, user, options.password_stdin))
    with database.write() as c:
        people.set_password(c, user.name, password_hash)
        _note(c, "person-password", user.name)
    say(f"Đã đổi mật khẩu của {user.name}; mọi phiên đăng nhập cũ đã kết thúc. (Everyone logged in so is out.)")


def _drop_factor(settings: HubSettings, options: argparse.Namespace) -> None:
    database = open_database(settings)
    user = _find(database, options.name)
    with database.write() as c:
        people.set_totp(c, user.name, "", 0)
        _note(c, "person-second-factor", user.name)
    say(f"{user.name} đăng nhập chỉ bằng mật khẩu / logs in with the password alone")


def _activate(settings: HubSettings, options: argparse.Namespace) -> None:
    _set_active(settings, options.name, True)


def _deactivate(settings: HubSettings, options: argparse.Namespace) -> None:
    _set_active(settings, options.name, False)


def _set_active(settings: HubSettings, name: str, is_active: bool) -> None:
    database = open_database(settings)
    user = _find(database, name)
    with database.write() as c:
        people.set_active(c, user.name, is_active)
        _note(c, "person-on" if is_active else "person-off", user.name)
    say(f"{user.name}: {'đã mở lại / active' if is_active else 'đã ngừng / deactivated'}")


def _set_pin(settings: HubSettings, options: argparse.Namespace) -> None:
    database = open_database(settings)
    user = _find(database, options.name)
    if not accounts.may(user, accounts.Act.ALARM):
        raise Failed(f"{options.name} ({user.role}) không được phát khẩn cấp / may not send an emergency")
    pin = fresh_pin()
    pin_hash = hash_pin(pin)
    with database.write() as c:
        people.set_pin(c, options.name, pin_hash)
        _note(c, "pin", options.name)
    say(f"Mã PIN khẩn cấp mới của {options.name}, chỉ hiện một lần này (the new PIN, shown once):  {pin}")


def _list_users(settings: HubSettings, _options: argparse.Namespace) -> None:
    with open_database(settings).read() as c:
        for user in people.users(c):
            marks = ["" if user.is_active else "đã ngừng", ", ".join(sorted(user.villages))]
            say("\t".join([user.name, user.role, user.title, *filter(None, marks)]))


def _find(database: Database, name: str) -> User:
    with database.read() as c:
        user = people.user(c, name)
    if user is None:
        raise Failed(f"không có người dùng {name} / no such user")
    return user


def _note(c: Connection, act: DeedName, name: str, detail: str = "") -> None:
    people.note(c, datetime.now(UTC), "loa-hub", act, name, detail)


def _checked(make: Callable[[], User]) -> User:
    try:
        return make()
    except Refused as refused:
        raise Failed(f"{refused.message_vi} / {refused.message_en}") from None


def _new_password(database: Database, user: User, is_piped: bool) -> str:
    password = sys.stdin.readline().rstrip("\n") if is_piped else _typed_password(user)
    with database.read() as c:
        fault = staff.fault(c, user.name, user.title, password)
    if fault is not None:
        raise Failed(" / ".join(fault))
    return password


def _typed_password(user: User) -> str:
    try:
        password = getpass.getpass(f"Mật khẩu mới cho {user.name} (new password): ")
        again = getpass.getpass("Gõ lại (again): ")
    except EOFError:
        raise Failed(
            "không có ai gõ mật khẩu; đưa qua ống thì thêm --password-stdin"
            " / nobody types the password; for one that is piped in add --password-stdin"
        ) from None
    if again != password:
        raise Failed("hai lần gõ không giống nhau / the two are not the same")
    return password
