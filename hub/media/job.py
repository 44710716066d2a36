"""What the intake and its decoding child say to each other: one job down, JSON lines up. Pure data."""

from dataclasses import dataclass, field

import msgspec

from contract.form import require
from hub.media.cut import Cut
from hub.media.rejection import Cause
from hub.media.waveform import Waveform

TARGET_LUFS = -16.0
"""Integrated loudness of everything stored (EBU R128, one channel).

Read speech peaks 15 to 17 dB above its loudness, so -16 LUFS is as loud as it gets below -1 dBTP with hardly any
limiting, and every recording drives the amplifier alike. Broadcasting's -23 would leave 7 dB of the horn unused.
"""
TRUE_PEAK_MAX_DBTP = -1.0
"""EBU R128's ceiling: what a digital-to-analogue converter still reproduces without clipping."""

LONGEST_S = 2 * 3600.0
"""Two hours of the stored form are 58 MB; the contract's largest audio is 67 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLimits:
    """What one upload may cost. Raises ValueError for what cannot be kept."""

    max_bytes: int = 200_000_000
    max_duration_s: float = LONGEST_S
    min_duration_s: float = 0.5
    memory_mb: int = 512
    wall_s: float = 1800.0

    def __post_init__(self) -> None:
        require(0 < self.min_duration_s <= self.max_duration_s <= LONGEST_S, f"durations: up to {LONGEST_S:g} s")
        require(self.max_bytes > 0 and self.memory_mb > 0 and self.wall_s > 0, "limits: above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The child's orders. The sound is its standard input; it writes what is to be stored to `out_fd`, or only looks at
    the sound where there is none."""

    out_fd: int | None
    limits: IntakeLimits = field(default_factory=IntakeLimits)
    target_lufs: float = TARGET_LUFS
    cut: Cut | None = None


class Progress(msgspec.Struct, tag="progress", frozen=True):
    """How far the child is: 0 to 1, never falling."""

    fraction: float


class Done(msgspec.Struct, tag="done", frozen=True):
    """The sound is written, or was looked at; these were measured on what was written, or seen."""

    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    waveform: Waveform


class Refused(msgspec.Struct, tag="refused", frozen=True):
    """The upload cannot be used; `detail` is for the technician."""

    cause: Cause
    detail: str = ""


Report = Progress | Done | Refused
