"""What technicians keep of the villages: whom to call, what is spoken there, where they lie. Beside `desk`; each act
leaves a note."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from hub.nodes.fleet import language_fault, phone_fault
from hub.nodes.positions import Position
from hub.orders.desk import Desk
from hub.people.accounts import Act, User, require
from hub.people.deeds import DeedName
from hub.refusals import NotFound, Refused
from hub.store import nodes, people


def set_phone(desk: Desk, id: str, phone: str, user: User) -> None:
    """Whom to call in this village; empty is nobody. Raises NotAllowed, NotFound or Refused."""
    _set(desk, id, "phone", phone, user, phone_fault, nodes.set_phone)


def set_language(desk: Desk, id: str, language: str, user: User) -> None:
    """What is spoken in this village; empty is the commune's own. Raises NotAllowed, NotFound or Refused."""
    _set(desk, id, "language", language, user, language_fault, nodes.set_language)


class Abroad(Refused):
    """A position outside of the country, which nobody said is meant."""

    def __init__(self, position: Position) -> None:
        super().__init__(
            f"{position} không nằm ở Việt Nam. Nếu đúng là chỗ đó, hãy xác nhận.",
            f"{position} is not in Vietnam. If it is right, confirm it.",
        )


def set_position(desk: Desk, id: str, position: Position | None, user: User, is_meant: bool = False) -> None:
    """Where this village lies; None is not known. Raises NotAllowed, NotFound, or Abroad unless that `is_meant`."""
    require(user, Act.TEND, [id])
    if position is not None and not position.is_in_vietnam and not is_meant:
        raise Abroad(position)
    with desk.database.write() as c:
        if nodes.node(c, id) is None:
            raise NotFound("Không có nút này.", "There is no such node.")
        note_positions(c, {id: position}, user.name, desk.clock())
    desk.news.tell("fleet")


def note_positions(c: Connection, positions: Mapping[str, Position | None], who: str, at: datetime) -> None:
    """Keep where nodes that exist lie, each with its note."""
    for id, position in positions.items():
        nodes.set_position(c, id, position)
        people.note(c, at, who, "position", id, "" if position is None else str(position))


def _set(
    desk: Desk,
    id: str,
    what: DeedName,
    text: str,
    user: User,
    find_fault: Callable[[str], tuple[str, str] | None],
    store: Callable[[Connection, str, str], None],
) -> None:
    require(user, Act.TEND, [id])
    text = " ".join(text.split())
    fault = find_fault(text)
    if fault is not None:
        raise Refused(*fault)
    with desk.database.write() as c:
        if nodes.node(c, id) is None:
            raise NotFound("Không có nút này.", "There is no such node.")
        store(c, id, text)
        people.note(c, desk.clock(), user.name, what, id, text)
    desk.news.tell("fleet")
