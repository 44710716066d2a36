"""What keeps a fault from opening an incident, and until when. Nothing ever keeps one from closing. Pure."""

from datetime import UTC, datetime

from contract.terms import NetworkCause
from hub.incidents.book import RULES, Book, Fault, Rules, Setting, Village, is_away
from hub.incidents.incident import NODE, About, about, parents

LEASES = "target:dhcp"
NEVER = datetime.max.replace(tzinfo=UTC)
"""Until something changes."""


def held_until(
    book: Book, setting: Setting, node: str, subject: str, fault: Fault, now: datetime, rules: Rules = RULES
) -> datetime | None:
    """The instant to look again; None where the fault may open an incident now."""
    village = book.village(node)
    ends = [
        book.quiet_until,
        setting.maintained_until(node, subject, now),
        NEVER if _is_network_well(village, subject) else None,
        _settled_at(subject, fault, rules),
        *(_parent_back_at(village, parent, rules) for parent in parents(subject)),
    ]
    return max((end for end in ends if end is not None and end > now), default=None)


def _is_network_well(village: Village, subject: str) -> bool:
    """The node itself finds that its network works all the same: one page of two is gone, or a router takes no pings.
    Of who gives out addresses that says nothing."""
    return about(subject) is About.NETWORK and subject != LEASES and village.network == NetworkCause.NONE


def _settled_at(subject: str, fault: Fault, rules: Rules) -> datetime | None:
    return fault.since_at + rules.settle_network if about(subject) is About.NETWORK else None


def _parent_back_at(village: Village, parent: str, rules: Rules) -> datetime | None:
    is_gone = is_away(village) if parent == NODE else parent in village.faults
    if is_gone:
        return NEVER
    returned_at = village.returned.get(parent)
    return None if returned_at is None else returned_at + rules.grace
