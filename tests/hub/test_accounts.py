"""Roles and passwords."""

import pytest

from hub.accounts import Act, Role, may, password_fault


def test_only_the_leader_approves() -> None:
    assert [role for role in Role if may(role, Act.APPROVE)] == [Role.LEADER]


def test_everyone_on_duty_may_stop_what_sounds_and_a_viewer_may_only_look() -> None:
    assert {role for role in Role if may(role, Act.STOP)} == {Role.OFFICER, Role.LEADER, Role.TECHNICIAN}
    assert [act for act in Act if may(Role.VIEWER, act)] == [Act.LOOK]


@pytest.mark.parametrize("password", ["", "ngắn", "a" * 201, "aaaaaaaaaaaa", "canbo-xa-01"])
def test_weak_passwords_get_a_sentence(password: str) -> None:
    told = password_fault(password, "canbo-xa-01")
    assert told is not None
    assert all(each.endswith(".") for each in told)


def test_a_long_phrase_is_enough() -> None:
    assert password_fault("hoa gạo nở tháng ba", "canbo") is None
