"""How villages and cameras are called that incidents speak of: for the pages and for the API."""

from collections.abc import Sequence

from sqlalchemy import Connection

from hub.incidents.incident import Incident
from hub.store import nodes
from hub.web.incident_words import Names


def names(c: Connection, found: Sequence[Incident]) -> Names:
    """Cameras' own names are read only where cameras are spoken of."""
    villages = {n.id: n.title for n in nodes.nodes(c)}
    is_asked = any(m.subject.startswith("camera:") for i in found for m in i.members)
    beats = nodes.heartbeats(c) if is_asked else {}
    cameras = {(node, each.id): each.title for node, (beat, _) in beats.items() for each in beat.cameras}
    return Names(villages, cameras)
