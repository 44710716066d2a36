"""Text into speech on this machine, without any network: espeak-ng's Vietnamese voice, in a child with limits.

Plain by ear, but there in the minute a dam breaks. What it makes goes through the intake like any upload.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hub.media.rejection import Cause, Rejected

PROGRAM = "espeak-ng"
VOICES = {
    "vi": ("Giọng Bắc", "Northern"),
    "vi-vn-x-central": ("Giọng Trung", "Central"),
    "vi-vn-x-south": ("Giọng Nam", "Southern"),
}
SPEEDS = {120: ("Chậm", "Slow"), 140: ("Vừa", "Medium"), 165: ("Nhanh", "Fast")}
"""Words a minute; over horns, which echo, slow is well understood."""
TEXT_MAX = 1000
"""Characters as typed in an hour of need: some two minutes of speech."""
SPOKEN_MAX = 8000
"""Characters in words: some ten minutes."""
WALL_S = 30.0
_PAUSES = (".", "!", "?", "…", ":", ";", ",")
_LIMITS = ("--as=536870912", "--cpu=20", "--fsize=67108864", "--nofile=32", "--core=0")
_LAST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Manner:
    """Who speaks, and how fast. Raises ValueError for what there is not."""

    voice: str = "vi"
    words_a_minute: int = 140

    def __post_init__(self) -> None:
        if self.voice not in VOICES or self.words_a_minute not in SPEEDS:
            raise ValueError(f"no such manner of speaking: {self.voice}, {self.words_a_minute}")


def is_here() -> bool:
    """Whether this machine can speak."""
    return shutil.which(PROGRAM) is not None


def tidy(text: str) -> str:
    """The text as it is spoken: one line, nothing that is not written to be read; a line's end is a sentence's."""
    plain = ("".join(c if c.isprintable() else " " for c in line) for line in text.splitlines())
    lines = [" ".join(line.split()) for line in plain if line.strip()]
    ended = [line if line.endswith(_PAUSES) else f"{line}." for line in lines[:-1]]
    return " ".join([*ended, *lines[-1:]])


def speak(text: str, target: Path, manner: Manner | None = None) -> None:
    """Write `text` as speech to a WAV file. Blocks for about a second. Raises Rejected."""
    manner = manner or Manner()
    spoken = tidy(text)
    if not any(c.isalnum() for c in spoken):
        raise Rejected(Cause.NO_TEXT)
    if len(spoken) > SPOKEN_MAX:
        raise Rejected(Cause.LONG_TEXT, limit=(f"{SPOKEN_MAX} ký tự", f"{SPOKEN_MAX} characters"))
    voice = [PROGRAM, "-v", manner.voice, "-s", str(manner.words_a_minute), "-b", "1", "-w", str(target), "--stdin"]
    try:
        # The text comes on standard input: nothing in it can be an option. prlimit is part of every Debian.
        done = subprocess.run(
            ["prlimit", *_LIMITS, "--", *voice],
            input=spoken.encode(),
            capture_output=True,
            timeout=WALL_S,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Rejected(Cause.NO_SPEECH, f"{PROGRAM} took longer than {WALL_S:g} s") from None
    except OSError as error:
        raise Rejected(Cause.NO_SPEECH, str(error)) from error
    if done.returncode != 0 or not target.exists() or target.stat().st_size == 0:
        said = done.stderr.decode(errors="replace").strip()[-_LAST_WORDS:]
        raise Rejected(Cause.NO_SPEECH, f"{PROGRAM} ended with {done.returncode}: {said}")
