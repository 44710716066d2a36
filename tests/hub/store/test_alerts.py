"""Places, the outbox and tickets come back as they were written, on both engines."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from hub.alerts.content import Content, Item
from hub.alerts.letter import Fault
from hub.alerts.place import Hears
from hub.alerts.register import Matter, Register, Word
from hub.store import alerts, meta
from hub.store.alerts import KEEP, Posted, Ticket
from tests.hub.alerts.course import T0, place

MINUTE = timedelta(minutes=1)
ITEM = Item(incident=1, turn="gone", sentence="…", facts="từ 14:02", villages=(("a", "Thôn A"),), since_at=T0)
FIRST = Posted(id="m1", place="p1", kind="alert", content=Content(subject="s", items=(ITEM,)), made_at=T0, next_at=T0)


def test_a_place_comes_back_whole_and_may_change(c: Connection) -> None:
    full = place(
        "p1", villages=frozenset("ab"), hears=Hears.TURN, after_min=30, quiet_from_min=0, quiet_until_min=300,
        digest_min=1020, has_empty_digest=True, language="en",
    )  # fmt: skip
    alerts.put_place(c, full)
    assert alerts.place(c, "p1") == full
    gone = place("p1", is_removed=True, url="")
    alerts.put_place(c, gone)
    assert (alerts.places(c), alerts.open_places(c), alerts.place(c, "p2")) == ([gone], [], None)


def test_what_is_due_comes_out_until_it_is_sent_and_is_laid_in_once(c: Connection) -> None:
    alerts.post(c, FIRST)
    alerts.post(c, Posted(**{**_values(FIRST), "content": Content(subject="again")}))
    assert alerts.due(c, T0 - MINUTE) == []
    assert alerts.due(c, T0) == [FIRST]
    alerts.note_failed(c, "m1", Fault.TIMEOUT, T0 + MINUTE)
    assert alerts.due(c, T0) == []
    (again,) = alerts.due(c, T0 + MINUTE)
    assert (again.tries, again.fault) == (1, "timeout")
    alerts.note_sent(c, "m1", T0 + MINUTE)
    (sent,) = alerts.recent(c, 9)
    assert (sent.sent_at, sent.next_at, sent.tries, sent.fault) == (T0 + MINUTE, None, 2, "")


def test_a_place_that_cannot_be_reached_waits_with_all_that_goes_there(c: Connection) -> None:
    for id, to in (("m1", "p1"), ("m2", "p1"), ("m3", "p2")):
        alerts.post(c, Posted(**{**_values(FIRST), "id": id, "place": to}))
    alerts.put_off(c, "p1", T0 + MINUTE)
    assert [m.id for m in alerts.due(c, T0)] == ["m3"]
    alerts.give_up(c, "p1", Fault.REMOVED)
    assert [m.id for m in alerts.due(c, T0 + MINUTE)] == ["m3"]


def test_a_place_is_unreached_from_the_second_try_of_its_newest_messages_until_one_arrives(c: Connection) -> None:
    for id in ("p1", "p2"):
        alerts.put_place(c, place(id))
    for id, minutes in (("m1", 0), ("m2", 3), ("m3", 6)):
        alerts.post(c, Posted(**{**_values(FIRST), "id": id, "made_at": T0 + minutes * MINUTE}))
    alerts.note_sent(c, "m1", T0)
    alerts.note_failed(c, "m2", Fault.TIMEOUT, T0 + 4 * MINUTE)
    assert alerts.unreached(c, T0) == [], "the first try may have met a moment"
    alerts.note_failed(c, "m2", Fault.TIMEOUT, T0 + 9 * MINUTE)
    for _ in range(2):
        alerts.note_failed(c, "m3", Fault.LOGIN, None)
    (found,) = alerts.unreached(c, T0)
    assert (found.place.id, found.since_at, found.fault) == ("p1", T0 + 3 * MINUTE, "login")
    assert alerts.unreached(c, T0 + 7 * MINUTE) == [], "long ago"
    alerts.post(c, Posted(**{**_values(FIRST), "id": "m4", "kind": "test", "made_at": T0 + 8 * MINUTE}))
    alerts.note_sent(c, "m4", T0 + 8 * MINUTE)
    assert alerts.unreached(c, T0) == [], "the test arrived"


def test_a_ticket_is_valid_for_its_time_and_old_things_are_forgotten(c: Connection) -> None:
    alerts.add_tickets(c, [("x" * 64, Ticket(7, "p1", T0 + MINUTE))])
    alerts.add_tickets(c, [])
    assert alerts.ticket(c, "x" * 64, T0) == Ticket(7, "p1", T0 + MINUTE)
    assert alerts.ticket(c, "x" * 64, T0 + MINUTE) is None
    alerts.post(c, FIRST)
    alerts.post(c, Posted(**{**_values(FIRST), "id": "m2", "next_at": None}))
    alerts.forget(c, T0 + KEEP + MINUTE)
    assert [m.id for m in alerts.recent(c, 9)] == ["m1"], "what still waits is kept"
    assert alerts.ticket(c, "x" * 64, T0) is None


def test_the_register_comes_back_and_one_of_another_version_begins_anew(c: Connection) -> None:
    matter = Matter(opened_at=T0, gone_at=T0, villages=["a"], told={"p1": Word.GONE})
    register = Register(now=T0, matters={3: matter}, spoken_at={"p1": T0})
    alerts.save(c, register)
    assert alerts.load(c) == register
    meta.put(c, "alerts", "[]")
    assert alerts.load(c) == Register()


def _values(posted: Posted) -> dict[str, Any]:
    return {name: getattr(posted, name) for name in Posted.__slots__}
