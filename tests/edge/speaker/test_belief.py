"""How far the wall clock is believed: by the network, by the hub's signed word, by a battery clock, or not at all."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.events import Change
from contract.orders import Command
from contract.reports import ClockReport
from contract.terms import Order, Outcome, Priority, Reason, Trust
from edge.speaker.belief import NEVER_EARLIER_S, TOLERANCE_S, WORD_HOLDS_S, HubWord, judge
from edge.speaker.config import SpeakerSettings
from edge.trust import was_set_by_battery
from tests.edge.speaker.house import NODE, House, at, cue

AIRED = (Outcome.AIRED, Reason.NONE)
NOON = at("12:00")


def kernel(trust: Trust) -> ClockReport:
    return ClockReport(trust=trust)


def tell_time(house: House, ahead_s: float = 0.0) -> None:
    """The hub, whose clock the node's is `ahead_s` ahead of, answers the freshest nonce."""
    nonce, now = house.nonce, house.clock.now()
    order = Command(
        node=NODE,
        counter=house.hub.counter(),
        nonce=nonce,
        ttl_s=60,
        order=Order.TIME,
        at=now - timedelta(seconds=ahead_s),
    )
    house.put_command(house.hub.seal(order))
    house.run(1)


@given(st.sampled_from(Trust), st.floats(-1e6, 1e6), st.floats(0, 60), st.floats(0, 2 * WORD_HOLDS_S))
def test_the_network_goes_before_the_hub_and_the_hub_before_memory(
    trust: Trust, ahead_s: float, bound_s: float, age_s: float
) -> None:
    word = HubWord(NOON - timedelta(seconds=ahead_s + age_s), 1000.0, bound_s)
    report = judge(kernel(trust), word, None, NOON, 1000.0 + age_s)
    if trust is Trust.TRUSTED or age_s >= WORD_HOLDS_S:
        assert report.trust is trust
    else:
        is_right = abs(ahead_s) <= bound_s + TOLERANCE_S
        edge = abs(abs(ahead_s) - bound_s - TOLERANCE_S) < 1e-3
        assert edge or report.trust is (Trust.HOLDOVER if is_right else Trust.UNTRUSTED)
        assert report.ahead_s == pytest.approx(ahead_s, abs=1e-3)


def test_no_clock_may_be_behind_the_plan_it_was_given_unless_the_network_says_so() -> None:
    issued_at = NOON + timedelta(seconds=NEVER_EARLIER_S + 1)
    assert judge(kernel(Trust.HOLDOVER), None, issued_at, NOON, 0).trust is Trust.UNTRUSTED
    assert judge(kernel(Trust.TRUSTED), None, issued_at, NOON, 0).trust is Trust.TRUSTED
    assert judge(kernel(Trust.HOLDOVER), None, issued_at - timedelta(seconds=2), NOON, 0).trust is Trust.HOLDOVER
    assert judge(kernel(Trust.HOLDOVER), None, None, NOON, 0).trust is Trust.HOLDOVER


class TestABatteryClock:
    def make(self, folder: Path, hctosys: str, since_epoch: str) -> Path:
        (folder / "hctosys").write_text(hctosys + "\n")
        (folder / "since_epoch").write_text(since_epoch + "\n")
        return folder

    def test_that_set_the_system_and_agrees_with_it_is_believed(self, tmp_path: Path) -> None:
        assert was_set_by_battery(self.make(tmp_path, "1", "1766000000"), 1766000001.5)

    @pytest.mark.parametrize(("hctosys", "since_epoch"), [("0", "1766000000"), ("1", "120"), ("1", "x"), ("", "")])
    def test_that_did_not_or_began_anew_is_not(self, tmp_path: Path, hctosys: str, since_epoch: str) -> None:
        assert not was_set_by_battery(self.make(tmp_path, hctosys, since_epoch), 1766000001.5)

    def test_that_is_not_there_is_not(self, tmp_path: Path) -> None:
        assert not was_set_by_battery(tmp_path / "rtc0", 1766000000)


class TestTheHubsWord:
    def test_lets_a_right_clock_without_a_time_server_air_what_is_planned(self, house: House) -> None:
        house.trust.trust = Trust.UNTRUSTED
        house.put_plan(cue("news", at("05:00")))
        house.leap_to(at("04:50"))
        house.run(10)
        tell_time(house)
        house.run_until(at("05:01"))
        assert house.outcomes() == {"news": AIRED}
        assert house.summary().clock.trust is Trust.HOLDOVER

    @pytest.mark.parametrize("ahead_s", [-3600.0, 30.0, 86_400.0])
    def test_shows_by_how_much_a_clock_is_wrong_and_lets_the_plan_wait(self, house: House, ahead_s: float) -> None:
        house.trust.trust = Trust.HOLDOVER
        house.put_plan(cue("news", at("05:00")))
        house.leap_to(at("04:50"))
        tell_time(house, ahead_s)
        clock = house.summary().clock
        assert clock.trust is Trust.UNTRUSTED
        assert clock.ahead_s == pytest.approx(ahead_s, abs=2.5)
        house.run_until(at("05:02"))
        assert house.heard() == []
        changes = [e.value for e in house.events() if isinstance(e, Change) and e.subject == "clock"]
        assert changes == ["untrusted"]

    def test_does_not_shake_a_clock_that_the_network_keeps(self, house: House) -> None:
        tell_time(house, 3600.0)
        house.run(6)
        assert house.summary().clock.trust is Trust.TRUSTED
        assert house.summary().clock.ahead_s == pytest.approx(3600, abs=2.5)

    def test_from_yesterday_counts_no_more(self, house: House) -> None:
        house.trust.trust = Trust.UNTRUSTED
        tell_time(house)
        assert house.summary().clock.trust is Trust.HOLDOVER
        house.leap_to(at("13:00"))
        assert house.summary().clock.trust is Trust.UNTRUSTED

    def test_is_asked_for_with_a_fresh_nonce_every_ten_seconds_while_the_clock_is_not_believed(
        self, house: House
    ) -> None:
        house.trust.trust = Trust.UNTRUSTED
        nonces = set()
        for _ in range(60):
            house.run(1)
            nonces.add(house.nonce)
        assert 5 <= len(nonces) <= 8


def test_what_sounds_by_a_clock_that_is_not_believed_is_a_setting_by_class(root: Path) -> None:
    settings = SpeakerSettings(blind_classes=(Priority.EMERGENCY, Priority.PRIORITY))
    house = House(root, settings=settings)
    house.trust.trust = Trust.UNTRUSTED
    bulletin = cue("bulletin", at("05:01"), priority=Priority.PRIORITY)
    house.put_plan(cue("news", at("05:00")), bulletin, replace(bulletin, id="x", at=at("05:02")))
    house.leap_to(at("04:59"))
    house.run_until(at("05:03"))
    assert house.heard_names() == ["bulletin", "bulletin"]
