"""What may be heard when: quiet hours across midnight, quotas by local day, emergencies with limits of their own."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.limits import Limits
from contract.rules import Span, is_quiet, overlaps, refusal, sessions, volume_pct
from contract.terms import Priority, Reason

HANOI = timezone(timedelta(hours=7))
LIMITS = Limits(quiet_from_min=21 * 60, quiet_until_min=270, sessions_a_day=3, minutes_a_day=45, longest_s=1800)


def airing(
    hour: int, minute: int = 0, minutes: float = 10, day: int = 1, priority: Priority = Priority.ROUTINE
) -> Span:
    return Span(datetime(2026, 12, day, hour, minute, tzinfo=HANOI).astimezone(UTC), minutes * 60, priority)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (airing(5), False),
        (airing(4, 29), True),
        (airing(4, 30), False),
        (airing(20, 55), True),
        (airing(20, 50), False),
        (airing(0), True),
        (airing(23, 59), True),
    ],
)
def test_quiet_hours_cross_midnight(span: Span, expected: bool) -> None:
    assert is_quiet(LIMITS, span) is expected


def test_quiet_hours_within_a_day() -> None:
    noon = Limits(quiet_from_min=11 * 60, quiet_until_min=13 * 60)
    assert is_quiet(noon, airing(12))
    assert not is_quiet(noon, airing(22))


def test_the_fourth_session_of_a_day_is_refused_and_the_next_day_is_free() -> None:
    heard = [airing(5), airing(6), airing(7)]
    assert refusal(LIMITS, airing(17), heard) is Reason.QUOTA_SESSIONS
    assert refusal(LIMITS, airing(5, day=2), heard) is Reason.NONE


def test_minutes_add_up_over_the_local_day() -> None:
    heard = [airing(5, minutes=30)]
    assert refusal(LIMITS, airing(17, minutes=15), heard) is Reason.NONE
    assert refusal(LIMITS, airing(17, minutes=16), heard) is Reason.QUOTA_MINUTES
    assert refusal(LIMITS, airing(17, minutes=31), []) is Reason.TOO_LONG


def test_an_emergency_passes_the_night_but_not_its_own_limits() -> None:
    night = airing(2, priority=Priority.EMERGENCY)
    assert refusal(LIMITS, night, [airing(5)] * 9) is Reason.NONE
    own = Limits(emergency_longest_s=60)
    assert refusal(own, night, []) is Reason.TOO_LONG
    today = [airing(1, priority=Priority.EMERGENCY)]
    assert refusal(Limits(emergency_minutes_a_day=20), night, today) is Reason.NONE
    assert refusal(Limits(emergency_minutes_a_day=19), night, today) is Reason.QUOTA_MINUTES


@given(st.integers(0, 1439), st.integers(1, 600), st.integers(0, 1439), st.integers(1, 600))
def test_overlap_is_mutual_and_agrees_with_counting_minutes(a: int, a_len: int, b: int, b_len: int) -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    one = Span(start + timedelta(minutes=a), a_len * 60, Priority.ROUTINE)
    two = Span(start + timedelta(minutes=b), b_len * 60, Priority.ROUTINE)
    shared = set(range(a, a + a_len)) & set(range(b, b + b_len))
    assert overlaps(one, two) is overlaps(two, one) is bool(shared)


def test_a_session_may_be_several_plays_in_a_row() -> None:
    morning = [airing(5, minutes=10), airing(5, 10), airing(5, 24)]
    assert sessions(morning, gap_s=300) == 1
    assert sessions(morning, gap_s=200) == 2
    assert sessions([airing(5, minutes=60), airing(5, 10, minutes=1), airing(6, 4)], gap_s=300) == 1
    three_a_day = Limits(sessions_a_day=3, minutes_a_day=1440)
    heard = [*morning, airing(11), airing(17)]
    assert refusal(three_a_day, airing(17, 12), heard) is Reason.NONE
    assert refusal(three_a_day, airing(17, 30), heard) is Reason.QUOTA_SESSIONS


def test_two_sessions_of_fifteen_minutes_on_weekdays_only() -> None:
    province = Limits(days=(0, 1, 2, 3, 4), sessions_a_day=2, minutes_a_day=30, longest_s=900)
    friday, saturday, monday = 4, 5, 7
    assert refusal(province, airing(17, day=friday), []) is Reason.NONE
    assert refusal(province, airing(17, day=saturday), []) is Reason.DAY
    assert refusal(province, airing(5, day=monday), []) is Reason.NONE
    assert refusal(province, airing(17, day=saturday, priority=Priority.EMERGENCY), []) is Reason.NONE


def test_softer_in_the_early_morning_but_never_in_an_emergency() -> None:
    limits = Limits(volumes=((270, 60), (420, 100), (1140, 80)), volume_cap_pct=90, emergency_volume_cap_pct=95)
    loud = {hour: volume_pct(limits, 100, Priority.ROUTINE, airing(hour).start) for hour in (0, 5, 7, 18, 19, 23)}
    assert loud == {0: 80, 5: 60, 7: 90, 18: 90, 19: 80, 23: 80}
    assert volume_pct(limits, 50, Priority.PRIORITY, airing(5).start) == 30
    assert volume_pct(limits, 100, Priority.EMERGENCY, airing(5).start) == 95


@given(
    st.integers(0, 100),
    st.integers(0, 100),
    st.sampled_from(Priority),
    st.dictionaries(st.integers(0, 1439), st.integers(0, 100)),
    st.integers(0, 1439),
)
def test_no_volume_exceeds_its_cap(
    wanted: int, cap: int, priority: Priority, steps: dict[int, int], minute: int
) -> None:
    limits = Limits(volume_cap_pct=cap, emergency_volume_cap_pct=100 - cap, volumes=tuple(sorted(steps.items())))
    heard = volume_pct(limits, wanted, priority, airing(0).start + timedelta(minutes=minute))
    assert 0 <= heard <= min(wanted, 100 - cap if priority is Priority.EMERGENCY else cap)
