"""What people make of incidents: somebody knows, somebody sees to it, somebody wrote a note. Each act is on record."""

from datetime import datetime

from sqlalchemy import Connection

from hub.incidents.incident import Kept
from hub.orders.desk import Desk
from hub.people.accounts import Act, User, require
from hub.refusals import NotFound, Refused
from hub.store import incidents, people

NOTE_MAX = 300


def subject(id: int) -> str:
    """How the record of deeds calls an incident."""
    return f"incident:{id}"


class Over(Refused):
    """Of what is over nobody needs to know: said then, it would keep others from being called if it comes again."""

    def __init__(self) -> None:
        super().__init__(
            "Sự cố này đã hết rồi, không cần ai nhận nữa.", "This incident is over already; nobody needs to know of it."
        )


def know(desk: Desk, id: int, user: User) -> None:
    """Say that one knows of it; who said so first stays. Raises NotAllowed, NotFound or Over."""
    with desk.database.write() as c:
        note_known(c, require_theirs(c, id, user), user.name, desk.clock())
    desk.news.tell("incidents")


def note_known(c: Connection, kept: Kept, who: str, now: datetime) -> None:
    """Raises Over."""
    if kept.known_at is not None:
        return
    if kept.incident.is_closed:
        raise Over
    incidents.set_known(c, kept.incident.id, who, now)
    people.note(c, now, who, "incident-known", subject(kept.incident.id))


def assign(desk: Desk, id: int, name: str, user: User) -> None:
    """Say who sees to it; empty is nobody. Raises NotAllowed, NotFound or Refused."""
    with desk.database.write() as c:
        kept = require_theirs(c, id, user)
        person = people.user(c, name) if name else None
        if name and (person is None or not person.is_active):
            raise Refused("Không có người này, hoặc tài khoản đã khoá.", "There is no such person, or no longer.")
        if kept.assigned_to != name:
            incidents.assign(c, id, name)
            title = "" if person is None else person.title
            people.note(c, desk.clock(), user.name, "incident-assign", subject(id), title)
    desk.news.tell("incidents")


def add_note(desk: Desk, id: int, text: str, user: User) -> None:
    """Write something down for whoever looks next. Raises NotAllowed, NotFound or Refused."""
    text = " ".join(text.split())
    if not text or len(text) > NOTE_MAX or not text.isprintable():
        raise Refused(f"Ghi chú có từ 1 đến {NOTE_MAX} ký tự.", f"A note has 1 to {NOTE_MAX} characters.")
    with desk.database.write() as c:
        require_theirs(c, id, user)
        people.note(c, desk.clock(), user.name, "incident-note", subject(id), text)
    desk.news.tell("incidents")


def require_theirs(c: Connection, id: int, user: User) -> Kept:
    """An incident of villages that this person answers for. Raises NotAllowed or NotFound."""
    require(user, Act.TEND)
    kept = incidents.one(c, id)
    if kept is None:
        raise NotFound("Không có sự cố này.", "There is no such incident.")
    require(user, Act.TEND, kept.incident.nodes)
    return kept
