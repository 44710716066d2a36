"""How loud to make a sound, and what to change when the stored form did not come out so. Pure arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.media.job import TRUE_PEAK_MAX_DBTP
from hub.media.loudness import Loudness

_TOLERANCE_LU = 0.5
"""Half of the promised 1 LU, so that another meter agrees too."""
_FIRST_CEILING_DBTP = -2.0
"""Opus at 64 kbit/s lifted the peaks of limited speech by 0.4 to 0.7 dB; one dB of room mostly saves a second try."""
_CEILING_STEP_DB = 0.1
_SLOPE_MIN = 0.25
"""A limiter gives back only a part of each dB; of a recorded drum 0.4. Less than this is not believed."""

_DRIVE_MAX_DB = 20.0
"""How far a sound may be driven into the limiter; beyond, what gets loud is the noise between its bursts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levelling:
    """What to do to the samples: a gain, then a limiter for true peaks above the ceiling where `has_limiter`."""

    gain_db: float
    ceiling_dbtp: float
    has_limiter: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A levelling and what was measured on its stored form."""

    levelling: Levelling
    stored: Loudness


def is_level(stored: Loudness, target_lufs: float) -> bool:
    is_loud = abs(stored.integrated_lufs - target_lufs) <= _TOLERANCE_LU
    return is_loud and stored.true_peak_dbtp <= TRUE_PEAK_MAX_DBTP


def choose(source: Loudness, target_lufs: float, trials: Sequence[Trial]) -> Levelling | None:
    """The levelling to try next, after trials that all missed; None where a limiter cannot do it decently."""
    plain_gain_db = target_lufs - source.integrated_lufs
    if not trials:
        return _limit(source, plain_gain_db, _FIRST_CEILING_DBTP)
    last = trials[-1]
    gain_db = last.levelling.gain_db + (target_lufs - last.stored.integrated_lufs) / _slope(trials)
    if gain_db > plain_gain_db + _DRIVE_MAX_DB:
        return None
    excess_db = last.stored.true_peak_dbtp - TRUE_PEAK_MAX_DBTP
    lowered_db = excess_db + _CEILING_STEP_DB if excess_db > 0 else 0.0
    return _limit(source, gain_db, last.levelling.ceiling_dbtp - lowered_db)


def _limit(source: Loudness, gain_db: float, ceiling_dbtp: float) -> Levelling:
    has_limiter = source.true_peak_dbtp + gain_db > ceiling_dbtp
    return Levelling(gain_db=gain_db, ceiling_dbtp=ceiling_dbtp, has_limiter=has_limiter)


def _slope(trials: Sequence[Trial]) -> float:
    """How many LU the last two trials won with each dB of gain; 1 as long as nobody knows."""
    if len(trials) < 2:
        return 1.0
    before, last = trials[-2:]
    gained_db = last.levelling.gain_db - before.levelling.gain_db
    if abs(gained_db) < 0.1:
        return 1.0
    won_lu = last.stored.integrated_lufs - before.stored.integrated_lufs
    return min(1.0, max(_SLOPE_MIN, won_lu / gained_db))
