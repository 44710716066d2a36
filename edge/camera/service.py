"""The camera process: looks at each camera in its turn, tells changes once and the present every few seconds, and does
what the speaker has found to be ordered of it."""

import logging
import math
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from contract.pictures import Pictures
from contract.reports import CameraReport
from contract.terms import CameraFault, Order
from edge import errand, parcel, spool, summary
from edge.camera import pace, saying
from edge.camera.config import Camera, CameraSettings
from edge.camera.health import album
from edge.camera.health.album import Evidence, FolderAlbum
from edge.camera.health.bank import Reference
from edge.camera.health.memory import Memory
from edge.camera.health.sight import LEARNT_LOOKS, Sight
from edge.camera.health.verdict import Health, redated
from edge.camera.onvif.survey import SurveyReader
from edge.camera.pace import Pace
from edge.camera.probe import Probe
from edge.camera.rules import Rule
from edge.camera.view.seen import Look, Obstacle
from edge.clock import Clock
from edge.config import Paths
from edge.diary import Diary, Note
from edge.errand import Errand
from edge.service import MAX_WAIT_S
from edge.summary import CameraSummary

NAME = "camera"
POST_S = 5.0
PRUNE_S = 60.0
TIDY_S = 3600.0
PREPARE_S = 0.25
"""How soon a probe that is not ready yet is asked again."""
FRESH_S = 60.0
"""A picture that is not older is shown as what is seen now; where it is, another look is made first."""
UNKNOWN_S, UNKNOWN_LOOKS = 300.0, 5
"""A camera at which nobody could look for so long, and for so many of its looks, is unknown again."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Watch:
    """One camera, what is believed of it, and when to look next (monotonic).

    `looked_s` is when it was looked at last, `judged_s` when a look was last taken for evidence, and `small` the newest
    picture, got at `small_s`; none where the camera has failed since. `held_up`: how often this process had been held
    up by then (see `pace`).
    """

    camera: Camera
    due_s: float
    sight: Sight
    album: FolderAlbum
    noted: list[Reference]
    judged_s: float
    looked_s: float = -math.inf
    small: bytes = b""
    small_s: float = -math.inf
    held_up: int = 0
    is_doubted: bool = False

    @property
    def health(self) -> Health:
        return self.sight.health


class CameraService:
    """Call `step` again and again; one step looks at one camera and does one errand at most, so it returns within a few
    LIMIT_S of the probe."""

    def __init__(
        self, settings: CameraSettings, paths: Paths, probe: Probe, clock: Clock, learn: int = LEARNT_LOOKS
    ) -> None:
        self._paths = paths
        self._probe = probe
        self._clock = clock
        self._diary = Diary(paths, NAME, clock)
        self._keeps = timedelta(days=settings.evidence_days)
        now_s = clock.monotonic()
        known = _last_known(paths)
        zone = ZoneInfo(settings.time_zone)
        self._watches = [_watch(c, settings.rule, zone, paths, known.get(c.id), now_s, learn) for c in settings.cameras]
        self._survey = SurveyReader(paths)
        self._errands: deque[Errand] = deque()
        self._pace = Pace(now_s)
        self._waited_s = 0.0
        self._post_due_s = now_s
        self._prune_due_s = now_s
        self._tidy_due_s = now_s
        self._has_news = False

    def step(self) -> float:
        """Do what is due. Returns the seconds until something is."""
        self._pace.come(self._clock.monotonic(), self._waited_s)
        self._notice_set_clock()
        due_s = self._look_around() if self._watches else math.inf
        self._do_errand()
        now_s = self._clock.monotonic()
        if self._has_news or now_s >= self._post_due_s:
            self._post()
        if now_s >= self._prune_due_s:
            self._diary.prune()
            self._prune_due_s = now_s + PRUNE_S
        if now_s >= self._tidy_due_s:
            self._tidy()
            self._tidy_due_s = now_s + TIDY_S
        ended_s = self._clock.monotonic()
        if self._errands:
            due_s = ended_s if self._probe.prepare() else ended_s + PREPARE_S
        wait_s = max(0.0, min(due_s, self._post_due_s) - ended_s)
        self._pace.go(ended_s)
        self._waited_s = min(wait_s, MAX_WAIT_S)
        return wait_s

    def close(self) -> None:
        self._probe.close()
        self._diary.close()

    def _notice_set_clock(self) -> None:
        """What was seen since the boot moves with the clock."""
        gained = self._diary.notice_set_clock()
        if gained is not None:
            for watch in self._watches:
                watch.sight.health = redated(watch.health, gained)

    def _look_around(self) -> float:
        """Look at the camera that waits longest, where it is due. Returns when to look again (monotonic)."""
        if not self._probe.prepare():
            return self._clock.monotonic() + PREPARE_S
        watch = min(self._watches, key=lambda w: w.due_s)
        if watch.due_s <= self._clock.monotonic():
            self._look(watch)
        return min(w.due_s for w in self._watches)

    def _look(self, watch: _Watch) -> None:
        began_s = self._clock.monotonic()
        watch.due_s, watch.looked_s = began_s + watch.camera.every_s, began_s
        at, believed = self._clock.now(), watch.health
        look = self._unless_held_up(watch, self._probe.look(watch.camera, watch.sight.question(at)), began_s)
        if look.small or look.obstacle not in (Obstacle.NONE, Obstacle.MONITOR):
            watch.small, watch.small_s = look.small, began_s
        if look.obstacle is not Obstacle.MONITOR:
            watch.judged_s = began_s
        try:
            watch.sight.take(look, at)
            self._keep(watch, believed, look)
        except OSError as error:
            log.error("%s: a picture cannot be kept: %s", watch.camera.id, error)
        self._tell_change(watch, believed)

    def _unless_held_up(self, watch: _Watch, look: Look, began_s: float) -> Look:
        """A look that tells more of this process than of its camera is none."""
        took_s = self._clock.monotonic() - began_s
        is_first_since, watch.held_up = watch.held_up != self._pace.held_up, self._pace.held_up
        if not (is_first_since or pace.is_overlong(took_s)):
            watch.is_doubted = False
            return look
        if not watch.is_doubted:
            log.warning("%s: this process was held up; a look of %.0f s does not count", watch.camera.id, took_s)
        watch.is_doubted = True
        return Look(obstacle=Obstacle.MONITOR)

    def _keep(self, watch: _Watch, believed: Health, look: Look) -> None:
        """Write down which pictures are kept, and what a change looked like. Raises OSError."""
        self._note(watch)
        health = watch.health
        if believed.fault is not None and health.fault is not believed.fault:
            assert health.since_at is not None
            watch.album.show(health.since_at, health.fault or "", watch.sight.memory.last_healthy, look.small)

    def _note(self, watch: _Watch) -> None:
        if watch.sight.memory.kept is not watch.noted:
            watch.album.note(watch.sight.memory.kept)
            watch.noted = watch.sight.memory.kept

    def _do_errand(self) -> None:
        """Do the oldest order that waits. One that asks for a picture waits for the decoder, as long as it is good."""
        if not self._errands:
            self._errands.extend(errand.take(self._paths.run))
        if not self._errands:
            return
        todo = self._errands.popleft()
        watch = next((w for w in self._watches if w.camera.id == todo.camera), None)
        if watch is None or self._clock.monotonic() > todo.until_s:
            log.warning("%s not done: %s", todo, "too late" if watch else "no such camera here")
        elif todo.order is Order.RIGHT:
            self._hold_right(watch, todo)
        elif self._probe.prepare():
            self._show(watch, todo)
        else:
            self._errands.append(todo)

    def _hold_right(self, watch: _Watch, todo: Errand) -> None:
        """What the camera shows from now on is what it is meant to show."""
        at, believed = self._clock.now(), watch.health
        try:
            watch.sight.commission(at)
            self._note(watch)
        except OSError as error:
            log.error("%s not done: %s", todo, error)
            return
        log.info("%s done", todo)
        self._tell_change(watch, believed)
        counter = f"{todo.counter.epoch}.{todo.counter.n}"
        self._record(Note(f"view:{watch.camera.id}", "ok", at, counter))

    def _show(self, watch: _Watch, todo: Errand) -> None:
        """Send small pictures: what is seen now, and what the latest fault looked like."""
        if self._clock.monotonic() - watch.looked_s > FRESH_S:
            self._look(watch)
        is_fresh = self._clock.monotonic() - watch.small_s <= FRESH_S
        try:
            latest = watch.album.latest_fault()
            last = latest or Evidence(self._clock.now(), CameraFault.NONE)
            kept = (watch.small if is_fresh else b"", last.before, last.after)
            now, before, after = self._probe.reduce(kept)
            sending = Pictures(
                at=self._clock.now(), command=todo.counter, camera=watch.camera.id, now=now, before=before, after=after,
                fault=last.fault, fault_at=latest.at if latest else None,
            )  # fmt: skip
            is_posted = parcel.post(self._paths.run, sending, self._clock.monotonic())
        except OSError as error:
            log.error("%s not done: %s", todo, error)
            return
        sizes = ", ".join(str(len(each)) for each in (now, before, after))
        log.info("%s %s (%s bytes)", todo, "done" if is_posted else "not done: too many wait to be sent", sizes)

    def _tell_change(self, watch: _Watch, believed: Health) -> None:
        """Where the disk refuses a change, it has not happened: the next look tries again."""
        if watch.health.fault is not believed.fault and not self._tell(watch):
            watch.sight.health = believed

    def _tell(self, watch: _Watch) -> bool:
        """Put a change on record and say it at once. False where the disk refuses."""
        camera, health = watch.camera, watch.health
        assert health.since_at is not None
        detail = saying.sentence(camera, saying.detail(watch.sight, self._probe.note(camera)))
        return self._record(Note(f"camera:{camera.id}", health.fault or "ok", health.since_at, detail))

    def _record(self, note: Note) -> bool:
        is_kept = self._diary.put(note)
        self._has_news = self._has_news or is_kept
        return is_kept

    def _post(self) -> None:
        """Say what is known now; what was not looked at for too long is not."""
        now_s = self._clock.monotonic()
        self._has_news = self._diary.look_at_clock(now_s) or self._has_news  # counted since the boot
        self._survey.look()
        seen = [w for w in self._watches if now_s - w.judged_s <= max(UNKNOWN_S, UNKNOWN_LOOKS * w.camera.every_s)]
        reports = tuple(said for w in seen if (said := self._report(w)) is not None)
        summary.post(self._paths.run, NAME, CameraSummary(at=self._clock.now(), cameras=reports))
        self._post_due_s = self._clock.monotonic() + POST_S
        if self._has_news:
            spool.ring(self._paths.run / "link.bell")
            self._has_news = False

    def _report(self, watch: _Watch) -> CameraReport | None:
        camera = watch.camera
        return saying.report(camera, watch.sight, self._probe.note(camera), self._survey.of(camera.id))

    def _tidy(self) -> None:
        """Delete the pictures that were kept long enough."""
        until = self._clock.now() - self._keeps
        folder = self._paths.state / NAME
        try:
            folder.mkdir(exist_ok=True)
            for watch in self._watches:
                watch.album.expire(until)
            album.clear_out(folder, {w.camera.id for w in self._watches}, until)
        except OSError as error:
            log.error("old pictures cannot be deleted: %s", error)


def _watch(
    camera: Camera, rule: Rule, zone: ZoneInfo, paths: Paths, health: Health | None, now_s: float, learn: int
) -> _Watch:
    album = FolderAlbum(paths.state / NAME / camera.id)
    memory = Memory(album, zone, album.references())
    return _Watch(camera, now_s, Sight(memory, rule, health, learn), album, memory.kept, judged_s=now_s)


def _last_known(paths: Paths) -> dict[str, Health]:
    """What this process said before it was restarted, so that a restart tells nothing twice."""
    last = summary.read(paths.run, NAME, CameraSummary)
    reports = last.cameras if last is not None else ()
    return {r.id: Health(fault=r.fault, since_at=r.since_at) for r in reports}
