"""Gain, a true-peak limiter where it is needed, and the one stored form: Ogg Opus, mono, 48 kHz, 64 kbit/s."""

from collections.abc import Iterable
from typing import BinaryIO

import av
from av.audio import AudioFrame, AudioStream
from av.codec.context import Flags as CodecFlags

from hub.media.graph import RATE, TIME_BASE, run
from hub.media.levelling import Levelling

BIT_RATE = 64_000
_FRAME_SAMPLES = RATE // 50
"""Opus' usual frame of 20 ms."""
_OVERSAMPLED = 4 * RATE
"""BS.1770-4 reads true peaks at four times 48 kHz; a limiter working there sees the same peaks."""


def write_opus(frames: Iterable[AudioFrame], out: BinaryIO, levelling: Levelling) -> None:
    """Write frames to an empty `out`. The same frames give the same bytes: no date, no random serial number."""
    filters = [*_level_filters(levelling), ("aformat", "sample_fmts=flt")]
    with av.open(out, mode="w", format="ogg", container_options={"fflags": "+bitexact"}) as container:
        options = {"application": "audio", "vbr": "constrained", "frame_duration": "20"}
        stream = container.add_stream("libopus", rate=RATE, options=options, layout="mono", bit_rate=BIT_RATE)
        assert isinstance(stream, AudioStream)
        stream.codec_context.flags |= CodecFlags.bitexact
        position = 0
        for frame in run(frames, *filters, frame_size=_FRAME_SAMPLES):
            frame.pts, frame.time_base = position, TIME_BASE
            position += frame.samples
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _level_filters(levelling: Levelling) -> list[tuple[str, str]]:
    gain = ("volume", f"volume={levelling.gain_db:.3f}dB:precision=float")
    if not levelling.has_limiter:
        return [gain]
    limit = 10 ** (levelling.ceiling_dbtp / 20)
    return [
        gain,
        ("aresample", f"{_OVERSAMPLED}"),
        ("alimiter", f"limit={limit:.6f}:level=0:latency=1"),
        ("aresample", f"{RATE}"),
    ]
