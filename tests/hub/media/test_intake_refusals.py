"""A bad upload gets one reason and leaves nothing: no sound, no draft, no temporary file, no child, no connection."""

import os
import signal
import socket
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from hub.media.intake import receive
from hub.media.job import IntakeLimits
from hub.media.rejection import Rejected
from hub.media.shelf import Shelf

pytestmark = pytest.mark.real

RATE = 48_000
Samples = NDArray[np.float64]


def tone(duration_s: float) -> Samples:
    time_s = np.arange(int(duration_s * RATE)) / RATE
    return np.asarray(0.3 * np.sin(2 * np.pi * 440 * time_s) * (1 + np.sin(2 * np.pi * 3 * time_s)) / 2)


def wav(data: bytes, claimed: int | None = None, form: int = 1, rate: int = RATE, bits: int = 16) -> bytes:
    """A WAV file by hand, so that its header may lie."""
    head = struct.pack("<IHHIIHH", 16, form, 1, rate, rate * bits // 8, bits // 8, bits)
    length = struct.pack("<I", len(data) if claimed is None else claimed)
    return b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + head + b"data" + length + data


def children() -> list[int]:
    """The decoding processes that were started here and not buried; other tests' children are not meant."""
    ours = (child for child in psutil.Process().children() if "hub.media.transcode" in words_of(child))
    return [child.pid for child in ours]


def words_of(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:
        return []


@pytest.fixture
def refuse(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upload: Callable[[bytes], Path]
) -> Iterator[Callable[..., Rejected]]:
    """Expect a refusal; afterwards nothing may be left of the upload but the file itself."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))

    def expect(
        data: bytes | Path, limits: IntakeLimits | None = None, progress: Callable[[float], None] = lambda _: None
    ) -> Rejected:
        with pytest.raises(Rejected) as caught:
            receive(data if isinstance(data, Path) else upload(data), shelf, limits, progress)
        return caught.value

    yield expect
    assert list(shelf.folder.iterdir()) == []
    assert list(scratch.iterdir()) == []
    assert children() == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "empty", id="0 bytes"),
        pytest.param("Kính gửi bà con\n".encode() * 100, "not_audio", id="text"),
        pytest.param(b"PK\x03\x04" + bytes(5000), "not_audio", id="zip"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(5000), "not_audio", id="picture"),
        pytest.param(b"ID3\x04\0\0\0\0\0\0" + b"text" * 500, "damaged", id="tag, then text"),
        pytest.param(b"\xff\xfb\x90\x00" * 5000, "damaged", id="MP3 headers only"),
        pytest.param(b"OggS" + bytes(5000), "damaged", id="Ogg magic only"),
        pytest.param(b"\0\0\0\x18ftypM4A " + bytes(5000), "damaged", id="M4A magic only"),
        pytest.param(wav(bytes(20_000), claimed=0xFFFF_FFFF), "damaged", id="WAV claims 4 GB"),
        pytest.param(wav(bytes(200_000), rate=1), "not_audio", id="1 Hz: 100,000 s in 200 kB"),
        pytest.param(wav(bytes(200_000), rate=0xFFFF_FFFF // 8), "not_audio", id="537 MHz"),
        pytest.param(wav(bytes(RATE * 4)), "silent", id="silence"),
        pytest.param(wav((tone(2) * 30).astype("<i2").tobytes()), "silent", id="next to silence"),
        pytest.param(wav((tone(0.3) * 30_000).astype("<i2").tobytes()), "too_short", id="0.3 s"),
        pytest.param(wav(b""), "too_short", id="no samples"),
        pytest.param(wav(np.full(RATE, np.nan, "<f4").tobytes(), form=3, bits=32), "damaged", id="not a number"),
        pytest.param(wav(np.full(RATE, np.inf, "<f4").tobytes(), form=3, bits=32), "damaged", id="infinite"),
    ],
)
def test_what_cannot_be_aired_is_refused(data: bytes, code: str, refuse: Callable[..., Rejected]) -> None:
    assert refuse(data).code == code


@pytest.mark.parametrize(
    ("container", "codec", "options"),
    [
        pytest.param("wav", "pcm_s16le", {}, id="wav"),
        pytest.param("mp3", "libmp3lame", {}, id="mp3"),
        pytest.param("flac", "flac", {}, id="flac"),
        pytest.param("ipod", "aac", {}, id="m4a, index lost"),
        pytest.param("ipod", "aac", {"movflags": "+faststart"}, id="m4a, index first"),
        pytest.param("ogg", "libopus", {}, id="ogg opus"),
        pytest.param("ogg", "flac", {}, id="ogg flac"),
    ],
)
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_file_that_lost_its_end_is_damaged(
    container: str,
    codec: str,
    options: dict[str, str],
    part: float,
    encode: Callable[..., bytes],
    refuse: Callable[..., Rejected],
) -> None:
    whole = encode(tone(5), container, codec, **options)
    assert refuse(whole[: int(len(whole) * part)]).code == "damaged"


@pytest.mark.parametrize(
    ("container", "codec"),
    [("mp3", "libmp3lame"), ("flac", "flac"), ("ipod", "aac"), ("ogg", "libopus"), ("ogg", "flac")],
)
def test_a_hole_in_the_middle_is_damage(
    container: str, codec: str, encode: Callable[..., bytes], refuse: Callable[..., Rejected]
) -> None:
    whole = encode(tone(5), container, codec)
    third = len(whole) // 3
    assert refuse(whole[:third] + bytes(third) + whole[2 * third :]).code == "damaged"


def test_a_playlist_called_mp3_makes_no_connection(refuse: Callable[..., Rejected]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/a.ts"
        playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{address}\n#EXT-X-ENDLIST\n".encode()
        concat = f"ffconcat version 1.0\nfile '{address}'\n".encode()
        for data in (playlist, concat, b"ID3\x04\0\0\0\0\0\0" + playlist, b"RIFF\0\0\0\0WAVE" + playlist):
            assert refuse(data).code in {"not_audio", "damaged"}
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_bursts_too_short_to_be_made_loud_are_named_so(
    encode: Callable[..., bytes], refuse: Callable[..., Rejected]
) -> None:
    clicks = np.zeros(10 * RATE)
    clicks[::RATE] = 0.9
    assert refuse(encode(clicks)).code == "uneven"


def test_too_long_and_too_large_name_the_limit(encode: Callable[..., bytes], refuse: Callable[..., Rejected]) -> None:
    data = encode(tone(5))
    too_long = refuse(data, IntakeLimits(max_duration_s=4))
    assert (too_long.code, "4 giây" in too_long.message_vi) == ("too_long", True)
    too_large = refuse(data, IntakeLimits(max_bytes=400_000))
    assert (too_large.code, "0,4 MB" in too_large.message_vi) == ("too_large", True)


def test_limits_that_could_not_be_kept_are_no_limits() -> None:
    with pytest.raises(ValueError, match="durations"):
        IntakeLimits(max_duration_s=3 * 3600)


def test_memory_beyond_the_limit_is_refused(encode: Callable[..., bytes], refuse: Callable[..., Rejected]) -> None:
    assert refuse(encode(tone(2)), IntakeLimits(memory_mb=100)).code == "too_heavy"


def test_work_beyond_the_time_limit_is_killed(encode: Callable[..., bytes], refuse: Callable[..., Rejected]) -> None:
    began = time.monotonic()
    assert refuse(encode(tone(60)), IntakeLimits(wall_s=0.2)).code == "too_heavy"
    assert time.monotonic() - began < 5


def signal_child(number: signal.Signals) -> Callable[[float], None]:
    """A progress callback that does something to the child at its first sign of life."""

    def act(_fraction: float) -> None:
        for child in children():
            os.kill(child, number)

    return act


def test_a_child_that_hangs_is_killed(encode: Callable[..., bytes], refuse: Callable[..., Rejected]) -> None:
    stop = signal_child(signal.SIGSTOP)
    assert refuse(encode(tone(60)), IntakeLimits(wall_s=1.5), stop).code == "too_heavy"


def test_a_file_that_crashes_the_decoder_is_damaged(
    encode: Callable[..., bytes], refuse: Callable[..., Rejected]
) -> None:
    assert refuse(encode(tone(60)), progress=signal_child(signal.SIGSEGV)).code == "damaged"


def test_a_page_that_goes_away_takes_the_child_with_it(
    shelf: Shelf, encode: Callable[..., bytes], upload: Callable[[bytes], Path]
) -> None:
    def hang_up(_fraction: float) -> None:
        raise ConnectionResetError

    with pytest.raises(Rejected, match="fault"):
        receive(upload(encode(tone(60))), shelf, progress=hang_up)
    assert children() == []
    assert list(shelf.folder.iterdir()) == []


def test_a_pipe_is_no_upload(tmp_path: Path, refuse: Callable[..., Rejected]) -> None:
    pipe = tmp_path / "pipe.mp3"
    os.mkfifo(pipe)
    assert refuse(pipe).code == "not_audio"


def test_a_disk_that_cannot_be_read_is_the_servers_fault(tmp_path: Path, refuse: Callable[..., Rejected]) -> None:
    assert refuse(tmp_path / "gone.mp3").code == "fault"
