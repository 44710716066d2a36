"""Virtual cameras: real clips under a made sun, weather and night, so that weeks of camera-days fit into minutes.

A camera is a clip, perhaps mirrored and cropped; what moves in it is real. Light, shadows, rain, fog, infrared, noise,
headlights, insects, crowds and compression are made here, each from the camera's own random numbers.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 360
FRAMES_KEPT = 48
_GRAIN_SPARE = 128

Picture = NDArray[np.uint8]
Field = NDArray[np.float32]


def clip(folder: Path, name: str) -> list[Picture]:
    """Frames spread over a clip, in colour at 640x360. Raises FileNotFoundError."""
    found = sorted(folder.glob(f"{name}.*"))
    frames = _frames(found[0]) if found else []
    if not frames:
        raise FileNotFoundError(f"{folder}/{name}: no such clip")
    return frames


def _frames(path: Path) -> list[Picture]:
    source = cv2.VideoCapture(str(path))
    step = max(1, int(source.get(cv2.CAP_PROP_FRAME_COUNT)) // FRAMES_KEPT)
    kept: list[Picture] = []
    number = 0
    while len(kept) < FRAMES_KEPT and source.grab():
        if number % step == 0:
            kept.append(
                cv2.resize(source.retrieve()[1], (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.uint8)
            )
        number += 1
    return kept


@dataclass(frozen=True, slots=True)
class Weather:
    """One day's: how clear (casts shadows), rain and morning fog, each 0 to 1."""

    clear: float
    rain: float
    fog: float


def _left_alone(picture: Any) -> Any:
    return picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Tampering:
    """What is done to a camera: how it was turned, what became of its lens (before exposure), and of its electronics
    (after it, before compression)."""

    turn: Field | None = None
    lens: Callable[[Field], Field] = _left_alone
    wire: Callable[[Picture], Picture] = _left_alone


UNTOUCHED = Tampering()


