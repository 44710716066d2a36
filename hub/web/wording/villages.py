"""What to say about one village's node: its status, what is wrong in plain words, and its vital figures. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import quote

from contract.reports import UNDER_VOLTAGE_NOW, UNDER_VOLTAGE_SINCE_BOOT, CameraReport, Heartbeat
from contract.terms import CameraFault, Reason, Trust
from hub.cameras import causes
from hub.nodes.fleet import OK, SPEAKER, Flip, Node, Presence, Status, process_subject
from hub.nodes.windows import Window
from hub.web.wording import machine_lines, network_lines, order_faults
from hub.web.wording.phrases import Line, Tone, badge, name_fault
from hub.web.wording.words import mark

RESTART = mark(
    "The node starts it again by itself. If it is still so after five minutes, unplug the node for ten seconds."
)
UNDER_MAINTENANCE = mark("Under maintenance")
SOUND_CARD = mark("Check that the USB sound card is firmly in, then unplug the node for ten seconds.")
PROCESSES_SILENT = {
    SPEAKER: mark("The sound process on the node is silent"),
    "camera": mark("The camera process on the node is silent"),
    "netmon": mark("The network process on the node is silent"),
}
SUBJECTS = ("node", "sound", *(process_subject(name) for name in PROCESSES_SILENT))
"""Whose last flips `describe` wants to know."""
_ORDER = (Status.DOWN, Status.LATE, Status.UP, Status.NEW, Status.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Village:
    """One node as the board shows it. `heartbeat` is its last word; `is_fresh` says whether it still counts.

    `mute` says why nothing can be heard there although the node is in contact; it stands among the faults too.
    `windows` are those of present maintenance, of the node and of its cameras.
    """

    node: Node
    status: Status
    since_at: datetime | None
    heard_at: datetime | None
    heartbeat: Heartbeat | None
    faults: tuple[Line, ...]
    mute: Line | None = None
    windows: tuple[Window, ...] = ()

    @property
    def maintenance(self) -> Window | None:
        """Somebody works on the node itself: what is wrong there now is no fault."""
        return self.window_of("")

    def window_of(self, camera: str) -> Window | None:
        """The present maintenance of a camera, or (empty) of the node itself; the longest."""
        return max((w for w in self.windows if w.is_about(camera)), key=lambda w: w.until_at, default=None)

    @property
    def needs_care(self) -> bool:
        """Something is wrong that neither passes by itself nor is being worked on."""
        return any(fault.tone in (Tone.BAD, Tone.WARN) for fault in self.faults)

    @property
    def can_play(self) -> bool:
        """In contact, and nothing known that would keep it silent."""
        return self.status is Status.UP and self.mute is None

    @property
    def standing(self) -> Line:
        """Its badge: its status, unless somebody is at work there, or it is in contact and yet cannot play."""
        if self.maintenance is not None:
            return Line(UNDER_MAINTENANCE, "tool", Tone.INFO)
        if self.mute is not None:
            return Line(mark("Cannot play"), "cross", Tone.BAD)
        return self.presence

    @property
    def presence(self) -> Line:
        """Whether it is in contact; nothing bad where somebody is at work there."""
        icon, tone = badge(self.status)
        return Line(self.status, icon, tone if self.maintenance is None else Tone.MUTED)

    @property
    def trouble(self) -> Line | None:
        """Why nothing that is ordered now would be heard there, as far as is known, and nobody sees to it yet."""
        if self.maintenance is not None:
            return None
        if self.status is Status.DOWN:
            return Line(self.status, "cross", Tone.BAD, since_at=self.since_at)
        return self.mute

    @property
    def is_fresh(self) -> bool:
        return self.heartbeat is not None and self.status in (Status.UP, Status.LATE)

    @property
    def on_air(self) -> str:
        """The broadcast that sounds there now; empty for none."""
        return broadcast_of(self.heartbeat.on_air) if self.heartbeat is not None and self.is_fresh else ""

    @property
    def place(self) -> tuple[bool, int, bool, str]:
        """Where it stands on the board: what needs a person comes first."""
        is_calm = self.maintenance is not None or (self.status is not Status.DOWN and self.mute is None)
        status = Status.UP if self.maintenance is not None else self.status
        return is_calm, _ORDER.index(status), not self.needs_care, self.node.title

    @property
    def power(self) -> Line | None:
        """What the firmware says of the supply; None where this machine has no such sensor."""
        throttled = self.heartbeat.vitals.throttled if self.heartbeat else None
        if throttled is None:
            return None
        if throttled & UNDER_VOLTAGE_NOW:
            return Line(mark("too weak now"), "power", Tone.BAD)
        if throttled & UNDER_VOLTAGE_SINCE_BOOT:
            return Line(mark("was too weak at times"), "power", Tone.WARN)
        return Line(mark("enough"), "power", Tone.GOOD)

    @property
    def card(self) -> Line | None:
        return None if self.heartbeat is None else machine_lines.card(self.heartbeat.vitals)

    @property
    def wifi_lines(self) -> tuple[Line, ...]:
        """Facts of its wifi link; none where it has none."""
        network = self.heartbeat.network if self.heartbeat else None
        return tuple(network_lines.link(network.wifi)) if network is not None and network.wifi is not None else ()

    @property
    def seeing_cameras(self) -> int:
        cameras = self.heartbeat.cameras if self.heartbeat else ()
        return sum(1 for c in cameras if c.fault is CameraFault.NONE)


def describe(
    node: Node,
    status: Status,
    presence: Presence | None,
    heartbeat: Heartbeat | None,
    flips: Mapping[str, Flip],
    refused: Mapping[Reason, int] = MappingProxyType({}),
    windows: Sequence[Window] = (),
) -> Village:
    """Put together what is known; `flips` are its last changes by subject. A node out of contact has no present
    faults: nobody knows them. `refused` counts the orders it refused lately, by reason. Faults in a time of
    maintenance (`windows` are the present ones) are told, and are nothing bad.
    """
    now = heartbeat if status in (Status.UP, Status.LATE) else None
    mute = _mute(now, flips) if now is not None else None
    faults = [*(_faults(node, now, mute, flips, windows) if now is not None else ()), *order_faults.describe(refused)]
    if any(not w.camera for w in windows):
        faults = [replace(fault, tone=Tone.MUTED) for fault in faults]
    return Village(
        node=node,
        status=status,
        since_at=_since(status, presence, flips.get("node")),
        heard_at=None if presence is None else presence.heard_at,
        heartbeat=heartbeat,
        faults=tuple(faults),
        mute=mute,
        windows=tuple(windows),
    )


def camera_path(node: str, camera: str) -> str:
    return f"/nodes/{node}/cameras/{quote(camera)}"


def camera_name(camera: CameraReport) -> str:
    """As people there call it."""
    return camera.title or camera.id


def broadcast_of(on_air: str) -> str:
    """The broadcast behind what a speaker says it plays: the id itself, or a cue's id that begins with it."""
    return on_air.split(".")[0]


