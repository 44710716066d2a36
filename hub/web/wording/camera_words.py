"""A camera's state in words: what to do about each fault, what to bring, and what its figures mean. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from contract.reports import CameraReport
from contract.terms import CameraFault
from hub.web.wording.phrases import Line, Tone
from hub.web.wording.words import mark

CLOCK_OFF_S = 60.0
"""From here on what a camera records is no evidence of when something happened."""


class Thing(StrEnum):
    """What a technician takes along."""

    LADDER = "ladder"
    CLOTH = "cloth"
    BROOM = "broom"
    SCREWDRIVER = "screwdriver"
    CABLE_TESTER = "cable_tester"
    CABLE = "cable"
    SUPPLY = "supply"
    SWITCH = "switch"
    METER = "meter"
    LOGIN = "login"
    LAMP = "lamp"
    CAMERA = "camera"


THINGS = {
    Thing.LADDER: mark("a ladder"),
    Thing.CLOTH: mark("a soft cloth and lens cleaner"),
    Thing.BROOM: mark("a long brush for cobwebs"),
    Thing.SCREWDRIVER: mark("screwdriver and hex keys"),
    Thing.CABLE_TESTER: mark("a cable tester"),
    Thing.CABLE: mark("a network cable and plugs"),
    Thing.SUPPLY: mark("a spare power supply of the same voltage"),
    Thing.SWITCH: mark("a spare network switch"),
    Thing.METER: mark("a multimeter"),
    Thing.LOGIN: mark("the camera's name and password"),
    Thing.LAMP: mark("a spare lamp"),
    Thing.CAMERA: mark("a spare camera of the same kind"),
}
BRING: dict[CameraFault, tuple[Thing, ...]] = {
    CameraFault.NONE: (),
    CameraFault.OFFLINE: (Thing.LADDER, Thing.CABLE_TESTER, Thing.CABLE, Thing.SUPPLY, Thing.METER),
    CameraFault.NO_SIGNAL: (Thing.LADDER, Thing.LOGIN, Thing.CABLE_TESTER, Thing.CAMERA),
    CameraFault.FROZEN: (Thing.LADDER, Thing.LOGIN, Thing.SUPPLY),
    CameraFault.DARK: (Thing.LADDER, Thing.LAMP, Thing.CLOTH),
    CameraFault.BRIGHT: (Thing.LADDER, Thing.SCREWDRIVER),
    CameraFault.COVERED: (Thing.LADDER, Thing.BROOM, Thing.CLOTH),
    CameraFault.BLURRED: (Thing.LADDER, Thing.CLOTH, Thing.SCREWDRIVER),
    CameraFault.MOVED: (Thing.LADDER, Thing.SCREWDRIVER),
    CameraFault.NOISY: (Thing.LADDER, Thing.SUPPLY, Thing.CABLE_TESTER, Thing.CABLE),
    CameraFault.IR_CUT: (Thing.LADDER, Thing.LOGIN, Thing.CAMERA),
    CameraFault.DIRTY: (Thing.LADDER, Thing.CLOTH),
}
BRING_TOGETHER = (Thing.SWITCH, Thing.SUPPLY, Thing.CABLE_TESTER, Thing.METER)
"""Where several cameras were lost at the same time."""
ADVICE: dict[CameraFault, str] = {
    CameraFault.NONE: mark("Nothing needs to be done."),
    CameraFault.OFFLINE: mark("See whether the camera has power and its network cable is firmly in at both ends."),
    CameraFault.NO_SIGNAL: mark("Unplug the camera for ten seconds. If it stays so, check its name and password."),
    CameraFault.FROZEN: mark("Unplug the camera for ten seconds, so that it starts anew."),
    CameraFault.DARK: mark("See whether the lamp or the infrared light works, and whether something covers the lens."),
    CameraFault.BRIGHT: mark("See whether a lamp or the sun shines into the lens; shade it or turn it a little."),
    CameraFault.COVERED: mark("Take away what covers the lens: leaves, a cobweb, a bag, a banner."),
    CameraFault.BLURRED: mark("Wipe the lens. If it stays blurred, turn the focus ring until it is sharp."),
    CameraFault.MOVED: mark("Turn the camera back to where it looked, and tighten its screws. Where it is to look so "
                            "from now on, press “This view is right”."),
    CameraFault.NOISY: mark("Check the power supply and the cable; see whether water got into the plugs."),
    CameraFault.IR_CUT: mark("Unplug the camera for ten seconds. If the colours stay wrong, the camera needs repair."),
    CameraFault.DIRTY: mark("Wipe the lens with a soft cloth."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that a fault was told by: its sentence with a place for the value, which is shown `times` as large."""

    msgid: str
    times: float = 1.0
    decimals: int = 0


