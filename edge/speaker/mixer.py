"""Whether the sound card's mixer lets anything through: a card that is turned down plays to nobody, and says nothing.

ALSA's `amixer` is asked, in a process of its own that may hang as a driver may; nobody waits for it.
"""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from edge.clock import Clock

LOOK_EVERY_S = 5.0
ANSWER_WITHIN_S = 3.0
CARDS = Path("/proc/asound/cards")

_MAIN = ("Master", "PCM", "Digital", "Speaker", "Headphone")
"""The controls in every programme's way, on a Pi's own output and on USB cards: the first of them there is counts."""
_CONTROL = re.compile(r"^Simple mixer control '(.+)',\d+$")
_CHANNEL = re.compile(r"^  [A-Z][\w ]*: (?:Playback )?(?=.*\[)(.*)$")


class Mixer(Protocol):
    """Says whether the card is turned down to nothing."""

    def is_muted(self) -> bool:
        """The newest that is known. Never blocks; to be asked while something sounds."""

    def close(self) -> None:
        """Ask no more."""


class OpenMixer:
    """The fake, and what stands for a card without a mixer. Set `muted` to turn it down."""

    def __init__(self) -> None:
        self.muted = False

    def is_muted(self) -> bool:
        return self.muted

    def close(self) -> None:
        """Nothing to end."""


class CardMixer:
    """The real one. `card` is part of the sound card's name, '' for the default."""

    def __init__(self, clock: Clock, card: str = "", env: Mapping[str, str] | None = None) -> None:
        self._clock = clock
        self._card = card
        self._env = env
        self._is_muted = False
        self._asking: subprocess.Popen[str] | None = None
        self._asked_s = -LOOK_EVERY_S

    def is_muted(self) -> bool:
        now_s = self._clock.monotonic()
        if self._asking is not None:
            self._hear(self._asking, now_s)
        elif now_s - self._asked_s >= LOOK_EVERY_S:
            self._ask(now_s)
        return self._is_muted

    def close(self) -> None:
        if self._asking is not None:
            self._asking.kill()

    def _ask(self, now_s: float) -> None:
        self._asked_s = now_s
        try:
            self._asking = subprocess.Popen(
                ["amixer", *_which(self._card), "scontents"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._env,
                text=True,
            )
        except OSError:  # no amixer here: nothing is known, and nothing is said
            self._asking = None

    def _hear(self, asking: "subprocess.Popen[str]", now_s: float) -> None:
        """What it prints, some hundred bytes, fits into the pipe: it ends without being read."""
        if asking.poll() is None:
            if now_s - self._asked_s > ANSWER_WITHIN_S:
                asking.kill()
            return
        self._asking = None
        assert asking.stdout is not None
        with asking.stdout as answer:
            self._is_muted = asking.returncode == 0 and is_turned_down(answer.read())


def is_turned_down(contents: str) -> bool:
    """Whether the main control of `amixer scontents` is off, or at nothing, on all its channels."""
    controls: dict[str, list[str]] = {}
    name = ""
    for line in contents.splitlines():
        if control := _CONTROL.match(line):
            name = control[1]
        elif (channel := _CHANNEL.match(line)) and "Capture" not in line:
            controls.setdefault(name, []).append(channel[1])
    main = next((controls[each] for each in _MAIN if each in controls), [])
    return bool(main) and all("[off]" in channel or "[0%]" in channel for channel in main)


def _which(card: str, cards: Path = CARDS) -> list[str]:
    """amixer's words for the card whose name contains `card`; none for the default."""
    if not card:
        return []
    try:
        lines = cards.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    number = next((line.split()[0] for line in lines if card.casefold() in line.casefold() and line.split()), "")
    return ["-c", number] if number.isdecimal() else []
