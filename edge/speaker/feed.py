"""Is the stream of a rebroadcast fit to be heard, or does the substitute play in its place? Pure.

Seconds are monotonic. What arrives is judged, not what is played: so a loss shows while the last seconds of sound
still lie in the buffer.
"""

from dataclasses import dataclass
from enum import StrEnum

from contract.terms import Reason

FLOOR_DBFS = -50.0
"""RMS below this is silence: a dead studio line hums more quietly, music hardly ever is as quiet for ten seconds."""
UNHEARD_S = 10.0
"""After so long without sound the substitute plays."""
BACK_S = 5.0
"""So much sound has to have come, and lies in the buffer, before the stream is trusted again."""
PAUSE_S = 3.0
"""A pause in speech. One that is longer starts the counting of BACK_S anew; without data for longer, it is a loss."""
HEAD_START_S = 5.0
"""How much of UNHEARD_S is reckoned as over where nothing has come before the feed begins."""
START_S = 1.0
"""What must be buffered for the feed to begin on its instant."""
JITTER_S = 2.0
"""What is held when it begins, and is gathered again after it ran dry: one late packet must not be heard."""
HELD_MAX_S = 12.0


class On(StrEnum):
    """What is on: the stream itself, or the substitute, and why."""

    STREAM = "stream"
    LOST = "lost"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a feed went so far: what is on, and how many seconds of each were put out. Silence is where there was
    neither stream nor substitute."""

    on: On = On.STREAM
    stream_s: float = 0.0
    substitute_s: float = 0.0
    silence_s: float = 0.0


class Judge:
    """Follows what arrives from the stream; `look` says what should be on."""

    def __init__(self, now_s: float) -> None:
        self._on = On.STREAM
        self._arrived_s = now_s
        self._sounded_s = now_s
        self._good_s = 0.0

    def begin(self, now_s: float) -> None:
        """The feed's instant has come: what was missing before counts only for HEAD_START_S."""
        self._sounded_s = max(self._sounded_s, now_s - HEAD_START_S)

    def arrive(self, now_s: float, seconds: float, level_dbfs: float) -> None:
        """Take in that so many seconds of that level (RMS) have just come."""
        if now_s - self._arrived_s > PAUSE_S:
            self._good_s = 0.0
        self._arrived_s = now_s
        if level_dbfs >= FLOOR_DBFS:
            self._sounded_s = now_s
        elif now_s - self._sounded_s > PAUSE_S:
            self._good_s = 0.0
            return
        self._good_s += seconds

    def look(self, now_s: float) -> On:
        """What should be on now; to be asked a few times a second."""
        if self._on is On.STREAM and now_s - self._sounded_s >= UNHEARD_S:
            self._on = On.LOST if now_s - self._arrived_s > PAUSE_S else On.SILENT
            self._good_s = 0.0
        elif self._on is not On.STREAM and self._good_s >= BACK_S and now_s - self._arrived_s <= PAUSE_S:
            self._on = On.STREAM
            self._sounded_s = now_s
        return self._on


class Valve:
    """Opens the buffer where enough is in it, and shuts when it has run dry."""

    def __init__(self) -> None:
        self._is_open = False
        self._needs_s = START_S

    def may_flow(self, held_s: float) -> bool:
        if not self._is_open:
            self._is_open = held_s >= self._needs_s
        return self._is_open

    def run_dry(self) -> None:
        self._is_open = False
        self._needs_s = JITTER_S


def rung(course: Course | None) -> int:
    """1 where the substitute had to play for the most of it, else 0."""
    return int(course is not None and course.substitute_s > course.stream_s + course.silence_s)


def reason(course: Course | None) -> Reason:
    """STREAM where the stream was not heard for the most of it."""
    is_poor = course is not None and course.stream_s < course.substitute_s + course.silence_s
    return Reason.STREAM if is_poor else Reason.NONE


def was_unheard(course: Course | None) -> bool:
    """Whether there was nothing to hear for the most of it: then it has not aired, whatever the card played."""
    return course is not None and course.silence_s > course.stream_s + course.substitute_s
