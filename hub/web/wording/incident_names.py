"""What must be looked up to speak of incidents: how villages and cameras are called, and what nodes said last."""

from collections.abc import Sequence

from sqlalchemy import Connection

from contract.reports import Heartbeat
from hub.incidents.incident import Incident
from hub.store import nodes
from hub.web.wording.incident_words import Names


def read_names(c: Connection, found: Sequence[Incident]) -> Names:
    """Cameras' own names are read only where cameras are spoken of."""
    villages = {n.id: n.title for n in nodes.nodes(c)}
    is_asked = any(m.subject.startswith("camera:") for i in found for m in i.members)
    beats = nodes.heartbeats(c) if is_asked else {}
    cameras = {(node, each.id): each.title for node, (beat, _) in beats.items() for each in beat.cameras}
    return Names(villages, cameras)


def read_heartbeats(c: Connection, found: Sequence[Incident]) -> dict[str, Heartbeat]:
    """The last of each village that one of these takes away."""
    beats = {node: nodes.heartbeat(c, node) for node in {m.node for incident in found for m in incident.away}}
    return {node: beat[0] for node, beat in beats.items() if beat is not None}
