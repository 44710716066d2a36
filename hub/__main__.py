"""The command line of the hub. What can be asked of it is in `commands`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from contract.settings import BadSettings
from hub import config
from hub.commands import keys, nodes, people, speak, trust, upkeep
from hub.commands.terminal import Failed, Parser, command
from hub.config import HubSettings
from hub.nodes.broker import BrokerFailed
from hub.ports import PortTaken
from hub.rules.reading import Misread
from hub.store.database import NewerSchema


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


def _serve(settings: HubSettings, _options: argparse.Namespace) -> None:
    from hub.app import serve  # the other commands must not load the web

    serve(settings)


def _parser() -> Parser:
    parser = Parser(prog="loa-hub", description="Loa Làng: máy chủ / the hub")
    parser.add_argument("--config", type=Path, default=config.DEFAULT_FILE, help="hub.toml (%(default)s)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command(commands, "serve", _serve, "chạy hub / run the hub")
    for topic in (people, nodes, trust, keys, speak, upkeep):
        topic.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