@dataclass
class VirtualCamera:
    """One camera at one place for many days; the same seed gives the same pictures.

    `has_infrared`: at night it lights the scene itself, in grey; otherwise lamps do, in colour.
    """

    name: str
    frames: Sequence[Picture]
    seed: int
    has_infrared: bool = True
    _random: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(self.seed)
        pick = self._random
        zoom = float(pick.uniform(0.75, 1.0))
        width, height = int(WIDTH * zoom), int(HEIGHT * zoom)
        x, y = int(pick.integers(0, WIDTH - width + 1)), int(pick.integers(0, HEIGHT - height + 1))
        is_mirrored = bool(pick.integers(2))
        self.frames = [_cropped(f[:, ::-1] if is_mirrored else f, x, y, width, height) for f in self.frames]
        self._lamps = [
            (float(pick.uniform(0, 1)), float(pick.uniform(0, 0.7)), float(pick.uniform(0.1, 0.35))) for _ in range(4)
        ]
        self._posts = [
            (float(pick.uniform(-0.3, 1.3)), float(pick.uniform(0.03, 0.2)), float(pick.uniform(0.2, 1.0)))
            for _ in range(4)
        ]
        self._sunrise_h = float(pick.uniform(5.2, 6.4))
        self._sunset_h = float(pick.uniform(17.2, 18.6))
        self._quality = int(pick.integers(45, 85))
        self._noise = float(pick.uniform(0.8, 2.0))
        self._shake = float(pick.choice([0.0, 0.3, 0.8]))
        self._weathers: dict[int, Weather] = {}
        grain = pick.standard_normal((HEIGHT + _GRAIN_SPARE, WIDTH + _GRAIN_SPARE, 3), np.float32)
        self._noises: Field = grain
        grid_y, grid_x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        self._x, self._y = grid_x / WIDTH, grid_y / HEIGHT

    def weather(self, day: int) -> Weather:
        if day not in self._weathers:
            pick = np.random.default_rng((self.seed, day))
            rain = float(pick.uniform(0.3, 1.0)) if pick.random() < 0.3 else 0.0
            fog = float(pick.uniform(0.2, 0.8)) if pick.random() < 0.2 else 0.0
            clear = float(pick.uniform(0.0, 0.3)) if rain else float(pick.uniform(0.0, 1.0))
            self._weathers[day] = Weather(clear, rain, fog)
        return self._weathers[day]

    def is_infrared(self, at: datetime) -> bool:
        return self.has_infrared and self.daylight(at) < 0.05

    def daylight(self, at: datetime) -> float:
        """0 in the night to 1 at noon, with half an hour of dusk."""
        hour = at.hour + at.minute / 60 + at.second / 3600
        rise = np.clip((hour - self._sunrise_h) / 0.8 + 0.5, 0, 1)
        fall = np.clip((self._sunset_h - hour) / 0.8 + 0.5, 0, 1)
        return float(min(rise, fall) ** 2)

    def look(
        self, at: datetime, day: int, k: int, scene_of: int | None = None, tampering: Tampering = UNTOUCHED
    ) -> Picture:
        """What the camera shows at an instant of its day; `k` numbers the looks. Looks of the same `scene_of` follow
        each other within a minute: who stands there still stands there, though not like a post."""
        pick = np.random.default_rng((self.seed, day, k))
        burst = np.random.default_rng((self.seed, day, 10**6 + (k if scene_of is None else scene_of)))
        frame = (int(burst.integers(len(self.frames))) + int(pick.integers(0, 3))) % len(self.frames)
        scene = np.asarray(self.frames[frame] / 255, np.float32)
        self._burst = burst
        is_infrared = self.is_infrared(at)
        if is_infrared:  # its lamp turns with the camera
            scene = _turned(scene, tampering.turn)
        lit = self.scene(scene, at, day, pick)
        if not is_infrared:
            lit = _turned(lit, tampering.turn)
        seen = tampering.lens(lit)
        exposed = self.develop(_without_colour(seen) if is_infrared else seen, at, pick)
        return compressed(tampering.wire(exposed), self._quality)

    def scene(self, scene: Field, at: datetime, day: int, pick: np.random.Generator) -> Field:
        """Light, shadows, fog and what passes by, before lens and sensor."""
        weather, light = self.weather(day), self.daylight(at)
        if light >= 0.05:
            lit = scene * self._sun(at, weather, light)[..., None]
            tint = (
                np.array([1.0, 1.0, 1.0], np.float32)
                + (1 - light) * np.array([-0.15, 0.0, 0.2], np.float32) * weather.clear
            )
            lit = lit * tint * (0.25 + 0.75 * light) * (1 - 0.35 * weather.rain)
        elif self.has_infrared:
            lit = self._infrared(scene)
        else:
            lit = scene * self._lamplight()[..., None]
        return self._traffic(self._air(lit, at, weather, light), light, pick)

    def develop(self, lit: Field, at: datetime, pick: np.random.Generator) -> Picture:
        """Exposure, wind and noise."""
        mean = float(lit.mean())
        gain = min(8.0, 0.45 / max(mean, 1e-3))
        gain = 1 + 0.8 * (gain - 1) if gain > 1 else 0.5 + 0.5 * gain
        gain *= float(pick.uniform(0.93, 1.07))
        exposed = np.clip(lit * np.float32(gain), 0, np.float32(1.2))
        exposed /= 1 + np.float32(0.15) * np.square(np.square(exposed))
        sigma = self._noise / 255 * (1 + 1.2 * max(0.0, gain - 1))
        if self.is_infrared(at):
            sigma = max(sigma, 5 / 255)
        dx, dy = pick.normal(0, self._shake, 2)
        swayed = _turned(exposed, np.array([[1, 0, dx], [0, 1, dy]], np.float32)) if self._shake else exposed
        noisy = swayed + np.float32(sigma) * self._grain(pick, 1 if self.is_infrared(at) else 3)
        return np.asarray(np.clip(noisy * 255, 0, 255), np.uint8)

    def _grain(self, pick: np.random.Generator, planes: int) -> Field:
        """Noise of deviation 1, cut out of a larger piece at random: to make it anew would take longest of all."""
        y, x = int(pick.integers(0, _GRAIN_SPARE)), int(pick.integers(0, _GRAIN_SPARE))
        cut = self._noises[y : y + HEIGHT, x : x + WIDTH, :planes]
        return cut[:: int(pick.choice([-1, 1])), :: int(pick.choice([-1, 1]))]

    def _sun(self, at: datetime, weather: Weather, light: float) -> Field:
        """Shadows of what stands beside the view: they wander with the hour and fade with the clouds."""
        hour = at.hour + at.minute / 60
        angle = (hour - 12) / 6
        shade = np.ones((HEIGHT, WIDTH), np.float32)
        for x, width, reach in self._posts:
            middle = x + 0.35 * angle * (1 - self._y) + 0.25 * angle
            inside = (np.abs(self._x - middle) < width / 2) & (self._y > 1 - reach)
            shade[inside] = 0.45
        soft = np.asarray(cv2.GaussianBlur(shade, (0, 0), 2.0), np.float32)
        clouds = weather.clear * light
        slope = 1 + 0.25 * angle * (self._x - 0.5) * clouds
        return np.asarray(((1 - clouds) + clouds * soft) * slope, np.float32)

    def _infrared(self, scene: Field) -> Field:
        """Grey; leaves are bright in it; the lamp beside the lens reaches not far."""
        blue, green, red = scene[..., 0], scene[..., 1], scene[..., 2]
        leaves = np.clip(green - np.maximum(red, blue), 0, 1)
        grey = 0.3 * red + 0.4 * green + 0.3 * blue + 1.2 * leaves
        spot = np.exp(-(((self._x - 0.5) / 0.45) ** 2 + ((self._y - 0.6) / 0.45) ** 2))
        lit = grey * (0.08 + 0.9 * spot)
        return np.repeat(lit[..., None], 3, axis=2)

    def _lamplight(self) -> Field:
        light = np.full((HEIGHT, WIDTH), 0.04, np.float32)
        for x, y, size in self._lamps:
            light += 0.5 * np.exp(-((self._x - x) ** 2 + (self._y - y) ** 2) / (2 * size**2))
        return light

    def _air(self, lit: Field, at: datetime, weather: Weather, light: float) -> Field:
        hour = at.hour + at.minute / 60
        fog = weather.fog * math.exp(-(((hour - 6.5) / 1.8) ** 2)) + 0.25 * weather.rain
        if fog < 0.02:
            return lit
        far = np.clip(1.2 - self._y, 0, 1)[..., None]
        through = np.exp(-2.5 * fog * far)
        return np.asarray(lit * through + float(lit.mean()) * 1.1 * (1 - through), np.float32)

    def _traffic(self, lit: Field, light: float, pick: np.random.Generator) -> Field:
        """Headlights and insects in the night; now and then somebody close to the lens."""
        lit = lit.copy()
        if light < 0.05 and pick.random() < 0.3:
            x, y = float(pick.uniform(0, 1)), float(pick.uniform(0.3, 1))
            for shift in (0.0, 0.08):
                lit += 1.5 * np.exp(-((self._x - x - shift) ** 2 + (self._y - y) ** 2) / (2 * 0.03**2))[..., None]
        if light < 0.05 and self.has_infrared and pick.random() < 0.25:
            for _ in range(int(pick.integers(1, 4))):
                x, y, r = float(pick.uniform(0, 1)), float(pick.uniform(0, 1)), float(pick.uniform(0.01, 0.06))
                lit += 0.6 * np.exp(-((self._x - x) ** 2 + (self._y - y) ** 2) / (2 * r**2))[..., None]
        if self._burst.random() < 0.03:
            lit = passer_by(lit, self._burst, pick, self._x, self._y)
        return lit


