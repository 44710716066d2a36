"""Decodes an item's files, back to back, a few seconds ahead of the playhead, in a thread of its own.

Only Ogg Opus is decoded, from the descriptors given: FFmpeg never sees a name or an address. Holds at most
`AHEAD_S` of sound, however long the item.
"""

import os
import threading
from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.filter import Graph

from edge.speaker.timeline import RATE_HZ
from edge.speaker.track import Unusable, measure_frames

AHEAD_S = 4.0
PREROLL = RATE_HZ // 10
"""A decoder that begins in the middle is right after 80 ms (RFC 7845, 4.6)."""
_REST_S = 0.1


class Tape:
    """The samples of one item from `offset_s` on: mono, 16 bit, 48 kHz, volume applied. Takes over the descriptors."""

    def __init__(self, fds: Sequence[int], volume_pct: int, offset_s: float = 0.0) -> None:
        self.is_ready = threading.Event()
        """The first samples, or the reason why there are none, are there."""
        self.fault = ""
        self._fds = list(fds)
        self._volume = volume_pct / 100
        self._skip = round(offset_s * RATE_HZ)
        self._blocks: deque[array[int]] = deque()
        self._decoded = 0
        self._taken = 0
        self._is_done = False
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._decode_all, name="tape", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return self._is_done and not self._blocks

    @property
    def is_decoded(self) -> bool:
        """Whether nothing more is read from the files."""
        return self._is_done

    def take(self, frames: int) -> "array[int]":
        """Give the next samples. Never waits; called by the sound card's thread alone."""
        out = array("h")
        while self._blocks and len(out) < frames:
            block = self._blocks.popleft()
            room = frames - len(out)
            if len(block) > room:
                self._blocks.appendleft(block[room:])
            out.extend(block[:room])
        self._taken += len(out)
        return out

    def close(self) -> None:
        self._is_closed.set()
        self._thread.join()

    def _decode_all(self) -> None:
        try:
            while self._fds and not self._is_closed.is_set():
                with os.fdopen(self._fds.pop(0), "rb") as file:
                    length = measure_frames(file.fileno())
                    if self._skip < length:
                        self._decode_file(file)
                    self._skip = max(0, self._skip - length)
        except (OSError, ValueError, Unusable, av.error.FFmpegError) as error:
            self.fault = f"decoding: {error}"
        finally:
            for fd in self._fds:
                os.close(fd)
            self._is_done = True
            self.is_ready.set()

    def _decode_file(self, file: BinaryIO) -> None:
        file.seek(0)
        for block in _decode(file, self._volume, self._skip):
            if not self._put(block):
                return

    def _put(self, block: "array[int]") -> bool:
        """Hold a block until the playhead needs it. False once closed."""
        while self._decoded - self._taken > AHEAD_S * RATE_HZ:
            if self._is_closed.wait(_REST_S):
                return False
        self._blocks.append(block)
        self._decoded += len(block)
        self.is_ready.set()
        return not self._is_closed.is_set()


def _decode(file: BinaryIO, volume: float, skip: int) -> "Iterator[array[int]]":
    """Decode a file from its sample `skip` on."""
    with av.open(file, "r", format="ogg", metadata_errors="ignore") as container:
        streams = container.streams.audio
        if not streams or streams[0].codec_context.name != "opus":
            raise ValueError("no Opus stream")
        stream = streams[0]
        if skip > PREROLL:
            container.seek(skip - PREROLL, stream=stream)
        graph = _scale(stream, volume)
        for frame in container.decode(stream):
            at = 0 if frame.pts is None else frame.pts
            for block in _filter(graph, frame):
                yield block[max(0, skip - at) :]
                at += len(block)
        yield from _filter(graph, None)


def _scale(stream: AudioStream, volume: float) -> Graph:
    graph = Graph()
    form = f"sample_fmts=s16:channel_layouts=mono:sample_rates={RATE_HZ}"
    graph.link_nodes(
        graph.add_abuffer(template=stream),
        graph.add("volume", f"{volume:.4f}"),
        graph.add("aformat", form),
        graph.add("abuffersink"),
    ).configure()
    return graph


def _filter(graph: Graph, frame: AudioFrame | None) -> "Iterator[array[int]]":
    graph.push(frame)
    while True:
        try:
            out = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        if isinstance(out, AudioFrame):
            yield array("h", bytes(out.planes[0])[: 2 * out.samples])
