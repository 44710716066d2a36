"""A made-up yard before a made-up camera: houses and posts that stay, light that wanders, people who do not stay."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 360
Bgr = NDArray[np.uint8]


@dataclass
class Yard:
    """The same seed is the same yard; each picture has noise of its own."""

    seed: int = 1
    _chance: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        chance = np.random.default_rng(self.seed)
        scene = np.full((HEIGHT, WIDTH, 3), (150, 140, 120), np.uint8)
        for _ in range(60):
            x, y = int(chance.integers(0, WIDTH)), int(chance.integers(0, HEIGHT))
            width, height = int(chance.integers(8, 90)), int(chance.integers(8, 90))
            colour = tuple(int(c) for c in chance.integers(20, 235, 3))
            cv2.rectangle(scene, (x, y), (x + width, y + height), colour, -1 if chance.random() < 0.7 else 2)
        texture = cv2.GaussianBlur(chance.normal(0, 18, scene.shape).astype(np.float32), (0, 0), 1.0)
        self._scene = scene.astype(np.float32) + texture
        self._chance = np.random.default_rng(self.seed + 1000)

    def picture(self, light: float = 1.0, noise: float = 2.0) -> Bgr:
        """`light`: 1 at noon; `noise` in grey levels."""
        grain = self._chance.normal(0, noise, self._scene.shape)
        return np.clip(self._scene * light + grain, 0, 255).astype(np.uint8)

    def with_passer_by(self, light: float = 1.0) -> Bgr:
        picture = self.picture(light)
        x = int(self._chance.integers(0, WIDTH - 60))
        cv2.rectangle(picture, (x, 120), (x + 50, 330), (40, 60, 180), -1)
        return picture


def covered(picture: Bgr, share: float) -> Bgr:
    """A cloth over this share of the view, from the left."""
    cloth = picture.copy()
    cloth[:, : int(WIDTH * share)] = (70, 80, 90)
    return cloth


def blurred(picture: Bgr, sigma_at_256: float) -> Bgr:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma_at_256 * WIDTH / 256), np.uint8)


def moved(picture: Bgr, dx: float = 0.0, dy: float = 0.0, degrees: float = 0.0) -> Bgr:
    """The view goes right, down, and turns against the clock."""
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, 1.0)
    turn[:, 2] += np.array([dx * WIDTH, dy * HEIGHT])
    turned = cv2.warpAffine(picture, turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(turned, np.uint8)


def striped(picture: Bgr) -> Bgr:
    stripes = (np.arange(HEIGHT) % 4 < 2)[:, None, None] * 60
    return np.asarray(np.clip(picture.astype(int) + stripes, 0, 255), np.uint8)
