"""What became of a view: noise over it, turned away, out of focus, something before it. Pure.

All by how it compares with what the camera used to show at this hour. Where the numbers come from: the clips of
benchmarks/camera_health.py that are not measured on, and decision 35.
"""

from contract.terms import CameraFault
from edge.camera.health.finding import Finding, found
from edge.camera.health.usual import Usual
from edge.camera.rules import Rule
from edge.camera.view.seen import Comparison, Measures, Turn

ENOUGH_BLOCKS = 12
"""With fewer dependable blocks a view has too little in it to say what became of it."""
GONE = 0.65
"""A view is gone where so much of it is lost."""
PLACED, PLACED_KEPT, PLACED_SHARPNESS = 0.2, 0.7, 0.6
"""A view is plainly as ever, whatever the hour of the references, where so little of it is lost, so much in place, and
so much of its sharpness left."""
FOCUSED = 0.35
"""What covers a lens is out of focus: edges there have less than this part of their strength."""

STEADY = 4 / 3
"""Noise is measured where there is least of it and varies less than stripes do: less of it is believed."""
EARLY = 1.5
"""On the first days clouds are told from noise by so much more of it."""
GAIN, IN_PLACE = 2.0, 0.45
"""A camera amplifies its noise so much more where a cover takes its light away: where less than this is in place."""

MOVED = (1.05, 0.45, 0.1)
"""A turn is believed where the view agrees so many times better there than in place, so much of it is there, and so
much more than in place ..."""
MOVED_LITTLE = (1.05, 0.6, 0.07)
"""... or where nearly all is there, and a little more than in place ..."""
MOVED_PLAIN = (2.5, 0.45, 0.2)
"""... or where it agrees far better there, so much less of it ..."""
MOVED_STRANGE = (1.6, 0.75, 0.3)
"""... and the same in the first days, or where no reference is of this kind and hour."""
FARTHER, FAR_GAIN = 4.5, 1.6
"""The farther a view went, the less it can agree in place: so much more gain is due for each width it went, at most so
much. Lines on a road agree with the next ones, and are none."""
PLAIN = 0.6
"""So much of a view that is gone must be found where what is there instead has no edges to speak of."""

CERTAIN = 1.64
"""Standard errors: what is said is said with 95 %."""
SURELY, DETAIL_LEFT, NOISY_DETAIL = 0.2, 0.8, 1.25
"""So little sharpness is out of focus; more of it is where no more than so much detail is left. A view that is gone and
has more detail than that is another one."""
LAYOUT, LAYOUT_LITTLE, DIM = 0.35, 0.15, 0.32
"""What is hidden by a cover keeps less than this of its wide lights and darks; a lens out of focus leaves more, or some
and so much of a view that is gone in place."""

OTHER, OTHER_DETAIL, OTHER_KEPT = 0.42, (0.75, 3.0), 0.31
"""It is another view where edges are so strong there, detail is as ever, and hardly anything is in place: what covers a
lens is not in focus, and where it takes the light away noise makes detail."""
SHARP, ALL = 0.3, 0.75
"""So much of it shows the same edges at both looks, or so much is lost."""

STIR_MARGIN = 0.1
"""A cover hides so much more than what comes and goes."""
STAYS = 0.7
"""Less of that is enough where it has not moved since the look before."""
COVERED_EARLY, COVERED_STRANGE, COVERED_SWITCHED = 0.55, 0.6, 0.85
"""What a cover must hide in the first days, where no reference is of this kind, and both: a cover may take all colour
away, and so does infrared in the first night."""
COVERED_FAINT, FAINT = 0.52, 0.45
"""What it must hide where the picture's contrast is below this part of the least at this hour, as in fog."""
COVERED_SHARP, SOFT = 0.55, 0.6
"""What it must hide where edges have more than this part of their strength: something else may stand there."""
COVERED_DARK, LAMPLIT = 0.6, 80.0
"""What it must hide at an hour of so little light: a lamp that is out takes the edges of all that it lit."""
HIDES_MOST, LAYOUT_MOST, HIDES_ALL = 0.55, 0.45, 0.8
"""Where it hides so much, more layout may be left; where so much is lost, any."""


def tell(seen: Comparison | None, measures: Measures | None, usual: Usual, rule: Rule) -> Finding | None:
    """Say what became of the view, the most telling first; None where nothing did, or nothing can be said."""
    if seen is None or seen.dependable < ENOUGH_BLOCKS:
        return None
    if is_noisy(seen, usual, rule):
        what = "stripes" if seen.stripes > seen.noise * STEADY else "noise"
        return found(CameraFault.NOISY, what, noise=seen.noise, stripes=seen.stripes)
    if is_moved(seen, usual.is_settled, rule):
        moved = {"found": seen.found, "kept": seen.kept, "lost": seen.lost}
        return found(CameraFault.MOVED, "moved", **_whither(seen.turn), **moved)
    if not seen.is_known and not usual.has_days:
        return _cover(seen, measures, usual, rule) if usual.is_fresh else None
    if is_blurred(seen, rule):
        sharpness = max(0.0, seen.sharpness)
        return found(CameraFault.BLURRED, "blurred", sharpness=sharpness, doubt=seen.doubt, detail=seen.detail)
    if is_elsewhere(seen, usual.has_days):
        return found(CameraFault.MOVED, "elsewhere", lost=seen.lost, left=seen.left, sharp=seen.sharp)
    return _cover(seen, measures, usual, rule)


