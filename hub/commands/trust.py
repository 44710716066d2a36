"""`loa-hub trust`: where the pages are, and the fingerprint that phones compare."""

import argparse
from datetime import UTC, datetime

from hub.commands.terminal import Parser, command, say
from hub.config import HubSettings
from hub.security import page_authority
from hub.security.addresses import own_names
from hub.web.doors import Doors


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    command(commands, "trust", _trust, "địa chỉ trang, dấu vân tay chứng chỉ / pages' address and fingerprint")


def _trust(settings: HubSettings, _options: argparse.Namespace) -> None:
    if not settings.has_own_page_authority:
        say(settings.page_address)
        return
    settings.home.make()
    now = datetime.now(UTC)
    made = page_authority.ensure(settings.home.page_keys, settings.public_host, own_names(), now)
    plain_port = settings.plain_port if settings.has_plain_door else 0
    doors = Doors(settings.public_host, lambda: made.names, settings.page_port, plain_port, made.ca_der)
    say(f"Mở trên điện thoại / open on a phone:  {doors.invitation('')}/trust")
    say(f"Trang / pages:  {doors.page_url(doors.invited(''))}")
    say(f"Dấu vân tay SHA-256 của chứng chỉ / fingerprint:\n{made.fingerprint}")
