"""A monitor that was held up itself says nothing of the cameras, in virtual time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.terms import CameraFault
from edge.camera.config import Camera
from edge.camera.pace import HELD_UP_S, LOOK_MAX_S, Pace
from edge.camera.scripted import ScriptedProbe
from edge.camera.view.question import NOTHING_KNOWN, Question
from edge.camera.view.seen import Look
from tests.edge.camera.test_service import Node


class SlowProbe(ScriptedProbe):
    """Each look takes its time; `hang_s` is how long the next ones take."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._clock = node.clock
        self.takes_s = 1.0

    def look(self, camera: Camera, question: Question = NOTHING_KNOWN) -> Look:
        self._clock.advance(self.takes_s)
        return super().look(camera, question)


class Slow(Node):
    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.probe: SlowProbe = SlowProbe(self)
        self.restart()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Slow]:
    one = Slow(tmp_path)
    yield one
    one.service.close()


def test_a_loop_that_comes_late_was_held_up_and_one_that_waits_as_it_said_was_not() -> None:
    pace = Pace(0.0)
    for now_s, wait_s in [(0.5, 0.5), (1.5, 1.0), (3.0 + HELD_UP_S / 2, 1.0)]:
        pace.come(now_s, wait_s)
        pace.go(now_s)
    assert pace.held_up == 0
    pace.come(now_s + 1.1 + HELD_UP_S, 1.0)
    assert pace.held_up == 1


def test_of_a_process_that_was_stopped_the_first_look_at_each_camera_does_not_count(node: Slow) -> None:
    """After a minute asleep the network is not up again yet, and every camera would look gone."""
    node.live_for(60)
    for each in ("cong", "san"):
        node.probe.show(each, "off")
    for _ in range(3):
        node.clock.advance(60)
        node.live_for(15)
    assert node.present() == {"cong": CameraFault.NONE, "san": CameraFault.NONE}
    node.live_for(61)
    assert node.present() == {"cong": CameraFault.OFFLINE, "san": CameraFault.OFFLINE}, "what lasts is believed"


def test_a_look_in_the_middle_of_which_the_machine_slept_does_not_count(node: Slow) -> None:
    node.live_for(60)
    node.probe.show("cong", "silent")
    node.probe.takes_s = LOOK_MAX_S + 1
    node.live_for(200)
    assert node.present() == {"cong": CameraFault.NONE, "san": CameraFault.NONE}


def test_looks_that_queue_behind_slow_cameras_count(node: Slow) -> None:
    node.live_for(60)
    node.probe.takes_s = 5.0
    node.probe.show("cong", "silent")
    node.live_for(90)
    assert node.present() == {"cong": CameraFault.NO_SIGNAL, "san": CameraFault.NONE}


def test_a_camera_nobody_could_look_at_for_long_is_unknown_and_comes_back_without_a_word(node: Slow) -> None:
    node.live_for(60)
    before = node.changes()
    node.probe.show("cong", "lost")
    node.live_for(280)
    assert "cong" in node.present()
    node.live_for(60)
    assert node.present() == {"san": CameraFault.NONE}
    node.probe.show("cong", "live")
    node.live_for(30)
    assert node.present() == {"cong": CameraFault.NONE, "san": CameraFault.NONE}
    assert node.changes() == before
