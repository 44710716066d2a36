"""What befalls a camera, over real RTSP: it is seen, put on record, shown small to who asks, and over by itself."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contract.orders import Counter
from contract.reports import CameraReport, Pictures
from contract.terms import CameraFault, Order
from edge import errand, parcel, summary
from edge.camera.config import Camera, CameraSettings
from edge.camera.probe import RtspProbe
from edge.camera.service import CameraService
from edge.clock import SystemClock
from edge.config import Paths
from edge.errand import Errand
from edge.summary import CameraSummary
from simulator.camera import Cameras, Feed
from tests.edge.camera.test_service import recorded

pytestmark = pytest.mark.real

EVERY_S = 0.2
LEARNT = 3
PATIENCE_S = 25.0


@dataclass
class Story:
    """One node whose camera process looks five times a second, and whose camera does as it is told."""

    paths: Paths
    cameras: Cameras
    service: CameraService
    clock: SystemClock = field(default_factory=SystemClock)

    def show(self, feed: Feed) -> None:
        self.cameras.show("cong", feed)

    def until(self, is_so: Callable[[], object]) -> None:
        until_s = time.monotonic() + PATIENCE_S
        while not is_so():
            assert time.monotonic() < until_s, f"it never came: {self.values()}"
            time.sleep(min(self.service.step(), EVERY_S))

    def values(self) -> list[str]:
        return [change.value for change in recorded(self.paths) if change.subject == "camera:cong"]

    def until_learnt(self) -> None:
        album = self.paths.state / "camera" / "cong"
        self.until(lambda: len(list(album.glob("*.jpg"))) >= LEARNT)

    def report(self) -> CameraReport | None:
        said = summary.read(self.paths.run, "camera", CameraSummary)
        return said.cameras[0] if said is not None and said.cameras else None

    def order(self, order: Order, n: int) -> None:
        until_s = self.clock.monotonic() + 60
        errand.give(self.paths.run, Errand(counter=Counter(0, n), order=order, camera="cong", until_s=until_s))

    def sent(self) -> list[Pictures]:
        return list(parcel.collect(self.paths.run, self.clock.monotonic()))


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cameras]:
    with Cameras(["cong"], tmp_path_factory.mktemp("yard"), scene="yard") as running:
        yield running


@pytest.fixture
def story(yard: Cameras, tmp_path: Path) -> Iterator[Story]:
    """The camera is known: a few pictures of it as it should be are kept."""
    yard.show("cong", "live")
    paths = Paths(tmp_path)
    paths.make()
    settings = CameraSettings(cameras=(Camera(id="cong", title="Cổng", url=yard.url("cong"), every_s=EVERY_S),))
    with closing(CameraService(settings, paths, RtspProbe(), SystemClock(), learn=LEARNT)) as service:
        story = Story(paths, yard, service)
        story.until_learnt()
        yield story


@pytest.mark.parametrize(
    ("feed", "fault"),
    [
        ("covered", CameraFault.COVERED),
        ("blurred", CameraFault.BLURRED),
        ("moved", CameraFault.MOVED),
        ("noise", CameraFault.NOISY),
        ("black", CameraFault.DARK),
        ("frozen", CameraFault.FROZEN),
        ("silent", CameraFault.NO_SIGNAL),
        ("off", CameraFault.OFFLINE),
    ],
)
def test_a_fault_opens_is_shown_and_clears(story: Story, feed: Feed, fault: CameraFault) -> None:
    story.show(feed)
    story.until(lambda: story.values()[-1:] == [fault])
    report = story.report()
    assert report is not None
    assert (report.fault, report.title) == (fault, "Cổng")
    story.order(Order.SHOW, 1)
    story.until(lambda: list((story.paths.run / "pictures").glob("*")))
    (sent,) = story.sent()
    assert (sent.fault, sent.fault_at) == (fault, report.since_at.replace(microsecond=0))
    assert sent.before
    assert bool(sent.after) is (feed not in ("silent", "off"))
    story.show("live")
    story.until(lambda: story.values() == ["ok", fault, "ok"])


def test_a_camera_that_was_turned_on_purpose_is_right_once_somebody_says_so(story: Story) -> None:
    story.show("moved")
    story.until(lambda: story.values()[-1:] == [CameraFault.MOVED])
    story.order(Order.RIGHT, 1)
    story.until(lambda: story.values() == ["ok", CameraFault.MOVED, "ok"])
    story.until_learnt()
    story.show("live")
    story.until(lambda: story.values()[-1:] == [CameraFault.MOVED])