def is_blind(seen: Comparison | None, usual: Usual) -> bool:
    """Whether nothing can be said of the view: too little in it, or no pictures of this hour, and it is not plainly as
    ever."""
    if seen is None or seen.dependable < ENOUGH_BLOCKS:
        return True
    is_placed = seen.lost < PLACED and seen.kept >= PLACED_KEPT
    is_as_ever = is_placed and seen.sharpness >= PLACED_SHARPNESS
    return not (seen.is_known or usual.has_days or is_as_ever)


def is_noisy(seen: Comparison, usual: Usual, rule: Rule) -> bool:
    if not seen.is_known and not usual.has_days:
        return False
    times = rule.noisy.times * (1 if seen.kept >= IN_PLACE else GAIN) * (1 if usual.has_days else EARLY)
    return max(seen.noise * STEADY, seen.stripes) >= times


def is_moved(seen: Comparison, is_settled: bool, rule: Rule) -> bool:
    """The view is found elsewhere in the picture."""
    if seen.lost >= GONE and seen.left < FOCUSED and seen.found < PLAIN:
        return False
    turn = seen.turn
    shift = max(abs(turn.dx), abs(turn.dy))
    is_far = shift >= rule.moved.shift or abs(turn.rotation_deg) >= rule.moved.rotation_deg
    if not is_far or turn.gain < min(FAR_GAIN, 1 + FARTHER * (shift - rule.moved.shift)):
        return False
    ways = (MOVED, MOVED_LITTLE, MOVED_PLAIN) if seen.is_known and is_settled else (MOVED_STRANGE,)
    return any(turn.gain >= gain and seen.found >= max(least, seen.kept + more) for gain, least, more in ways)


def is_blurred(seen: Comparison, rule: Rule) -> bool:
    """Fine structure is gone and coarse is not, whatever noise takes its place."""
    sharpness = seen.sharpness + CERTAIN * seen.doubt
    if sharpness >= rule.blurred.sharpness or _is_hidden(seen, rule):
        return False
    if sharpness < SURELY:
        return seen.lost < GONE or seen.detail < NOISY_DETAIL
    return seen.detail < DETAIL_LEFT


def _is_hidden(seen: Comparison, rule: Rule) -> bool:
    """Whether what is lost is behind something: then its wide lights and darks are lost as well."""
    if seen.lost < GONE:
        return seen.layout < LAYOUT and seen.left < FOCUSED and seen.lost >= rule.covered.share
    return seen.layout < (LAYOUT if seen.kept < DIM else LAYOUT_LITTLE)


def is_elsewhere(seen: Comparison, has_days: bool) -> bool:
    """Hardly anything is where it was, and what is there instead is in focus."""
    least, most = OTHER_DETAIL
    is_other = seen.left >= OTHER and least <= seen.detail <= most and seen.kept <= OTHER_KEPT
    return is_other and seen.lost >= GONE and (seen.sharp >= SHARP or (has_days and seen.lost >= ALL))


def _cover(seen: Comparison, measures: Measures | None, usual: Usual, rule: Rule) -> Finding | None:
    """Something that stays hides more than ever comes and goes here."""
    still, stays = seen.still, 0.0
    if usual.hidden is not None:
        still, stays = usual.hidden(seen.hidden, seen.solid), usual.hidden(seen.stays, seen.solid)
    if seen.lost < HIDES_ALL and seen.layout >= (LAYOUT if still < HIDES_MOST else LAYOUT_MOST):
        return None
    usually = usual.stir + STIR_MARGIN
    least = max(rule.covered.share, usually, *_doubts(seen, measures, usual))
    is_there = least <= max(rule.covered.share, usually) and stays >= max(STAYS * rule.covered.share, usually)
    if still < least and not is_there:
        return None
    figures = {"lost": seen.lost, "still": still, "flat": seen.flat, "layout": seen.layout, "stir": usual.stir}
    return found(CameraFault.COVERED, "covered", **figures)


def _doubts(seen: Comparison, measures: Measures | None, usual: Usual) -> list[float]:
    """The shares of the view that a cover must hide, for all that looks like one and is none."""
    asked = [0.0]
    if measures is not None and measures.contrast < FAINT * min((m.contrast for m in usual.measures), default=0.0):
        asked.append(COVERED_FAINT)
    if min((m.brightness for m in usual.measures), default=LAMPLIT) < LAMPLIT:
        asked.append(COVERED_DARK)
    if seen.left >= SOFT:
        asked.append(COVERED_SHARP)
    if not seen.is_known:
        asked.append(COVERED_STRANGE if usual.has_days else COVERED_SWITCHED)
    elif not usual.is_settled:
        asked.append(COVERED_EARLY)
    return asked


def _whither(turn: Turn) -> dict[str, float]:
    return {"dx": turn.dx, "dy": turn.dy, "rotation_deg": turn.rotation_deg, "gain": turn.gain}
