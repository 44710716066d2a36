"""How loud a sound is along its length: what is drawn of it, and where something is heard in it. Pure arithmetic."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contract.form import require

COLUMNS = 400
"""Of a drawing: more than a phone is wide, and 800 bytes a recording."""
STEP_S = 0.01
"""A level is taken this often: a cycle of the deepest voice."""
LOUD_DBFS = -36.0
"""What is stored has -16 LUFS: this is 20 below the words themselves, and above the hiss of a phone's microphone."""
FAINT_DBFS = -48.0
"""A word that was found goes on, before and after, for as long as it is not fainter than this."""
LOUD_STEPS = 5
"""A click is loud for less than 50 ms; no syllable is."""
MARGIN_S = 0.3
"""What stays before the first word and after the last: a breath, and the consonants that no meter notices."""
_SILENT = 1e-12

Levels = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waveform:
    """What is known of a sound's course. Raises ValueError for what cannot be.

    `peaks` and `means` (root mean square) hold COLUMNS levels each, from 0 to 255 for full scale. From `begins_s` to
    `ends_s` something is heard, with MARGIN_S around it; before and after there is silence.
    """

    peaks: bytes
    means: bytes
    begins_s: float
    ends_s: float

    def __post_init__(self) -> None:
        require(len(self.peaks) == len(self.means) == COLUMNS, f"a waveform has {COLUMNS} columns")
        require(0 <= self.begins_s <= self.ends_s, "a waveform begins before it ends")


def draw(peaks: Levels, powers: Levels) -> Waveform:
    """From the highest amplitude and the mean power of each step, in order."""
    begins_s, ends_s = heard(powers)
    starts = np.arange(COLUMNS) * len(peaks) // COLUMNS
    widths = np.maximum(np.diff(np.append(starts, len(peaks))), 1)
    return Waveform(
        peaks=_bytes(np.maximum.reduceat(peaks, starts)),
        means=_bytes(np.sqrt(np.add.reduceat(powers, starts) / widths)),
        begins_s=begins_s,
        ends_s=ends_s,
    )


def heard(powers: Levels) -> tuple[float, float]:
    """From when to when something is heard, with MARGIN_S around it: all of it where nothing is.

    With hysteresis: what was loud for LOUD_STEPS is heard, and so is what leads up to it and dies away after it.
    """
    length_s = len(powers) * STEP_S
    levels = 10 * np.log10(np.maximum(powers, _SILENT))
    is_loud = levels >= LOUD_DBFS
    if len(powers) < LOUD_STEPS:
        return 0.0, length_s
    runs = np.flatnonzero(np.lib.stride_tricks.sliding_window_view(is_loud, LOUD_STEPS).all(axis=1))
    if not runs.size:
        return 0.0, length_s
    faint = np.flatnonzero(levels < FAINT_DBFS)
    first, last = int(runs[0]), int(runs[-1]) + LOUD_STEPS - 1
    before, after = faint[faint < first], faint[faint > last]
    begins_s = (int(before[-1]) + 1) * STEP_S if before.size else 0.0
    ends_s = int(after[0]) * STEP_S if after.size else length_s
    return max(0.0, begins_s - MARGIN_S), min(length_s, ends_s + MARGIN_S)


def _bytes(levels: Levels) -> bytes:
    return np.clip(np.rint(levels * 255), 0, 255).astype(np.uint8).tobytes()
