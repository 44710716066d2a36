"""What a camera's looks say about it. Pure: looks and instants come in, a judgement comes out.

Frozen is told by time stamps that stand still and by pictures equal to the last bit, never by a small difference:
two live pictures of an empty yard differ by less than a tenth of a grey level, but they do differ. All else is told
by what the camera showed at this hour before: nothing by a fixed number alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contract.terms import CameraFault
from edge.camera.health.phrases import OBSTACLES, told
from edge.camera.rules import Patience, Rule
from edge.camera.view.seen import Comparison, Look, Measures, Obstacle, Turn

ENOUGH_BLOCKS = 8
"""With fewer dependable blocks a view has too little in it to say what became of it."""
MOVED_GAIN = 1.25
"""A turn is believed where the view agrees so many times better there than in place."""
MOVED_FOUND = 0.5
STRANGE_GAIN, STRANGE_FOUND = 1.6, 0.65
"""The same where no reference is of this kind and hour."""
ELSEWHERE = 0.9
"""So much lost, and sharp edges all over: it is another view."""
TRUSTED, DOUBTED = 0.3, 0.1
"""How much of the references' fine structure must be structure for sharpness to be believed, alone or with detail."""
DETAIL_LEFT, DETAIL_LEFT_DOUBTED = 0.75, 0.65
NIGHT_BRIGHTNESS = 60.0

