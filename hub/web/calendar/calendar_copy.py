"""The calendar as a file for other programs, in one language: of the whole commune, or of one village."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.ics.writing import Listed, write
from hub.nodes.fleet import Node
from hub.orders.broadcasts import Broadcast
from hub.refusals import NotFound
from hub.rules import wording
from hub.store import broadcasts as broadcast_rows
from hub.store import day_sets, nodes, people
from hub.web.asking import Hub
from hub.web.wording import phrases
from hub.web.wording.words import Words

TOLD_BACK = timedelta(days=30)
TOLD_AHEAD = timedelta(days=2 * 366)
MEDIA_TYPE = "text/calendar"


@dataclass(frozen=True, slots=True)
class Copy:
    """The file, and the header that names it."""

    data: bytes
    disposition: str


def make(hub: Hub, words: Words, now: datetime, village: str = "") -> Copy:
    """What is ordered, and what was lately. Raises NotFound for a `village` that is none."""
    with hub.desk.database.read() as c:
        present = [n for n in nodes.nodes(c) if not n.is_revoked and village in ("", n.id)]
        if not present:
            raise NotFound("Không có làng này.", "There is no such village.")
        orders = broadcast_rows.between(c, now - TOLD_BACK, now + TOLD_AHEAD)
        listed = _listed(words, c, orders, present)
        name = f"Loa Làng: {present[0].title}" if village else "Loa Làng"
        data = write(name, listed, now, day_sets.day_sets(c), hub.pages.zone)
    file = f"loa-lang-{village}.ics" if village else "loa-lang.ics"
    return Copy(data, f'attachment; filename="{file}"')


def _listed(words: Words, c: Connection, orders: Sequence[Broadcast], present: Sequence[Node]) -> list[Listed]:
    """Those that are heard in any of these villages."""
    titles = {n.id: n.title for n in present}
    ours = [(b, [titles[id] for id in b.nodes if id in titles]) for b in orders]
    deeds = people.count_deeds(c, [b.id for b in orders])
    everywhere = words.gettext("All villages")
    return [
        Listed(
            order=b,
            place=everywhere if len(places) == len(titles) > 1 else ", ".join(places),
            note=_note(words, b),
            sequence=max(0, deeds.get(b.id, 0) - 1),
        )
        for b, places in ours
        if places
    ]


def _note(words: Words, order: Broadcast) -> str:
    said = phrases.say(words, order.priority)
    return f"{said}; {wording.shown_words(order.rule)}" if order.rule else said
