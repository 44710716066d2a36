"""A day in the life of the camera process: what it puts on record and what it says of the present."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract import codec
from contract.events import Change
from contract.limits import Limits
from contract.reports import ClockReport
from contract.terms import CameraFault, Trust
from edge import summary
from edge.camera.config import Camera, CameraSettings
from edge.camera.probe import RtspProbe
from edge.camera.scripted import ScriptedProbe
from edge.camera.service import CameraService
from edge.clock import SystemClock, VirtualClock
from edge.config import Paths
from edge.outbox import OutboxReader
from edge.spool import Doorbell
from edge.summary import CameraSummary, SpeakerSummary
from simulator.camera import Cameras, Feed

DAWN = datetime(2026, 5, 1, 22, tzinfo=UTC)
SETTINGS = CameraSettings(
    cameras=(
        Camera(id="cong", title="Cổng", url="rtsp://admin:bi-mat@192.0.2.1/1"),
        Camera(id="san", url="rtsp://192.0.2.2/1"),
    )
)


class Node:
    """One camera process with scripted cameras, in virtual time."""

    def __init__(self, root: Path, up_s: float = 100.0) -> None:
        self.paths = Paths(root)
        self.paths.make()
        self.clock = VirtualClock(DAWN, elapsed_s=up_s)
        self.probe = ScriptedProbe()
        self.service = CameraService(SETTINGS, self.paths, self.probe, self.clock)

    def restart(self) -> None:
        self.service.close()
        self.service = CameraService(SETTINGS, self.paths, self.probe, self.clock)

    def live_for(self, seconds: float) -> None:
        until_s = self.clock.monotonic() + seconds
        while self.clock.monotonic() < until_s:
            self.clock.advance(min(max(self.service.step(), 0.01), 1.0))

    def changes(self) -> list[tuple[str, str]]:
        return [(c.subject, c.value) for c in recorded(self.paths)]

    def present(self) -> dict[str, CameraFault]:
        said = summary.read(self.paths.run, "camera", CameraSummary)
        assert said is not None
        return {c.id: c.fault for c in said.cameras}


def recorded(paths: Paths) -> list[Change]:
    with closing(OutboxReader(paths.state / "camera.db")) as reader:
        events = [codec.decode_event(waiting.body) for waiting in reader.after(0)]
    return [event for event in events if isinstance(event, Change)]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    one = Node(tmp_path)
    yield one
    one.service.close()


def test_healthy_cameras_are_told_once_and_then_only_as_the_present(node: Node) -> None:
    node.live_for(3600)
    assert node.changes() == [("camera:cong", "ok"), ("camera:san", "ok")]
    assert node.present() == {"cong": CameraFault.NONE, "san": CameraFault.NONE}


def test_each_fault_opens_within_a_minute_and_clears_by_itself(node: Node) -> None:
    node.live_for(60)
    for feed in ("off", "silent", "frozen", "black"):
        node.probe.show("cong", feed)
        node.live_for(61)
        node.probe.show("cong", "live")
        node.live_for(61)
    values = [value for subject, value in node.changes() if subject == "camera:cong"]
    assert values == ["ok", "offline", "ok", "no_signal", "ok", "frozen", "ok", "dark", "ok"]
    assert ("camera:san", "ok") in node.changes()
    assert len(node.changes()) == 10


def test_a_change_says_since_when_and_what_people_call_the_camera(node: Node) -> None:
    node.live_for(60)
    node.probe.show("cong", "off")
    node.live_for(60)
    change = recorded(node.paths)[-1]
    assert change.detail.startswith("Cổng: ")
    assert DAWN + timedelta(seconds=59) < change.at <= DAWN + timedelta(seconds=81)
    assert "bi-mat" not in repr(recorded(node.paths))


def test_a_change_rings_the_link_and_stands_in_the_summary_at_once(node: Node) -> None:
    node.live_for(60)
    with closing(Doorbell(node.paths.run / "link.bell")) as bell:
        node.probe.show("cong", "off")
        assert not bell.wait(0.001)
        while not bell.wait(0.001):
            node.clock.advance(min(max(node.service.step(), 0.01), 1.0))
        assert node.present()["cong"] is CameraFault.OFFLINE


def test_a_restarted_process_tells_nothing_twice(node: Node) -> None:
    node.probe.show("cong", "off")
    node.live_for(60)
    before = node.changes()
    node.restart()
    node.live_for(60)
    assert node.changes() == before
    assert node.present()["cong"] is CameraFault.OFFLINE


def test_what_the_monitor_cannot_see_is_unknown_and_not_broken(node: Node) -> None:
    node.probe.show("cong", "lost")
    node.live_for(120)
    assert node.present() == {"san": CameraFault.NONE}
    assert node.changes() == [("camera:san", "ok")]


def test_while_the_decoder_starts_no_camera_is_looked_at_and_the_summary_is_kept_fresh(node: Node) -> None:
    node.probe.is_prepared = False
    node.live_for(120)
    said = summary.read(node.paths.run, "camera", CameraSummary)
    assert said is not None
    assert said.cameras == ()
    assert node.clock.now() - said.at < timedelta(seconds=6)
    node.probe.is_prepared = True
    node.live_for(2)
    assert node.present() == {"cong": CameraFault.NONE, "san": CameraFault.NONE}


def test_a_full_disk_delays_the_record_and_loses_nothing(node: Node) -> None:
    node.live_for(60)
    with closing(sqlite3.connect(node.paths.state / "camera.db", isolation_level=None)) as disk:
        disk.execute("CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(FAIL, 'disk full'); END")
        node.probe.show("cong", "off")
        node.live_for(120)
        assert node.changes()[-1] == ("camera:san", "ok")
        disk.execute("DROP TRIGGER full")
    node.live_for(60)
    assert node.changes()[-1] == ("camera:cong", "offline")


def test_what_the_hub_has_is_forgotten(node: Node) -> None:
    node.live_for(60)
    with closing(sqlite3.connect(node.paths.state / "link.db")) as link:
        link.execute("CREATE TABLE cursor(name TEXT PRIMARY KEY, id INTEGER)")
        link.execute("INSERT INTO cursor VALUES ('camera', 1)")
        link.commit()
    node.live_for(120)
    assert node.changes() == [("camera:san", "ok")]


def test_a_house_without_cameras_says_so(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    paths.make()
    with closing(CameraService(CameraSettings(), paths, ScriptedProbe(), VirtualClock(DAWN))) as service:
        assert 0 < service.step() <= 5
    assert summary.read(paths.run, "camera", CameraSummary) == CameraSummary(at=DAWN)


@pytest.mark.real
def test_over_real_rtsp_a_camera_goes_and_comes_back(cameras: Cameras, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    paths.make()
    cameras.show("cong", "live")
    settings = CameraSettings(cameras=(Camera(id="cong", url=cameras.url("cong"), every_s=0.2),))
    with closing(CameraService(settings, paths, RtspProbe(), SystemClock())) as service:
        story: list[tuple[Feed, str]] = [("live", "ok"), ("off", "offline"), ("black", "dark"), ("live", "ok")]
        for feed, expected in story:
            cameras.show("cong", feed)
            until_s = time.monotonic() + 15
            while [c.value for c in recorded(paths)][-1:] != [expected] and time.monotonic() < until_s:
                time.sleep(min(service.step(), 0.2))
        assert [c.value for c in recorded(paths)] == ["ok", "offline", "dark", "ok"]


def test_what_a_camera_did_before_the_clock_was_set_is_dated_after_the_power_cut(tmp_path: Path) -> None:
    """The village's power is back after four hours; the Pi wakes up with the clock of before."""
    off = timedelta(hours=4)
    node = Node(tmp_path, up_s=20.0)
    with closing(node.service):
        said = SpeakerSummary(at=DAWN, limits=Limits(), clock=ClockReport(trust=Trust.UNTRUSTED))
        summary.post(node.paths.run, "speaker", said)
        node.live_for(60)
        node.probe.show("cong", "off")
        node.live_for(120)
        assert node.present()["cong"] is CameraFault.OFFLINE
        assert recorded(node.paths) == []
        node.clock.step(off.total_seconds())
        summary.post(node.paths.run, "speaker", replace(said, clock=ClockReport(trust=Trust.TRUSTED)))
        node.live_for(10)
        fault = recorded(node.paths)[-1]
        assert (fault.subject, fault.value) == ("camera:cong", "offline")
        assert timedelta(seconds=60) <= fault.at - DAWN - off <= timedelta(seconds=100)
        present = summary.read(node.paths.run, "camera", CameraSummary)
        assert present is not None
        assert [c.since_at for c in present.cameras if c.id == "cong"] == [fault.at]
