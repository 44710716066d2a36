"""A house loses its network in one way and another: what the netmon process makes of it, in virtual time."""

from collections.abc import Iterator
from concurrent.futures import wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from contract.events import Event
from contract.form import MAX_TEXT
from contract.reports import NetworkReport, Vitals, Wifi
from contract.terms import Doubt, Miss, NetworkCause
from edge import summary
from edge.clock import VirtualClock
from edge.config import Paths
from edge.netmon.config import NetmonSettings
from edge.netmon.diagnosis import House
from edge.netmon.house import Surroundings
from edge.netmon.probe import Answer, ScriptedProbe
from edge.netmon.service import NetmonService
from edge.outbox import Outbox
from edge.summary import NetmonSummary
from tests.edge.netmon.test_service import recorded

DAWN = datetime(2026, 5, 1, 22, tzinfo=UTC)
LOST = Answer(None, "no answer")
UNNAMED = Answer(None, "name not found", Miss.UNNAMED)
PORTAL = Answer(None, "welcome page", Miss.CAPTIVE)
NEAR = House(has_device=True, has_link=True, has_route=True, is_router_near=True)


class Cottage:
    """A cultural house with the standard targets; all of its network can be set by hand."""

    def __init__(self, root: Path) -> None:
        self.paths = Paths(root)
        self.paths.make()
        self.clock = VirtualClock(DAWN)
        self.probe = ScriptedProbe()
        self.vitals = Vitals(uptime_s=100.0, throttled=0)
        self.around = Surroundings(house=NEAR, resolver="192.168.1.1")
        self.service = self._open()

    def _open(self) -> NetmonService:
        return NetmonService(
            NetmonSettings(),
            self.paths,
            self.probe,
            self.clock,
            lambda: self.vitals,
            lambda: self.around,
            "loa.binhminh.example",
        )

    def restart(self) -> None:
        self.service.close()
        self.service = self._open()

    def lose(self, answer: Answer, *ids: str) -> None:
        for id in ids:
            self.probe.set(id, answer)

    def live_for(self, seconds: float) -> None:
        """Step through virtual time, which stands while the asking threads answer."""
        until_s = self.clock.monotonic() + seconds
        while self.clock.monotonic() < until_s:
            wait_s = self.service.step()
            assert not wait([w.pending for w in self.service._watches if w.pending], 10).not_done
            self.clock.advance(min(max(wait_s, 0.01), 1.0))

    def said(self) -> NetmonSummary:
        said = summary.read(self.paths.run, "netmon", NetmonSummary)
        assert said is not None
        return said

    def network(self) -> NetworkReport:
        told = self.said().network
        assert told is not None
        return told

    def history(self) -> list[str]:
        return [c.value for c in recorded(self.paths) if c.subject == "network"]


@pytest.fixture
def cottage(tmp_path: Path) -> Iterator[Cottage]:
    one = Cottage(tmp_path)
    yield one
    one.service.close()


def test_a_working_network_is_said_to_work_soon_after_the_start(cottage: Cottage) -> None:
    cottage.live_for(30)
    assert cottage.network() == NetworkReport(cause=NetworkCause.NONE, since_at=cottage.network().since_at)
    assert cottage.history() == [""]


def test_the_providers_outage_is_told_within_a_minute_and_a_half_and_its_end_too(cottage: Cottage) -> None:
    cottage.live_for(120)
    cottage.lose(UNNAMED, "internet", "internet-2", "hub")
    cottage.lose(LOST, "dns", "resolver")
    began_at = cottage.clock.now()
    cottage.live_for(90)
    assert cottage.network().cause is NetworkCause.PROVIDER
    assert began_at - timedelta(seconds=1) <= cottage.network().since_at <= began_at + timedelta(seconds=90)
    cottage.lose(Answer(9.0), "internet", "internet-2", "hub", "dns", "resolver")
    cottage.live_for(120)
    assert cottage.history() == ["", "provider", ""], "nothing else was told on the way there and back"


@pytest.mark.parametrize(
    ("lost", "house", "cause"),
    [
        (("hub",), NEAR, NetworkCause.HUB),
        (("gateway", "dns", "resolver", "internet", "internet-2", "hub"), House(), NetworkCause.GATEWAY),
        (
            ("gateway", "dns", "resolver", "internet", "internet-2", "hub"),
            replace(NEAR, has_link=False),
            NetworkCause.ACCESS_POINT,
        ),
        (("internet-2",), NEAR, NetworkCause.NONE),
    ],
)
def test_each_loss_has_its_own_cause(
    cottage: Cottage, lost: tuple[str, ...], house: House, cause: NetworkCause
) -> None:
    cottage.live_for(60)
    cottage.lose(LOST, *lost)
    cottage.around = replace(cottage.around, house=house)
    cottage.live_for(180)
    assert cottage.network().cause is cause
    assert cottage.history() == ([""] if cause is NetworkCause.NONE else ["", cause.value])


