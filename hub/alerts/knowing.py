"""Saying that one knows of an incident by the link in its message, without logging in."""

from hub.alerts import places
from hub.alerts.delivery import sealed
from hub.alerts.place import Place
from hub.incidents.handling import note_known
from hub.incidents.incident import Kept
from hub.orders.desk import Desk
from hub.refusals import NotFound
from hub.store import alerts, incidents

TOKEN_MAX = 100


class LinkOver(NotFound):
    """The link is mistyped or its time is over, or its place was removed."""

    def __init__(self) -> None:
        super().__init__(
            "Đường dẫn này không còn dùng được. Hãy đăng nhập và mở trang Sự cố.",
            "This link can no longer be used. Log in and open the page of incidents.",
        )


def find(desk: Desk, token: str) -> tuple[Kept, Place]:
    """Of which incident a link is (of the whole, where it turned out to be a part), and whose. Raises LinkOver."""
    with desk.database.read() as c:
        ticket = alerts.ticket(c, sealed(token), desk.clock())
        place = None if ticket is None else alerts.place(c, ticket.place)
        kept = None if ticket is None else incidents.one(c, ticket.incident)
        while kept is not None and kept.incident.merged_into:
            kept = incidents.one(c, kept.incident.merged_into)
    if place is None or place.is_removed or kept is None:
        raise LinkOver
    return kept, place


def know(desk: Desk, token: str) -> None:
    """Say that this place knows of it; who said so first stays. Raises LinkOver, or Over where the incident is."""
    kept, place = find(desk, token)
    with desk.database.write() as c:
        present = incidents.one(c, kept.incident.id)
        if present is not None:
            note_known(c, present, places.subject(place.id), desk.clock())
    desk.news.tell("incidents")
