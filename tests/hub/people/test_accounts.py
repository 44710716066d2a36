"""Roles, and where they hold."""

from dataclasses import replace

import pytest

from hub.people.accounts import Act, Role, User, may


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


def test_who_keeps_the_people_neither_orders_nor_approves() -> None:
    for role in Role:
        acts = {act for act in Act if may(person(role), act)}
        assert Act.MANAGE not in acts or not acts & {Act.ORDER, Act.APPROVE, Act.ALARM}


@pytest.mark.parametrize("role", list(Role))
def test_who_has_left_may_nothing(role: Role) -> None:
    assert not [act for act in Act if may(replace(person(role), is_active=False), act)]
