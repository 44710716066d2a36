"""What an officer uploads comes out as one form, levelled for horns; everything is measured on the stored bytes."""

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from hub.media.intake import Stored, receive, receive_chime
from hub.media.shelf import Shelf

pytestmark = pytest.mark.real

RATE = 48_000
TARGET_LUFS = -16.0
Samples = NDArray[np.float64]
Meter = Callable[[Samples], float]

KINDS = [
    pytest.param("wav", "pcm_s16le", 44_100, 2, id="wav"),
    pytest.param("wav", "pcm_f32le", 48_000, 1, id="wav float"),
    pytest.param("wav", "pcm_alaw", 8_000, 1, id="wav telephone"),
    pytest.param("mp3", "libmp3lame", 44_100, 2, id="mp3"),
    pytest.param("mp3", "libmp3lame", 22_050, 1, id="mp3 mono"),
    pytest.param("ipod", "aac", 44_100, 2, id="m4a"),
    pytest.param("ipod", "alac", 48_000, 1, id="m4a lossless"),
    pytest.param("ogg", "vorbis", 44_100, 2, id="ogg vorbis"),
    pytest.param("ogg", "libopus", 48_000, 1, id="ogg opus"),
    pytest.param("flac", "flac", 48_000, 2, id="flac"),
]


@pytest.fixture
def check(
    shelf: Shelf, listen: Callable[[Path], Samples], lufs: Meter, true_peak_dbtp: Meter
) -> Callable[[Stored], Samples]:
    """Hold a stored sound to all that is promised, with a second meter; return its samples."""

    def judge(stored: Stored, target_lufs: float = TARGET_LUFS) -> Samples:
        path = shelf.path(stored.sha256)
        data = path.read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (stored.sha256, stored.size)
        with av.open(path) as container:
            stream = container.streams.audio[0]
            assert container.format.name == "ogg"
            assert (stream.codec_context.name, stream.rate, stream.channels) == ("opus", RATE, 1)
        samples = listen(path)
        assert stored.duration_s == pytest.approx(len(samples) / RATE, abs=0.001)
        assert lufs(samples) == pytest.approx(target_lufs, abs=1.0)
        assert true_peak_dbtp(samples) <= -1.0
        assert stored.loudness_lufs == pytest.approx(lufs(samples), abs=0.1)
        return samples

    return judge


def resample(samples: Samples, rate: int) -> Samples:
    """48 kHz to another rate, well enough to make an upload."""
    at = np.arange(int(len(samples) * rate / RATE)) * RATE / rate
    return np.interp(at, np.arange(len(samples)), samples)