FIGURES: dict[str, Figure] = {
    "packets": Figure(mark("%(value)s packets of pictures came")),
    "progress_s": Figure(mark("the pictures' own time went on by %(value)s s"), 1, 1),
    "brightness": Figure(mark("brightness %(value)s of 255")),
    "contrast": Figure(mark("contrast %(value)s of 255")),
    "clipped": Figure(mark("%(value)s %% of the picture is white"), 100),
    "still": Figure(mark("something that stands still hides %(value)s %% of the picture"), 100),
    "lost": Figure(mark("%(value)s %% of the usual view is not found"), 100),
    "sharpness": Figure(mark("%(value)s %% of the usual sharpness"), 100),
    "detail": Figure(mark("%(value)s %% of the usual detail"), 100),
    "dx": Figure(mark("turned sideways by %(value)s %% of the picture's width"), 100),
    "dy": Figure(mark("turned up or down by %(value)s %% of the picture's height"), 100),
    "rotation_deg": Figure(mark("tilted by %(value)s degrees"), 1, 1),
    "noise": Figure(mark("%(value)s times the usual noise"), 1, 1),
    "stripes": Figure(mark("%(value)s times the usual stripes"), 1, 1),
    "colour": Figure(mark("colour %(value)s"), 1, 1),
    "dull": Figure(mark("%(value)s %% of the picture has been dull for days"), 100),
}
UNSAID = frozenset({
    "differing", "flat", "found", "gain", "kept", "layout", "sharp", "left", "stir", "doubt", "red", "blue",
})  # fmt: skip
"""Figures that help whoever works on the judgement, and nobody on a ladder; the API has them."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One figure to show; one that this version does not know under its own name."""

    msgid: str
    name: str
    value: float
    decimals: int


def evidence(report: CameraReport) -> Iterator[Evidence]:
    """The figures of a fault, in the node's order."""
    for name, value in report.evidence.items():
        figure = FIGURES.get(name, Figure(mark("%(name)s: %(value)s"), 1, 2))
        if name not in UNSAID:
            yield Evidence(figure.msgid, name, value * figure.times, figure.decimals)


def clock(ahead_s: float | None) -> Line | None:
    """What to think of the camera's clock; None where it did not say."""
    if ahead_s is None:
        return None
    span = timedelta(seconds=round(abs(ahead_s)))
    if span >= timedelta(minutes=2):
        span = timedelta(minutes=round(span / timedelta(minutes=1)))
    if abs(ahead_s) < CLOCK_OFF_S:
        return Line(mark("Its clock is right (off by %(span)s)"), "clock", Tone.GOOD, {"span": span})
    msgid = mark("Its clock is %(span)s ahead: its recordings are useless as evidence")
    if ahead_s < 0:
        msgid = mark("Its clock is %(span)s behind: its recordings are useless as evidence")
    advice = mark("Set it on the camera's own page: time from a time server (NTP), time zone UTC+7.")
    return Line(msgid, "clock", Tone.WARN, {"span": span}, advice=advice)


def cleaning(in_days: float | None) -> Line | None:
    """When the lens wants cleaning; None where no dirt grows on it."""
    if in_days is None:
        return None
    if in_days < 2:
        return Line(mark("The lens should be cleaned now"), "alert", Tone.WARN)
    if in_days < 11:
        return Line(mark("Clean the lens in about %(count)s days"), "clock", Tone.WARN, {"count": round(in_days)})
    if in_days < 60:
        return Line(mark("Clean the lens in about %(count)s weeks"), "clock", Tone.INFO, {"count": round(in_days / 7)})
    months = {"count": round(in_days / 30)}
    return Line(mark("Clean the lens in about %(count)s months"), "clock", Tone.INFO, months)
