"""What would become of an order, without saving it. Beside `desk`."""

from dataclasses import dataclass, replace

from hub.orders import admission
from hub.orders.broadcasts import Broadcast
from hub.orders.conflicts import Interruption
from hub.orders.desk import Desk, find
from hub.orders.drafting import draft
from hub.orders.wish import Wish
from hub.people.accounts import Act, User, require
from hub.store import day_sets


@dataclass(frozen=True, slots=True)
class Weighed:
    """The broadcast that it would be, and what it would sound over."""

    broadcast: Broadcast
    interruptions: tuple[Interruption, ...]


def weigh(desk: Desk, wish: Wish, user: User, instead_of: str = "") -> Weighed:
    """Judge a wish as `order` would, or as `change` would (`instead_of` an order).

    Raises Conflicted with all hindrances, Refused or NotFound.
    """
    require(user, Act.ORDER, wish.nodes)
    now = desk.clock()
    with desk.database.read() as c:
        sets = day_sets.day_sets(c)
        would_be = draft(c, desk.shelf, wish, user.name, now, sets)
        if instead_of:
            would_be = replace(would_be, id=find(c, instead_of).id)
        admission.check_conflicts(c, would_be, now, sets)
        return Weighed(would_be, tuple(admission.interruptions(c, would_be, now, sets)))
