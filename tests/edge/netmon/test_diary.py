"""A village's power is back after four hours. The Pi wakes up with the clock of before, and its router after it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contract.limits import Limits
from contract.reports import ClockReport, Vitals
from contract.terms import Doubt, Trust
from edge import summary
from edge.netmon.probe import Answer
from edge.summary import SpeakerSummary
from tests.edge.netmon.test_network import LOST, Cottage
from tests.edge.netmon.test_service import recorded

ALL = ("gateway", "dns", "resolver", "internet", "internet-2", "hub", "dhcp")
OFF = timedelta(hours=4)


class Awakened(Cottage):
    """Its power came back at `back_at`, by right clocks; its own is behind."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.back_at = self.clock.now() + OFF
        self.vitals = Vitals(uptime_s=20.0)
        self.lose(LOST, *ALL)

    def speak(self, trust: Trust) -> None:
        said = SpeakerSummary(at=self.clock.now(), limits=Limits(minutes_a_day=45), clock=ClockReport(trust=trust))
        summary.post(self.paths.run, "speaker", said)

    def live_for(self, seconds: float) -> None:
        until_s = self.clock.monotonic() + seconds
        while self.clock.monotonic() < until_s:
            super().live_for(1)
            self.vitals = Vitals(uptime_s=20.0 + self.clock.monotonic())

    def set_clock(self) -> None:
        self.clock.step(OFF.total_seconds())
        self.speak(Trust.TRUSTED)

    def told(self) -> dict[tuple[str, str], datetime]:
        return {(change.subject, change.value): change.at for change in recorded(self.paths)}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Awakened]:
    one = Awakened(tmp_path)
    yield one
    one.service.close()


def test_what_the_network_did_before_the_clock_was_set_is_dated_after_the_power_cut(node: Awakened) -> None:
    node.speak(Trust.UNTRUSTED)
    node.live_for(180)
    assert node.told() == {}
    node.lose(Answer(9.0), *ALL)
    node.live_for(11)
    node.set_clock()
    node.live_for(120)
    told = node.told()
    assert min(told.values()) == node.back_at
    assert told["target:gateway", "down"] == told["target:internet", "down"] == node.back_at
    assert told["network", "provider"] == node.back_at
    for subject, value in (("target:internet", "up"), ("network", "")):
        assert timedelta(seconds=180) <= told[subject, value] - node.back_at <= timedelta(seconds=215)
    assert min(t.since_at for t in node.said().targets if t.id != "dhcp") >= node.back_at + timedelta(seconds=180)


def test_what_lasts_while_the_clock_is_set_is_said_with_its_true_beginning(node: Awakened) -> None:
    node.speak(Trust.UNTRUSTED)
    node.live_for(180)
    node.set_clock()
    node.live_for(10)
    assert {t.since_at for t in node.said().targets} == {node.back_at}
    assert node.network().since_at == node.back_at


def test_a_house_that_is_never_told_the_time_tells_all_the_same(node: Awakened) -> None:
    node.speak(Trust.UNTRUSTED)
    node.live_for(500)
    assert node.told() == {}
    node.live_for(120)
    assert node.told()["target:gateway", "down"] == node.back_at - OFF


def test_a_speaker_that_is_silent_keeps_nothing_back_for_long(node: Awakened) -> None:
    node.live_for(30)
    assert node.told() == {}
    node.live_for(60)
    assert ("target:gateway", "down") in node.told()


def test_a_restart_before_the_clock_is_set_loses_nothing(node: Awakened) -> None:
    node.speak(Trust.UNTRUSTED)
    node.live_for(120)
    node.restart()
    node.set_clock()
    node.live_for(60)
    assert [change.subject for change in recorded(node.paths)].count("target:gateway") == 1


def test_a_clock_that_a_battery_kept_is_believed_from_the_start(node: Awakened) -> None:
    node.speak(Trust.HOLDOVER)
    node.live_for(60)
    assert ("target:gateway", "down") in node.told()


def test_times_are_not_believed_while_nothing_has_set_the_clock(node: Awakened) -> None:
    node.lose(Answer(9.0), *ALL)
    node.speak(Trust.UNTRUSTED)
    node.live_for(60)
    assert node.network().doubt is Doubt.CLOCK_UNSET
    node.set_clock()
    node.live_for(250)
    assert node.network().doubt is Doubt.NONE
    assert {t.rtt_ms for t in node.said().targets} == {9.0}
