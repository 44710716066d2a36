"""Typed text as it is to be spoken, for the officer to see and correct before anything speaks it. Pure.

Rules, not a model: every one can be read, and what it does to a text is the same on every day. What they do not know
they leave as it was typed.
"""

import re
import unicodedata
from collections.abc import Mapping

from hub.speech import amounts, codes, dates
from hub.speech.reader import Rule, read, rule

_BULLET = re.compile(r"^\s*(?:[-•*+·●▪–—]|->|=>)\s+")
_UNSPOKEN = {"So", "Sk", "Cs", "Co", "Cn", "Cf"}
_PAIRS = rule(
    r"([Ôô]ng|[Aa]nh|[Cc]ha|[Bb]ố|[Vv]ợ|[Nn]am|[Cc]ô|[Vv]à)/(bà|chị|mẹ|chồng|nữ|chú|hoặc)",
    lambda match, _: f"{match[1]} {match[2]}",
)
_PAIR = Rule(re.compile(r"(?<=[^\W\d_])/(?=[^\W\d_])"), lambda _match, _place: " ")
""""ông/bà": both are said."""
_KEPT = "°º²³"


def normalise(text: str, own: Mapping[str, str] | None = None) -> str:
    """The text in words, line for line. `own` are the commune's abbreviations, as typed, and how each is said."""
    rules = [*codes.named(own or {}), _PAIRS, *dates.RULES, *amounts.RULES, *codes.LETTERED, _PAIR]
    lines = (read(_tidy(line), rules) for line in unicodedata.normalize("NFC", text).splitlines())
    return "\n".join(re.sub(r"  +", " ", line).strip() for line in lines).strip("\n")


def _tidy(line: str) -> str:
    """Without bullets, pictures and signs that nobody speaks; one kind of dash between figures."""
    kept = "".join(c if c in _KEPT or unicodedata.category(c) not in _UNSPOKEN else "" for c in line)
    spaced = re.sub(r"[^\S\n]+", " ", kept)
    ended = re.sub(r"\.?\s*/\.\s*$", ".", spaced)
    return re.sub(r"(?<=[\dhg%])(\s?)[–—−](\s?)(?=\d)", r"\1-\2", _BULLET.sub("", ended)).strip()
