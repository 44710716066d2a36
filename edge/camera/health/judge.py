"""What one look at a camera shows. Pure: a look and what is usual come in, a finding comes out.

Frozen is told by time stamps that stand still and by pictures equal to the last bit, never by a small difference:
two live pictures of an empty yard differ by less than a tenth of a grey level, but they do differ. All else is told
by what the camera showed at this hour before: nothing by a fixed number alone.
"""

from collections.abc import Sequence

from contract.terms import CameraFault
from edge.camera.health import change
from edge.camera.health.finding import Finding, found
from edge.camera.health.phrases import OBSTACLES
from edge.camera.health.usual import Usual
from edge.camera.rules import Rule
from edge.camera.view.seen import GREY_COLOUR, NIGHT_BRIGHTNESS, Comparison, Look, Measures, Obstacle

_FAULTS = {
    Obstacle.REFUSED: CameraFault.OFFLINE,
    Obstacle.UNREACHABLE: CameraFault.OFFLINE,
    Obstacle.LOGIN: CameraFault.NO_SIGNAL,
    Obstacle.ADDRESS: CameraFault.NO_SIGNAL,
    Obstacle.SILENT: CameraFault.NO_SIGNAL,
    Obstacle.GARBLED: CameraFault.NO_SIGNAL,
    Obstacle.CRASHED: CameraFault.NO_SIGNAL,
}


def judge(look: Look, picture_before: int | None, usual: Usual, rule: Rule) -> Finding | None:
    """Say what one look shows. None where it shows nothing, because the monitor itself was in trouble."""
    if look.obstacle is Obstacle.MONITOR:
        return None
    if look.obstacle is not Obstacle.NONE:
        return Finding(_FAULTS[look.obstacle], OBSTACLES[look.obstacle], {"packets": float(look.packets)})
    if look.progress_s is not None and look.progress_s <= 0:
        return found(CameraFault.FROZEN, "stamps", progress_s=look.progress_s)
    return (
        _light(look.measures, usual.measures, rule)
        or _same(look, picture_before)
        or change.tell(look.comparison, look.measures, usual, rule)
        or _cast(look.measures, usual, rule)
        or _dirt(look.comparison, usual, rule)
        or Finding(is_blind=change.is_blind(look.comparison, usual))
    )


def is_dark(measures: Measures, rule: Rule) -> bool:
    """Dark is low mean and low contrast together: a lamp in the night is no fault."""
    return measures.brightness < rule.dark.brightness and measures.contrast < rule.dark.contrast


def _light(measures: Measures | None, usual: Sequence[Measures], rule: Rule) -> Finding | None:
    """Too little or too much, at an hour when it used to be otherwise."""
    if measures is None:
        return None
    if is_dark(measures, rule) and not any(is_dark(m, rule) for m in usual):
        return found(CameraFault.DARK, "dark", brightness=measures.brightness, contrast=measures.contrast)
    most = max((m.clipped for m in usual), default=0.0)
    if measures.clipped >= max(rule.bright.clipped, most + 0.25):
        return found(CameraFault.BRIGHT, "bright", clipped=measures.clipped, brightness=measures.brightness)
    return None


def _same(look: Look, picture_before: int | None) -> Finding | None:
    is_same = look.picture is not None and look.picture == picture_before
    return found(CameraFault.FROZEN, "same", differing=0.0) if is_same else None


def _cast(measures: Measures | None, usual: Usual, rule: Rule) -> Finding | None:
    """The infrared filter before the sensor sticks: colours that this hour never had, or none where it had some."""
    if measures is None or not usual.has_days or not usual.measures:
        return None
    limit, known = rule.ir_cut.colour, usual.measures
    evidence = {"colour": measures.colour, "red": measures.red, "blue": measures.blue}
    if measures.colour - max(m.colour for m in known) >= limit and all(m.is_grey for m in known):
        return found(CameraFault.IR_CUT, "night_colour", **evidence)
    if measures.brightness < NIGHT_BRIGHTNESS:
        return None
    if measures.is_grey and min(m.colour for m in known) >= 2 * GREY_COLOUR:
        return found(CameraFault.IR_CUT, "day_grey", **evidence)
    pinker = min(measures.red - m.red for m in known)
    if pinker >= limit and min(measures.blue - m.blue for m in known) > -limit:
        return found(CameraFault.IR_CUT, "day_pink", **evidence)
    return None


def _dirt(seen: Comparison | None, usual: Usual, rule: Rule) -> Finding | None:
    """A look shows no dirt by itself; one that has a view to judge tells what its days say."""
    if seen is None or usual.dull < rule.dirty.share:
        return None
    return found(CameraFault.DIRTY, "dirty", dull=usual.dull)