def test_the_router_is_switched_off_and_the_kernel_remembers_it_for_a_minute(cottage: Cottage) -> None:
    cottage.live_for(120)
    cottage.lose(LOST, "dns", "resolver", "internet", "internet-2", "hub")
    cottage.live_for(5)
    cottage.lose(LOST, "gateway")
    cottage.live_for(48)
    cottage.around = replace(cottage.around, house=replace(NEAR, is_router_near=False))
    cottage.live_for(60)
    assert cottage.history() == ["", "gateway"], "the provider was never blamed"


def test_a_weak_supply_is_told_as_the_cause_of_a_network_that_is_gone(cottage: Cottage) -> None:
    cottage.live_for(60)
    cottage.vitals = replace(cottage.vitals, throttled=0x50005)
    cottage.lose(LOST, "gateway", "dns", "resolver", "internet", "internet-2", "hub")
    cottage.live_for(180)
    assert cottage.network().cause is NetworkCause.POWER


def test_a_router_that_hangs_for_hours_is_never_told_as_the_providers_outage(cottage: Cottage) -> None:
    """Its table of connections is full, say: it passes nothing on and takes no pings, and still answers ARP."""
    cottage.live_for(120)
    cottage.lose(LOST, "gateway", "dns", "resolver", "internet", "internet-2", "hub")
    cottage.live_for(1200)
    assert cottage.history() == ["", "gateway"]


def test_a_restart_in_the_middle_of_a_portal_tells_it_once(cottage: Cottage) -> None:
    cottage.live_for(60)
    cottage.lose(PORTAL, "internet", "internet-2")
    cottage.live_for(90)
    before = cottage.network()
    assert before.cause is NetworkCause.CAPTIVE
    cottage.restart()
    cottage.live_for(90)
    assert cottage.network() == before
    assert cottage.history() == ["", "captive"]


def test_while_the_wifi_saves_power_targets_are_up_and_have_no_new_times(cottage: Cottage) -> None:
    cottage.around = replace(cottage.around, is_saving_power=True)
    cottage.live_for(60)
    assert cottage.network().doubt is Doubt.POWER_SAVE
    assert {(t.is_up, t.rtt_ms, t.jitter_ms) for t in cottage.said().targets} == {(True, None, None)}
    cottage.around = replace(cottage.around, is_saving_power=False)
    cottage.live_for(130)
    assert cottage.network().doubt is Doubt.NONE
    assert {t.rtt_ms for t in cottage.said().targets} == {10.0}


def test_an_answer_over_which_the_clock_was_set_has_no_time(cottage: Cottage) -> None:
    cottage.service.step()
    cottage.clock.step(86_400)
    cottage.live_for(5)
    assert {(t.is_up, t.rtt_ms) for t in cottage.said().targets} == {(True, None)}


class SlowCard(Outbox):
    """Each change takes a second to be written down."""

    def __init__(self, path: Path, clock: VirtualClock) -> None:
        super().__init__(path)
        self._clock = clock

    def put(self, event: Event) -> None:
        self._clock.advance(1.0)
        super().put(event)


def test_a_slow_card_is_no_clock_that_was_set(cottage: Cottage) -> None:
    cottage.service._diary._outbox.close()
    cottage.service._diary._outbox = SlowCard(cottage.paths.state / "netmon.db", cottage.clock)
    cottage.live_for(60)
    assert {t.rtt_ms for t in cottage.said().targets} == {10.0}
    cottage.lose(LOST, "gateway", "resolver", "internet-2", "hub")
    until_s = cottage.clock.monotonic() + 90
    while cottage.clock.monotonic() < until_s:
        cottage.live_for(1)
        assert cottage.service._doubt is Doubt.NONE


def test_the_hub_is_asked_seldom_until_it_does_not_answer(cottage: Cottage) -> None:
    cottage.live_for(120)
    asked = []

    def lose() -> Answer:
        asked.append(cottage.clock.now())
        return LOST

    cottage.probe.set("hub", lose)
    cottage.live_for(60)
    assert {round((later - at).total_seconds()) for at, later in pairwise(asked)} == {10, 20}
    assert len(asked) >= 4, "four failures are enough to believe it, and take less than a minute"


def test_the_wifi_link_is_told_as_it_is_now_and_is_no_news(cottage: Cottage) -> None:
    cottage.around = replace(cottage.around, wifi=Wifi(interface="wlan0", ssid="Nhà văn hoá", rssi_dbm=-61))
    cottage.live_for(30)
    assert cottage.network().wifi == cottage.around.wifi
    cottage.around = replace(cottage.around, wifi=Wifi(interface="wlan0", ssid="Nhà văn hoá", rssi_dbm=-80))
    cottage.live_for(10)
    assert cottage.network().wifi == cottage.around.wifi
    assert cottage.history() == [""]


def test_an_answer_with_more_to_say_than_a_message_holds_is_cut_short(cottage: Cottage) -> None:
    cottage.lose(Answer(None, f"wrong certificate: not valid for '{'a' * 250}.example'" * 2, Miss.WRONG), "hub")
    cottage.live_for(120)
    (hub,) = (t for t in cottage.said().targets if t.id == "hub")
    assert (hub.is_up, len(hub.detail)) == (False, MAX_TEXT)
    assert "hub" in cottage.history()