def passer_by(lit: Field, burst: np.random.Generator, pick: np.random.Generator, x: Field, y: Field) -> Field:
    """Somebody near the lens, who stays a while: a textured shape over up to a third of the view."""
    middle, width = float(burst.uniform(0.1, 0.9)) + float(pick.normal(0, 0.02)), float(burst.uniform(0.1, 0.35))
    top = float(burst.uniform(0.0, 0.5))
    inside = (np.abs(x - middle) < width / 2) & (y > top)
    cloth = cv2.resize(
        pick.uniform(0.1, 0.7, (9, 16, 3)).astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC
    )
    return np.where(inside[..., None], cloth * float(lit.mean()) * 2, lit)


def _without_colour(seen: Field) -> Field:
    """As infrared shows all things."""
    return np.repeat(seen.mean(axis=2, keepdims=True), 3, axis=2)


def _turned(scene: Field, turn: Field | None) -> Field:
    """Seen from where the camera looks now; what was out of view before is a mirror image of what was in view."""
    if turn is None:
        return scene
    return np.asarray(cv2.warpAffine(scene, turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT), np.float32)


def compressed(picture: Picture, quality: int) -> Picture:
    """As a camera's coder leaves it."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _cropped(frame: Picture, x: int, y: int, width: int, height: int) -> Picture:
    return cv2.resize(frame[y : y + height, x : x + width], (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR).astype(
        np.uint8
    )
