"""Who is alive: late within 30 s, down before an alert is due at 90 s, and nobody judged while the hub was away."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.nodes.fleet import KEEPALIVE_S, WILL_AFTER_S, Presence, Status, status

T0 = datetime(2026, 12, 1, tzinfo=UTC)
LONG_AGO = T0 - timedelta(days=1)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def test_a_node_never_heard_of_is_new() -> None:
    assert status(None, T0, LONG_AGO) is Status.NEW


def test_a_node_whose_power_went_is_late_by_30_s_and_down_before_90_s() -> None:
    will_at = WILL_AFTER_S
    assert will_at < 30
    assert KEEPALIVE_S == 15
    gone = Presence(is_online=False, changed_at=at(will_at), heard_at=T0)
    assert status(gone, at(30), LONG_AGO) is Status.LATE
    assert status(gone, at(84), LONG_AGO) is Status.LATE
    assert status(gone, at(85), LONG_AGO) is Status.DOWN


@pytest.mark.parametrize(
    ("silence_s", "expected"), [(0, Status.UP), (74, Status.UP), (76, Status.LATE), (85, Status.DOWN)]
)
def test_a_connected_node_that_says_nothing_is_not_up(silence_s: float, expected: Status) -> None:
    hanging = Presence(is_online=True, changed_at=LONG_AGO, heard_at=T0)
    assert status(hanging, at(silence_s), LONG_AGO) is expected


def test_while_the_hub_has_no_broker_nobody_is_judged() -> None:
    gone = Presence(is_online=False, changed_at=LONG_AGO, heard_at=LONG_AGO)
    assert status(gone, T0, None) is Status.UNKNOWN


def test_after_the_hub_came_back_nodes_have_a_minute_to_speak() -> None:
    before = Presence(is_online=True, changed_at=LONG_AGO, heard_at=LONG_AGO)
    assert status(before, at(30), T0) is Status.UNKNOWN
    assert status(before, at(95), T0) is Status.DOWN
    spoke = Presence(is_online=True, changed_at=at(5), heard_at=at(5))
    assert status(spoke, at(30), T0) is Status.UP
