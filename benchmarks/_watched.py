"""A virtual camera watched by the node's own detector and by the rules people use: days without a fault, and trials."""

import copy
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np

from benchmarks._days import Picture, VirtualCamera
from benchmarks._rules_of_thumb import Thumb
from benchmarks._tampering import Kind
from contract.terms import CameraFault
from edge.camera.health.memory import CONFIRMED, Memory
from edge.camera.health.sight import Sight
from edge.camera.judging import DictAlbum, look_at
from edge.camera.rules import Rule
from edge.camera.view.look import unpacked_traits
from edge.camera.view.traits import Traits

START = datetime(2026, 5, 1, tzinfo=UTC)
EVERY_MIN, TWILIGHT_MIN, BURST_MIN = 30, 6, 120
"""Minutes between looks; while light comes or goes; and between bursts of three looks, 20 s apart."""
CHECK = timedelta(seconds=20)
SLOW_CHECK = timedelta(minutes=5)
"""Between the looks of a fault that is believed only after half an hour."""
TRIAL_LOOKS, SLOW_LOOKS = 4, 9
_REMEMBERED = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A fault that was told and was none."""

    camera: str
    at: datetime
    fault: CameraFault
    evidence: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`checks`: at which look it was told, None where it was not. `told`: what was believed in the end. `thumbs`: which
    of the rules people use noticed within three checks what they had not told before."""

    kind: Kind
    camera: str
    at: datetime
    checks: int | None
    told: CameraFault | None
    thumbs: frozenset[str]


@dataclass
class Watched:
    """One camera, from the day it is put up."""

    camera: VirtualCamera
    sight: Sight = field(default_factory=lambda: Sight(Memory(DictAlbum(), UTC), Rule()))
    thumb: Thumb = field(default_factory=Thumb)
    alarms: list[Alarm] = field(default_factory=list)
    looks: Counter[str] = field(default_factory=Counter)
    _take_apart: Callable[[bytes], Traits] = field(default_factory=lambda: lru_cache(_REMEMBERED)(unpacked_traits))

    def live(self, days: int, kinds: Sequence[Kind], pick: np.random.Generator) -> Iterator[Trial]:
        """Live through some days without a fault; on the last one, try out each kind at an hour of its own."""
        for day in range(days):
            plan = list(_instants(self.camera, day))
            due = self._deal(kinds, plan, pick) if day == days - 1 else {}
            for k, (at, scene_of) in enumerate(plan):
                self._look_healthy(at, day, k, scene_of)
                for kind in due.get(k, []):
                    yield self._try_out(kind, at, day, pick)

    def _deal(
        self, kinds: Sequence[Kind], plan: Sequence[tuple[datetime, int]], pick: np.random.Generator
    ) -> dict[int, list[Kind]]:
        """By look, what is tried out after it; the infrared filter's faults are tried by full daylight."""
        due: dict[int, list[Kind]] = {}
        by_day = [k for k, (at, _) in enumerate(plan) if self.camera.daylight(at) > 0.5]
        for kind in kinds:
            among = by_day if kind.fault is CameraFault.IR_CUT else range(len(plan))
            due.setdefault(int(pick.choice(among)), []).append(kind)
        return due

    def _look_healthy(self, at: datetime, day: int, k: int, scene_of: int) -> None:
        before = self.sight.health.fault
        picture = self.camera.look(at, day, k, scene_of)
        self._take(self.sight, picture, at)
        self.thumb.take(picture)
        self.looks["healthy"] += 1
        health = self.sight.health
        if health.fault and health.fault is not before:
            self.alarms.append(
                Alarm(camera=self.camera.name, at=at, fault=health.fault, evidence=dict(health.evidence))
            )

    def _try_out(self, kind: Kind, at: datetime, day: int, pick: np.random.Generator) -> Trial:
        """On a copy of what is known: what happens next, had this befallen the camera. The looks of the minutes before
        are left out: they would have shown what the last one did."""
        sight, thumb, before = copy.deepcopy(self.sight), copy.deepcopy(self.thumb), set(self.thumb.alarming)
        tampering = kind.make(pick)
        is_slow = kind.fault is CameraFault.IR_CUT
        checks, noticed, scene = None, set[str](), int(pick.integers(10**5, 10**6))
        still = self.camera.look(at, day, scene, scene, tampering) if kind.fault is CameraFault.FROZEN else None
        for n in range(1, 1 + (SLOW_LOOKS if is_slow else TRIAL_LOOKS)):
            then = at + CONFIRMED + n * (SLOW_CHECK if is_slow else CHECK)
            picture = self.camera.look(then, day, scene + n, scene, tampering) if still is None else still
            self._take(sight, picture, then)
            self.looks["tampered"] += 1
            alarming = thumb.take(picture)
            noticed |= alarming - before if n <= 3 else set()
            if sight.health.fault is kind.fault:
                checks = n
                break
        told = sight.health.fault
        return Trial(kind=kind, camera=self.camera.name, at=at, checks=checks, told=told, thumbs=frozenset(noticed))

    def _take(self, sight: Sight, picture: Picture, at: datetime) -> None:
        sight.take(look_at(picture, sight.question(at), self._take_apart), at)


def _instants(camera: VirtualCamera, day: int) -> Iterator[tuple[datetime, int]]:
    """When to look on a day, and which looks see the same scene."""
    midnight = START + timedelta(days=day)
    for minute in range(0, 24 * 60, TWILIGHT_MIN):
        at = midnight + timedelta(minutes=minute)
        if minute % EVERY_MIN == 0 or 0 < camera.daylight(at) < 0.95:
            for n in range(3 if minute % BURST_MIN == 0 else 1):
                yield at + n * CHECK, minute
