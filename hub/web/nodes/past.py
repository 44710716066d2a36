"""What a node's page tells of the past there: its incidents, and what was to be heard."""

from dataclasses import dataclass

from sqlalchemy import Connection

from contract.events import Playout
from hub.incidents.incident import Kept
from hub.store import broadcasts, incidents, records
from hub.web.wording import incident_words
from hub.web.wording.incident_names import read_names
from hub.web.wording.phrases import Line

INCIDENTS_SHOWN = 5
PLAYOUTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Past:
    """Incidents that last, the worst first; those that are over and playouts, the newest first; and what the broadcasts
    of these are called."""

    lasting: list[tuple[Kept, Line]]
    incidents: list[tuple[Kept, Line]]
    playouts: list[Playout]
    titles: dict[str, str]


def look(c: Connection, node: str) -> Past:
    lasting = [kept for kept in incidents.lasting(c) if any(m.node == node for m in kept.incident.away)]
    lasting.sort(key=incident_words.severity)
    over = incidents.past(c, INCIDENTS_SHOWN, node)
    names = read_names(c, [kept.incident for kept in (*lasting, *over)])
    playouts = records.playouts_of(c, node, PLAYOUTS_SHOWN)
    return Past(
        [(kept, incident_words.describe(kept.incident, names)) for kept in lasting],
        [(kept, incident_words.describe(kept.incident, names)) for kept in over],
        playouts,
        broadcasts.titles(c, {playout.broadcast for playout in playouts}),
    )
