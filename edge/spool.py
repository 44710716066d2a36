"""The meeting place of the link and the speaker: plan, commands and audio as files, and the doorbell.

Every file appears whole, by rename. What lies here is untrusted until the speaker has verified it.
"""

import contextlib
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contract import codec
from contract.orders import Audio
from edge.unix import named


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The sounds the speaker's accepted orders need, soonest first. `firm` of them must never be evicted:
    what airs within 48 hours, what pending commands wait for, and what is kept for emergencies."""

    audio: tuple[Audio, ...] = ()
    firm: int = 0


def write_atomic(path: Path, data: bytes, mode: int = 0o640) -> None:
    """Write so that after a power cut the file is either the old one or the new one, whole."""
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Spool:
    """`plan`, `commands/` and `audio/<sha256>` are written by the link, `wanted.json` by the speaker, and `grant`, a
    new key brought on a stick, by `loa-edge trust`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.audio = folder / "audio"
        self._plan = folder / "plan"
        self._grant = folder / "grant"
        self._commands = folder / "commands"
        self._wanted = folder / "wanted.json"
        for each in (folder, self.audio, self._commands):
            each.mkdir(parents=True, exist_ok=True)

    def put_plan(self, wire: bytes) -> None:
        write_atomic(self._plan, wire)

    def plan(self) -> bytes | None:
        """The newest plan as it came, or None before the first."""
        with contextlib.suppress(FileNotFoundError):
            return self._plan.read_bytes()
        return None

    def plan_stamp(self) -> tuple[int, int] | None:
        """Changes whenever a plan was put: cheap to ask every second."""
        with contextlib.suppress(FileNotFoundError):
            stat = self._plan.stat()
            return stat.st_mtime_ns, stat.st_ino
        return None

    def put_grant(self, wire: bytes) -> None:
        write_atomic(self._grant, wire, 0o660)

    def grant(self) -> bytes | None:
        """A new key that waits to be judged."""
        with contextlib.suppress(FileNotFoundError):
            return self._grant.read_bytes()
        return None

    def drop_grant(self) -> None:
        """It was judged."""
        self._grant.unlink(missing_ok=True)

    def put_command(self, wire: bytes, order: int) -> None:
        """Spool a command; `order` (any rising number) keeps them in the order of arrival."""
        write_atomic(self._commands / f"{order:020d}", wire)

    def commands(self) -> Iterator[tuple[Path, bytes]]:
        """The waiting commands, oldest first. The speaker unlinks each once it is done with it."""
        for path in sorted(p for p in self._commands.iterdir() if not p.name.startswith(".")):
            with contextlib.suppress(FileNotFoundError):
                yield path, path.read_bytes()

    def put_wanted(self, wanted: Wanted) -> None:
        write_atomic(self._wanted, codec.encode(wanted))

    def wanted(self) -> Wanted:
        """What the speaker wants on disk; nothing while it has not said so."""
        with contextlib.suppress(FileNotFoundError, codec.Malformed):
            return codec.decode(self._wanted.read_bytes(), Wanted)
        return Wanted()

    def audio_path(self, sha256: str) -> Path:
        return self.audio / sha256


class Doorbell:
    """A Unix datagram socket to wait at. A lost ring costs one look, never an announcement."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        with named(path) as name:
            self._socket.bind(name)
        path.chmod(0o660)

    def wait(self, timeout_s: float) -> bool:
        """Wait for a ring for at most `timeout_s`; True if someone rang. Further rings are drained."""
        self._socket.settimeout(max(timeout_s, 0.001))
        try:
            self._socket.recv(16)
        except TimeoutError:
            return False
        self._socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(16)
        return True

    def close(self) -> None:
        self._socket.close()


def ring(path: Path) -> None:
    """Ring a doorbell; nobody at home is no error."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
        bell.setblocking(False)
        with contextlib.suppress(OSError), named(path) as name:
            bell.sendto(b"!", name)
