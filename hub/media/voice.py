"""Text into speech on this machine, without any network: espeak-ng's Vietnamese voices, and Piper's where there are
some (`piper`), each in a child with limits.

espeak-ng is plain by ear, but there in the minute a dam breaks. What it makes goes through the intake like any upload.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hub.media import piper
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
_WAV_HEADER = 44
"""Bytes; a file of no more has nothing to hear."""


@dataclass(frozen=True, slots=True)
class Manner:
    """Who speaks, and how fast. Raises ValueError for what cannot be; only speaking tells if a Piper voice is there."""

    voice: str = "vi"
    words_a_minute: int = 140

    def __post_init__(self) -> None:
        is_known = self.voice in VOICES or piper.is_id(self.voice)
        if not is_known or self.words_a_minute not in SPEEDS:
            raise ValueError(f"no such manner of speaking: {self.voice}, {self.words_a_minute}")


def is_here() -> bool:
    """Whether this machine can speak with espeak-ng."""
    return shutil.which(PROGRAM) is not None


def voices(models: Path | None) -> dict[str, tuple[str, str]]:
    """Who can be chosen here, by id, with their names in Vietnamese and English."""
    names = dict(VOICES) if is_here() else {}
    if piper.program() is not None:
        names |= {model.id: (f"Piper: {model.name}", f"Piper: {model.name}") for model in piper.find(models).models}
    return names


def fault(models: Path | None) -> tuple[str, str] | None:
    """What is wrong with the Piper voices that lie here, in Vietnamese and English; None where all can be chosen."""
    found = piper.find(models)
    if found.broken:
        named = ", ".join(f"{name} ({why})" for name, why in found.broken)
        return f"Giọng Piper không dùng được: {named}.", f"Piper voices that cannot be used: {named}."
    if found.models and piper.program() is None:
        return (
            "Có giọng Piper nhưng chưa cài chương trình piper; hãy báo kỹ thuật viên.",
            "There are Piper voices, but the program piper is not installed; tell the technician.",
        )
    return None


def tidy(text: str) -> str:
    """The text as it is spoken: one line, nothing that is not written to be read; a line's end is a sentence's."""
    plain = ("".join(c if c.isprintable() else " " for c in line) for line in text.splitlines())
    lines = [" ".join(line.split()) for line in plain if line.strip()]
    ended = [line if line.endswith(_PAUSES) else f"{line}." for line in lines[:-1]]
    return " ".join([*ended, *lines[-1:]])


def speak(text: str, target: Path, manner: Manner | None = None, models: Path | None = None) -> None:
    """Write `text` as speech to a WAV file; `models` is the folder of Piper voices. Takes about a second, with Piper as
    long as the speech on a slow machine. Raises Rejected."""
    manner = manner or Manner()
    spoken = tidy(text)
    if not any(c.isalnum() for c in spoken):
        raise Rejected(Cause.NO_TEXT)
    if len(spoken) > SPOKEN_MAX:
        raise Rejected(Cause.LONG_TEXT, limit=(f"{SPOKEN_MAX} ký tự", f"{SPOKEN_MAX} characters"))
    if piper.is_id(manner.voice):
        _run(_piper(manner, target, models), piper.LIMITS, piper.WALL_S, spoken, target, Cause.NO_VOICE)
    else:
        voice = ["-v", manner.voice, "-s", str(manner.words_a_minute), "-b", "1", "-w", str(target), "--stdin"]
        _run([PROGRAM, *voice], _LIMITS, WALL_S, spoken, target, Cause.NO_SPEECH)


def _piper(manner: Manner, target: Path, models: Path | None) -> list[str]:
    program = piper.program()
    if program is None:
        raise Rejected(Cause.NO_VOICE, "piper is not installed, or not on the path")
    found = piper.find(models)
    for model in found.models:
        if model.id == manner.voice:
            return model.command(program, target, manner.words_a_minute)
    why = dict(found.broken).get(manner.voice.removeprefix(piper.PREFIX), "it is not in the folder")
    raise Rejected(Cause.NO_VOICE, f"{manner.voice}: {why}")


def _run(command: list[str], limits: tuple[str, ...], wall_s: float, text: str, target: Path, cause: Cause) -> None:
    """Run a speaking program in its cell. Raises Rejected with this cause."""
    program = Path(command[0]).name
    try:
        # The text comes on standard input: nothing in it can be an option. prlimit is part of every Debian.
        done = subprocess.run(
            ["prlimit", *limits, "--", *command],
            input=text.encode() + b"\n",
            capture_output=True,
            timeout=wall_s,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            cwd=target.parent,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Rejected(cause, f"{program} took longer than {wall_s:g} s") from None
    except OSError as error:
        raise Rejected(cause, str(error)) from error
    if done.returncode != 0 or not target.exists() or target.stat().st_size <= _WAV_HEADER:
        said = done.stderr.decode(errors="replace").strip()[-_LAST_WORDS:]
        raise Rejected(cause, f"{program} ended with {done.returncode}: {said}")