def _since(status: Status, presence: Presence | None, flip: Flip | None) -> datetime | None:
    """A node that is gone has been away since it was late, as incidents and alerts say too."""
    if flip is not None and (flip.value == status.value or (flip.value, status) == (Status.LATE, Status.DOWN)):
        return flip.at
    if presence is None or status in (Status.NEW, Status.UNKNOWN):
        return None
    return presence.changed_at if status is Status.UP else presence.heard_at


def _mute(heartbeat: Heartbeat, flips: Mapping[str, Flip]) -> Line | None:
    """Why it cannot play: its sound process is dead, or tells that its sound does not work."""
    if SPEAKER in heartbeat.silent:
        return _silent(SPEAKER, flips)
    if heartbeat.sound_fault:
        values = {"detail": name_fault(heartbeat.sound_fault)}
        msgid = mark("The sound does not work: %(detail)s")
        return Line(msgid, "horn", Tone.BAD, values, _fell(flips.get("sound")), SOUND_CARD)
    return None


def _silent(name: str, flips: Mapping[str, Flip]) -> Line:
    msgid = PROCESSES_SILENT.get(name, mark("A process on the node is silent: %(name)s"))
    return Line(msgid, "alert", Tone.BAD, {"name": name}, _fell(flips.get(process_subject(name))), RESTART)


