"""Frames through a chain of FFmpeg's filters, as a generator. Mono, 48 kHz, in and out."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain

import av
import av.filter
from av.audio import AudioFrame
from av.filter.context import FilterContext

RATE = 48_000
TIME_BASE = Fraction(1, RATE)


def run(frames: Iterable[AudioFrame], *filters: tuple[str, str], frame_size: int = 0) -> Iterator[AudioFrame]:
    """Push planar float frames through filters (name and arguments); `frame_size` cuts what comes out to pieces."""
    graph = av.filter.Graph()
    graph.threads = 1
    source = graph.add_abuffer(sample_rate=RATE, format="fltp", layout="mono", time_base=TIME_BASE)
    sink = graph.add("abuffersink")
    graph.link_nodes(source, *(graph.add(name, arguments) for name, arguments in filters), sink).configure()
    if frame_size:
        graph.set_audio_frame_size(frame_size)
    for frame in chain(frames, [None]):
        is_over = not _push(source, frame)
        yield from _drain(sink)
        if is_over:
            return


def silence(samples: int, position: int = 0) -> AudioFrame:
    """A frame of zeros that begins at sample `position`."""
    frame = AudioFrame("fltp", "mono", samples)
    frame.planes[0].update(bytes(frame.planes[0].buffer_size))
    frame.sample_rate = RATE
    frame.pts, frame.time_base = position, TIME_BASE
    return frame


def _push(source: FilterContext, frame: AudioFrame | None) -> bool:
    """False where the filters want no more: what is cut off at the end need not be read."""
    try:
        source.push(frame)
    except av.error.EOFError:
        return False
    return True


def _drain(sink: FilterContext) -> Iterator[AudioFrame]:
    while True:
        try:
            frame = sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(frame, AudioFrame)
        yield frame
