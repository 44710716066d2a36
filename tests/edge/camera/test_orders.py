"""What the camera process does with an order that the speaker has accepted, in virtual time."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contract.events import Change
from contract.orders import Counter
from contract.pictures import Pictures
from contract.reports import CameraReport
from contract.terms import CameraFault, Order
from edge import errand, parcel, summary
from edge.camera.config import Camera
from edge.camera.health.album import FolderAlbum
from edge.camera.scripted import ScriptedProbe
from edge.camera.view.question import NOTHING_KNOWN, Question
from edge.camera.view.seen import Look
from edge.errand import Errand
from edge.spool import Doorbell
from edge.summary import CameraSummary
from tests.edge.camera.test_service import DAWN, Node, recorded


class CountingProbe(ScriptedProbe):
    """Counts looks by camera, and may be without a decoder that reduces."""

    def __init__(self) -> None:
        super().__init__()
        self.looks: list[str] = []
        self.can_reduce = True

    def look(self, camera: Camera, question: Question = NOTHING_KNOWN) -> Look:
        self.looks.append(camera.id)
        return super().look(camera, question)

    def reduce(self, pictures: Sequence[bytes]) -> list[bytes]:
        return super().reduce(pictures) if self.can_reduce else [b""] * len(pictures)


class Ordered(Node):
    """A node to whose camera process the speaker hands orders."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.probe: CountingProbe = CountingProbe()
        self._n = 0
        self.restart()

    def order(self, order: Order, camera: str = "cong", ttl_s: float = 60.0) -> Counter:
        self._n += 1
        counter = Counter(0, self._n)
        until_s = self.clock.monotonic() + ttl_s
        errand.give(self.paths.run, Errand(counter=counter, order=order, camera=camera, until_s=until_s))
        return counter

    def sent(self) -> list[Pictures]:
        return list(parcel.collect(self.paths.run, self.clock.monotonic()))

    def report(self, camera: str = "cong") -> CameraReport:
        said = summary.read(self.paths.run, "camera", CameraSummary)
        assert said is not None
        return next(each for each in said.cameras if each.id == camera)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Ordered]:
    one = Ordered(tmp_path)
    yield one
    one.service.close()