def lag_s_and_likeness(a: Samples, b: Samples) -> tuple[float, float]:
    """By how much b comes after a, and the correlation there (1 is the same sound at any loudness)."""
    size = 1 << (len(a) + len(b)).bit_length()
    product = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)
    best = int(product.argmax())
    likeness = product[best] / np.sqrt((a**2).sum() * (b**2).sum())
    return (best if best < size // 2 else best - size) / RATE, float(likeness)


@pytest.mark.parametrize(("container", "codec", "rate", "channels"), KINDS)
def test_each_kind_of_upload_is_stored_whole_and_level(
    container: str,
    codec: str,
    rate: int,
    channels: int,
    speech: Samples,
    encode: Callable[..., bytes],
    upload: Callable[[bytes], Path],
    shelf: Shelf,
    check: Callable[[Stored], Samples],
) -> None:
    fractions: list[float] = []
    source = upload(encode(resample(speech, rate) * 0.2, container, codec, rate, channels))
    stored = receive(source, shelf, progress=fractions.append)
    heard = check(stored)
    lag_s, likeness = lag_s_and_likeness(speech, heard)
    assert stored.duration_s == pytest.approx(len(speech) / RATE, abs=0.1)
    assert abs(lag_s) < 0.06
    assert likeness > 0.8
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert source.exists()


def test_real_recordings_come_out_equally_loud(
    recordings: list[Path], shelf: Shelf, check: Callable[[Stored], Samples]
) -> None:
    for recording in recordings:
        check(receive(recording, shelf))


def test_the_same_upload_twice_is_one_sound(
    speech: Samples, encode: Callable[..., bytes], upload: Callable[[bytes], Path], shelf: Shelf
) -> None:
    source = upload(encode(speech))
    assert receive(source, shelf) == receive(source, shelf)
    assert len(list(shelf.folder.iterdir())) == 1


def test_another_target_may_be_asked_for(
    speech: Samples,
    encode: Callable[..., bytes],
    upload: Callable[[bytes], Path],
    shelf: Shelf,
    check: Callable[[Stored, float], Samples],
) -> None:
    check(receive(upload(encode(speech)), shelf, target_lufs=-23.0), -23.0)


def drum() -> Samples:
    """Twenty strokes in ten seconds, the loudest 22 dB above the loudness."""
    time_s = np.arange(RATE // 2) / RATE
    stroke = np.exp(-time_s / 0.02) * np.sin(2 * np.pi * 120 * time_s)
    return np.tile(stroke * 0.9, 20)


def whisper() -> Samples:
    """A tone at -50 dBFS over hiss."""
    hiss = np.random.default_rng(1).standard_normal(RATE * 3) * 1e-4
    return np.asarray(hiss + 10 ** (-50 / 20) * np.sin(np.arange(RATE * 3) / 20))


@pytest.mark.parametrize(
    "samples", [drum(), whisper(), np.sign(np.sin(np.arange(RATE) / 30))], ids=["drum", "whisper", "clipped"]
)
def test_difficult_sounds_are_levelled_too(
    samples: Samples,
    encode: Callable[..., bytes],
    upload: Callable[[bytes], Path],
    shelf: Shelf,
    check: Callable[[Stored], Samples],
) -> None:
    stored = receive(upload(encode(samples, codec="pcm_f32le")), shelf)
    check(stored)
    assert stored.duration_s == pytest.approx(len(samples) / RATE, abs=0.001)


def test_joined_mp3_files_of_different_form_are_heard_to_the_end(
    speech: Samples, encode: Callable[..., bytes], upload: Callable[[bytes], Path], shelf: Shelf
) -> None:
    bare = {"write_xing": "0", "id3v2_version": "0"}
    first = encode(speech, "mp3", "libmp3lame", channels=2, **bare)
    second = encode(resample(speech, 22_050), "mp3", "libmp3lame", 22_050, **bare)
    stored = receive(upload(first + second), shelf)
    assert stored.duration_s == pytest.approx(2 * len(speech) / RATE, abs=0.2)


def test_tags_in_an_old_encoding_are_no_obstacle(
    speech: Samples, encode: Callable[..., bytes], upload: Callable[[bytes], Path], shelf: Shelf
) -> None:
    title = b"\x03Th\xab\xffng b\xb8o"
    frame = b"TIT2" + len(title).to_bytes(4, "big") + b"\0\0" + title
    tag = b"ID3\x04\0\0\0\0\0" + bytes([len(frame)]) + frame
    bare = encode(speech, "mp3", "libmp3lame", id3v2_version="0")
    assert receive(upload(tag + bare), shelf).duration_s == pytest.approx(len(speech) / RATE, abs=0.1)


def test_the_sound_of_a_film_from_a_phone_is_taken(
    speech: Samples, tmp_path: Path, upload: Callable[[bytes], Path], encode: Callable[..., bytes], shelf: Shelf
) -> None:
    sound = upload(encode(speech, "ipod", "aac"))
    film = tmp_path / "film.mp4"
    with av.open(sound) as given, av.open(film, "w") as out:
        video = out.add_stream("mpeg4", rate=5, width=64, height=64)
        audio = out.add_stream_from_template(given.streams.audio[0])
        for _ in range(5):
            out.mux(video.encode(av.VideoFrame(64, 64, "yuv420p")))
        out.mux(video.encode(None))
        for packet in given.demux(given.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = audio
                out.mux(packet)
    assert receive(film, shelf).duration_s == pytest.approx(len(speech) / RATE, abs=0.1)


def test_espeak_straight_to_a_file_is_a_good_upload(
    tmp_path: Path, shelf: Shelf, check: Callable[[Stored], Samples]
) -> None:
    spoken = tmp_path / "spoken.wav"
    subprocess.run(["espeak-ng", "-v", "vi", "-w", str(spoken), "Thông báo cắt điện ngày mai"], check=True)
    check(receive(spoken, shelf))


def test_the_chime_is_a_sound_like_any_other(shelf: Shelf, check: Callable[[Stored], Samples]) -> None:
    stored = receive_chime(shelf)
    check(stored)
    assert stored.duration_s == pytest.approx(2.0)
    assert receive_chime(shelf) == stored
