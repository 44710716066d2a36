"""Who pre-empts whom, and what a new plan or a stop does to a cue. Pure."""

from collections.abc import Container

from contract.orders import Command, Cue
from contract.terms import Late, Priority, Reason, Yielding
from edge.speaker.playout import Happening

SKIP_S = 2.0
"""So little late is on time: the amplifier was cold, or what sounded before ended with the instant."""
JOIN_LEAST_S = 5.0
"""What is joined this close to its end is not worth it."""


def preempts(new: Cue, new_s: float, on_air: Cue, on_air_s: float) -> bool:
    """Whether `new` silences what is on air: a higher class does, and the newer of two emergencies.

    `new_s` and `on_air_s` are the monotonic seconds of their instants: as planned, or when a live order was taken up.
    Within the other classes whoever came first stays.
    """
    if new.priority is on_air.priority:
        return new.priority is Priority.EMERGENCY and new_s > on_air_s
    return new.priority.rank > on_air.priority.rank


def preemption(new: Cue, on_air: Cue) -> tuple[Happening, Reason]:
    """What happens to the cue on air that `new` silences, and why. Whether it goes on is its own policy."""
    is_emergency = new.priority is Priority.EMERGENCY
    reason = Reason.EMERGENCY if is_emergency else Reason.OVERLAP
    if on_air.yields is not Yielding.DROP:
        return Happening.YIELDED, reason
    return Happening.EMERGENCY if is_emergency else Happening.OVERLAP, reason


def latest_s(cue: Cue) -> float:
    """How many seconds after its instant a planned cue may still begin."""
    if cue.late is Late.JOIN:
        return max(SKIP_S, cue.duration_s - JOIN_LEAST_S) + cue.patience_s
    return (min(cue.grace_s, SKIP_S) if cue.late is Late.SKIP else cue.grace_s) + cue.patience_s


def offset_s(cue: Cue, late_s: float) -> float:
    """How far into its sounds a planned cue begins that begins `late_s` after its instant."""
    return late_s if cue.late is Late.JOIN and late_s > SKIP_S else 0.0


def is_withdrawn(cue: str, former: Container[str], new: Container[str]) -> bool:
    """Whether a plan takes back a cue, given the cue ids of the former plan and the new one.

    A live order's cue is in neither, and no plan takes it back.
    """
    return cue in former and cue not in new


def is_stopped(cue: Cue, command: Command) -> bool:
    """Whether a stop order means this cue: that of its broadcast does, and one that names none means all."""
    return command.stop in ("", cue.broadcast)
