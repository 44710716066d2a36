"""How the speaker, which has no network, says which stream it wants: three files in the run folder.

`stream.json` is its wish, `stream.sock` the door where the samples are brought (mono, 16 bit, 48 kHz), and
`stream-trouble` why they do not come, in the words of the link's child.
"""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from contract import codec
from contract.form import MAX_TEXT, require, require_stream


@dataclass(frozen=True, slots=True)
class Wish:
    """Which stream the speaker wants, as the signed cue says it, and from when to when in monotonic seconds."""

    address: str
    from_s: float
    until_s: float

    def __post_init__(self) -> None:
        require_stream("address", self.address)
        require(0 <= self.until_s - self.from_s <= 90_000, "until_s: after from_s, at most a day")


def door(run: Path) -> Path:
    return run / "stream.sock"


def ask(run: Path, wish: Wish) -> None:
    """Put the speaker's wish where the link finds it. Raises OSError."""
    part = run / ".stream.part"
    part.write_bytes(codec.encode(wish))
    part.rename(run / "stream.json")


def withdraw(run: Path) -> None:
    """Nothing is wanted any more. Raises OSError."""
    (run / "stream.json").unlink(missing_ok=True)
    door(run).unlink(missing_ok=True)


def read(run: Path) -> Wish | None:
    """What the speaker wants now; None for nothing, or nothing that can be understood."""
    with contextlib.suppress(OSError, codec.Malformed):
        return codec.decode((run / "stream.json").read_bytes(), Wish)
    return None


def trouble(run: Path) -> str:
    """Why the stream does not come, in the words of the link's child; '' where it does."""
    with contextlib.suppress(OSError):
        return (run / "stream-trouble").read_text(encoding="utf-8", errors="replace")[:MAX_TEXT]
    return ""


def put_trouble(run: Path, text: str) -> None:
    """Raises OSError."""
    part = run / ".stream-trouble.part"
    part.write_text(text[:MAX_TEXT], encoding="utf-8")
    part.rename(run / "stream-trouble")
