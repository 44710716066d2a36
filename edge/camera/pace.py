"""Was it the camera, or was it this process that did not come round? Pure: monotonic seconds come in.

A process that was stopped, a machine that was suspended or a decoder that had to be started anew in the middle of a
look make every camera look bad at once. Such a look says nothing of its camera. Looks that wait for their turn behind
slow cameras are none of these.
"""

HELD_UP_S = 5.0
"""A loop that waits a second at most and comes so much later was held up."""
LOOK_MAX_S = 8.0
"""The longest a look takes by its own limits (edge/camera/probe.py), and then some."""


class Pace:
    """Told of each step and each look, it says which looks are no evidence."""

    def __init__(self, now_s: float) -> None:
        self._left_s = now_s
        self._held_up = 0

    @property
    def held_up(self) -> int:
        """How often the process was held up so far: what began under another number began before."""
        return self._held_up

    def come(self, now_s: float, wait_s: float) -> None:
        """A step begins; the last one wanted the next after `wait_s`."""
        if now_s - self._left_s > wait_s + HELD_UP_S:
            self._held_up += 1

    def go(self, now_s: float) -> None:
        """It ends."""
        self._left_s = now_s


def is_overlong(took_s: float) -> bool:
    """A look that took longer than looks can: time went by in which nobody looked."""
    return took_s > LOOK_MAX_S
