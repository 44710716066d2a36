"""Reads a line from left to right and puts what rules make of it in place of what they match. Pure."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

_SEEN = 120
"""Characters on each side that a rule may look at: a long text takes time in proportion, whatever it says."""


class Place(NamedTuple):
    """What stands around a match, as typed."""

    before: str
    after: str

    def follows(self, words: str) -> bool:
        """Whether the line up to here ends with one of these words (a pattern; case does not matter)."""
        return re.search(rf"(?<!\w)(?:{words})\s*$", self.before, re.IGNORECASE) is not None

    def precedes(self, words: str) -> bool:
        """Whether the line goes on with one of these words."""
        return re.match(rf"\s*(?:{words})(?!\w)", self.after, re.IGNORECASE) is not None


Say = Callable[["re.Match[str]", Place], str | None]
"""What a match is in words; None where the rule does not mean it after all."""


class Rule(NamedTuple):
    pattern: re.Pattern[str]
    say: Say


def rule(pattern: str, say: Say) -> Rule:
    """A rule for whole words: neither a letter nor a figure before or behind."""
    return Rule(re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), say)


def read(line: str, rules: Sequence[Rule]) -> str:
    """The line with every match of the first rule that means it put into words."""
    out: list[str] = []
    at = 0
    while at < len(line):
        said, end = _say(line, at, rules)
        out.append(said)
        at = end
    return "".join(out)


def _say(line: str, at: int, rules: Sequence[Rule]) -> tuple[str, int]:
    for each in rules:
        match = each.pattern.match(line, at)
        if match is not None and match.end() > at:
            before, after = line[max(0, at - _SEEN) : at], line[match.end() : match.end() + _SEEN]
            said = each.say(match, Place(before, after))
            if said is not None:
                return said, match.end()
    if line[at].isalnum():  # a plain word stays whole: nothing in its middle is anything's beginning
        end = at + 1
        while end < len(line) and line[end].isalnum():
            end += 1
        return line[at:end], end
    return line[at], at + 1
