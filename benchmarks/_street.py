"""A drawn clip to tune with: a street from above, on which big cars in rows hide half of the view and move together.

It stands for the hard scenes, so that none of those need be measured on after thresholds were taken from it.
"""

import cv2
import numpy as np

from benchmarks._days import FRAMES_KEPT, HEIGHT, WIDTH, Picture

NAME = "drawn-street"
_LANES = ((6, 6), (78, 9), (150, 13), (222, -10), (294, -5))
"""Where each begins, in pixels from the top, and how fast its cars go, in pixels a frame."""


def drawn_street(seed: int = 1) -> list[Picture]:
    """Frames of one and the same street."""
    pick = np.random.default_rng(seed)
    ground = _ground(pick)
    cars = [_car(pick, lane) for lane in range(len(_LANES)) for _ in range(5)]
    return [_frame(ground, cars, n) for n in range(FRAMES_KEPT)]


def _ground(pick: np.random.Generator) -> Picture:
    """Asphalt with lines on it, some drains and patches, and nothing else that stays."""
    ground = np.full((HEIGHT, WIDTH, 3), 105.0, np.float32)
    ground += cv2.GaussianBlur(pick.normal(0, 9, ground.shape).astype(np.float32), (0, 0), 1.2)
    for top, _ in _LANES:
        for x in range(0, WIDTH, 80):
            cv2.rectangle(ground, (x, top - 6), (x + 36, top - 2), (190.0, 200.0, 200.0), -1)
    for _ in range(14):
        x, y = int(pick.integers(0, WIDTH)), int(pick.integers(0, HEIGHT))
        level = float(pick.integers(60, 150))
        size = x + int(pick.integers(8, 50)), y + int(pick.integers(8, 30))
        cv2.rectangle(ground, (x, y), size, (level, level, level), -1)
    return np.asarray(np.clip(ground, 0, 255), np.uint8)


def _car(pick: np.random.Generator, lane: int) -> tuple[int, int, Picture]:
    """Its lane, where it begins, and how it looks."""
    length, breadth = int(pick.integers(90, 170)), int(pick.integers(48, 62))
    car = np.empty((breadth, length, 3), np.uint8)
    car[:] = pick.integers(30, 225, 3)
    for left, right in ((0.2, 0.33), (0.6, 0.72)):
        car[6:-6, int(left * length) : int(right * length)] = 35
    cv2.rectangle(car, (1, 1), (length - 2, breadth - 2), (20, 20, 20), 2)
    return lane, int(pick.integers(0, 2 * WIDTH)), car


def _frame(ground: Picture, cars: list[tuple[int, int, Picture]], n: int) -> Picture:
    frame = ground.copy()
    for lane, start, car in cars:
        top, speed = _LANES[lane]
        left = (start + n * speed) % (WIDTH + 2 * car.shape[1]) - car.shape[1]
        first, last = max(0, left), min(WIDTH, left + car.shape[1])
        if first < last:
            frame[top : top + car.shape[0], first:last] = car[:, first - left : last - left]
    return frame
