"""The feed of the silent sound: a script says what the stream brings, and the real judge decides, in virtual time."""

from dataclasses import dataclass, replace

from edge.speaker.feed import HEAD_START_S, Course, Judge, On

STEP_S = 0.1


@dataclass
class Script:
    """What a stream brings just now: sound of that level, or nothing where it is None."""

    level_dbfs: float | None = -20.0


class FakeFeed:
    """From `begin_s` of an item on; asked in rising seconds since the item's first sample."""

    def __init__(self, has_substitute: bool, begin_s: float, script: Script) -> None:
        self._has_substitute = has_substitute
        self._script = script
        self._played_s = begin_s
        self._judge = Judge(begin_s - HEAD_START_S)
        self._course = Course()

    def play_until(self, second: float) -> Course:
        """Let the stream bring what the script says now, since it was last asked."""
        while self._played_s + STEP_S <= second + 1e-9:
            self._played_s += STEP_S
            if self._script.level_dbfs is not None:
                self._judge.arrive(self._played_s, STEP_S, self._script.level_dbfs)
            self._count(self._judge.look(self._played_s))
        return self._course

    def _count(self, on: On) -> None:
        course = replace(self._course, on=on)
        if on is On.STREAM and self._script.level_dbfs is not None:
            self._course = replace(course, stream_s=course.stream_s + STEP_S)
        elif on is not On.STREAM and self._has_substitute:
            self._course = replace(course, substitute_s=course.substitute_s + STEP_S)
        else:
            self._course = replace(course, silence_s=course.silence_s + STEP_S)
