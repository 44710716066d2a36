"""What one look at a camera shows. Pure: a look and what is usual come in, a finding comes out.

Frozen is told by time stamps that stand still and by pictures equal to the last bit, never by a small difference:
two live pictures of an empty yard differ by less than a tenth of a grey level, but they do differ. All else is told
by what the camera showed at this hour before: nothing by a fixed number alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from contract.terms import CameraFault
from edge.camera.health.phrases import OBSTACLES, told
from edge.camera.rules import Rule
from edge.camera.view.seen import GREY_COLOUR, NIGHT_BRIGHTNESS, Comparison, Look, Measures, Obstacle, Turn

ENOUGH_BLOCKS = 8
"""With fewer dependable blocks a view has too little in it to say what became of it."""
MOVED = (1.05, 0.45, 0.1)
"""A turn is believed where the view agrees so many times better there than in place, so much of it is there, and so
much more than in place ..."""
MOVED_LITTLE = (1.05, 0.6, 0.07)
"""... or where nearly all is there, and a little more than in place ..."""
MOVED_PLAIN = (2.5, 0.45, 0.2)
"""... or where it agrees far better there, so much less of it ..."""
MOVED_STRANGE = (1.6, 0.75, 0.3)
"""... and the same in the first days, or where no reference is of this kind and hour."""
FOCUSED, PLAIN = 0.35, 0.6
"""... where what is lost has edges of so much of their strength: what covers a lens is out of focus."""
FARTHER, FAR_GAIN = 4.5, 1.6
"""The farther a view went, the less it can agree in place: so much more gain is due for each width it went, at most so
much. Lines on a road agree with the next ones, and are none."""
COVERED_EARLY, COVERED_STRANGE, COVERED_SWITCHED = 0.55, 0.6, 0.85
"""What a cover must hide in the first days, where no reference is of this kind, and both: a cover may take all colour
away, and so does infrared in the first night."""
STAYS = 0.75
"""Less of that is enough where it has not moved since the look before."""
WHOLE = 0.8
SOFT, COVERED_SHARP = 0.6, 0.55
"""What covers a lens is out of focus: edges have less than this part of their strength. Else something else stands
there, and it must hide so much."""
COVERED_DARK, LAMPLIT = 0.6, 80.0
"""What it must hide at an hour of so little light: a lamp that is out takes the edges of all that it lit."""
COVERED_FAINT, FAINT = 0.52, 0.45
"""What it must hide where the picture's contrast is below this part of the least at this hour, as in fog."""
COVERS, COVERS_ALL = 0.35, 0.15
"""What is hidden by a cover keeps less than this of its wide lights and darks; a lens out of focus leaves more."""
PLACED, PLACED_KEPT = 0.2, 0.7
"""A view is in place, whatever the hour of the references, where so little of it is lost and so much in place."""
GONE = 0.65
"""A view is gone where so much of it is lost."""
OTHER, OTHER_DETAIL, OTHER_KEPT = 0.42, (0.75, 3.0), 0.31
"""It is another view where edges are so strong there, detail is as ever, and hardly anything is in place: what covers a
lens is not in focus, and where it takes the light away noise makes detail."""
SHARP, ALL = 0.3, 0.75
"""So much of it shows the same edges at both looks, or so much is lost."""
SURELY, DETAIL_LEFT, NOISY_DETAIL = 0.2, 0.8, 1.25
"""So little sharpness is out of focus; more of it is where no more than so much detail is left, and none is where noise
makes more detail than that."""
DIM = 0.32
"""A view that is gone is out of focus where so much is in place all the same."""
LIKE = 0.45
CERTAIN = 1.64
"""Standard errors: what is said is said with 95 %."""
STEADY = 4 / 3
"""Noise is measured where there is least of it and varies less than stripes do: less of it is believed."""
EARLY = 1.5
"""On the first days clouds are told from noise by so much more of it."""
GAIN = 2.0
"""A camera amplifies its noise so much more where a cover takes its light away."""
_FAULTS = {
    Obstacle.REFUSED: CameraFault.OFFLINE,
    Obstacle.UNREACHABLE: CameraFault.OFFLINE,
    Obstacle.LOGIN: CameraFault.NO_SIGNAL,
    Obstacle.ADDRESS: CameraFault.NO_SIGNAL,
    Obstacle.SILENT: CameraFault.NO_SIGNAL,
    Obstacle.GARBLED: CameraFault.NO_SIGNAL,
    Obstacle.CRASHED: CameraFault.NO_SIGNAL,
}


