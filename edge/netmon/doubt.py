"""When the time to an answer says nothing of the network, and why. Pure; the one place where that is decided.

Wifi power saving lets the radio sleep between beacons, and an answer waits until it wakes. A processor that is slowed
down (too hot, or fed too little) is late in noticing the answer. Where the clock was set between question and answer,
the instant of the question is wrong, and so is that of all questions while nothing has set it yet. In all these cases
the question was still answered or not, so it counts for up and down; its time is this machine's, not the network's, and
stays out of round trip and jitter.
"""

from contract.terms import Doubt
from edge.clock import STEP_S

SLOWED_NOW = 0xE
"""The firmware's bits of the present: frequency capped (1), throttled (2), soft temperature limit (3)."""


def doubt(is_saving_power: bool | None, throttled: int | None, gained_s: float, is_clock_set: bool | None) -> Doubt:
    """The doubt about one sample; None where the machine does not say means that nothing speaks against it.

    `gained_s`: by how much the wall clock went further than the monotonic one from the question to its answer.
    """
    if is_saving_power:
        return Doubt.POWER_SAVE
    if (throttled or 0) & SLOWED_NOW:
        return Doubt.SLOWED
    if abs(gained_s) > STEP_S:
        return Doubt.CLOCK_STEP
    return Doubt.CLOCK_UNSET if is_clock_set is False else Doubt.NONE
