"""What stands in the way of a broadcast, as data: villages, reasons and the ways out."""

from pydantic.dataclasses import dataclass

from contract.terms import Reason
from hub.api.fields import ANSWER, ASKED, BroadcastId, Instant
from hub.orders.conflicts import Conflict, Interruption
from hub.orders.openings import WaysOut
from hub.web.wording import phrases
from hub.web.wording.words import Words


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Hindrance:
    """Why a broadcast cannot sound in one village."""

    node: str
    """The village's node."""
    reason: Reason
    """Which rule of the node it breaks; `overlap` where another broadcast is in the way."""
    reason_words: str
    """The reason in the caller's language."""
    broadcast: str | None = None
    """The other broadcast that is in the way, where it is one."""
    broadcast_title: str = ""
    times: tuple[Instant, ...] = ()
    """The first few instants at which they meet."""
    count: int = 1
    """At how many they meet in all."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Silenced:
    """A broadcast of a lower class that this one will silence, if it has not ended by then."""

    broadcast: str
    """Its id."""
    title: str
    times: tuple[Instant, ...]
    """The first few of its airings that give way."""
    count: int
    """How many give way in all."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Replaced:
    """What goes to make room for another broadcast: told where it is in the way, and sent back to take it back."""

    broadcast: BroadcastId
    at: Instant | None = None
    """That airing alone, of one that recurs; null for all of one that airs but once."""


def replaceable(ways: WaysOut) -> tuple[Replaced, ...]:
    """What would have to go, as it is sent back."""
    return tuple(Replaced(broadcast=each.broadcast.id, at=each.at) for each in ways.removals)


def told(words: Words, conflict: Conflict) -> Hindrance:
    other = conflict.other
    return Hindrance(
        node=conflict.node,
        reason=conflict.reason,
        reason_words=phrases.say(words, conflict.reason),
        broadcast=None if other is None else other.id,
        broadcast_title="" if other is None else other.title,
        times=conflict.times,
        count=conflict.count,
    )


def silenced(found: Interruption) -> Silenced:
    return Silenced(broadcast=found.other.id, title=found.other.title, times=found.times, count=found.count)
