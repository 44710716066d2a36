"""What befalls a camera, made by code on top of a virtual camera's scene: how strong, and where, by chance's number."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks._days import HEIGHT, WIDTH, Field, Picture, Tampering
from contract.terms import CameraFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One fault at one strength. `counts`: whether it is as strong as the target asks. `make` gives one of it."""

    fault: CameraFault
    strength: str
    make: Callable[[np.random.Generator], Tampering]
    counts: bool = True


def _covered(share: float) -> Callable[[np.random.Generator], Tampering]:
    """A cloth, a board, a bag or a hand before the lens: dark or light, plain or with a pattern, at any side."""

    def make(pick: np.random.Generator) -> Tampering:
        inside = _place(share, pick)
        soft = cv2.GaussianBlur(inside, (0, 0), float(pick.uniform(1, 12)))[..., None]
        level, pattern = float(pick.uniform(0.15, 1.4)), float(pick.choice([0.02, 0.1, 0.3]))
        coarse = pick.normal(1.0, pattern, (int(pick.integers(3, 10)), int(pick.integers(4, 14)), 3))
        colour = pick.uniform(0.7, 1.3, 3)
        cloth = cv2.resize(coarse * colour, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC).astype(np.float32)
        return Tampering(lens=lambda lit: lit * (1 - soft) + cloth * max(0.02, level * float(lit.mean())) * soft)

    return make


def _place(share: float, pick: np.random.Generator) -> Field:
    """1 where it is covered: from one of the four sides, from a corner, or a blot in the middle."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x, y = (x + 0.5) / WIDTH, (y + 0.5) / HEIGHT
    middle_x, middle_y = (float(v) for v in pick.uniform(0.35, 0.65, 2))
    ways: list[Field] = [x, 1 - x, y, 1 - y, x + y, np.hypot(x - middle_x, y - middle_y)]
    way = ways[int(pick.integers(len(ways)))]
    return np.asarray(way <= np.quantile(way, share), np.float32)


def _blurred(sigma_at_256: float) -> Callable[[np.random.Generator], Tampering]:
    sigma = sigma_at_256 * WIDTH / 256
    return lambda _: Tampering(lens=lambda lit: np.asarray(cv2.GaussianBlur(lit, (0, 0), sigma), np.float32))


def _shifted(share: float) -> Callable[[np.random.Generator], Tampering]:
    """Sideways, up or down, or aslant: the longer of both is `share` of the width or height."""

    def make(pick: np.random.Generator) -> Tampering:
        along, across = share * float(pick.choice([-1, 1])), share * float(pick.uniform(-1, 1))
        dx, dy = (along, across) if pick.integers(2) else (across, along)
        return Tampering(turn=_turn(dx, dy, 0.0))

    return make


def _rotated(degrees: float) -> Callable[[np.random.Generator], Tampering]:
    def make(pick: np.random.Generator) -> Tampering:
        dx, dy = (float(v) for v in pick.uniform(-0.02, 0.02, 2))
        return Tampering(turn=_turn(dx, dy, degrees * float(pick.choice([-1, 1]))))

    return make


def _turn(dx: float, dy: float, degrees: float) -> Field:
    turn = np.asarray(cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, 1.0), np.float32)
    turn[:, 2] += np.array([dx * WIDTH, dy * HEIGHT], np.float32)
    return turn


def _wire(change: Callable[[Field, np.random.Generator], Field]) -> Callable[[np.random.Generator], Tampering]:
    def make(pick: np.random.Generator) -> Tampering:
        def spoil(picture: Picture) -> Picture:
            return np.asarray(np.clip(change(picture.astype(np.float32), pick), 0, 255), np.uint8)

        return Tampering(wire=spoil)

    return make


def _striped(picture: Field, level: float) -> Field:
    return np.asarray(picture + level * (np.arange(HEIGHT) % 6 < 3)[:, None, None], np.float32)


def _pink(picture: Field, _: np.random.Generator) -> Field:
    return picture * np.array([1.0, 0.85, 1.4], np.float32)


def _grey(picture: Field, _: np.random.Generator) -> Field:
    return np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2)


def _grain(level: float) -> Callable[[Field, np.random.Generator], Field]:
    return lambda picture, pick: picture + pick.normal(0, level, picture.shape).astype(np.float32)


KINDS = (
    Kind(fault=CameraFault.COVERED, strength="30 % of the view", make=_covered(0.3), counts=False),
    Kind(fault=CameraFault.COVERED, strength="50 % of the view", make=_covered(0.5)),
    Kind(fault=CameraFault.COVERED, strength="70 % of the view", make=_covered(0.7)),
    Kind(fault=CameraFault.COVERED, strength="all of the view", make=_covered(1.0)),
    Kind(fault=CameraFault.BLURRED, strength="sigma 1.5 at 256 px", make=_blurred(1.5), counts=False),
    Kind(fault=CameraFault.BLURRED, strength="sigma 2 at 256 px", make=_blurred(2.0)),
    Kind(fault=CameraFault.BLURRED, strength="sigma 3 at 256 px", make=_blurred(3.0)),
    Kind(fault=CameraFault.BLURRED, strength="sigma 5 at 256 px", make=_blurred(5.0)),
    Kind(fault=CameraFault.MOVED, strength="3 % of the view", make=_shifted(0.03), counts=False),
    Kind(fault=CameraFault.MOVED, strength="5 % of the view", make=_shifted(0.05)),
    Kind(fault=CameraFault.MOVED, strength="15 % of the view", make=_shifted(0.15)),
    Kind(fault=CameraFault.MOVED, strength="40 % of the view", make=_shifted(0.4)),
    Kind(fault=CameraFault.MOVED, strength="3 degrees", make=_rotated(3.0)),
    Kind(fault=CameraFault.MOVED, strength="7 degrees", make=_rotated(7.0)),
    Kind(fault=CameraFault.DARK, strength="2 % of the light", make=_wire(lambda p, _: p * 0.02)),
    Kind(fault=CameraFault.BRIGHT, strength="white", make=_wire(lambda p, _: p * 0.2 + 240)),
    Kind(fault=CameraFault.NOISY, strength="grain of 40 levels", make=_wire(_grain(40.0))),
    Kind(fault=CameraFault.NOISY, strength="stripes of 40 levels", make=_wire(lambda p, _: _striped(p, 40.0))),
    Kind(fault=CameraFault.IR_CUT, strength="pink by day", make=_wire(_pink)),
    Kind(fault=CameraFault.IR_CUT, strength="grey by day", make=_wire(_grey)),
    Kind(fault=CameraFault.FROZEN, strength="the same picture", make=lambda _: Tampering()),
)
