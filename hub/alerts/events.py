"""What alerts need to know of incidents, from their turns and from what they are now. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hub.alerts.register import Event, Register, What
from hub.incidents.incident import About, Incident, Step, Turn
from hub.nodes.fleet import SPEAKER

GRAVE = frozenset({About.CONTACT, About.SOUND})
"""A village that has one of these does not hear what is broadcast."""
_NO_SOUND = f"process:{SPEAKER}"
"""Nor does one where this is silent, whatever else is in the same incident."""
_TURNS = {Turn.OPENED: What.OPENED, Turn.REOPENED: What.REOPENED, Turn.CLOSED: What.CLOSED}


def is_grave(incident: Incident) -> bool:
    return incident.is_wide or incident.about in GRAVE or any(m.subject == _NO_SOUND for m in incident.members)


def notice(
    register: Register,
    steps: Sequence[Step],
    incidents: Mapping[int, Incident],
    known: Mapping[int, datetime],
    is_frozen: bool,
    now: datetime,
) -> list[Event]:
    """All that is new to the register. `known` says since when somebody knows of an incident."""
    found: list[Event] = []
    if is_frozen is not register.is_frozen:
        found.append(Event(at=now, what=What.FROZEN if is_frozen else What.THAWED))
    turned = {step.incident for step in steps}
    found += [_event(step.at, _TURNS[step.turn], incidents[step.incident]) for step in steps]
    for id, matter in register.matters.items():
        incident = incidents.get(id)
        if incident is not None and id not in turned and matter.closed_at is None:
            is_same = _away(incident) == matter.away and incident.nodes == set(matter.villages)
            is_same = is_same and (incident.is_wide, is_grave(incident)) == (matter.is_wide, matter.is_grave)
            found += [] if is_same else [_event(now, What.CHANGED, incident)]
        if id in known and not matter.is_known:
            found.append(Event(at=known[id], what=What.KNOWN, incident=id))
    return found


def _away(incident: Incident) -> frozenset[str]:
    return frozenset(m.node for m in incident.away)


def _event(at: datetime, what: What, incident: Incident) -> Event:
    """One that opened and is over by now was away when it opened."""
    is_past = what in (What.OPENED, What.REOPENED) and incident.is_closed
    return Event(
        at=at,
        what=what,
        incident=incident.id,
        villages=frozenset(incident.nodes),
        away=frozenset(incident.nodes) if is_past else _away(incident),
        is_grave=is_grave(incident),
        is_wide=incident.is_wide,
        reopenings=incident.reopenings,
        merged_into=incident.merged_into,
    )
