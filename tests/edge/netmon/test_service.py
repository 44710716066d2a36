"""A day in the life of the netmon process: what it puts on record and what it says of the present."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract import codec
from contract.events import Change
from contract.reports import TargetReport, Vitals
from contract.settings import parse
from edge import summary
from edge.clock import SystemClock, VirtualClock
from edge.config import Paths
from edge.netmon.config import NetmonSettings, Rule, Target
from edge.netmon.probe import Answer, CannotMeasure, NetworkProbe, ScriptedProbe
from edge.netmon.service import NetmonService
from edge.outbox import OutboxReader
from edge.spool import Doorbell
from edge.summary import NetmonSummary
from simulator.internet import Internet, State

DAWN = datetime(2026, 5, 1, 22, tzinfo=UTC)
VITALS = Vitals(uptime_s=100.0, temperature_c=51.5)
SETTINGS = NetmonSettings(targets=(Target(id="gateway", kind="gateway"), Target(id="dns", kind="dns")))
LOST = Answer(None, "no answer")


class Node:
    """One netmon process with a scripted network, in virtual time."""

    def __init__(self, root: Path) -> None:
        self.paths = Paths(root)
        self.paths.make()
        self.clock = VirtualClock(DAWN)
        self.probe = ScriptedProbe()
        self.hanging: set[str] = set()
        self.service = self._open()

    def _open(self) -> NetmonService:
        return NetmonService(SETTINGS, self.paths, self.probe, self.clock, lambda: VITALS)

    def restart(self) -> None:
        self.service.close()
        self.service = self._open()

    def live_for(self, seconds: float) -> None:
        """Step through virtual time; it stands while the asking threads answer, those that hang excepted."""
        until_s = self.clock.monotonic() + seconds
        while self.clock.monotonic() < until_s:
            wait_s = self.service.step()
            self.await_answers()
            self.clock.advance(min(max(wait_s, 0.01), 1.0))

    def await_answers(self) -> None:
        asked = [w.pending for w in self.service._watches if w.pending and w.target.id not in self.hanging]
        assert not wait(asked, 10).not_done

    def changes(self) -> list[tuple[str, str]]:
        return sorted((c.subject, c.value) for c in recorded(self.paths))

    def present(self) -> dict[str, TargetReport]:
        said = summary.read(self.paths.run, "netmon", NetmonSummary)
        assert said is not None
        assert said.vitals == VITALS
        return {t.id: t for t in said.targets}


def recorded(paths: Paths) -> list[Change]:
    with closing(OutboxReader(paths.state / "netmon.db")) as reader:
        events = [codec.decode_event(waiting.body) for waiting in reader.after(0)]
    return [event for event in events if isinstance(event, Change)]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    one = Node(tmp_path)
    yield one
    one.service.close()


UP = [("target:dns", "up"), ("target:gateway", "up")]


def test_a_working_network_is_told_once_and_then_only_as_the_present(node: Node) -> None:
    node.live_for(300)
    assert node.changes() == UP
    assert {t.id: (t.is_up, t.loss_pct, t.rtt_ms) for t in node.present().values()} == {
        "gateway": (True, 0.0, 10.0),
        "dns": (True, 0.0, 10.0),
    }


def test_an_outage_is_told_within_a_minute_with_its_true_beginning_and_its_end(node: Node) -> None:
    node.live_for(60)
    node.probe.set("gateway", LOST)
    node.live_for(60)
    down = recorded(node.paths)[-1]
    assert (down.subject, down.value, down.detail) == ("target:gateway", "down", "no answer")
    assert DAWN + timedelta(seconds=59) < down.at < DAWN + timedelta(seconds=72)
    assert node.present()["gateway"].is_up is False
    node.probe.set("gateway", Answer(8.0))
    node.live_for(60)
    assert recorded(node.paths)[-1].value == "up"


def test_a_change_rings_the_link_at_once(node: Node) -> None:
    with closing(Doorbell(node.paths.run / "link.bell")) as bell:
        node.live_for(20)
        assert bell.wait(0.001)
        node.live_for(60)
        assert not bell.wait(0.001)


def test_a_question_that_hangs_counts_as_unanswered_and_delays_no_other(node: Node) -> None:
    node.live_for(30)
    release = threading.Event()

    def hang() -> Answer:
        release.wait(30)
        return Answer(9.0)

    node.probe.set("gateway", hang)
    node.hanging.add("gateway")
    node.live_for(70)
    assert node.present()["gateway"].is_up is False
    assert node.present()["dns"].loss_pct == 0
    release.set()
    node.hanging.clear()
    node.probe.set("gateway", Answer(9.0))
    node.live_for(60)
    assert node.present()["gateway"].is_up is True


def test_answers_from_a_time_when_the_process_stood_still_do_not_count(node: Node) -> None:
    node.live_for(60)
    node.probe.set("gateway", LOST)
    before = node.present()["gateway"]
    for _ in range(6):
        node.service.step()
        node.await_answers()
        node.clock.advance(30)
    node.probe.set("gateway", Answer(10.0))
    node.live_for(6)
    assert replace(node.present()["gateway"], rtt_ms=10.0) == before
    assert node.changes() == UP


def test_what_this_machine_may_not_ask_is_unknown_and_not_down(node: Node) -> None:
    def forbidden() -> Answer:
        raise CannotMeasure("ping is not permitted")

    node.probe.set("gateway", forbidden)
    node.live_for(120)
    assert set(node.present()) == {"dns"}


def test_each_thing_that_may_not_be_asked_is_logged_once(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    def forbid(text: str) -> Callable[[], Answer]:
        def ask() -> Answer:
            raise CannotMeasure(text)

        return ask

    node.probe.set("gateway", forbid("no ping"))
    node.probe.set("dns", forbid("no name"))
    node.live_for(120)
    assert sorted(record.message for record in caplog.records if record.levelname == "ERROR") == ["no name", "no ping"]


def test_a_restarted_process_tells_nothing_twice(node: Node) -> None:
    node.probe.set("dns", LOST)
    node.live_for(90)
    before = node.changes()
    node.restart()
    node.live_for(90)
    assert node.changes() == before == [("target:dns", "down"), ("target:gateway", "up")]


def test_a_card_that_takes_no_writing_does_not_freeze_what_is_said_of_the_present(node: Node) -> None:
    node.live_for(60)
    node.service._diary._outbox._opened().execute("PRAGMA query_only=ON")
    node.probe.set("gateway", LOST)
    node.live_for(60)
    assert (node.present()["gateway"].is_up, node.changes()) == (False, UP)
    node.service._diary._outbox._opened().execute("PRAGMA query_only=OFF")
    node.live_for(15)
    down = recorded(node.paths)[-1]
    assert (down.subject, down.value) == ("target:gateway", "down")
    assert DAWN + timedelta(seconds=59) < down.at < DAWN + timedelta(seconds=72)


def test_what_began_and_ended_while_the_card_took_no_writing_is_not_told_by_halves(node: Node) -> None:
    node.live_for(60)
    node.service._diary._outbox._opened().execute("PRAGMA query_only=ON")
    node.probe.set("gateway", LOST)
    node.live_for(60)
    node.probe.set("gateway", Answer(9.0))
    node.live_for(60)
    node.service._diary._outbox._opened().execute("PRAGMA query_only=OFF")
    node.live_for(60)
    assert (node.present()["gateway"].is_up, node.changes()) == (True, UP)


@pytest.mark.real
def test_over_a_real_network_the_internet_goes_behind_a_portal_and_away_and_comes_back(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    paths.make()
    with Internet() as net:
        targets = tuple(
            replace(t, every_s=0.1) for t in parse(net.settings(), NetmonSettings).targets if t.id == "internet"
        )
        settings = NetmonSettings(rule=Rule(), targets=targets)
        probe = NetworkProbe(timeout_s=0.3)
        with closing(NetmonService(settings, paths, probe, SystemClock(), lambda: VITALS)) as service:
            story: list[tuple[State, str]] = [("up", "up"), ("captive", "down"), ("up", "up"), ("down", "down")]
            for n, (state, expected) in enumerate(story, start=1):
                net.switch(state)
                until_s = time.monotonic() + 10
                while len(recorded(paths)) < n and time.monotonic() < until_s:
                    time.sleep(min(service.step(), 0.05))
                assert recorded(paths)[-1].value == expected
    assert "captive portal" in recorded(paths)[1].detail
