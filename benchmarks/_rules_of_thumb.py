"""The rules people use to tell that a camera was tampered with, on the same pictures, with the same patience as ours.

The background is a running average, as motion and ZoneMinder keep one.
"""

from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np

from benchmarks._days import Field, Picture

RULES = ("mean < 20", "Laplacian variance < 100", "> 1/3 of pixels changed", "histogram distance > 0.5")
_LEARNS = 0.05
_CHANGED_LEVELS = 25
_BINS = 64


@dataclass
class Thumb:
    """Watches one camera by all four. `opened` counts by rule how often each began to alarm."""

    opened: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RULES, 0))
    _background: Field | None = None
    _last: dict[str, deque[bool]] = field(default_factory=lambda: {rule: deque(maxlen=3) for rule in RULES})
    alarming: set[str] = field(default_factory=set)

    def take(self, picture: Picture) -> set[str]:
        """Judge one picture. Returns the rules that alarm now: by 2 of the last 3, until 2 in a row say otherwise."""
        for rule, shows in zip(RULES, self._judge(picture), strict=True):
            last = self._last[rule]
            last.append(shows)
            if rule not in self.alarming and sum(last) >= 2:
                self.alarming.add(rule)
                self.opened[rule] += 1
            elif rule in self.alarming and not any(list(last)[-2:]):
                self.alarming.discard(rule)
        return set(self.alarming)

    def _judge(self, picture: Picture) -> tuple[bool, bool, bool, bool]:
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        small = cv2.resize(grey, (320, 180), interpolation=cv2.INTER_AREA).astype(np.float32)
        background = small if self._background is None else self._background
        changed = float((np.abs(small - background) > _CHANGED_LEVELS).mean())
        apart = cv2.compareHist(_histogram(small), _histogram(background), cv2.HISTCMP_BHATTACHARYYA)
        self._background = background + np.float32(_LEARNS) * (small - background)
        sharpness = float(cv2.Laplacian(grey, cv2.CV_64F).var())
        return float(small.mean()) < 20, sharpness < 100, changed > 1 / 3, apart > 0.5


def _histogram(grey: Field) -> Field:
    found = np.histogram(grey, _BINS, (0, 256))[0].astype(np.float32)
    return found / max(1.0, float(found.sum()))
