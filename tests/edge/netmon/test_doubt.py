"""When a time is this machine's own and not the network's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.terms import Doubt
from edge.clock import STEP_S
from edge.netmon.doubt import doubt


@pytest.mark.parametrize(
    ("is_saving_power", "throttled", "gained_s", "is_clock_set", "said"),
    [
        (False, 0, 0.0, True, Doubt.NONE),
        (None, None, 0.0, None, Doubt.NONE),
        (True, 0, 0.0, True, Doubt.POWER_SAVE),
        (False, 0x2, 0.0, True, Doubt.SLOWED),
        (False, 0x4, 0.0, True, Doubt.SLOWED),
        (False, 0x8, 0.0, True, Doubt.SLOWED),
        (False, 0xE0000, 0.0, True, Doubt.NONE),
        (False, 0x50001, 0.0, True, Doubt.NONE),
        (False, 0, 3600.0, True, Doubt.CLOCK_STEP),
        (False, 0, -3600.0, True, Doubt.CLOCK_STEP),
        (False, 0, 0.0, False, Doubt.CLOCK_UNSET),
    ],
)
def test_each_reason(
    is_saving_power: bool | None, throttled: int | None, gained_s: float, is_clock_set: bool | None, said: Doubt
) -> None:
    assert doubt(is_saving_power, throttled, gained_s, is_clock_set) is said


@given(st.floats(-STEP_S, STEP_S))
def test_a_clock_that_is_only_slewed_is_believed(gained_s: float) -> None:
    assert doubt(False, 0, gained_s, True) is Doubt.NONE
