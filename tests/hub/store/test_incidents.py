"""Incidents come back as they were written; what people made of them stays when they change."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from hub.incidents.book import Book, Fault, Village
from hub.incidents.incident import About, Incident, Kept, Member
from hub.store import incidents, meta
from hub.store.incidents import Told
from tests.hub.incidents.course import T0

HOUR = timedelta(hours=1)
MEMBER = Member(node="a", subject="node", value="down", detail="", since_at=T0)
CUT = Incident(id=1, about=About.CONTACT, since_at=T0, opened_at=T0, is_wide=True, members=[MEMBER])


def test_an_incident_comes_back_whole(c: Connection) -> None:
    incidents.put(c, [CUT])
    assert incidents.lasting(c) == [Kept(CUT)]
    assert incidents.past(c, 10) == []
    assert incidents.one(c, 2) is None


def test_what_people_made_of_it_stays_when_it_goes_on(c: Connection) -> None:
    incidents.put(c, [CUT])
    incidents.set_known(c, 1, "tam", T0 + HOUR)
    incidents.assign(c, 1, "lan")
    over = replace(CUT, closed_at=T0 + HOUR, members=[replace(MEMBER, left_at=T0 + HOUR), replace(MEMBER, node="b")])
    incidents.put(c, [over])
    incidents.put(c, [over])
    assert incidents.lasting(c) == []
    assert incidents.past(c, 10) == [Kept(over, "tam", T0 + HOUR, "lan")]


def test_the_past_is_looked_through_by_village_and_has_no_parts(c: Connection) -> None:
    part = replace(CUT, id=2, closed_at=T0, merged_into=3, members=[])
    whole = replace(CUT, id=3, closed_at=T0 + HOUR, members=[replace(MEMBER, node="b")])
    incidents.put(c, [replace(CUT, closed_at=T0), part, whole])
    assert [k.incident.id for k in incidents.past(c, 10)] == [3, 1]
    assert [k.incident.id for k in incidents.past(c, 10, "b")] == [3]
    assert [k.incident.id for k in incidents.past(c, 1)] == [3]


def test_the_book_comes_back_as_it_was_put_down(c: Connection) -> None:
    assert incidents.load(c, T0) == Told()
    village = Village("late", T0, {"sound": Fault(value="fault", detail="card", since_at=T0)}, {"node": T0})
    told = Told(Book(T0, None, 7, {"a": village}, {7: replace(CUT, id=7)}), T0, ["a s 1"])
    incidents.save(c, told)
    assert incidents.load(c, T0) == told


def test_a_book_that_cannot_be_read_begins_anew_with_what_is_open(c: Connection) -> None:
    incidents.put(c, [CUT])
    meta.put(c, "incidents", '{"book": 1}')
    book = incidents.load(c, T0 + HOUR).book
    assert (book.serial, book.incidents[1].closed_at, book.incidents[1].away) == (1, T0 + HOUR, [])
