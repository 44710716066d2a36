"""The default chime (nhạc hiệu): three rising bell tones, two seconds. Pure: numbers in, samples out.

The tones are C5, E5 and G5 and their overtones stay below 4 kHz: a re-entrant horn carries 400 Hz to 5 kHz well.
"""

import io
import wave

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
DURATION_S = 2.0

_TONES_HZ = (523.25, 659.26, 783.99)
_ONSETS_S = (0.0, 0.4, 0.8)
_OVERTONES = ((1, 1.0, 0.55), (2, 0.4, 0.3), (3, 0.18, 0.18), (5, 0.06, 0.1))
"""Of each bell: multiple of the tone, strength, and the seconds in which it falls to 37 %."""
_ATTACK_S = 0.004
_FADE_S = 0.15
_PEAK = 0.5


def synthesise() -> NDArray[np.float64]:
    """The chime as samples at RATE, within -_PEAK and _PEAK, silent at both ends."""
    time_s = np.arange(int(DURATION_S * RATE)) / RATE
    sound = np.zeros_like(time_s)
    for tone_hz, onset_s in zip(_TONES_HZ, _ONSETS_S, strict=True):
        start = int(onset_s * RATE)
        sound[start:] += _strike(tone_hz, time_s[: len(time_s) - start])
    sound *= np.minimum(1, (DURATION_S - time_s) / _FADE_S)
    return np.asarray(sound * (_PEAK / np.abs(sound).max()), dtype=np.float64)


def write_wav(samples: NDArray[np.float64]) -> bytes:
    """One channel of samples (-1 to 1) at RATE as a 16-bit WAV file."""
    memory = io.BytesIO()
    with wave.open(memory, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes((samples * 32767).astype("<i2").tobytes())
    return memory.getvalue()


def _strike(tone_hz: float, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    bell = np.zeros_like(time_s)
    for multiple, strength, decay_s in _OVERTONES:
        bell += strength * np.exp(-time_s / decay_s) * np.sin(2 * np.pi * tone_hz * multiple * time_s)
    return bell * np.minimum(1, time_s / _ATTACK_S)
