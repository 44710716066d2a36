"""How a picture differs from what its camera used to show at this hour. Pure; the decoding child does it.

Only dependable blocks are asked: those in which the references themselves agree with one another. Leaves, water and
a busy road are so left out by themselves, and a wandering shadow is no change as long as one reference knows it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.camera.view.register import ROTATIONS_DEG, is_still, register, turned_back
from edge.camera.view.seen import Comparison, Turn
from edge.camera.view.traits import COLUMNS, ROWS, Edges, Field, Traits, by_block, edges, spread

DEPENDABLE = 0.4
"""A block counts where the references agree with each other at least so well (correlation)."""
DROP = 0.3
"""A dependable block is lost where the picture agrees with its best reference by so much less than they do."""
FLAT = 0.5
"""A lost block is flat where gradients have fallen below this part of what they have elsewhere in the picture ..."""
_DIM = 0.35
"""... or of this part of the references', where they have fallen everywhere."""
STILL = 0.5
"""A lost block is still where it agrees with the look before: something that stays, no passer-by."""
SUSPECT = 0.2
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
    left = now.strength / np.maximum(np.median([r.strength for r in references], axis=0), 1e-3)
    flat = lost & (left < FLAT * max(_DIM, float(np.percentile(left[dependable], 75)) if dependable.any() else 1.0))
    same = agreement(now.edges, before.edges) > STILL if before is not None else np.zeros_like(lost)
    share = float(lost.sum()) / count
    weight = spread(np.where(dependable, expected, 0).astype(np.float32))
    turn, found = _turn(now, references, weight, expected, dependable, share)
    kept = spread((dependable & ~lost).astype(np.float32)) * weight
    sharpness, trust, detail = _focus(now, references, kept)
    return Comparison(
        is_known=is_known,
        dependable=int(dependable.sum()),
        lost=share,
        flat=float(flat.sum()) / count,
        still=float((lost & (same | flat)).sum()) / count,
        turn=turn,
        found=found,
        sharpness=sharpness,
        trust=trust,
        detail=detail,
        noise=now.noise / max(_LEAST, *(r.noise for r in references)),
        stripes=now.stripes / max(_LEAST, *(r.stripes for r in references)),
    )


def dulled(now: Traits, first: Sequence[Traits]) -> float:
    """The share of the view that has lost half of its contrast beside the picture's own middle, since the first."""
    dependable = agreement_among(first) > DEPENDABLE
    if not dependable.any():
        return 0.0
    usual = np.median([r.strength for r in first], axis=0)
    left = (now.strength / np.maximum(usual, 1e-3))[dependable]
    return float((left < 0.5 * np.median(left)).mean())


def agreement(a: Edges, b: Edges) -> Field:
    """By block, the correlation of two pictures' normalised gradients: 1 the same, 0 nothing in common."""
    common = by_block(a.x * b.x + a.y * b.y)
    return np.asarray(common / (np.sqrt(a.power * b.power) + _QUIET), np.float32)


def agreement_among(references: Sequence[Traits]) -> Field:
    """By block, how well each reference agrees with its best companion, on average."""
    best = []
    for n, one in enumerate(references):
        others = [agreement(one.edges, other.edges) for m, other in enumerate(references) if m != n]
        best.append(_best(others))
    return np.asarray(np.mean(best, axis=0), np.float32)


def _turn(
    now: Traits, references: Sequence[Traits], weight: Field, expected: Field, dependable: Mask, lost: float
) -> tuple[Turn, float]:
    """Where the view went, judged by the reference that explains most; and what is found again there."""
    best, found = Turn(), 1.0 - lost
    for reference in references[:2]:
        turn = register(now, reference, weight, ROTATIONS_DEG[:1])
        if lost >= SUSPECT or not is_still(turn):
            turn = register(now, reference, weight)
        if is_still(turn) or turn.gain <= best.gain:
            continue
        back = edges(turned_back(now.grey, turn))
        inside = _in_view(turn) & dependable
        agreed = agreement(back, reference.edges) >= expected - DROP
        best, found = turn, float((agreed & inside).sum()) / max(1, int(inside.sum()))
    return best, found


def _in_view(turn: Turn) -> Mask:
    """The blocks that are in view both before and after a turn (rotation left out of account)."""
    x = (np.arange(COLUMNS) + 0.5) / COLUMNS + turn.dx
    y = (np.arange(ROWS) + 0.5) / ROWS + turn.dy
    return np.asarray(((y > 0) & (y < 1))[:, None] & ((x > 0) & (x < 1))[None, :])


def _focus(now: Traits, references: Sequence[Traits], weight: Field) -> tuple[float, float, float]:
    """Sharpness, how far it is to be trusted, and detail, over the blocks that are still in view."""
    half = weight[::2, ::2]
    fine, trust = _left([r.fine for r in references], now.fine, weight)
    coarse, _ = _left([r.coarse for r in references], now.coarse, half)
    least = min(_ratio(r, weight, half) for r in references)
    return fine / max(coarse, 0.05), trust, _ratio(now, weight, half) / max(least, 1e-6)


def _left(references: Sequence[Field], now: Field, weight: Field) -> tuple[float, float]:
    """How much of what the references have in common is in the picture, and which part of theirs is common.

    Noise is in none of the products: those of a reference with itself are left out.
    """
    n = len(references)
    total = np.sum(references, axis=0)
    own = float(sum((weight * r * r).sum() for r in references))
    common = (float((weight * total * total).sum()) - own) / (n * (n - 1))
    shared = float((weight * now * total).sum()) / n
    if common <= 0:
        return 1.0, 0.0
    return shared / common, min(1.0, common * n / max(own, 1e-9))


def _ratio(picture: Traits, weight: Field, half: Field) -> float:
    fine = float((weight * picture.fine**2).sum())
    coarse = float((half * picture.coarse**2).sum()) * 4
    return float(np.sqrt(fine / max(coarse, 1e-6)))


def _best(fields: Sequence[Field]) -> Field:
    return np.asarray(np.max(fields, axis=0), np.float32)