_FAULTS = {
    Obstacle.REFUSED: CameraFault.OFFLINE,
    Obstacle.UNREACHABLE: CameraFault.OFFLINE,
    Obstacle.LOGIN: CameraFault.NO_SIGNAL,
    Obstacle.ADDRESS: CameraFault.NO_SIGNAL,
    Obstacle.SILENT: CameraFault.NO_SIGNAL,
    Obstacle.GARBLED: CameraFault.NO_SIGNAL,
    Obstacle.CRASHED: CameraFault.NO_SIGNAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What is usual for a camera at this hour.

    `measures`: of the references, of the look's own kind where there are any. `days`: from how many days they are.
    `stir`: how much of the view is hidden now and then without a fault, as a share of it (0 to 1).
    """

    measures: tuple[Measures, ...] = ()
    days: int = 0
    stir: float = 0.0


SETTLED_DAYS = 3
"""Colours are judged only where references come from so many days: on the first ones dusk looks strange too."""
STIR_MARGIN = 0.1
"""A cover hides so much more than what comes and goes."""
NOTHING_USUAL = Usual()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one look alone would say."""

    at: datetime
    fault: CameraFault
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """What is believed of one camera. `fault` is None until enough was seen to say anything.

    `suspected_at`: since when the newest looks have shown one and the same fault.
    """

    fault: CameraFault | None = None
    since_at: datetime | None = None
    detail: str = ""
    recent: tuple[Verdict, ...] = ()
    picture: int | None = None
    suspect: CameraFault = CameraFault.NONE
    suspected_at: datetime | None = None
    evidence: dict[str, float] = field(default_factory=dict)


def judge(look: Look, picture_before: int | None, usual: Usual, rule: Rule) -> tuple[CameraFault, str] | None:
    """Say what one look shows. None where it shows nothing, because the monitor itself was in trouble."""
    if look.obstacle is Obstacle.MONITOR:
        return None
    if look.obstacle is not Obstacle.NONE:
        return _FAULTS[look.obstacle], OBSTACLES[look.obstacle]
    if look.progress_s is not None and look.progress_s <= 0:
        return CameraFault.FROZEN, told("stamps")
    if look.measures is not None and (light := _light(look.measures, usual.measures, rule)):
        return light
    if look.picture is not None and look.picture == picture_before:
        return CameraFault.FROZEN, told("same")
    if (
        look.comparison is not None
        and look.comparison.dependable >= ENOUGH_BLOCKS
        and (view := _view(look.comparison, usual.stir, rule))
    ):
        return view
    if (
        look.measures is not None
        and usual.days >= SETTLED_DAYS
        and (cast := _cast(look.measures, usual.measures, rule))
    ):
        return cast
    return CameraFault.NONE, ""


def follow(health: Health, look: Look, at: datetime, rule: Rule, usual: Usual = NOTHING_USUAL) -> Health:
    """Take one more look into account.

    A fault opens when `opens_after` of the last `of` looks show it and it has lasted, dated by the first of them. It
    gives way, to health or to another fault, when the last `clears_after` looks agree. A camera never judged before
    is believed healthy at once.
    """
    judged = judge(look, health.picture, usual, rule)
    if judged is None:
        return health
    fault, detail = judged
    suspected_at = health.suspected_at if fault is health.suspect and health.suspected_at else at
    if fault is not health.fault and at - suspected_at < timedelta(seconds=patience(fault, rule).lasts_s):
        verdict = Verdict(at, CameraFault.NONE)
    else:
        verdict = Verdict(at, fault, detail)
    recent = (*health.recent, verdict)[-_MEMORY:]
    picture = health.picture if look.picture is None else look.picture
    first = _turning_point(health.fault, recent, rule)
    if first is None:
        newer = detail if fault is health.fault and fault is not CameraFault.NONE else health.detail
        return Health(health.fault, health.since_at, newer, recent, picture, fault, suspected_at)
    since_at = min(first.at, suspected_at) if first.fault is fault else first.at
    return Health(first.fault, since_at, verdict.detail, recent, picture, fault, suspected_at)


def patience(fault: CameraFault, rule: Rule) -> Patience:
    """How many looks it takes for this one."""
    match fault:
        case CameraFault.OFFLINE | CameraFault.NO_SIGNAL:
            return rule.gone
        case CameraFault.NONE:
            return Patience()
        case _:
            found: Patience = getattr(rule, fault.value)
            return found


_MEMORY = 20


def _turning_point(fault: CameraFault | None, recent: tuple[Verdict, ...], rule: Rule) -> Verdict | None:
    """The look with which another state began, once it is believed."""
    newest = recent[-1].fault
    if newest is fault:
        return None
    if newest is CameraFault.NONE and fault is None:
        return recent[-1]
    if fault in (None, CameraFault.NONE):
        asked = patience(newest, rule)
        same = [v for v in recent[-asked.of :] if v.fault is newest]
        return same[0] if len(same) >= asked.opens_after else None
    asked = patience(fault, rule)
    last = recent[-asked.clears_after :]
    agree = len(last) == asked.clears_after and all(v.fault is newest for v in last)
    return last[0] if agree else None


def _light(measures: Measures, usual: Sequence[Measures], rule: Rule) -> tuple[CameraFault, str] | None:
    """Too little or too much, at an hour when it used to be otherwise."""
    if is_dark(measures, rule) and not any(is_dark(m, rule) for m in usual):
        return CameraFault.DARK, told("dark", brightness=measures.brightness)
    most = max((m.clipped for m in usual), default=0.0)
    if measures.clipped >= max(rule.bright.clipped, most + 0.25):
        return CameraFault.BRIGHT, told("bright", share=100 * measures.clipped)
    return None


def is_dark(measures: Measures, rule: Rule) -> bool:
    """Dark is low mean and low contrast together: a lamp in the night is no fault."""
    return measures.brightness < rule.dark.brightness and measures.contrast < rule.dark.contrast


def _view(seen: Comparison, stir: float, rule: Rule) -> tuple[CameraFault, str] | None:
    """What became of the view, the most telling first."""
    if seen.is_known and max(seen.noise, seen.stripes) >= rule.noisy.times:
        return CameraFault.NOISY, told("stripes" if seen.stripes > seen.noise else "noise")
    if is_moved(seen, rule):
        return CameraFault.MOVED, _whither(seen.turn)
    if not seen.is_known:
        return None
    if seen.lost >= ELSEWHERE and seen.flat < seen.lost / 2:
        return CameraFault.MOVED, told("elsewhere")
    if seen.still >= max(rule.covered.share, stir + STIR_MARGIN):
        return CameraFault.COVERED, told("covered", share=100 * seen.still)
    if is_blurred(seen, rule):
        return CameraFault.BLURRED, told("blurred", share=100 * max(0.0, seen.sharpness))
    return None


def is_moved(seen: Comparison, rule: Rule) -> bool:
    turn = seen.turn
    is_far = max(abs(turn.dx), abs(turn.dy)) >= rule.moved.shift or abs(turn.rotation_deg) >= rule.moved.rotation_deg
    gain, found = (MOVED_GAIN, MOVED_FOUND) if seen.is_known else (STRANGE_GAIN, STRANGE_FOUND)
    return is_far and turn.gain >= gain and seen.found >= max(found, 1 - seen.lost + 0.1)


def is_blurred(seen: Comparison, rule: Rule) -> bool:
    if seen.sharpness >= rule.blurred.sharpness or seen.trust < DOUBTED:
        return False
    return seen.detail < (DETAIL_LEFT if seen.trust >= TRUSTED else DETAIL_LEFT_DOUBTED)


def _whither(turn: Turn) -> str:
    return told("moved", dx=100 * turn.dx, dy=100 * turn.dy, rotation=turn.rotation_deg)


def _cast(measures: Measures, usual: Sequence[Measures], rule: Rule) -> tuple[CameraFault, str] | None:
    """The infrared filter before the sensor sticks: colours that this hour never had, or none where it had some."""
    limit = rule.ir_cut.colour
    if measures.colour - max(m.colour for m in usual) >= limit and all(m.is_grey for m in usual):
        return CameraFault.IR_CUT, told("night_colour")
    if measures.brightness < NIGHT_BRIGHTNESS:
        return None
    if measures.is_grey and min(m.colour for m in usual) >= limit / 2:
        return CameraFault.IR_CUT, told("day_grey")
    pinker = min(measures.red - m.red for m in usual)
    if pinker >= limit and min(measures.blue - m.blue for m in usual) > -limit:
        return CameraFault.IR_CUT, told("day_pink")
    return None
