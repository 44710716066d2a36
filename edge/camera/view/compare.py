"""How a picture differs from what its camera used to show at this hour. Pure; the decoding child does it.

Only dependable blocks are asked: those in which the references themselves agree with one another. Leaves, water and
a busy road are so left out by themselves, and a wandering shadow is no change as long as one reference knows it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.camera.view.focus import focus
from edge.camera.view.ordered import median, median_each, quantile
from edge.camera.view.picture import HEIGHT, WIDTH
from edge.camera.view.register import is_still, register, turned_back
from edge.camera.view.seen import Comparison, Turn
from edge.camera.view.traits import COLUMNS, ROWS, Edges, Field, Traits, by_block, edges, halved, spread

DEPENDABLE = 0.4
"""A block counts where the references agree with each other at least so well (correlation)."""
ENOUGH = 4
"""Of so many references one may be the odd one out: somebody stood there."""
DROP = 0.3
"""A dependable block is lost where the picture agrees with its best reference by so much less than they do."""
FLAT = 0.5
"""A lost block is flat where gradients have fallen below this part of what they have elsewhere in the picture ..."""
_DIM = 0.35
"""... or of this part of the references', where they have fallen everywhere."""
STILL = 0.5
"""A lost block is still where it agrees with the look before: something that stays, no passer-by ..."""
CALM = 3.0
"""... or where the light of its parts is within so many grey levels of what it was then."""
CRISP = 0.4
"""What is lost shows edges of its own where gradients are above this part of what they were."""
SUSPECT = 0.15
"""From this share of lost blocks on, a turn of the camera is looked for at every rotation."""
_LEAST = 1.0
"""Grey levels: less noise than this is none."""
_QUIET = 0.12
"""Mean square of normalised gradients: blocks well below it have nothing in them, and agree with nothing."""


Mask = NDArray[np.bool_]
"""Yes or no by block."""


def compare(
    now: Traits, references: Sequence[Traits], before: Traits | None = None, is_known: bool = True
) -> Comparison:
    """Compare with at least two references, the nearest in kind first; `before` is the look before this one."""
    expected = agreement_among(references)
    dependable = expected > DEPENDABLE
    count = max(1, int(dependable.sum()))
    agreed = _best([agreement(now.edges, r.edges) for r in references])
    lost = dependable & (agreed < expected - DROP)
    left = now.strength / np.maximum(median_each([r.strength for r in references]), 1e-3)
    flat = lost & (left < FLAT * max(_DIM, quantile(left[dependable], 0.75) if dependable.any() else 1.0))
    same, calm = _repeated(now, before) if before is not None else (np.zeros_like(lost), np.zeros_like(lost))
    hidden = lost & (same | calm | flat)
    share = float(lost.sum()) / count
    weight = spread(np.where(dependable, expected, 0).astype(np.float32))
    turn, found = _turn(now, references, weight, expected, share)
    focused = focus(now, references, weight)
    return Comparison(
        is_known=is_known,
        dependable=int(dependable.sum()),
        lost=share,
        flat=float(flat.sum()) / count,
        still=float(hidden.sum()) / count,
        left=median(left[lost]) if lost.any() else 1.0,
        sharp=float((lost & same & (left > CRISP)).sum()) / count,
        solid=_bits(dependable),
        gone=_bits(lost),
        hidden=_bits(hidden),
        stays=_bits(lost & (same | calm)),
        turn=turn,
        kept=_kept(agreed, expected, dependable),
        found=found,
        layout=_layout(now, references, lost),
        sharpness=focused.sharpness,
        doubt=focused.doubt,
        detail=focused.detail,
        noise=now.noise / max(_LEAST, *(r.noise for r in references)),
        stripes=now.stripes / max(_LEAST, *(r.stripes for r in references)),
    )


def agreement(a: Edges, b: Edges) -> Field:
    """By block, the correlation of two pictures' normalised gradients: 1 the same, 0 nothing in common."""
    common = by_block(a.x * b.x + a.y * b.y)
    return np.asarray(common / (np.sqrt(a.power * b.power) + _QUIET), np.float32)


def agreement_among(references: Sequence[Traits]) -> Field:
    """By block, how well each reference agrees with its best companion: the worst of them, or the second worst of
    enough. As well as that should a healthy picture agree with its best."""
    best = []
    for n, one in enumerate(references):
        others = [agreement(one.edges, other.edges) for m, other in enumerate(references) if m != n]
        best.append(_best(others))
    return np.asarray(np.sort(best, axis=0)[int(len(best) >= ENOUGH)], np.float32)


def _kept(agreed: Field, expected: Field, where: Mask) -> float:
    """How much of the agreement to expect there is, 1 being all."""
    due = float(expected[where].sum())
    return float(np.maximum(agreed[where], 0).sum()) / due if due > 0 else 1.0


def _turn(now: Traits, references: Sequence[Traits], weight: Field, expected: Field, lost: float) -> tuple[Turn, float]:
    """Where the view went, and how much of it is there."""
    turn = register(now, references, weight, is_turned=lost >= SUSPECT)
    if is_still(turn):
        return turn, 0.0
    back = edges(turned_back(now.grey, turn))
    agreed = _best([agreement(back, r.edges) for r in references])
    return turn, _kept(agreed, expected, _in_view(turn) & (expected > DEPENDABLE))


def _in_view(turn: Turn) -> Mask:
    """The blocks that are in view both before and after a turn."""
    seen = turned_back(np.full((HEIGHT, WIDTH), 255, np.uint8), turn, is_drawn_out=False)
    return by_block(seen.astype(np.float32)) > 250


def _bits(mask: Mask) -> str:
    return np.packbits(mask).tobytes().hex()


def _repeated(now: Traits, before: Traits) -> tuple[Mask, Mask]:
    """The blocks that show what they showed at the look before: by edges, and by the light in the parts of each."""
    gain = median(now.level) / max(1.0, median(before.level))
    changed = np.abs(now.level - gain * before.level).reshape(ROWS, 3, COLUMNS, 3).mean(axis=(1, 3))
    return agreement(now.edges, before.edges) > STILL, changed < CALM


def _layout(now: Traits, references: Sequence[Traits], lost: Mask) -> float:
    """How well, where edges are lost, the light and dark of wide places agree with what was there: fog or a lens out of
    focus leaves them, a cover does not."""
    where = halved(spread(lost.astype(np.float32)))
    own = float((where * now.coarse**2).sum())
    best = 0.0
    for each in references:
        theirs = float((where * each.coarse**2).sum())
        best = max(best, float((where * now.coarse * each.coarse).sum()) / max(1e-6, float(np.sqrt(own * theirs))))
    return best


def dulled(now: Traits, first: Sequence[Traits]) -> float:
    """The share of the view that has lost half of its contrast beside the picture's own middle, since the first."""
    dependable = agreement_among(first) > DEPENDABLE
    if not dependable.any():
        return 0.0
    usual = median_each([r.strength for r in first])
    left = (now.strength / np.maximum(usual, 1e-3))[dependable]
    return float((left < 0.5 * median(left)).mean())


def _best(fields: Sequence[Field]) -> Field:
    return np.asarray(np.max(fields, axis=0), np.float32)
