"""What is left of a sound when it is cut: a stretch of it, faded in and out. Pure."""

import math
from dataclasses import dataclass

from contract.form import require

FADE_MAX_S = 30.0
EDGE_S = 0.01
"""Every cut fades at least this long: within a wave it would click."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """From `start_s` up to `end_s` of the sound. Raises ValueError for what is no stretch of time."""

    start_s: float
    end_s: float
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0

    def __post_init__(self) -> None:
        require(math.isfinite(self.end_s) and 0 <= self.start_s < self.end_s, "a cut ends after it starts")
        fades = (self.fade_in_s, self.fade_out_s)
        require(all(0 <= fade <= FADE_MAX_S for fade in fades), f"a fade lasts 0 to {FADE_MAX_S:g} s")

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """The same in FFmpeg's words."""
        fade_in_s, fade_out_s = (min(max(EDGE_S, fade), self.length_s) for fade in (self.fade_in_s, self.fade_out_s))
        return (
            ("atrim", f"start={self.start_s:.6f}:end={self.end_s:.6f}"),
            ("asetpts", "PTS-STARTPTS"),
            ("afade", f"type=in:duration={fade_in_s:.6f}"),
            ("afade", f"type=out:start_time={self.length_s - fade_out_s:.6f}:duration={fade_out_s:.6f}"),
        )
