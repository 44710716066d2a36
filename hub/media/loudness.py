"""Loudness and true peak of frames at 48 kHz, by FFmpeg's ebur128 filter (EBU R128, ITU-R BS.1770-4).

Streams: the memory does not grow with the duration.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from av.audio import AudioFrame

from hub.media.graph import RATE, run, silence

FLOOR_LUFS = -70.0
"""The absolute gate of BS.1770-4: nothing quieter is counted, so nothing lower is ever measured."""

_TAIL_SAMPLES = RATE // 5
"""The filter speaks once per 100 ms of input; this silence brings out the peaks of the last piece."""
_PEAK_STEP = 0.0005
"""The filter prints peaks to 3 decimals; the upper end of that step is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """`duration_s` is what was measured; `true_peak_dbtp` is at most 0.005 dB above the real one at -1 dBTP."""

    integrated_lufs: float
    true_peak_dbtp: float
    duration_s: float


class Unmeasurable(Exception):
    """The samples are no numbers (a floating-point file may hold such)."""


def measure(frames: Iterable[AudioFrame]) -> Loudness:
    """Measure mono frames. FLOOR_LUFS where nothing passes the gate. Raises Unmeasurable."""
    feed = _Feed(frames)
    integrated, peak, position = FLOOR_LUFS, 0.0, 0
    filters = (("aformat", "sample_fmts=dblp"), ("ebur128", "peak=true:metadata=1:framelog=quiet"))
    for frame in run(feed, *filters):
        position += frame.samples
        told = frame.metadata
        if "lavfi.r128.true_peak" in told:
            peak = float(told["lavfi.r128.true_peak"])
            if position <= feed.samples:
                integrated = float(told["lavfi.r128.I"])
    return Loudness(
        integrated_lufs=max(FLOOR_LUFS, integrated),
        true_peak_dbtp=20 * math.log10(peak + _PEAK_STEP),
        duration_s=feed.samples / RATE,
    )


class _Feed:
    """The frames and then the silent tail; `samples` counts the frames alone."""

    def __init__(self, frames: Iterable[AudioFrame]) -> None:
        self._frames = frames
        self.samples = 0

    def __iter__(self) -> Iterator[AudioFrame]:
        for frame in self._frames:
            _require_numbers(frame)
            self.samples += frame.samples
            yield frame
        yield silence(_TAIL_SAMPLES, self.samples)


def _require_numbers(frame: AudioFrame) -> None:
    """One NaN would spoil every later sample of a filter, and the filter would not say so."""
    samples = memoryview(frame.planes[0]).cast("f")[: frame.samples]
    if not math.isfinite(sum(samples)):
        raise Unmeasurable(f"not a finite number near sample {frame.pts}")