class TestShow:
    def test_the_latest_picture_is_sent_small_and_no_further_look_is_made(
        self, node: Ordered, caplog: pytest.LogCaptureFixture
    ) -> None:
        node.live_for(65)
        looks = len(node.probe.looks)
        counter = node.order(Order.SHOW)
        with caplog.at_level(logging.INFO), closing(Doorbell(node.paths.run / "link.bell")) as bell:
            node.service.step()
            assert bell.wait(1.0)
        (sent,) = node.sent()
        assert (sent.camera, sent.command, sent.now) == ("cong", counter, b"small a picture")
        assert (sent.before, sent.after, sent.fault, sent.fault_at) == (b"", b"", CameraFault.NONE, None)
        assert len(node.probe.looks) == looks
        assert "show cong (0.1) done" in caplog.text, "each sending is in the journal, with the command that asked"

    def test_what_the_latest_fault_looked_like_goes_along(self, node: Ordered) -> None:
        node.live_for(660)
        node.probe.show("cong", "covered")
        node.live_for(61)
        report = node.report()
        assert report.fault is CameraFault.COVERED
        node.order(Order.SHOW)
        node.live_for(1)
        (sent,) = node.sent()
        assert (sent.before, sent.after) == (b"small a picture", b"small a picture")
        assert (sent.fault, sent.fault_at) == (CameraFault.COVERED, report.since_at.replace(microsecond=0))
        node.probe.show("cong", "live")
        node.live_for(61)
        node.order(Order.SHOW)
        node.live_for(1)
        assert node.sent()[0].fault is CameraFault.COVERED, "when it is over, it is still the latest"

    def test_a_camera_that_is_gone_has_a_picture_from_before_and_none_of_now(self, node: Ordered) -> None:
        node.live_for(60)
        node.probe.show("cong", "off")
        node.live_for(25)
        looks = node.probe.looks.count("cong")
        node.order(Order.SHOW)
        node.service.step()
        (sent,) = node.sent()
        assert (sent.now, sent.before, sent.after) == (b"", b"small a picture", b"")
        assert sent.fault is CameraFault.OFFLINE
        assert node.probe.looks.count("cong") <= looks + 1, "asked for often, it is not looked at more often"

    def test_a_camera_that_a_power_cut_broke_has_a_picture_from_before_it(self, node: Ordered) -> None:
        node.live_for(60)
        node.probe.show("cong", "off")
        node.restart()
        node.live_for(60)
        node.order(Order.SHOW)
        node.service.step()
        (sent,) = node.sent()
        assert (sent.now, sent.before, sent.after) == (b"", b"small a picture", b"")

    def test_a_picture_that_is_old_is_taken_anew(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from tests.edge.camera import test_service

        rare = replace(test_service.SETTINGS.cameras[0], every_s=3600)
        monkeypatch.setattr(test_service, "SETTINGS", replace(test_service.SETTINGS, cameras=(rare,)))
        node = Ordered(tmp_path)
        with closing(node.service):
            node.live_for(100)
            assert node.probe.looks == ["cong"]
            for _ in range(3):
                node.order(Order.SHOW)
                node.live_for(2)
            assert node.probe.looks == ["cong", "cong"]
            assert [each.now for each in node.sent()] == [b"small a picture"] * 3

    def test_without_a_decoder_it_waits_as_long_as_the_order_is_good(self, node: Ordered) -> None:
        node.live_for(60)
        node.probe.is_prepared = False
        node.order(Order.SHOW, ttl_s=30)
        node.order(Order.SHOW, ttl_s=300)
        steps = 0
        until_s = node.clock.monotonic() + 60
        while node.clock.monotonic() < until_s:
            steps += 1
            node.clock.advance(min(max(node.service.step(), 0.01), 1.0))
        assert steps < 60 / 0.2, "it does not spin meanwhile"
        assert node.sent() == []
        node.probe.is_prepared = True
        node.live_for(2)
        assert [each.command.n for each in node.sent()] == [2]

    def test_whoever_asks_is_answered_even_where_nothing_can_be_reduced(self, node: Ordered) -> None:
        node.live_for(60)
        node.probe.can_reduce = False
        node.order(Order.SHOW)
        node.live_for(1)
        assert [each.now for each in node.sent()] == [b""]

    def test_an_unknown_camera_and_an_old_order_are_logged_and_left(
        self, node: Ordered, caplog: pytest.LogCaptureFixture
    ) -> None:
        node.live_for(60)
        node.order(Order.SHOW, camera="vuon")
        node.order(Order.SHOW, ttl_s=5)
        node.clock.advance(6)
        node.live_for(3)
        assert node.sent() == []
        assert "no such camera here" in caplog.text
        assert "too late" in caplog.text


class TestRight:
    def test_it_is_put_on_record_by_a_subject_of_its_own_and_stands_in_the_report(self, node: Ordered) -> None:
        node.live_for(600)
        node.order(Order.RIGHT)
        at = node.clock.now()
        node.live_for(1)
        change = recorded(node.paths)[-1]
        assert isinstance(change, Change)
        assert (change.subject, change.value, change.detail) == ("view:cong", "ok", "0.1")
        assert at <= change.at <= at + timedelta(seconds=1)
        assert node.report().right_at == change.at
        assert node.report("san").right_at != change.at

    def test_what_was_kept_to_compare_with_is_gone_from_the_card_at_once(self, node: Ordered) -> None:
        node.live_for(600)
        folder = node.paths.state / "camera" / "cong"
        assert list(folder.glob("*.jpg"))
        node.order(Order.RIGHT)
        node.service.step()
        assert list(folder.glob("*.jpg")) == []
        node.live_for(60)
        assert list(folder.glob("*.jpg"))
        assert node.report().fault is CameraFault.NONE

    def test_a_fault_of_the_old_view_is_over(self, node: Ordered) -> None:
        node.live_for(660)
        node.probe.show("cong", "covered")
        node.live_for(61)
        assert node.report().fault is CameraFault.COVERED
        node.order(Order.RIGHT)
        node.live_for(61)
        assert node.report().fault is CameraFault.NONE
        assert ("camera:cong", "ok") in node.changes()[-2:]

    def test_where_the_disk_refuses_it_is_not_said_to_be_done(
        self, node: Ordered, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def refuse(_self: FolderAlbum, _name: str, _data: bytes) -> None:
            raise OSError("read-only")

        node.live_for(60)
        node.order(Order.RIGHT)
        monkeypatch.setattr(FolderAlbum, "put", refuse)
        node.service.step()
        assert recorded(node.paths)[-1].subject != "view:cong"
        assert "right cong (0.1) not done" in caplog.text

    def test_it_waits_for_no_decoder(self, node: Ordered) -> None:
        node.live_for(60)
        node.probe.is_prepared = False
        node.order(Order.RIGHT)
        node.service.step()
        assert recorded(node.paths)[-1].subject == "view:cong"

    def test_after_a_restart_it_still_holds(self, node: Ordered) -> None:
        node.live_for(60)
        node.order(Order.RIGHT)
        node.live_for(61)
        before = node.report().right_at
        assert before is not None
        node.restart()
        node.live_for(30)
        assert node.report().right_at == before


def test_many_orders_are_done_one_a_step(node: Ordered) -> None:
    node.live_for(60)
    for _ in range(5):
        node.order(Order.SHOW)
    assert node.service.step() == 0.0
    assert len(node.sent()) == 1
    node.live_for(1)
    assert len(node.sent()) == 4
    assert node.clock.now() > DAWN
