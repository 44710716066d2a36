"""Roles and passwords."""

import pytest

from hub.accounts import Act, Role, User, may, password_fault


def person(role: Role, *villages: str) -> User:
    return User(name="x", title="X", role=role, password_hash="", villages=frozenset(villages))


def test_only_the_leader_approves() -> None:
    assert [role for role in Role if may(person(role), Act.APPROVE)] == [Role.LEADER]


@pytest.mark.parametrize(
    ("villages", "touched", "is_theirs"),
    [
        ((), ("a", "b"), True),
        ((), None, True),
        (("a",), ("a",), True),
        (("a", "b"), ("b", "a"), True),
        (("a",), ("a", "b"), False),
        (("a",), ("b",), False),
        (("a",), None, False),
        (("a",), (), True),
    ],
)
def test_who_answers_for_some_villages_changes_those_alone(
    villages: tuple[str, ...], touched: tuple[str, ...] | None, is_theirs: bool
) -> None:
    assert may(person(Role.OFFICER, *villages), Act.ORDER, touched) is is_theirs
    assert not may(person(Role.VIEWER, *villages), Act.ORDER, touched)


def test_everyone_on_duty_may_stop_what_sounds_and_a_viewer_may_only_look() -> None:
    assert {role for role in Role if may(person(role), Act.STOP)} == {Role.OFFICER, Role.LEADER, Role.TECHNICIAN}
    assert [act for act in Act if may(person(Role.VIEWER), act)] == [Act.LOOK]


@pytest.mark.parametrize("password", ["", "ngắn", "a" * 201, "aaaaaaaaaaaa", "canbo-xa-01"])
def test_weak_passwords_get_a_sentence(password: str) -> None:
    told = password_fault(password, "canbo-xa-01")
    assert told is not None
    assert all(each.endswith(".") for each in told)


def test_a_long_phrase_is_enough() -> None:
    assert password_fault("hoa gạo nở tháng ba", "canbo") is None
