"""Sounds to upload, and a meter that shares nothing with the one under test."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.audio import AudioFrame, AudioStream
from numpy.typing import NDArray

from hub.media.shelf import Shelf

RATE = 48_000
Samples = NDArray[np.float64]


@pytest.fixture(scope="session")
def lufs() -> Callable[[Samples], float]:
    """BS.1770-4 for one channel at 48 kHz in numpy; the coefficients are the Recommendation's own."""

    def measure(samples: Samples) -> float:
        shelved = _filter(
            samples, (1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)
        )
        weighted = _filter(shelved, (1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
        block, hop = RATE * 2 // 5, RATE // 10
        powers = np.array([np.mean(weighted[i : i + block] ** 2) for i in range(0, len(weighted) - block + 1, hop)])
        powers = powers[_level(powers) > -70]
        powers = powers[_level(powers) > _level(powers.mean()) - 10]
        return float(_level(powers.mean()))

    return measure


@pytest.fixture(scope="session")
def true_peak_dbtp() -> Callable[[Samples], float]:
    """By exact band-limited interpolation, eight times."""

    def measure(samples: Samples) -> float:
        spectrum = np.fft.rfft(np.concatenate([samples, np.zeros(RATE)]))
        size = 2 * (len(spectrum) - 1)
        return float(20 * np.log10(np.abs(np.fft.irfft(spectrum, 8 * size)).max() * 8))

    return measure


def _level(power: Any) -> Any:
    return -0.691 + 10 * np.log10(power + 1e-30)


def _filter(samples: Samples, b: tuple[float, float, float], a: tuple[float, float]) -> Samples:
    """A second-order filter in the frequency domain; a second of zeros keeps its end from wrapping around."""
    size = 1 << (len(samples) + RATE).bit_length()
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response = (b[0] + b[1] * z + b[2] * z**2) / (1 + a[0] * z + a[1] * z**2)
    return np.asarray(np.fft.irfft(np.fft.rfft(samples, size) * response, size)[: len(samples)])


@pytest.fixture(scope="session")
def encode() -> Callable[..., bytes]:
    """Samples (-1 to 1, the same in each channel) as the bytes of a file."""

    def write(
        samples: Samples,
        container: str = "wav",
        codec: str = "pcm_s16le",
        rate: int = RATE,
        channels: int = 1,
        **options: str,
    ) -> bytes:
        layout = "mono" if channels == 1 else "stereo"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "sound")
            with av.open(path, "w", format=container, container_options=options) as out:
                stream = out.add_stream(codec, rate=rate, options={"strict": "experimental"}, layout=layout)
                assert isinstance(stream, AudioStream)
                for frame in _frames(samples, stream, layout):
                    out.mux(stream.encode(frame))
                out.mux(stream.encode(None))
            return path.read_bytes()

    return write


def _frames(samples: Samples, stream: AudioStream, layout: str) -> Iterator[AudioFrame]:
    context = stream.codec_context
    channels = np.tile(samples.astype(np.float32), (context.layout.nb_channels, 1))
    frame = AudioFrame.from_ndarray(channels, format="fltp", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = context.sample_rate, 0, Fraction(1, context.sample_rate)
    resampler = av.AudioResampler(context.format, layout, context.sample_rate, context.frame_size or None)
    yield from resampler.resample(frame)
    yield from resampler.resample(None)


@pytest.fixture(scope="session")
def listen() -> Callable[[Path], Samples]:
    """Decode a file to one channel at 48 kHz."""

    def decode(path: Path) -> Samples:
        resampler = av.AudioResampler("dbl", "mono", RATE)
        with av.open(path) as container:
            frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
        frames += resampler.resample(None)
        return np.concatenate([frame.to_ndarray().ravel() for frame in frames]).astype(np.float64)

    return decode


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Vietnamese speech: the recordings in LOA_SPEECH, or one made with espeak-ng."""
    given = sorted(Path(os.environ["LOA_SPEECH"]).glob("*.wav")) if os.environ.get("LOA_SPEECH") else []
    if given:
        return given
    made = tmp_path_factory.mktemp("speech") / "speech.wav"
    text = "Kính mời bà con đến nhà văn hóa thôn họp lúc bảy giờ rưỡi tối nay."
    subprocess.run(["espeak-ng", "-v", "vi", "-w", str(made), text], check=True)
    return [made]


@pytest.fixture(scope="session")
def speech(recordings: list[Path], listen: Callable[[Path], Samples]) -> Samples:
    """One recording as samples at 48 kHz."""
    return listen(recordings[0])


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "shelf")


@pytest.fixture
def upload(tmp_path: Path) -> Callable[[bytes], Path]:
    """Write bytes to a file the way the web page leaves an upload: its name says nothing true."""

    def write(data: bytes) -> Path:
        path = tmp_path / "thong-bao.mp3"
        path.write_bytes(data)
        return path

    return write
