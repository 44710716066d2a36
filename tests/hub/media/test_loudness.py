"""The measurement against signals whose loudness is known (EBU Tech 3341), and against a second meter on speech.

Tech 3341 gives its numbers for two equal channels; one channel alone measures 3.01 LU less.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from av.audio import AudioFrame
from numpy.typing import NDArray

from hub.media.loudness import FLOOR_LUFS, Unmeasurable, measure

RATE = 48_000
Samples = NDArray[np.float64]


def frames(samples: Samples) -> Iterator[AudioFrame]:
    for start in range(0, len(samples), 1024):
        piece = samples[start : start + 1024].astype(np.float32)
        frame = AudioFrame.from_ndarray(piece[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = RATE, start
        yield frame


def sine(level_dbfs: float, duration_s: float, tone_hz: float = 1000.0, phase: float = 0.0) -> Samples:
    time_s = np.arange(round(duration_s * RATE)) / RATE
    return np.asarray(10 ** (level_dbfs / 20) * np.sin(2 * np.pi * tone_hz * time_s + phase))


def sines(*parts: tuple[float, float]) -> Samples:
    return np.concatenate([sine(level_dbfs, duration_s) for level_dbfs, duration_s in parts])


def test_a_sine_of_997_hz_at_minus_20_dbfs_is_minus_23_lufs() -> None:
    assert measure(frames(sine(-20, 5, 997))).integrated_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("samples", "expected_lufs"),
    [
        pytest.param(sines((-23, 20)), -23.0, id="case 1"),
        pytest.param(sines((-33, 20)), -33.0, id="case 2"),
        pytest.param(sines((-36, 10), (-23, 60), (-36, 10)), -23.0, id="case 3, relative gate"),
        pytest.param(sines((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)), -23.0, id="case 4, both gates"),
        pytest.param(sines((-26, 20), (-20, 20.1), (-26, 20)), -23.0, id="case 5"),
    ],
)
def test_tech_3341_loudness(samples: Samples, expected_lufs: float) -> None:
    measured = measure(frames(samples))
    assert measured.integrated_lufs == pytest.approx(expected_lufs - 3.01, abs=0.1)
    assert measured.duration_s == pytest.approx(len(samples) / RATE)


@pytest.mark.parametrize(("part", "phase_deg"), [(4, 0), (4, 45), (6, 60), (8, 67.5)])
def test_tech_3341_true_peaks_between_samples(part: int, phase_deg: float) -> None:
    fade = np.minimum(1, np.minimum(np.arange(RATE), np.arange(RATE)[::-1]) / 480)
    samples = sine(-6.02, 1, RATE / part, np.radians(phase_deg)) * fade
    peak_dbtp = measure(frames(samples)).true_peak_dbtp
    assert -6.4 <= peak_dbtp <= -5.8


def test_a_peak_in_the_very_last_moment_is_seen() -> None:
    samples = sine(-40, 1.05)
    samples[-1] = 0.9
    assert measure(frames(samples)).true_peak_dbtp == pytest.approx(20 * np.log10(0.9), abs=0.2)


@pytest.mark.parametrize("samples", [np.zeros(RATE), sine(-80, 2), np.zeros(0), np.zeros(100)])
def test_silence_lies_at_the_floor(samples: Samples) -> None:
    assert measure(frames(samples)).integrated_lufs == FLOOR_LUFS


@pytest.mark.parametrize("rubbish", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_are_refused(rubbish: float) -> None:
    samples = sine(-20, 1)
    samples[RATE // 2] = rubbish
    with pytest.raises(Unmeasurable):
        measure(frames(samples))


def test_two_meters_agree_on_speech(
    recordings: list[Path],
    listen: Callable[[Path], Samples],
    lufs: Callable[[Samples], float],
    true_peak_dbtp: Callable[[Samples], float],
) -> None:
    for recording in recordings:
        samples = listen(recording)
        measured = measure(frames(samples))
        assert measured.integrated_lufs == pytest.approx(lufs(samples), abs=0.05)
        assert measured.true_peak_dbtp == pytest.approx(true_peak_dbtp(samples), abs=0.3)
