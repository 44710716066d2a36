"""An event of another program's calendar becomes an order: always as a draft, to be looked at. Beside `desk`."""

from hub.orders.broadcasts import Broadcast
from hub.orders.desk import Desk
from hub.orders.wish import Wish
from hub.people.accounts import User
from hub.refusals import Refused

AT_ONCE = 100
"""Events of a file that are taken at once, the soonest first."""


def draft(desk: Desk, wish: Wish, user: User) -> Broadcast:
    """Raises Refused for one without a time, which no calendar has; else as `Desk.order`."""
    if wish.rule is None and wish.starts_at is None:
        raise Refused("Hãy chọn ngày và giờ phát.", "Choose the date and the time.")
    return desk.order(wish, user, is_submitted=False)
