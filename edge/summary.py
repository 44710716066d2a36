"""What each process says of itself right now: one small file on the tmpfs, read by the link for the heartbeat.

Losing one costs nothing: the next is written within seconds.
"""

import contextlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from contract import codec
from contract.limits import Limits
from contract.orders import Counter
from contract.reports import CameraReport, ClockReport, NetworkReport, TargetReport, Vitals
from contract.terms import Reason

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerSummary:
    """The speaker's word: what it accepted, what it plays, what is wrong with its sound."""

    at: datetime
    limits: Limits
    clock: ClockReport
    plan: Counter | None = None
    command: Counter | None = None
    kid: str = ""
    refused: Reason = Reason.NONE
    missing: tuple[str, ...] = ()
    missing_count: int = 0
    on_air: str = ""
    nonce: str = ""
    sound_fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSummary:
    """The camera process's word: each camera of which something is known."""

    at: datetime
    cameras: tuple[CameraReport, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NetmonSummary:
    """Netmon's word: the machine's health, each target of which something is known, and what they mean together."""

    at: datetime
    vitals: Vitals
    targets: tuple[TargetReport, ...] = ()
    network: NetworkReport | None = None


Summary = SpeakerSummary | CameraSummary | NetmonSummary


def post(folder: Path, name: str, summary: Summary) -> None:
    """Put a summary where the link finds it. No fsync: it lives on a tmpfs and dies with the boot."""
    part = folder / f".{name}.part"
    part.write_bytes(codec.encode(summary))
    part.rename(folder / f"{name}.json")


def read(folder: Path, name: str, kind: type[T]) -> T | None:
    """The newest summary of a process; None where it has not spoken, or not in a form known here."""
    with contextlib.suppress(OSError, codec.Malformed):
        return codec.decode((folder / f"{name}.json").read_bytes(), kind)
    return None
