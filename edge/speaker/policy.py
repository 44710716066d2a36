"""Who pre-empts whom, and what a new plan or a stop does to a cue. Pure."""

from collections.abc import Container

from contract.orders import Command, Cue
from contract.terms import Priority
from edge.speaker.playout import Happening


def preempts(new: Cue, new_s: float, on_air: Cue, on_air_s: float) -> bool:
    """Whether `new` silences what is on air: a higher class does, and the newer of two emergencies.

    `new_s` and `on_air_s` are the monotonic seconds of their instants: as planned, or when a live order was taken up.
    Within the other classes whoever came first stays.
    """
    if new.priority is on_air.priority:
        return new.priority is Priority.EMERGENCY and new_s > on_air_s
    return new.priority.rank > on_air.priority.rank


def preemption(new: Cue) -> Happening:
    """What happens to the cue on air that `new` silences."""
    return Happening.EMERGENCY if new.priority is Priority.EMERGENCY else Happening.OVERLAP


def is_withdrawn(cue: str, former: Container[str], new: Container[str]) -> bool:
    """Whether a plan takes back a cue, given the cue ids of the former plan and the new one.

    A live order's cue is in neither, and no plan takes it back.
    """
    return cue in former and cue not in new


def is_stopped(cue: Cue, command: Command) -> bool:
    """Whether a stop order means this cue: that of its broadcast does, and one that names none means all."""
    return command.stop in ("", cue.broadcast)
