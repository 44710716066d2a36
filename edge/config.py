"""Where a node keeps its files, and how its processes read their settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from contract.settings import BadSettings, parse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paths:
    """The node's folders below one root: `/` on a Pi, any folder in a demo or a test."""

    root: Path

    @property
    def etc(self) -> Path:
        return self.root / "etc/loa"

    @property
    def state(self) -> Path:
        """What must survive a power cut: spool, ledgers, outboxes."""
        return self.root / "var/lib/loa"

    @property
    def run(self) -> Path:
        """What must not wear the card: summaries and doorbells, on a tmpfs."""
        return self.root / "run/loa"

    @property
    def spool(self) -> Path:
        return self.state / "spool"

    @property
    def secret(self) -> Path:
        return self.etc / "secret"

    @property
    def hub_ca(self) -> Path:
        return self.etc / "hub-ca.pem"

    def make(self) -> None:
        for folder in (self.etc, self.state, self.run, self.spool):
            folder.mkdir(parents=True, exist_ok=True)


def load(path: Path, kind: type[T]) -> T:
    """Read one settings file. Raises BadSettings, naming the file, where it is absent or wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from None
    return parse(text, kind, str(path))
