"""What the commands share: the words of a person's mistake, the parser, the database and the keys."""

import argparse
import sys
from collections.abc import Callable
from typing import NoReturn

from hub.config import HubSettings
from hub.security import keys
from hub.security.keys import HubKeys
from hub.store.database import Database

Act = Callable[[HubSettings, argparse.Namespace], None]


class Failed(Exception):
    """A command that could not be done; the text is for the person who typed it."""


class Parser(argparse.ArgumentParser):
    """Says in Vietnamese too that a command was typed wrong."""

    def error(self, message: str) -> NoReturn:
        self.exit(1, f"{self.prog}: gõ chưa đúng, xem / mistyped, see:  {self.prog} --help\n    {message}\n")


def command(commands: "argparse._SubParsersAction[Parser]", name: str, act: Act, text: str) -> Parser:
    """Add one command, to which its arguments are then added."""
    added = commands.add_parser(name, help=text)
    added.set_defaults(act=act)
    return added


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


def open_database(settings: HubSettings) -> Database:
    """The hub's database, brought to the newest schema."""
    settings.home.make()
    database = Database(settings.database_url)
    database.migrate()
    return database


def load_keys(settings: HubSettings) -> HubKeys:
    """The hub's keys, made where there are none yet."""
    settings.home.make()
    return keys.load(settings.home.keys) or keys.create(settings.home.keys)
