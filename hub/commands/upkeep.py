"""`loa-hub backup`, `restore`, `when`, `days` and `example`."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from contract.settings import example
from hub.commands.terminal import Failed, Parser, command, open_database, say
from hub.config import HubSettings
from hub.rules import when, wording
from hub.rules.rule import Kind, Name
from hub.security import keys, safe
from hub.store import day_sets


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    command(commands, "backup", _backup, "sao lưu / back up").add_argument("file", type=Path)
    command(commands, "restore", _restore, "khôi phục / restore").add_argument("file", type=Path)
    added = command(commands, "when", _when, "các lượt phát của một quy tắc / the airings of a rule")
    added.add_argument("rule", help='in words: "thứ 2-6 16:45"')
    added.add_argument("--from", dest="first", metavar="DATE", default="", help="2026-12-01 or 1/12/2026; today")
    added.add_argument("--to", dest="last", metavar="DATE", default="", help="the last day; 45 days later")
    added = command(commands, "days", _days, "ngày lễ, quốc tang, ngày thi / the named sets of days")
    added.add_argument("name", choices=[n.value for n in Name])
    added.add_argument("days", nargs="?", help='in words: "21/7/2027, 22/7/2027"; without them the set is shown')
    command(commands, "example", _example, "in hub.toml mẫu / print an example of hub.toml")


def _backup(settings: HubSettings, options: argparse.Namespace) -> None:
    if keys.load(settings.home.keys) is None:
        raise Failed(f"{settings.data_dir}: chưa có hub nào ở đây / there is no hub here yet")
    open_database(settings).dispose()
    safe.backup(settings, options.file)
    say(f"Đã sao lưu vào {options.file}. Giữ kín: trong đó có khóa ký. (It holds the signing key.)")


def _restore(settings: HubSettings, options: argparse.Namespace) -> None:
    safe.restore(options.file, settings)
    say(f"Đã khôi phục vào {settings.data_dir}. Chạy:  loa-hub serve")


def _when(settings: HubSettings, options: argparse.Namespace) -> None:
    for line in when.lines(options.rule, options.first, options.last, settings.time_zone, datetime.now(UTC)):
        say(line)


def _days(settings: HubSettings, options: argparse.Namespace) -> None:
    name, database = Name(options.name), open_database(settings)
    if options.days is not None:
        today = datetime.now(ZoneInfo(settings.time_zone)).date()
        days = wording.parse_days(options.days, today)
        if any(d.kind is Kind.NAMED for d in days):
            raise Failed("một danh sách ngày không gọi tên danh sách khác / a set of days names no other set")
        with database.write() as c:
            day_sets.put(c, name, days)
    with database.read() as c:
        say(wording.list_words(day_sets.day_sets(c).of(name)))


def _example(_settings: HubSettings, _options: argparse.Namespace) -> None:
    sys.stdout.write(example(HubSettings, HubSettings.__doc__ or ""))
