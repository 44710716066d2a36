"""From an upload to mono frames at 48 kHz, in full or not at all: whatever is missing or broken is refused.

Runs in the child. Only the demuxer that the file's own bytes ask for is used, and only decoders on the list. What no
one can see: an MP3 without an encoder's index (or one behind 256 kB of tags) that was cut between two frames.
"""

import os
from collections.abc import Callable, Iterator
from typing import BinaryIO

import av
from av.audio import AudioFrame, AudioStream
from av.container import InputContainer

from hub.media.graph import RATE, TIME_BASE
from hub.media.job import IntakeLimits
from hub.media.rejection import Cause
from hub.media.sniff import HEAD_BYTES, TAIL_BYTES, Kind, sniff

Watch = Callable[[float], None]

_PCM = ("u8", "s16le", "s24le", "s32le", "f32le", "f64le", "alaw", "mulaw")
_DECODERS = {"mp3float", "mp3", "aac", "alac", "flac", "opus", "vorbis", "adpcm_ms", "adpcm_ima_wav"}
_DECODERS |= {f"pcm_{form}" for form in _PCM}
_RATES = range(4_000, 384_001)
_CHANNELS_MAX = 8
_EDGE_PACKETS = 2
"""MP3 players and cutters leave half a frame at either end: this many packets there may fail, none between."""
_SHORTFALL_MAX_S = 0.1
"""How much less than declared may come out: the encoder's own delay and padding, at most 60 ms in what we tried."""


class Unusable(Exception):
    """The upload cannot be used; the reason is the file's, not ours."""

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail


def recognise(file: BinaryIO) -> Kind:
    """Find out what an upload is. Raises Unusable (NOT_AUDIO, or DAMAGED where it was visibly cut off)."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL_BYTES))
    tail = file.read(TAIL_BYTES)
    file.seek(0)
    kind = sniff(file.read(HEAD_BYTES), tail, size)
    if kind is None:
        raise Unusable(Cause.NOT_AUDIO, "no known magic bytes")
    if kind.is_cut:
        raise Unusable(Cause.DAMAGED, f"{kind.demuxer}: shorter than its header says")
    return kind


def read_upload(file: BinaryIO, kind: Kind, limits: IntakeLimits, watch: Watch) -> Iterator[AudioFrame]:
    """Decode all of an upload, as read_mono does; `watch` hears the part of the file read so far, 0 to 1.

    Raises Unusable, at the latest after the last frame.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    try:
        with _open(file, kind.demuxer) as container:
            stream = _choose(container)
            yield from _to_mono(_Decoding(stream, kind, limits).frames(container, lambda: watch(file.tell() / size)))
    except MemoryError:
        raise
    except (av.error.FFmpegError, ValueError) as error:
        raise Unusable(Cause.DAMAGED, f"{kind.demuxer}: {error}") from error


def read_stored(file: BinaryIO) -> Iterator[AudioFrame]:
    """Decode a sound in the stored form."""
    file.seek(0)
    with _open(file, "ogg") as container:
        yield from _to_mono(container.decode(container.streams.audio[0]))


def _open(file: BinaryIO, demuxer: str) -> InputContainer:
    """Open for reading. Tags in old Vietnamese encodings are no reason to refuse, so their bytes are replaced."""
    options = {"protocol_whitelist": "none", "codec_whitelist": ",".join(_DECODERS)}
    return av.open(file, mode="r", format=demuxer, container_options=options, metadata_errors="replace")


def _choose(container: InputContainer) -> AudioStream:
    if not container.streams.audio:
        raise Unusable(Cause.NOT_AUDIO, "no sound inside")
    stream = container.streams.audio[0]
    codec = stream.codec_context
    if codec is None or codec.name not in _DECODERS:
        raise Unusable(Cause.NOT_AUDIO, f"codec {codec.name if codec is not None else 'unknown'}")
    codec.thread_count = 1
    if codec.name == "flac":
        codec.options = {"err_detect": "crccheck+explode"}
    return stream


class _Decoding:
    """One pass over a stream, with the book of what was promised, read, heard and lost."""

    def __init__(self, stream: AudioStream, kind: Kind, limits: IntakeLimits) -> None:
        self._stream = stream
        self._kind = kind
        self._limits = limits
        self._packets = 0
        self._failed: list[int] = []
        self._read_s = 0.0
        self._heard_s = 0.0

    def frames(self, container: InputContainer, watch: Callable[[], None]) -> Iterator[AudioFrame]:
        for packet in container.demux(self._stream):
            if packet.is_corrupt:
                raise Unusable(Cause.DAMAGED, f"cut off within packet {self._packets}")
            if packet.size:
                self._packets += 1
                self._read_s += float((packet.duration or 0) * packet.time_base)
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                self._failed.append(self._packets)
                continue
            for frame in frames:
                self._judge(frame)
                yield frame
            watch()
        self._settle()

    def _judge(self, frame: AudioFrame) -> None:
        if frame.sample_rate not in _RATES or frame.layout.nb_channels > _CHANNELS_MAX:
            detail = f"{frame.sample_rate} Hz, {frame.layout.nb_channels} channels"
            raise Unusable(Cause.NOT_AUDIO, detail)
        self._heard_s += frame.samples / frame.sample_rate
        if self._heard_s > self._limits.max_duration_s:
            raise Unusable(Cause.TOO_LONG, f"more than {self._limits.max_duration_s:g} s")

    def _settle(self) -> None:
        inner = [n for n in self._failed if _EDGE_PACKETS < n <= self._packets - _EDGE_PACKETS]
        if inner:
            raise Unusable(Cause.DAMAGED, f"{len(inner)} of {self._packets} packets, the first is {inner[0]}")
        stream = self._stream
        if not self._kind.has_length or not stream.duration or stream.time_base is None:
            return
        promised_s = float(stream.duration * stream.time_base)
        missing_s = promised_s - max(self._heard_s, self._read_s)
        if missing_s > _SHORTFALL_MAX_S:
            raise Unusable(Cause.DAMAGED, f"{promised_s:.2f} s declared, {missing_s:.2f} s of it missing")


def _to_mono(frames: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
    """Mix to one channel at 48 kHz, counted from 0. The form may change on the way (joined MP3 files do that)."""
    position = 0
    for frame in _resample(frames):
        frame.pts = position
        frame.time_base = TIME_BASE
        position += frame.samples
        yield frame


def _resample(frames: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
    resampler: av.AudioResampler | None = None
    form: tuple[str, str, int] | None = None
    for frame in frames:
        new_form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if resampler is None or form != new_form:
            if resampler is not None:
                yield from resampler.resample(None)
            resampler, form = av.AudioResampler("fltp", "mono", RATE), new_form
        frame.pts = None
        yield from resampler.resample(frame)
    if resampler is not None:
        yield from resampler.resample(None)
