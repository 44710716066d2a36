"""What an incident's cause is, where the node itself tells it, and what to do first. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from contract.reports import Heartbeat
from contract.terms import NetworkCause
from hub.incidents.held import LEASES
from hub.incidents.incident import About, Incident, Member
from hub.web.wording import camera_words, network_lines
from hub.web.wording.incident_words import camera_fault, is_growing
from hub.web.wording.villages import RESTART, SOUND_CARD
from hub.web.wording.words import mark

_TOGETHER = mark("Check their power and the network switch.")
_LEASES = mark("Restart the wifi router; its DHCP must be on and have addresses left.")
_ACTIONS = {
    About.SOUND: SOUND_CARD,
    About.PROCESS: RESTART,
    About.CLOCK: mark("It sets itself when there is internet again; if it comes often, fit a clock battery."),
}
_WIDE = mark("Call the electricity office and the provider first: one call may do for all of them.")


@dataclass(frozen=True, slots=True)
class Advice:
    """`cause` where the node knows it, and the msgid of what to do; empty where the incident's sentence says it."""

    cause: NetworkCause | None = None
    action: str = ""


def advise(incident: Incident, heartbeats: Mapping[str, Heartbeat]) -> Advice:
    """Of what is over nothing needs to be done. `heartbeats` are the last of the villages that it takes away."""
    away = incident.away
    if incident.is_closed or not away:
        return Advice()
    if len({m.node for m in away}) > 1 or is_growing(incident):
        return Advice(action=_WIDE)
    if incident.about is About.NETWORK:
        return Advice(action=_LEASES) if _is_about_leases(away) else _network(heartbeats.get(away[0].node))
    return Advice(action=_camera(away) if incident.about is About.CAMERA else _ACTIONS.get(incident.about, ""))


def _is_about_leases(away: list[Member]) -> bool:
    return all(member.subject == LEASES for member in away)


def _network(heartbeat: Heartbeat | None) -> Advice:
    report = None if heartbeat is None else heartbeat.network
    if report is None or report.cause not in network_lines.ADVICE:
        return Advice()
    return Advice(report.cause, network_lines.ADVICE[report.cause])


def _camera(away: list[Member]) -> str:
    return _TOGETHER if len(away) > 1 else camera_words.ADVICE[camera_fault(away[0].value)]