SETTLED_DAYS = 3
"""Colours are judged only where references come from so many days: on the first ones dusk looks strange too."""
STIR_MARGIN = 0.1
"""A cover hides so much more than what comes and goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What is usual for a camera at this hour.

    `measures`: of the references, of the look's own kind where there are any. `days`: from how many days they are.
    `stir`: how much of the view is hidden now and then without a fault, as a share of it (0 to 1). `dull`: how much of
    it has been dull for days beside what it was when the camera was put up; 0 where that is no dirt to speak of.
    `is_fresh`: whether the last healthy look was just before: the light cannot have changed much since.
    `hidden`: of hidden and dependable blocks, the share that is hidden, where places differ in how often they are.
    """

    measures: tuple[Measures, ...] = ()
    days: int = 0
    stir: float = 0.0
    dull: float = 0.0
    hidden: Callable[[str, str], float] | None = None
    is_fresh: bool = False

    @property
    def has_days(self) -> bool:
        return self.days >= SETTLED_DAYS

    @property
    def is_settled(self) -> bool:
        """Whether what is seen now may be held against what this hour shows."""
        return self.has_days or self.is_fresh


NOTHING_USUAL = Usual()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look shows: a fault or NONE, in words, and the figures it was told by. `is_blind`: nothing was wrong, but
    nothing can be said of the view either, for want of pictures of this hour."""

    fault: CameraFault = CameraFault.NONE
    detail: str = ""
    evidence: dict[str, float] = field(default_factory=dict)
    is_blind: bool = False


def judge(look: Look, picture_before: int | None, usual: Usual, rule: Rule) -> Finding | None:
    """Say what one look shows. None where it shows nothing, because the monitor itself was in trouble."""
    if look.obstacle is Obstacle.MONITOR:
        return None
    if look.obstacle is not Obstacle.NONE:
        return Finding(_FAULTS[look.obstacle], OBSTACLES[look.obstacle], {"packets": float(look.packets)})
    if look.progress_s is not None and look.progress_s <= 0:
        return _finding(CameraFault.FROZEN, "stamps", progress_s=look.progress_s)
    return (
        _light(look.measures, usual.measures, rule)
        or _same(look, picture_before)
        or _view(look, usual, rule)
        or _cast(look.measures, usual, rule)
        or _dirt(look.comparison, usual, rule)
        or Finding(is_blind=_is_blind(look.comparison, usual))
    )


def _is_blind(seen: Comparison | None, usual: Usual) -> bool:
    if seen is None or seen.dependable < ENOUGH_BLOCKS:
        return True
    is_there = seen.lost < PLACED and seen.kept >= PLACED_KEPT
    return not (seen.is_known or usual.has_days or is_there)


def is_dark(measures: Measures, rule: Rule) -> bool:
    """Dark is low mean and low contrast together: a lamp in the night is no fault."""
    return measures.brightness < rule.dark.brightness and measures.contrast < rule.dark.contrast


def is_moved(seen: Comparison, is_settled: bool, rule: Rule) -> bool:
    turn = seen.turn
    if seen.lost >= GONE and seen.left < FOCUSED and seen.found < PLAIN:
        return False
    shift = max(abs(turn.dx), abs(turn.dy))
    is_far = shift >= rule.moved.shift or abs(turn.rotation_deg) >= rule.moved.rotation_deg
    if turn.gain < min(FAR_GAIN, 1 + FARTHER * (shift - rule.moved.shift)):
        return False
    ways = (MOVED, MOVED_LITTLE, MOVED_PLAIN) if seen.is_known and is_settled else (MOVED_STRANGE,)
    return is_far and any(
        turn.gain >= gain and seen.found >= max(found, seen.kept + more) for gain, found, more in ways
    )


def is_blurred(seen: Comparison, rule: Rule) -> bool:
    """Fine structure is gone and coarse is not, whatever noise takes its place."""
    sharpness = seen.sharpness + CERTAIN * seen.doubt
    if sharpness >= rule.blurred.sharpness or _is_hidden(seen, rule):
        return False
    return seen.detail < (NOISY_DETAIL if sharpness < SURELY else DETAIL_LEFT)


def _is_hidden(seen: Comparison, rule: Rule) -> bool:
    """Whether what is lost is behind something: then its wide lights and darks are lost as well."""
    if seen.lost < GONE:
        return seen.layout < COVERS and seen.left < FOCUSED and seen.lost >= rule.covered.share
    return seen.layout < (COVERS if seen.kept < DIM else COVERS_ALL)


def is_elsewhere(seen: Comparison, has_days: bool) -> bool:
    """Hardly anything is where it was, and what is there instead is in focus."""
    least, most = OTHER_DETAIL
    is_other = seen.left >= OTHER and least <= seen.detail <= most and seen.kept <= OTHER_KEPT
    return is_other and seen.lost >= GONE and (seen.sharp >= SHARP or (has_days and seen.lost >= ALL))


def _light(measures: Measures | None, usual: Sequence[Measures], rule: Rule) -> Finding | None:
    """Too little or too much, at an hour when it used to be otherwise."""
    if measures is None:
        return None
    if is_dark(measures, rule) and not any(is_dark(m, rule) for m in usual):
        return _finding(CameraFault.DARK, "dark", brightness=measures.brightness, contrast=measures.contrast)
    most = max((m.clipped for m in usual), default=0.0)
    if measures.clipped >= max(rule.bright.clipped, most + 0.25):
        return _finding(CameraFault.BRIGHT, "bright", clipped=measures.clipped, brightness=measures.brightness)
    return None


def _same(look: Look, picture_before: int | None) -> Finding | None:
    is_same = look.picture is not None and look.picture == picture_before
    return _finding(CameraFault.FROZEN, "same", differing=0.0) if is_same else None


def _view(look: Look, usual: Usual, rule: Rule) -> Finding | None:
    """What became of the view, the most telling first."""
    seen = look.comparison
    if seen is None or seen.dependable < ENOUGH_BLOCKS:
        return None
    times = rule.noisy.times * (1 if seen.kept >= LIKE else GAIN) * (1 if usual.has_days else EARLY)
    if (seen.is_known or usual.has_days) and max(seen.noise * STEADY, seen.stripes) >= times:
        what = "stripes" if seen.stripes > seen.noise * STEADY else "noise"
        return _finding(CameraFault.NOISY, what, noise=seen.noise, stripes=seen.stripes)
    if is_moved(seen, usual.is_settled, rule):
        moved = {"found": seen.found, "kept": seen.kept, "lost": seen.lost}
        return _finding(CameraFault.MOVED, "moved", **_whither(seen.turn), **moved)
    if not seen.is_known and not usual.has_days:
        return _cover(seen, look.measures, usual, rule) if usual.is_fresh else None
    if is_blurred(seen, rule):
        sharpness = max(0.0, seen.sharpness)
        return _finding(CameraFault.BLURRED, "blurred", sharpness=sharpness, doubt=seen.doubt, detail=seen.detail)
    if is_elsewhere(seen, usual.has_days):
        return _finding(CameraFault.MOVED, "elsewhere", lost=seen.lost, left=seen.left, sharp=seen.sharp)
    return _cover(seen, look.measures, usual, rule)


def _cover(seen: Comparison, measures: Measures | None, usual: Usual, rule: Rule) -> Finding | None:
    """Something that stays hides more than ever comes and goes here."""
    still, stays = seen.still, 0.0
    if usual.hidden is not None:
        still, stays = usual.hidden(seen.hidden, seen.solid), usual.hidden(seen.stays, seen.solid)
    least = max(rule.covered.share, usual.stir + STIR_MARGIN)
    if seen.lost < WHOLE and seen.layout >= (COVERS if still < COVERED_EARLY else LIKE):
        return None
    is_soft = seen.left < SOFT
    if measures is not None and measures.contrast < FAINT * min((m.contrast for m in usual.measures), default=0.0):
        least = max(least, COVERED_FAINT)
    if min((m.brightness for m in usual.measures), default=0.0) < LAMPLIT:
        least = max(least, COVERED_DARK)
    if not is_soft:
        least = max(least, COVERED_SHARP)
    if not seen.is_known:
        least = max(least, COVERED_STRANGE if usual.has_days else COVERED_SWITCHED)
    elif not usual.is_settled:
        least = max(least, COVERED_EARLY)
    if still < least and not (is_soft and stays >= max(STAYS * least, usual.stir + STIR_MARGIN)):
        return None
    figures = {"lost": seen.lost, "still": still, "flat": seen.flat, "layout": seen.layout, "stir": usual.stir}
    return _finding(CameraFault.COVERED, "covered", **figures)


def _whither(turn: Turn) -> dict[str, float]:
    return {"dx": turn.dx, "dy": turn.dy, "rotation_deg": turn.rotation_deg, "gain": turn.gain}


def _cast(measures: Measures | None, usual: Usual, rule: Rule) -> Finding | None:
    """The infrared filter before the sensor sticks: colours that this hour never had, or none where it had some."""
    if measures is None or not usual.has_days or not usual.measures:
        return None
    limit, known = rule.ir_cut.colour, usual.measures
    evidence = {"colour": measures.colour, "red": measures.red, "blue": measures.blue}
    if measures.colour - max(m.colour for m in known) >= limit and all(m.is_grey for m in known):
        return _finding(CameraFault.IR_CUT, "night_colour", **evidence)
    if measures.brightness < NIGHT_BRIGHTNESS:
        return None
    if measures.is_grey and min(m.colour for m in known) >= 2 * GREY_COLOUR:
        return _finding(CameraFault.IR_CUT, "day_grey", **evidence)
    pinker = min(measures.red - m.red for m in known)
    if pinker >= limit and min(measures.blue - m.blue for m in known) > -limit:
        return _finding(CameraFault.IR_CUT, "day_pink", **evidence)
    return None


def _dirt(seen: Comparison | None, usual: Usual, rule: Rule) -> Finding | None:
    """A look shows no dirt by itself; one that has a view to judge tells what its days say."""
    if seen is None or usual.dull < rule.dirty.share:
        return None
    return _finding(CameraFault.DIRTY, "dirty", dull=usual.dull)


def _finding(fault: CameraFault, what: str, **figures: float) -> Finding:
    return Finding(fault, told(what, **figures), {name: round(value, 3) for name, value in figures.items()})
