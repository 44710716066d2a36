"""A horn to listen to: what one simulated card plays, kept as a WAV file without its long silences.

Where this machine has a real sound card, the same goes out there too.
"""

import contextlib
import os
import shutil
import subprocess
import threading
import wave
from collections.abc import Mapping
from pathlib import Path

from simulator.soundcard import RATE_HZ

KEPT_SILENCE_S = 1.0
_PIECE = 9600
_FORM = ("-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE_HZ))


class Horn:
    """Listens to `sink` until `close`; at most KEPT_SILENCE_S of each silence is kept."""

    def __init__(self, sink: str, env: Mapping[str, str], path: Path) -> None:
        self.path = path
        listening = ["setpriv", "--pdeathsig", "TERM", "parec", "-d", f"{sink}.monitor", "--raw"]
        listening += ["--format=s16le", "--channels=1", f"--rate={RATE_HZ}"]
        # In a session of its own, Ctrl-C in the terminal does not end it before us.
        self._parec = subprocess.Popen(
            listening, stdout=subprocess.PIPE, env={**os.environ, **env}, start_new_session=True
        )
        aplay = ["setpriv", "--pdeathsig", "TERM", "aplay", *_FORM]
        self._aplay = (
            subprocess.Popen(aplay, stdin=subprocess.PIPE, start_new_session=True) if has_real_card() else None
        )
        self._thread = threading.Thread(target=self._listen, name=f"horn {sink}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._parec.terminate()
        self._thread.join()
        self._parec.wait()
        if self._aplay is not None:
            self._aplay.terminate()
            self._aplay.wait()

    def _listen(self) -> None:
        pipe = self._parec.stdout
        assert pipe is not None
        silent_s = KEPT_SILENCE_S
        with pipe, wave.open(str(self.path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            while piece := os.read(pipe.fileno(), _PIECE):
                silent_s = 0.0 if any(piece) else silent_s + len(piece) / 2 / RATE_HZ
                if silent_s < KEPT_SILENCE_S:
                    file.writeframes(piece)
                self._sound(piece)

    def _sound(self, piece: bytes) -> None:
        if self._aplay is not None and self._aplay.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._aplay.stdin.write(piece)


def has_real_card() -> bool:
    """Whether ALSA lists a card on this machine."""
    cards = Path("/proc/asound/cards")
    return shutil.which("aplay") is not None and cards.exists() and "no soundcards" not in cards.read_text()
