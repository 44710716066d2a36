"""The camera process: looks at each camera in its turn, tells changes once and the present every few seconds."""

import logging
import math
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from contract.reports import CameraReport, Change, Key
from edge import spool, summary
from edge.camera.config import Camera, CameraSettings
from edge.camera.health.album import FolderAlbum
from edge.camera.health.bank import Reference
from edge.camera.health.memory import Memory
from edge.camera.health.sight import Sight
from edge.camera.health.verdict import Health
from edge.camera.probe import Probe
from edge.camera.rules import Rule
from edge.camera.view.seen import Look
from edge.clock import Clock
from edge.config import Paths
from edge.outbox import Outbox, committed_id
from edge.summary import CameraSummary

NAME = "camera"
POST_S = 5.0
PRUNE_S = 60.0
PREPARE_S = 0.25
"""How soon a probe that is not ready yet is asked again."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Watch:
    """One camera, what is believed of it, and when to look next (monotonic)."""

    camera: Camera
    due_s: float
    sight: Sight
    album: FolderAlbum
    noted: list[Reference]

    @property
    def health(self) -> Health:
        return self.sight.health


class CameraService:
    """Call `step` again and again; one step looks at one camera at most, so it returns within LIMIT_S of the probe."""

    def __init__(self, settings: CameraSettings, paths: Paths, probe: Probe, clock: Clock) -> None:
        self._paths = paths
        self._probe = probe
        self._clock = clock
        self._outbox = Outbox(paths.state / f"{NAME}.db")
        now_s = clock.monotonic()
        known = _last_known(paths)
        zone = ZoneInfo(settings.time_zone)
        self._watches = [_watch(c, settings.rule, zone, paths, known.get(c.id), now_s) for c in settings.cameras]
        self._post_due_s = now_s
        self._prune_due_s = now_s
        self._has_news = False

    def step(self) -> float:
        """Do what is due. Returns the seconds until something is."""
        due_s = self._look_around() if self._watches else math.inf
        now_s = self._clock.monotonic()
        if self._has_news or now_s >= self._post_due_s:
            self._post()
        if now_s >= self._prune_due_s:
            self._prune()
            self._prune_due_s = now_s + PRUNE_S
        return max(0.0, min(due_s, self._post_due_s) - self._clock.monotonic())

    def close(self) -> None:
        self._probe.close()
        self._outbox.close()

    def _look_around(self) -> float:
        """Look at the camera that waits longest, where it is due. Returns when to look again (monotonic)."""
        if not self._probe.prepare():
            return self._clock.monotonic() + PREPARE_S
        watch = min(self._watches, key=lambda w: w.due_s)
        if watch.due_s <= self._clock.monotonic():
            self._look(watch)
        return min(w.due_s for w in self._watches)

    def _look(self, watch: _Watch) -> None:
        watch.due_s = self._clock.monotonic() + watch.camera.every_s
        at, believed = self._clock.now(), watch.health
        look = self._probe.look(watch.camera, watch.sight.question(at))
        try:
            watch.sight.take(look, at)
            self._keep(watch, believed, look, at)
        except OSError as error:
            log.error("%s: a picture cannot be kept: %s", watch.camera.id, error)
        if watch.health.fault is not believed.fault and not self._tell(watch.camera, watch.health):
            watch.sight.health = believed

    def _keep(self, watch: _Watch, believed: Health, look: Look, at: datetime) -> None:
        """Write down which pictures are kept, and what a change looked like. Raises OSError."""
        if watch.sight.memory.kept is not watch.noted:
            watch.album.note(watch.sight.memory.kept)
            watch.noted = watch.sight.memory.kept
        if believed.fault is not None and watch.health.fault is not believed.fault:
            watch.album.show(at, watch.health.fault or "", watch.sight.memory.last_healthy, look.small)

    def _tell(self, camera: Camera, health: Health) -> bool:
        """Put a change on record and say it at once. False where the disk refuses: the next look tries again."""
        detail = _sentence(camera, health.detail)
        log.info("%s: %s %s", camera.id, health.fault or "ok", health.detail)

        def change(key: Key) -> Change:
            assert health.since_at is not None
            value = health.fault or "ok"
            return Change(key=key, at=health.since_at, subject=f"camera:{camera.id}", value=value, detail=detail)

        try:
            self._outbox.append(change)
        except sqlite3.Error as error:
            log.error("the change cannot be kept: %s", error)
            return False
        self._has_news = True
        return True

    def _post(self) -> None:
        reports = tuple(report for w in self._watches if (report := _report(w)) is not None)
        summary.post(self._paths.run, NAME, CameraSummary(at=self._clock.now(), cameras=reports))
        self._post_due_s = self._clock.monotonic() + POST_S
        if self._has_news:
            spool.ring(self._paths.run / "link.bell")
            self._has_news = False

    def _prune(self) -> None:
        try:
            self._outbox.prune(committed_id(self._paths.state / "link.db", NAME))
        except sqlite3.Error as error:
            log.error("the outbox cannot be pruned: %s", error)


def _watch(camera: Camera, rule: Rule, zone: ZoneInfo, paths: Paths, health: Health | None, now_s: float) -> _Watch:
    album = FolderAlbum(paths.state / NAME / camera.id)
    memory = Memory(album, zone, album.references())
    return _Watch(camera, now_s, Sight(memory, rule, health), album, memory.kept)


def _report(watch: _Watch) -> CameraReport | None:
    """A camera of which nothing is known yet is left out: unknown is not healthy, and not broken."""
    health = watch.health
    if health.fault is None or health.since_at is None:
        return None
    detail = _sentence(watch.camera, health.detail)
    return CameraReport(id=watch.camera.id, fault=health.fault, since_at=health.since_at, detail=detail)


def _sentence(camera: Camera, detail: str) -> str:
    return ": ".join(part for part in (camera.title, detail) if part)


def _last_known(paths: Paths) -> dict[str, Health]:
    """What this process said before it was restarted, so that a restart tells nothing twice."""
    last = summary.read(paths.run, NAME, CameraSummary)
    reports = last.cameras if last is not None else ()
    return {r.id: Health(fault=r.fault, since_at=r.since_at) for r in reports}
