"""The command line of the hub: serve, people, nodes, keys, backup. Says things in Vietnamese first."""

import argparse
import getpass
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from contract import codec
from contract.bundle import SUFFIX
from contract.settings import BadSettings, example
from contract.topics import Address
from hub import accounts, authority, config, fleet, keys, safe, when, wording
from hub.accounts import Role, User
from hub.broker import BrokerFailed
from hub.config import HubSettings
from hub.enrol import AlreadyThere, Enrolment
from hub.keys import HubKeys
from hub.passwords import fresh_pin, hash_password, hash_pin
from hub.ports import PortTaken
from hub.reading import Misread
from hub.rule import Kind, Name
from hub.store import day_sets, nodes, people
from hub.store.database import Database, NewerSchema

_USER_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


class Failed(Exception):
    """A command that could not be done; the text is for the person who typed it."""


class _Parser(argparse.ArgumentParser):
    """Says in Vietnamese too that a command was typed wrong."""

    def error(self, message: str) -> NoReturn:
        self.exit(1, f"{self.prog}: gõ chưa đúng, xem / mistyped, see:  {self.prog} --help\n    {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        options.act(config.load(options.config), options)
    except Misread as error:
        sys.stderr.write(f"{error.message_vi}\n")
        return 2
    except (Failed, BrokerFailed, NewerSchema, SQLAlchemyError, ValueError, OSError) as error:
        sys.stderr.write(f"loa-hub: {_explain(error)}\n")
        return 1
    return 0


def _explain(error: Exception) -> str:
    """The sentence for the person at the keyboard."""
    match error:
        case BadSettings():
            return f"tệp cấu hình có chỗ sai / something is wrong in the settings: {error}"
        case PortTaken():
            return str(error)
        case OSError():
            return f"không đọc hoặc ghi được {error.filename or ''} / cannot be read or written: {error.strerror}"
        case SQLAlchemyError() | NewerSchema():
            reason = error.orig if isinstance(error, DBAPIError) else error
            return f"cơ sở dữ liệu không dùng được / the database cannot be used: {reason}"
        case _:
            return str(error)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _serve(settings: HubSettings, _options: argparse.Namespace) -> None:
    from hub.app import serve  # the other commands must not load the web

    serve(settings)


def _open(settings: HubSettings) -> Database:
    settings.home.make()
    database = Database(settings.database_url)
    database.migrate()
    return database


def _keys(settings: HubSettings) -> HubKeys:
    settings.home.make()
    return keys.load(settings.home.keys) or keys.create(settings.home.keys)


def _new_password(name: str, is_piped: bool) -> str:
    if is_piped:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass(f"Mật khẩu mới cho {name} (new password): ")
        if getpass.getpass("Gõ lại (again): ") != password:
            raise Failed("hai lần gõ không giống nhau / the two are not the same")
    fault = accounts.password_fault(password, name)
    if fault:
        raise Failed(f"{fault} / The password is too short, too long or too easy to guess.")
    return password


def _add_user(settings: HubSettings, options: argparse.Namespace) -> None:
    if not _USER_NAME.fullmatch(options.name):
        raise Failed(
            f"tên đăng nhập {options.name!r}: 2 đến 32 chữ thường không dấu, số, dấu chấm hoặc gạch"
            " / a log-in name has 2 to 32 of a-z, 0-9, '.', '_' and '-'"
        )
    database = _open(settings)
    with database.read() as c:
        if people.user(c, options.name) is not None:
            raise Failed(f"{options.name} đã có / exists already")
    password_hash = hash_password(_new_password(options.name, options.password_stdin))
    user = User(
        name=options.name, title=options.title or options.name, role=Role(options.role), password_hash=password_hash
    )
    with database.write() as c:
        people.add_user(c, user)
    _say(f"Đã thêm / added: {user.name} ({user.role})")


def _reset_user(settings: HubSettings, options: argparse.Namespace) -> None:
    database = _open(settings)
    with database.read() as c:
        if people.user(c, options.name) is None:
            raise Failed(f"không có người dùng {options.name} / no such user")
    password_hash = hash_password(_new_password(options.name, options.password_stdin))
    with database.write() as c:
        people.set_password(c, options.name, password_hash)
    _say(f"Đã đổi mật khẩu của {options.name}; mọi phiên đăng nhập cũ đã kết thúc. (Everyone logged in so is out.)")


def _set_pin(settings: HubSettings, options: argparse.Namespace) -> None:
    database = _open(settings)
    with database.read() as c:
        user = people.user(c, options.name)
    if user is None:
        raise Failed(f"không có người dùng {options.name} / no such user")
    if not accounts.may(user.role, accounts.Act.ALARM):
        raise Failed(f"{options.name} ({user.role}) không được phát khẩn cấp / may not send an emergency")
    pin = fresh_pin()
    pin_hash = hash_pin(pin)
    with database.write() as c:
        people.set_pin(c, options.name, pin_hash)
        people.note(c, datetime.now(UTC), "loa-hub", "pin", options.name)
    _say(f"Mã PIN khẩn cấp mới của {options.name}, chỉ hiện một lần này (the new PIN, shown once):  {pin}")


def _list_users(settings: HubSettings, _options: argparse.Namespace) -> None:
    with _open(settings).read() as c:
        for user in people.users(c):
            _say(f"{user.name}\t{user.role}\t{user.title}")


def _add_node(settings: HubSettings, options: argparse.Namespace) -> None:
    address = _address(options.address)
    target = options.out or Path(f"{address.node}{SUFFIX}")
    if target.exists():
        raise Failed(f"{target} đã có, không ghi đè / exists already and is left alone")
    if not target.absolute().parent.is_dir():
        raise Failed(f"không có thư mục {target.absolute().parent} / no such folder")
    fault = fleet.phone_fault(options.phone) or fleet.language_fault(options.language)
    if fault is not None:
        raise Failed(" / ".join(fault))
    hub_keys = _keys(settings)
    certificates = authority.ensure(settings.home.keys, [settings.public_host])
    enrolment = Enrolment(settings, hub_keys, certificates.ca_pem)
    try:
        bundle = enrolment.add(
            _open(settings),
            address,
            options.title or address.name,
            datetime.now(UTC),
            settings.limits.limits,
            options.again,
            options.phone,
            options.language,
        )
    except AlreadyThere:
        raise
    except ValueError as error:
        raise Failed(
            f"xem lại --title và public_host trong hub.toml / no node could use that bundle: {error}"
        ) from None
    safe.write_private(target, bundle)
    _say(f"Đã ghi {target}: chép sang máy Pi rồi chạy  sudo loa-edge join {target.name}")
    _say("Tệp này có mật khẩu của nút: xóa đi sau khi dùng. (It holds the node's secret: delete it after use.)")


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise Failed(
            f"địa chỉ nút chưa đúng: viết <mã xã>/<tên nút> bằng chữ thường không dấu và số, ví dụ binhminh/thon-1"
            f" / {error}"
        ) from None


def _list_nodes(settings: HubSettings, _options: argparse.Namespace) -> None:
    with _open(settings).read() as c:
        for node in nodes.nodes(c):
            _say("\t".join([node.id, node.title, *(["đã thu hồi"] if node.is_revoked else [])]))


def _revoke_node(settings: HubSettings, options: argparse.Namespace) -> None:
    address = _address(options.address)
    database = _open(settings)
    with database.write() as c:
        if nodes.node(c, address.node) is None:
            raise Failed(f"không có nút {address.node} / no such node")
        nodes.revoke(c, address.node)
    _say(f"Đã thu hồi {address.node}; nút này bị từ chối trong vòng một phút. (Revoked; refused within a minute.)")


def _reveal_key(settings: HubSettings, _options: argparse.Namespace) -> None:
    _keys(settings)
    text = keys.reveal(settings.home.keys)
    if text is None:
        raise Failed("khóa khôi phục đã được xem một lần rồi, không còn ở đây / it was shown once already")
    _say("KHÓA KHÔI PHỤC (recovery key): chép ra giấy, cất vào két. Chỉ hiện một lần này.\n")
    _say(f"    {text}\n")
    _say("Có khóa này mới thay được khóa của hub khi máy bị mất hay bị trộm (loa-hub key rotate).")


def _rotate_key(settings: HubSettings, options: argparse.Namespace) -> None:
    held = keys.load(settings.home.keys)
    if held is None:
        raise Failed("chưa có khóa nào ở đây / no keys here yet")
    if options.key_file is not None:
        text = options.key_file.read_text(encoding="utf-8")
    else:
        text = sys.stdin.readline() if options.key_stdin else getpass.getpass("Khóa khôi phục (recovery key): ")
    database = _open(settings)
    with database.read() as c:
        known_epoch = nodes.highest_epoch(c)
    rotated = keys.rotate(settings.home.keys, held, text, known_epoch)
    _say(f"Khóa hằng ngày mới, kỷ nguyên {rotated.epoch}. Khởi động lại hub để dùng (restart the hub).")
    _say("Nút nào có mạng thì tự theo. Nút không có mạng:  loa-hub key grant  rồi mang tệp tới bằng USB.")


def _write_grant(settings: HubSettings, options: argparse.Namespace) -> None:
    grant = _keys(settings).grant
    if grant is None:
        raise Failed("chưa đổi khóa lần nào, các nút đã biết khóa này / the key was never replaced")
    safe.write_private(options.file, codec.encode(grant))
    _say(f"Đã ghi {options.file}. Ở nút:  sudo loa-edge trust {options.file.name}")


def _backup(settings: HubSettings, options: argparse.Namespace) -> None:
    if keys.load(settings.home.keys) is None:
        raise Failed(f"{settings.data_dir}: chưa có hub nào ở đây / there is no hub here yet")
    _open(settings).dispose()
    safe.backup(settings, options.file)
    _say(f"Đã sao lưu vào {options.file}. Giữ kín: trong đó có khóa ký. (It holds the signing key.)")


def _restore(settings: HubSettings, options: argparse.Namespace) -> None:
    safe.restore(options.file, settings)
    _say(f"Đã khôi phục vào {settings.data_dir}. Chạy:  loa-hub serve")


def _when(settings: HubSettings, options: argparse.Namespace) -> None:
    for line in when.lines(options.rule, options.first, options.last, settings.time_zone, datetime.now(UTC)):
        _say(line)


def _days(settings: HubSettings, options: argparse.Namespace) -> None:
    name, database = Name(options.name), _open(settings)
    if options.days is not None:
        today = datetime.now(ZoneInfo(settings.time_zone)).date()
        days = wording.parse_days(options.days, today)
        if any(d.kind is Kind.NAMED for d in days):
            raise Failed("một danh sách ngày không gọi tên danh sách khác / a set of days names no other set")
        with database.write() as c:
            day_sets.put(c, name, days)
    with database.read() as c:
        _say(wording.list_words(day_sets.day_sets(c).of(name)))


def _example(_settings: HubSettings, _options: argparse.Namespace) -> None:
    sys.stdout.write(example(HubSettings, HubSettings.__doc__ or ""))


def _parser() -> _Parser:
    parser = _Parser(prog="loa-hub", description="Loa Làng: trung tâm / the hub")
    parser.add_argument("--config", type=Path, default=config.DEFAULT_FILE, help="hub.toml (%(default)s)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _command(commands, "serve", _serve, "chạy hub / run the hub")
    user = commands.add_parser("user", help="người dùng / people").add_subparsers(required=True, metavar="COMMAND")
    for name, act, text in (("add", _add_user, "thêm / add"), ("reset", _reset_user, "đổi mật khẩu / new password")):
        command = _command(user, name, act, text)
        command.add_argument("name")
        command.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        if name == "add":
            command.add_argument("--role", choices=[r.value for r in Role], required=True)
            command.add_argument("--title", default="", help="how people call them")
    pin = _command(user, "pin", _set_pin, "mã PIN khẩn cấp mới / a fresh PIN for emergencies")
    pin.add_argument("name")
    _command(user, "list", _list_users, "danh sách / list")
    node = commands.add_parser("node", help="nút / nodes").add_subparsers(required=True, metavar="COMMAND")
    command = _command(node, "add", _add_node, "thêm, ghi tệp .loa / add, write the bundle")
    command.add_argument("address", metavar="COMMUNE/NODE")
    command.add_argument("--title", default="", help="the village's name")
    command.add_argument("--phone", default="", help="whom to call there when it cannot be reached")
    command.add_argument("--language", default="", help="what is spoken there, where it is another one: Tày")
    command.add_argument("--out", type=Path, help="where to write the bundle")
    command.add_argument("--again", action="store_true", help="a fresh credential for a node that exists (swapped Pi)")
    _command(node, "list", _list_nodes, "danh sách / list")
    _command(node, "revoke", _revoke_node, "thu hồi / revoke").add_argument("address", metavar="COMMUNE/NODE")
    key = commands.add_parser("key", help="khóa / keys").add_subparsers(required=True, metavar="COMMAND")
    _command(key, "reveal", _reveal_key, "xem khóa khôi phục, một lần / show the recovery key, once")
    rotate = _command(key, "rotate", _rotate_key, "thay khóa hằng ngày / replace the daily key")
    rotate.add_argument("--key-stdin", action="store_true", help="read the recovery key from standard input")
    rotate.add_argument("--key-file", type=Path, help="read the recovery key from a file, for example on a stick")
    _command(
        key, "grant", _write_grant, "ghi khóa mới ra tệp cho nút không có mạng / for nodes without a network"
    ).add_argument("file", type=Path)
    _command(commands, "backup", _backup, "sao lưu / back up").add_argument("file", type=Path)
    _command(commands, "restore", _restore, "khôi phục / restore").add_argument("file", type=Path)
    command = _command(commands, "when", _when, "các lượt phát của một quy tắc / the airings of a rule")
    command.add_argument("rule", help='in words: "thứ 2-6 16:45"')
    command.add_argument("--from", dest="first", metavar="DATE", default="", help="2026-12-01 or 1/12/2026; today")
    command.add_argument("--to", dest="last", metavar="DATE", default="", help="the last day; 45 days later")
    command = _command(commands, "days", _days, "ngày lễ, quốc tang, ngày thi / the named sets of days")
    command.add_argument("name", choices=[n.value for n in Name])
    command.add_argument("days", nargs="?", help='in words: "21/7/2027, 22/7/2027"; without them the set is shown')
    _command(commands, "example", _example, "in hub.toml mẫu / print an example of hub.toml")
    return parser


def _command(
    commands: "argparse._SubParsersAction[_Parser]",
    name: str,
    act: Callable[[HubSettings, argparse.Namespace], None],
    text: str,
) -> _Parser:
    command = commands.add_parser(name, help=text)
    command.set_defaults(act=act)
    return command


if __name__ == "__main__":
    sys.exit(main())
