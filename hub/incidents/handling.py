"""What people make of incidents: somebody knows, somebody sees to it, somebody wrote a note. Each act is on record."""

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


def know(desk: Desk, id: int, user: User) -> None:
    """Say that one knows of it; who said so first stays. Raises NotAllowed or NotFound."""
    now = desk.clock()
    with desk.database.write() as c:
        kept = require_theirs(c, id, user)
        if kept.known_at is None:
            incidents.set_known(c, id, user.name, now)
            people.note(c, now, user.name, "incident-known", subject(id))
    desk.news.tell("incidents")


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
