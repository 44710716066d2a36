"""What the hub knows of one camera, in one consistent look: shared by its page and the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from contract.reports import CameraReport
from contract.terms import CameraFault, Order
from hub.cameras import asking, causes, days
from hub.cameras.days import History
from hub.nodes.windows import Next, Window, next_of_each
from hub.refusals import NotFound
from hub.store import maintenance, orders, people, records, thumbnails
from hub.store.orders import LiveOrder
from hub.store.people import Note
from hub.store.thumbnails import ANSWER_WITHIN, Thumbnails
from hub.web import sight
from hub.web.wording import camera_words
from hub.web.wording.camera_words import Thing
from hub.web.wording.phrases import Line
from hub.web.wording.villages import Village, camera_name, camera_standing, gone_together

_PROCESS = "camera"


class Step(StrEnum):
    """How far something that was asked of a camera is."""

    NONE = "none"
    WAITING = "waiting"
    """The node is not reached yet."""
    SENT = "sent"
    TAKEN = "taken"
    """The node has it, and works on it."""
    LOST = "lost"
    """It was not done in time."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a camera last, if that is not long ago."""

    step: Step = Step.NONE
    order: LiveOrder | None = None

    @property
    def is_under_way(self) -> bool:
        return self.step in (Step.WAITING, Step.SENT, Step.TAKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraView:
    """One camera as of `now`. `report` is its last word, which still counts where `is_known`."""

    now: datetime
    village: Village
    id: str
    report: CameraReport | None
    history: History
    windows: tuple[Window, ...]
    """Of present and coming maintenance that concerns it."""
    together: tuple[CameraReport, ...]
    """Those it was lost with at the same time; empty where it stands alone."""
    shown: Asked
    righted: Asked
    pictures: Thumbnails | None
    right: Note | None
    """Who said last that the view is right, and when."""
    right_by: str

    @property
    def title(self) -> str:
        return self.id if self.report is None else camera_name(self.report)

    @property
    def is_known(self) -> bool:
        return self.report is not None and self.village.is_fresh

    @property
    def is_process_silent(self) -> bool:
        beat = self.village.heartbeat
        return self.village.is_fresh and beat is not None and _PROCESS in beat.silent

    @property
    def planned(self) -> list[Next]:
        """Its windows, of each series the next."""
        return next_of_each(self.windows)

    @property
    def window(self) -> Window | None:
        """The maintenance it is in now."""
        return self.village.window_of(self.id)

    @property
    def standing(self) -> Line:
        return camera_standing(self.village, self.id, self.report)

    @property
    def fault(self) -> CameraFault:
        """What is wrong with it now, be it worked on or not; nothing where nobody knows."""
        return self.report.fault if self.is_known and self.report is not None else CameraFault.NONE

    @property
    def cause(self) -> Line | None:
        """What it was lost together with others by."""
        return gone_together(self.together) if self.together else None

    @property
    def bring(self) -> tuple[Thing, ...]:
        return camera_words.BRING_TOGETHER if self.cause else camera_words.BRING[self.fault]


def look(
    c: Connection, now: datetime, online_since: datetime | None, zone: ZoneInfo, node: str, camera: str
) -> CameraView:
    """Raises NotFound where the node never told of such a camera."""
    village = sight.look_at(c, node, now, online_since)
    if village is None:
        raise NotFound("Không có nút này.", "There is no such node.")
    asking.require_camera(c, node, camera)
    return _view(c, village, camera, now, zone)


def _view(c: Connection, village: Village, camera: str, now: datetime, zone: ZoneInfo) -> CameraView:
    node = village.node.id
    reports = village.heartbeat.cameras if village.heartbeat is not None else ()
    report = next((each for each in reports if each.id == camera), None)
    since = days.first_day(now, zone)
    flips = records.course(c, node, days.subjects(camera), since)
    all_windows = [w for w in maintenance.of_node(c, node, since) if w.is_about(camera)]
    held = thumbnails.of_camera(c, node, camera, now)
    right = people.last_note(c, "camera-right", asking.subject(node, camera))
    by = None if right is None else people.user(c, right.who)
    return CameraView(
        now=now,
        village=village,
        id=camera,
        report=report,
        history=days.tell(camera, flips, all_windows, report if village.is_fresh else None, now, zone),
        windows=tuple(w for w in all_windows if w.until_at > now),
        together=_together(village, reports, camera),
        shown=_asked(c, node, camera, Order.SHOW, now, held),
        righted=_asked(c, node, camera, Order.RIGHT, now, None),
        pictures=held,
        right=right,
        right_by="" if right is None else by.title if by is not None else right.who,
    )


def _together(village: Village, reports: Sequence[CameraReport], camera: str) -> tuple[CameraReport, ...]:
    if not village.is_fresh or village.maintenance is not None:
        return ()
    found = causes.find(reports, {w.camera for w in village.windows if w.camera})
    return next((group for group in found.together if any(each.id == camera for each in group)), ())


def _asked(c: Connection, node: str, camera: str, what: Order, now: datetime, held: Thumbnails | None) -> Asked:
    """Pictures are done when they are here; that a view is right, when the camera process says that it knows."""
    asked = orders.of_camera(c, node, camera, what, now - ANSWER_WITHIN)
    if not asked:
        return Asked()
    order = asked[-1]
    is_answered = held is not None and held.order == order.id
    if is_answered or (what is Order.RIGHT and order.is_done and _is_confirmed(c, order)):
        return Asked(Step.DONE, order)
    if now >= order.until_at:
        return Asked(Step.LOST, order)
    if order.is_done:
        return Asked(Step.TAKEN, order)
    return Asked(Step.WAITING if order.counter is None else Step.SENT, order)


def _is_confirmed(c: Connection, order: LiveOrder) -> bool:
    """The camera process tells by which command it was done."""
    assert order.counter is not None
    told = records.course(c, order.node, [f"view:{order.camera}"], order.created_at - timedelta(days=1))
    return any(flip.detail == f"{order.counter.epoch}.{order.counter.n}" for flip in told)
