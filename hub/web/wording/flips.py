"""One change in the life of a node as a sentence. Pure."""

from contract.terms import CameraFault, NetworkCause, Trust
from hub.nodes import leavers
from hub.nodes.fleet import BOOT, MACHINE, Flip, Status
from hub.web.wording import machine_lines
from hub.web.wording.phrases import Line, Tone, badge, name_fault, name_target
from hub.web.wording.villages import PROCESSES_SILENT
from hub.web.wording.words import mark

_PROCESSES_BACK = {
    "speaker": mark("The sound process on the node answers again"),
    "camera": mark("The camera process on the node answers again"),
    "netmon": mark("The network process on the node answers again"),
}

_GOOD = frozenset({"", "up", "ok", CameraFault.NONE.value, Trust.TRUSTED.value})


def describe(flip: Flip) -> Line:
    """The line of a flip; a value this version does not know is shown as it came."""
    subject, _, name = flip.subject.partition(":")
    tone, icon = (Tone.GOOD, "check") if flip.value in _GOOD else (Tone.BAD, "cross")
    if subject == "node" and flip.value in list(Status):
        status = Status(flip.value)
        icon, tone = badge(status)
        return Line(status, icon, tone)
    if flip.detail == leavers.LEFT:
        named = name_target(name) if subject == "target" else name
        return Line(mark("%(name)s: the node watches it no more"), "question", Tone.MUTED, {"name": named})
    if subject == "camera" and (flip.value in _GOOD or flip.value in list(CameraFault)):
        fault = CameraFault.NONE if flip.value in _GOOD else CameraFault(flip.value)
        values = {"name": name, "fault": fault}
        return Line(mark("Camera %(name)s: %(fault)s"), "camera", tone, values)
    if subject in MACHINE:
        return machine_lines.changed(flip)
    if subject == "restart":
        return machine_lines.started_again(name, flip.value)
    if subject == BOOT:
        return Line(mark("The node was started"), "power", Tone.INFO)
    if subject == "view":
        values = {"name": name, "detail": flip.detail}
        return Line(mark("Camera %(name)s: its view was set as the right one"), "check", Tone.INFO, values)
    if subject == "clock" and flip.value in list(Trust):
        tone = Tone.WARN if flip.value == Trust.HOLDOVER else tone
        return Line(Trust(flip.value), "clock", tone)
    if subject == "process" and name in PROCESSES_SILENT:
        return Line((_PROCESSES_BACK if flip.value in _GOOD else PROCESSES_SILENT)[name], icon, tone)
    if subject == "target":
        msgid = mark("Network, %(name)s: answers") if flip.value in _GOOD else mark("Network, %(name)s: no answer")
        return Line(msgid, "wifi", tone, {"name": name_target(name)})
    if subject == "network" and flip.value in list(NetworkCause):
        return Line(NetworkCause(flip.value), "wifi", tone)
    if subject == "sound":
        msgid = mark("Sound works") if flip.value in _GOOD else mark("The sound does not work: %(detail)s")
        return Line(msgid, "horn", tone, {"detail": name_fault(flip.detail or flip.value)})
    return Line(mark("%(subject)s: %(value)s"), icon, tone, {"subject": flip.subject, "value": flip.value})
