"""What a person wishes for when ordering, in their own terms: sounds by name, not yet looked up or judged. Pure."""

from dataclasses import dataclass
from datetime import datetime

from contract.terms import Late, Priority, Yielding
from hub.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Station:
    """What is to be rebroadcast: an http(s) address, and how long all of it is to last, chime and intro included."""

    address: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What an officer may choose besides the recording (by SHA-256, or empty), or in its place: a station."""

    intro: str = ""
    outro: str = ""
    station: Station | None = None
    variants: tuple[tuple[str, str], ...] = ()
    """Languages, and what is heard in place of the recording where they are spoken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One broadcast as it is ordered, or ordered otherwise.

    `recording` is a SHA-256, and so is `replacement`: what is heard instead on the days that the rule leaves out
    (empty: nothing). `starts_at` None means as soon as it is approved, or by its `rule`. `patience_s` is how long one
    of the priority class lets a routine one finish; it means nothing in the others.
    """

    title: str
    recording: str
    nodes: tuple[str, ...]
    starts_at: datetime | None = None
    rule: Rule | None = None
    priority: Priority = Priority.ROUTINE
    has_chime: bool = False
    late: Late = Late.WHOLE
    yields: Yielding = Yielding.DROP
    extras: Extras = Extras()
    replacement: str = ""
    patience_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a person takes back for it, by its id: a broadcast that airs but once, or (`at`) one airing of another."""

    id: str
    at: datetime | None = None
