"""The default chime: short, clean at both ends, always the same."""

import io
import wave

import numpy as np

from hub.media.chime import DURATION_S, RATE, synthesise, write_wav


def test_it_lasts_two_seconds_and_clicks_at_neither_end() -> None:
    samples = synthesise()
    assert len(samples) == DURATION_S * RATE == 2 * RATE
    assert abs(samples[0]) < 1e-6
    assert np.abs(samples[-10:]).max() < 1e-3
    assert np.abs(samples).max() <= 0.5


def test_three_tones_rise() -> None:
    samples = synthesise()
    heard_hz = []
    for onset_s in (0.0, 0.4, 0.8):
        start = int((onset_s + 0.02) * RATE)
        spectrum = np.abs(np.fft.rfft(samples[start : start + RATE // 4] * np.hanning(RATE // 4)))
        heard_hz.append(float(spectrum.argmax()) * 4)
    assert heard_hz == sorted(heard_hz)
    assert abs(heard_hz[0] - 523) <= 4
    assert abs(heard_hz[2] - 784) <= 4


def test_it_is_always_the_same_wav_file() -> None:
    data = write_wav(synthesise())
    assert data == write_wav(synthesise())
    with wave.open(io.BytesIO(data)) as wav:
        assert (wav.getnchannels(), wav.getframerate(), wav.getnframes()) == (1, RATE, 2 * RATE)
