"""The sending child: `python -m hub.alerts.sender`, a letter on standard input, the answer on standard output.

apprise with its 200 services takes tens of megabytes and a second, so it is loaded here, and gone with the answer. What
an address can make it do is limited first: no file is opened, no program is run, nothing on this machine is spoken to
but by the network. Its parent may kill it at any moment.
"""

import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import apprise
import certifi
import msgspec

from hub.alerts.letter import Answer, Fault, Letter

FORBIDDEN = frozenset({"blink1", "dbus", "glib", "gnome", "macosx", "syslog", "windows"})
"""apprise's modules that talk to this machine rather than to a person."""
READ_TIMEOUT_S = 10.0
_READABLE = (sys.prefix, sys.base_prefix, certifi.where(), "/etc/mime.types", "/dev/null", "/dev/urandom")
_PROGRAMS = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "pty.", "ctypes.dlopen")
_STATUS = re.compile(r"(?:error=|error: |\()(\d{3})\b")
_BY_STATUS = {401: Fault.LOGIN, 403: Fault.LOGIN, 404: Fault.NOT_FOUND, 410: Fault.NOT_FOUND, 429: Fault.TOO_MANY}
_LOGIN = re.compile(r"\b(?:530|534|535)\b|authenticat", re.IGNORECASE)
_TIMEOUT = re.compile(r"timed? ?out", re.IGNORECASE)
_UNREACHABLE = re.compile(r"connection|socket|resol|refused|network", re.IGNORECASE)


def main() -> int:
    letter = msgspec.json.decode(sys.stdin.buffer.read(), type=Letter)
    sys.stdout.buffer.write(msgspec.json.encode(_run(letter)))
    return 0


def _run(letter: Letter) -> Answer:
    with _overheard() as said:
        apprise.Apprise.instantiate("json://localhost")  # loads all services
        confine()
        service = _service(letter.url)
        if isinstance(service, Fault):
            return Answer(service)
        if letter.is_check:
            return Answer()
        service.socket_read_timeout = READ_TIMEOUT_S
        if type(service).__name__ == "NotifyJSON":
            service.payload_extras.update(letter.document)
        is_sent = service.notify(body=letter.text, title=letter.subject, body_format=apprise.NotifyFormat.TEXT)
        return Answer(None if is_sent else classify(said))


def _service(url: str) -> Any:
    """The service behind an address, or why there is none to be used."""
    asset = apprise.AppriseAsset(
        storage_mode=apprise.PersistentStoreMode.MEMORY, http_redirects=False, async_mode=False
    )
    found = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if found is None:
        return Fault.BAD_ADDRESS
    if found.overflow_mode is apprise.OverflowMode.UPSTREAM:  # as is: Zalo refuses what is longer than 2,000 characters
        found.overflow_mode = apprise.OverflowMode.SPLIT
    module = type(found).__module__.removeprefix("apprise.plugins.").partition(".")[0]
    return Fault.FORBIDDEN if module in FORBIDDEN else found


def confine() -> None:
    """From now on this process opens no file of anybody's, writes none, runs nothing and knows no local socket."""

    def judge(event: str, arguments: tuple[Any, ...]) -> None:
        is_bad = event.startswith(_PROGRAMS)
        if event == "open":
            path, mode, flags = (*arguments, None, None)[:3]
            is_bad = not isinstance(path, int) and (is_writing(mode, flags) or not is_readable(os.fsdecode(path)))
        elif event == "socket.connect":
            is_bad = not isinstance(arguments[1], tuple)
        if is_bad:
            raise PermissionError(f"an alert may not: {event}")

    sys.addaudithook(judge)


def is_readable(path: str) -> bool:
    return path.startswith(_READABLE) and ".." not in path


def is_writing(mode: str | None, flags: int | None) -> bool:
    return bool(set(mode or "") & set("wax+")) or bool((flags or 0) & 0o3)


def classify(said: list[str]) -> Fault:
    """Why nothing arrived, from what apprise says on the way; its words stay here, for they may hold secrets."""
    text = "\n".join(said)
    for status in (int(found) for found in _STATUS.findall(text)):
        if status in _BY_STATUS:
            return _BY_STATUS[status]
        if 500 <= status < 600 and not _LOGIN.search(text):
            return Fault.BROKEN
    for pattern, fault in ((_LOGIN, Fault.LOGIN), (_TIMEOUT, Fault.TIMEOUT), (_UNREACHABLE, Fault.UNREACHABLE)):
        if pattern.search(text):
            return fault
    return Fault.OTHER


class _Ear(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextmanager
def _overheard() -> Iterator[list[str]]:
    ear, logger = _Ear(), logging.getLogger("apprise")
    logger.handlers, logger.propagate = [ear], False
    logger.setLevel(logging.DEBUG)
    yield ear.said


if __name__ == "__main__":
    sys.exit(main())
