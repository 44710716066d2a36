"""The sound card as PortAudio shows it: found by name, opened with a callback, its times put on the wall clock.

Any call here may hang for good when a USB card is power-cycled; so it is only used in the killable audio child.
"""

import time
from array import array
from collections.abc import Callable, Mapping

import pyaudio

from edge.speaker.timeline import RATE_HZ

FRAMES = 1440
"""Asked for at once: 30 ms, of which PortAudio keeps three in the card's buffer: what a busy Pi may oversleep."""

_CLOCKS = (time.CLOCK_REALTIME, time.CLOCK_MONOTONIC, time.CLOCK_BOOTTIME, time.CLOCK_MONOTONIC_RAW)
_SAME_CLOCK_S = 0.1

Fill = Callable[[int, float, float], "array[int]"]
"""Given a number of frames, and when they are asked for and will leave on the wall clock: the mono samples."""


class CardFault(Exception):
    """The sound card is not there or does not open."""


class Card:
    """PortAudio, kept initialised because that takes a while; opens one stream at a time."""

    def __init__(self) -> None:
        self._audio = pyaudio.PyAudio()

    def open(self, name: str, fill: Fill) -> "Stream":
        """Open the output whose name contains `name` ('' for the default) and start asking `fill`.

        A card plugged in since is found too. Raises CardFault.
        """
        try:
            return self._open(name, fill)
        except (CardFault, OSError):
            self._audio.terminate()
            self._audio = pyaudio.PyAudio()
        try:
            return self._open(name, fill)
        except OSError as error:
            raise CardFault(f"sound card: {error}") from None

    def _open(self, name: str, fill: Fill) -> "Stream":
        device = self._find(name)
        channels = min(2, int(device["maxOutputChannels"]))
        return Stream(self._audio, int(device["index"]), channels, fill)

    def _find(self, name: str) -> Mapping[str, str | int | float]:
        device: Mapping[str, str | int | float]
        if not name:
            device = self._audio.get_default_output_device_info()
            return device
        for index in range(self._audio.get_device_count()):
            device = self._audio.get_device_info_by_index(index)
            if int(device["maxOutputChannels"]) > 0 and name.casefold() in str(device["name"]).casefold():
                return device
        raise CardFault(f"sound card: none is called {name!r}")


class Stream:
    """An open output; mono goes to both of its channels."""

    def __init__(self, audio: pyaudio.PyAudio, device: int, channels: int, fill: Fill) -> None:
        self._fill = fill
        self._channels = channels
        self._clock: int | None = None
        self._is_first = True
        self._stream = audio.open(
            rate=RATE_HZ,
            channels=channels,
            format=pyaudio.paInt16,
            output=True,
            output_device_index=device,
            frames_per_buffer=FRAMES,
            stream_callback=self._call,
        )

    @property
    def is_running(self) -> bool:
        return bool(self._stream.is_active())

    def close(self) -> None:
        """Drop what the card still holds, at once."""
        self._stream.close()

    def _call(self, _heard: bytes | None, frames: int, times: Mapping[str, float], _status: int) -> tuple[bytes, int]:
        asked_at = time.time()
        mono = self._fill(frames, asked_at, self._to_wall(times["current_time"], times["output_buffer_dac_time"]))
        if self._channels == 1:
            return mono.tobytes(), pyaudio.paContinue
        both = array("h", bytes(4 * frames))
        both[0::2] = mono
        both[1::2] = mono
        return both.tobytes(), pyaudio.paContinue

    def _to_wall(self, current: float, dac: float) -> float:
        """Map a time of PortAudio's to the wall clock. Which of the system's clocks it runs on is found out once."""
        if self._is_first:
            self._is_first = False
            self._clock = next((c for c in _CLOCKS if abs(time.clock_gettime(c) - current) < _SAME_CLOCK_S), None)
        if self._clock is None:
            return time.time() + dac - current
        return dac + time.time() - time.clock_gettime(self._clock)
