"""What technicians keep of the villages: whom to call, what is spoken there. Beside `desk`; each act leaves a note."""

from collections.abc import Callable

from sqlalchemy import Connection

from hub.nodes.fleet import language_fault, phone_fault
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
