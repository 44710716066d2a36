"""The orders a node refused lately, as one line for a technician: how many, of which kinds, and how bad it is. Pure."""

from collections import Counter as Tally
from collections.abc import Iterator, Mapping

from contract.terms import Reason
from hub.web.wording.phrases import Line, OrderFault, Tone
from hub.web.wording.words import mark

_KINDS = {
    Reason.BAD_SIGNATURE: OrderFault.BAD_SIGNATURE,
    Reason.REPLAYED: OrderFault.REPLAYED,
    Reason.STALE_NONCE: OrderFault.STALE,
    Reason.EXPIRED: OrderFault.LATE,
    Reason.MALFORMED: OrderFault.MALFORMED,
    Reason.OTHER_NODE: OrderFault.OTHER_NODE,
    Reason.NOT_VALID_NOW: OrderFault.NOT_VALID_NOW,
}
_FORGED = frozenset({OrderFault.BAD_SIGNATURE, OrderFault.MALFORMED, OrderFault.OTHER_NODE})
"""Nothing the hub sends looks like this: somebody else speaks, or the node has joined another hub."""
_USUAL = frozenset({OrderFault.STALE, OrderFault.LATE})
"""These happen to a live order after a restart or a bad link, and the hub signs it again."""


def describe(refused: Mapping[Reason, int]) -> Iterator[Line]:
    """One line where anything was refused, the most frequent kind first."""
    kinds: Tally[OrderFault] = Tally()
    for reason, count in refused.items():
        kinds[_KINDS.get(reason, OrderFault.OTHER)] += count
    if not kinds.total():
        return
    icon, tone = "cross", Tone.WARN
    if kinds.keys() & _FORGED:
        icon, tone = "alert", Tone.BAD
    elif kinds.keys() <= _USUAL:
        icon, tone = "clock", Tone.INFO
    values = {"count": kinds.total(), "kinds": tuple(kinds.most_common())}
    yield Line(mark("%(count)s orders refused in 24 hours: %(kinds)s"), icon, tone, values)
