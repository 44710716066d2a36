"""The relay, on gpiozero's own mock pins."""

from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory

from contract.limits import LimitSettings
from contract.rules import Span, is_quiet
from contract.settings import BadSettings, example, parse
from contract.terms import Priority
from edge.clock import VirtualClock
from edge.speaker.amplifier import Amplifier, NoPin, open_factory
from edge.speaker.config import AmplifierSettings, SpeakerSettings
from tests.edge.speaker.house import MONDAY, at

SETTINGS = AmplifierSettings(pin=17, warm_up_s=2.0, hold_s=5.0, max_on_s=100.0)


class Relay:
    """An amplifier on a mock pin, and what the pin says."""

    def __init__(self, settings: AmplifierSettings = SETTINGS) -> None:
        self.clock = VirtualClock(MONDAY)
        self.factory = MockFactory()
        self.amplifier = Amplifier(settings, self.clock, self.factory)
        self.pin = self.factory.pin(17)

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.amplifier.step()


def test_it_is_off_until_it_is_wanted_and_off_after_the_hold() -> None:
    relay = Relay()
    assert (relay.pin.state, relay.amplifier.is_on) == (0, False)
    relay.amplifier.on()
    assert (relay.pin.state, relay.amplifier.is_on) == (1, True)
    relay.amplifier.off()
    relay.wait(4.9)
    assert relay.pin.state == 1
    relay.wait(0.2)
    assert (relay.pin.state, relay.amplifier.is_on) == (0, False)


def test_it_does_not_flap_between_two_plays() -> None:
    relay = Relay()
    relay.amplifier.on()
    relay.amplifier.off()
    relay.wait(3)
    relay.amplifier.on()
    relay.wait(10)
    assert relay.pin.state == 1
    assert relay.amplifier.warm_up_left_s == 0


def test_it_tells_how_long_it_still_warms_up() -> None:
    relay = Relay()
    assert relay.amplifier.warm_up_left_s == 2.0
    relay.amplifier.on()
    relay.wait(1.5)
    assert relay.amplifier.warm_up_left_s == 0.5
    relay.wait(1)
    assert relay.amplifier.warm_up_left_s == 0
    relay.amplifier.off()
    relay.wait(6)
    assert relay.amplifier.warm_up_left_s == 2.0


def test_no_play_keeps_it_on_for_ever() -> None:
    relay = Relay()
    relay.amplifier.on()
    relay.wait(99)
    relay.amplifier.on()
    relay.wait(99)
    assert relay.pin.state == 1
    relay.wait(1)
    assert relay.pin.state == 0


def test_an_inverted_board_is_off_when_its_pin_is_high() -> None:
    relay = Relay(AmplifierSettings(pin=17, active_high=False))
    assert relay.pin.state == 1
    relay.amplifier.on()
    assert relay.pin.state == 0


def test_closing_gives_the_pin_back_in_silence_and_a_new_start_is_off() -> None:
    relay = Relay()
    relay.amplifier.on()
    relay.amplifier.close()
    relay.amplifier.close()
    assert relay.pin.state == 0
    again = Amplifier(SETTINGS, relay.clock, relay.factory)
    assert (relay.pin.state, again.is_on) == (0, False)


def test_without_a_relay_it_is_always_warm() -> None:
    amplifier = Amplifier(AmplifierSettings(), VirtualClock(MONDAY))
    assert amplifier.warm_up_left_s == 0
    amplifier.on()
    assert amplifier.is_on
    amplifier.close()
    assert not amplifier.is_on


def test_a_pin_that_cannot_be_reached_is_named() -> None:
    with pytest.raises(NoPin, match="no pin_factory"):
        Amplifier(SETTINGS, VirtualClock(MONDAY))
    assert isinstance(open_factory("mock"), MockFactory)
    if not Path("/dev/gpiochip0").exists():
        with pytest.raises(NoPin, match="lgpio"):
            open_factory("lgpio")


class TestSettings:
    def test_the_example_is_the_default(self) -> None:
        assert parse(example(SpeakerSettings, "speaker"), SpeakerSettings) == SpeakerSettings()

    def test_hours_are_written_as_people_write_them(self) -> None:
        limits = parse('[limits]\nquiet_from = "22:15"\nquiet_until = "05:00"', SpeakerSettings).limits.limits
        assert (limits.quiet_from_min, limits.quiet_until_min) == (22 * 60 + 15, 300)
        assert LimitSettings(quiet_from="24:00").limits.quiet_from_min == 1440

    def test_the_same_hour_twice_is_no_quiet_hour(self) -> None:
        limits = LimitSettings(quiet_from="00:00", quiet_until="00:00").limits
        assert not is_quiet(limits, Span(at("23:50"), 1200, Priority.ROUTINE))

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ('[limits]\nquiet_from = "9"', "quiet_from: write it as HH:MM"),
            ('[limits]\nquiet_until = "04:60"', "quiet_until: 00:00 to 24:00"),
            ('[limits]\nquiet_until = "24:01"', "quiet_until: 00:00 to 24:00"),
            ('[limits]\ntime_zone = "Hanoi"', "time_zone: 'Hanoi' is not known here"),
            ("[limits]\nlongest_s = 7200.0", "max_on_s: at least 7206, the longest play"),
            ("[limits]\nsessions_a_day = -1", "sessions_a_day: 0 to 1440"),
            ("[amplifier]\nwarm_up_s = 8.0", "arm_ahead_s: 8 to 120"),
            ('[amplifier]\npin_factory = "rpigpio"', "pin_factory: one of lgpio, native, mock"),
            ("[amplifier]\npin = 99", "pin: -1, or 0 to 53"),
            ("arm_ahead_s = nan", "arm_ahead_s: 3 to 120"),
            ("volume = 3", "unknown key 'volume'; did you mean 'volume_pct'?"),
        ],
    )
    def test_a_wrong_value_is_named(self, text: str, complaint: str) -> None:
        with pytest.raises(BadSettings, match=complaint.replace("?", r"\?")):
            parse(text, SpeakerSettings)