def _fell(flip: Flip | None) -> datetime | None:
    """Since when it is so; None where the hub has not written it down yet."""
    return flip.at if flip is not None and flip.value != OK else None


def _faults(
    node: Node, heartbeat: Heartbeat, mute: Line | None, flips: Mapping[str, Flip], windows: Sequence[Window]
) -> Iterator[Line]:
    if mute is not None:
        yield mute
    yield from (_silent(name, flips) for name in heartbeat.silent if name != SPEAKER)
    yield from _plan_faults(heartbeat)
    yield from _clock_faults(heartbeat)
    yield from machine_lines.describe(heartbeat)
    yield from _camera_faults(node, heartbeat.cameras, {w.camera for w in windows if w.camera})
    yield from network_lines.describe(heartbeat)


def _plan_faults(heartbeat: Heartbeat) -> Iterator[Line]:
    plan = heartbeat.plan
    if plan.refused is not Reason.NONE:
        yield Line(mark("The plan was refused: %(reason)s"), "cross", Tone.BAD, {"reason": plan.refused})
    if plan.missing_count:
        values = {"count": plan.missing_count}
        yield Line(mark("Recordings still to be fetched: %(count)s"), "download", Tone.INFO, values)


def _clock_faults(heartbeat: Heartbeat) -> Iterator[Line]:
    trust, ahead_s = heartbeat.clock.trust, heartbeat.clock.ahead_s
    if trust is Trust.UNTRUSTED and ahead_s is not None:
        msgid = mark("The clock is %(span)s ahead: planned broadcasts wait")
        if ahead_s < 0:
            msgid = mark("The clock is %(span)s behind: planned broadcasts wait")
        yield Line(msgid, "clock", Tone.BAD, {"span": timedelta(seconds=round(abs(ahead_s)))})
    elif trust is Trust.UNTRUSTED:
        yield Line(mark("The clock cannot be trusted: planned broadcasts wait"), "clock", Tone.BAD)
    elif trust is Trust.HOLDOVER:
        yield Line(mark("The clock runs without a time server"), "clock", Tone.WARN)


def _camera_faults(node: Node, cameras: Sequence[CameraReport], maintained: Collection[str]) -> Iterator[Line]:
    """What failed together is one line, with what they have in common."""
    found = causes.find(cameras, maintained)
    yield from (gone_together(group) for group in found.together)
    for camera in found.single:
        values = {"name": camera_name(camera), "fault": camera.fault}
        href = camera_path(node.id, camera.id)
        yield Line(mark("Camera %(name)s: %(fault)s"), "camera", Tone.BAD, values, camera.since_at, "", href)
    for camera in (c for c in cameras if c.id in maintained):
        values = {"name": camera_name(camera)}
        msgid, href = mark("Camera %(name)s: under maintenance"), camera_path(node.id, camera.id)
        yield Line(msgid, "tool", Tone.MUTED, values, href=href)


def camera_standing(village: Village, id: str, report: CameraReport | None) -> Line:
    """A camera's state in a word or two; its last word counts only while its node is in contact."""
    if village.window_of(id) is not None:
        return Line(UNDER_MAINTENANCE, "tool", Tone.INFO)
    if report is None or not village.is_fresh:
        return Line(mark("Not known"), "question", Tone.MUTED)
    is_well = report.fault is CameraFault.NONE
    icon, tone = ("check", Tone.GOOD) if is_well else ("cross", Tone.BAD)
    return Line(report.fault, icon, tone, since_at=report.since_at)


def gone_together(group: Sequence[CameraReport]) -> Line:
    """The one line of cameras that were lost at the same time."""
    values = {"count": len(group)}
    msgid, advice = mark("%(count)s cameras lost at the same time"), mark("Check their power and the network switch.")
    return Line(msgid, "camera", Tone.BAD, values, causes.began_at(group), advice)
