"""Users, log-ins and the record of deeds."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from hub.people.accounts import SESSION_LENGTH, Role, Session, User
from hub.people.deeds import DeedName
from hub.store import people
from hub.store.database import Database

NOW = datetime(2026, 3, 2, 5, 0, 0, 123456, tzinfo=UTC)
LAN = User(name="lan", title="Cán bộ truyền thanh Lan", role=Role.OFFICER, password_hash="$argon2id$lan")
MINH = User(name="minh", title="Chủ tịch Minh", role=Role.LEADER, password_hash="$argon2id$minh")


def log_in(c: Connection, user: str, token: str, at: datetime = NOW) -> Session:
    session = Session(token_sha256=token * 64, user=user, created_at=at, expires_at=at + SESSION_LENGTH)
    people.add_session(c, session)
    return session


def test_users_are_kept_as_they_are(c: Connection) -> None:
    people.add_user(c, MINH)
    people.add_user(c, LAN)
    assert people.user(c, "lan") == LAN
    assert people.user(c, "thu") is None
    assert people.users(c) == [LAN, MINH]


def test_a_name_is_given_once(database: Database) -> None:
    with database.write() as c:
        people.add_user(c, LAN)
    with pytest.raises(IntegrityError), database.write() as c:
        people.add_user(c, LAN)


def test_a_log_in_lasts_until_it_runs_out(c: Connection) -> None:
    people.add_user(c, LAN)
    session = log_in(c, "lan", "a")
    assert people.session(c, "a" * 64, NOW) == (session, LAN)
    assert people.session(c, "a" * 64, session.expires_at - timedelta(microseconds=1)) == (session, LAN)
    assert people.session(c, "a" * 64, session.expires_at) is None
    assert people.session(c, "b" * 64, NOW) is None


def test_logging_out_ends_that_log_in_alone(c: Connection) -> None:
    people.add_user(c, LAN)
    log_in(c, "lan", "a")
    log_in(c, "lan", "b")
    people.end_session(c, "a" * 64)
    assert people.session(c, "a" * 64, NOW) is None
    assert people.session(c, "b" * 64, NOW) is not None


def test_a_new_password_ends_the_log_ins_of_that_user_alone(c: Connection) -> None:
    for user, token in ((LAN, "a"), (MINH, "b")):
        people.add_user(c, user)
        log_in(c, user.name, token)
    people.set_password(c, "lan", "$argon2id$new")
    assert people.session(c, "a" * 64, NOW) is None
    assert people.session(c, "b" * 64, NOW) is not None
    lan = people.user(c, "lan")
    assert lan is not None
    assert lan.password_hash == "$argon2id$new"


def test_log_ins_that_ran_out_are_forgotten_at_the_next_one(c: Connection) -> None:
    people.add_user(c, LAN)
    log_in(c, "lan", "a")
    log_in(c, "lan", "b", NOW + SESSION_LENGTH)
    assert people.session(c, "a" * 64, NOW) is None


def test_deeds_are_listed_newest_first(c: Connection) -> None:
    acts: tuple[DeedName, ...] = ("order", "approve", "stop")
    for minute, act in enumerate(acts):
        people.note(c, NOW + timedelta(minutes=minute), "lan", act, "b1", "Thông báo họp")
    assert [n.act for n in people.notes(c, 2)] == ["stop", "approve"]
    assert people.notes(c)[-1] == people.Note(at=NOW, who="lan", act="order", subject="b1", detail="Thông báo họp")


def test_deeds_of_one_instant_keep_their_order(c: Connection) -> None:
    for act in ("order", "approve", "stop"):
        people.note(c, NOW, "lan", act, "b1")
    assert [n.act for n in people.notes(c)] == ["stop", "approve", "order"]


def test_a_pin_is_its_users_own_and_ends_no_log_in(c: Connection) -> None:
    people.add_user(c, LAN)
    people.add_user(c, MINH)
    log_in(c, "minh", "a")
    people.set_pin(c, "minh", "$argon2id$pin")
    minh, lan = people.user(c, "minh"), people.user(c, "lan")
    assert minh is not None
    assert lan is not None
    assert (minh.pin_hash, minh.password_hash, lan.pin_hash) == ("$argon2id$pin", MINH.password_hash, "")
    assert people.session(c, "a" * 64, NOW) is not None


def test_deeds_of_one_kind_are_counted(c: Connection) -> None:
    for minute, who in enumerate(("minh", "minh", "lan")):
        people.note(c, NOW + timedelta(minutes=minute), who, "pin-wrong", who)
    assert people.count_notes(c, "minh", "pin-wrong", NOW) == 2
    assert people.count_notes(c, "minh", "pin-wrong", NOW + timedelta(minutes=1)) == 1
    assert people.count_notes(c, "minh", "pin", NOW) == 0
