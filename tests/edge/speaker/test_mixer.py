"""A card that is turned down is noticed, by the real mixer of a simulated card and by what others print."""

import time
from pathlib import Path

import pytest

from contract.terms import Outcome, Reason
from edge.clock import SystemClock, VirtualClock
from edge.speaker.mixer import CardMixer, _which, is_turned_down
from simulator.soundcard import SoundCard
from tests.edge.speaker.house import MONDAY, House, at, cue

ON = """\
Simple mixer control 'Master',0
  Capabilities: pvolume pvolume-joined pswitch pswitch-joined
  Playback channels: Mono
  Limits: Playback 0 - 65536
  Mono: Playback 42598 [65%] [on]
Simple mixer control 'Capture',0
  Capabilities: cvolume cswitch
  Capture channels: Front Left - Front Right
  Limits: Capture 0 - 65536
  Front Left: Capture 0 [0%] [off]
  Front Right: Capture 0 [0%] [off]
"""
USB = """\
Simple mixer control 'Speaker',0
  Capabilities: pvolume pswitch pswitch-joined
  Playback channels: Front Left - Front Right
  Limits: Playback 0 - 37
  Mono:
  Front Left: Playback 30 [81%] [-7.00dB] [on]
  Front Right: Playback 30 [81%] [-7.00dB] [on]
Simple mixer control 'Mic',0
  Capabilities: pvolume pvolume-joined cvolume cvolume-joined pswitch pswitch-joined
  Playback channels: Mono
  Capture channels: Mono
  Limits: Playback 0 - 31 Capture 0 - 35
  Mono: Playback 0 [0%] [off] Capture 20 [57%] [on]
"""


@pytest.mark.parametrize(
    ("contents", "is_down"),
    [
        (ON, False),
        (ON.replace("[65%] [on]", "[65%] [off]"), True),
        (ON.replace("[65%] [on]", "[0%] [on]"), True),
        (USB, False),
        (USB.replace("[81%] [-7.00dB] [on]", "[81%] [-7.00dB] [off]"), True),
        (USB.replace("[81%] [-7.00dB] [on]", "[0%] [-37.00dB] [on]", 1), False),
        ("", False),
        ("amixer: Mixer attach default error: No such file or directory\n", False),
    ],
)
def test_the_main_control_decides(contents: str, is_down: bool) -> None:
    assert is_turned_down(contents) is is_down


def test_the_card_is_found_by_part_of_its_name(tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    cards.write_text(
        " 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones\n                      bcm2835 Headphones\n"
        " 1 [Device         ]: USB-Audio - USB Audio Device\n                      C-Media USB Audio Device\n"
    )
    assert _which("usb audio", cards) == ["-c", "1"]
    assert _which("absent", cards) == _which("", cards) == _which("usb", tmp_path / "none") == []


@pytest.mark.real
def test_the_mixer_of_a_real_card_is_heard(tmp_path: Path) -> None:
    with SoundCard(tmp_path, ["horn"]) as card:
        mixer = CardMixer(SystemClock(), env={"PATH": "/usr/bin:/bin", **card.env("horn")})
        for is_muted in (True, False, True):
            card.mute("horn", is_muted)
            deadline = time.monotonic() + 15
            while mixer.is_muted() is not is_muted:
                assert time.monotonic() < deadline
                time.sleep(0.1)


def test_one_that_hangs_is_given_up_and_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "amixer").write_text("#!/bin/sh\nexec sleep 600\n")
    (tmp_path / "amixer").chmod(0o755)
    clock = VirtualClock(MONDAY)
    mixer = CardMixer(clock, env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    for _ in range(100):
        assert not mixer.is_muted()
        clock.advance(0.2)
        time.sleep(0.002)
    mixer.close()


def test_a_card_that_is_turned_down_is_a_fault_and_no_airing(house: House) -> None:
    house.put_plan(cue("news", at("05:00"), 60), cue("short", at("05:01"), 5), cue("market", at("05:02"), 60))
    house.mixer.muted = True
    house.leap_to(at("04:59"))
    house.run_until(at("05:00:20"))
    assert "tắt tiếng" in house.summary().sound_fault
    assert house.outcomes() == {"news": (Outcome.CUT, Reason.SILENT)}
    house.run_until(at("05:01:30"))
    house.mixer.muted = False
    house.run_until(at("05:03:10"))
    assert house.outcomes()["short"] == (Outcome.CUT, Reason.SILENT)
    assert house.outcomes()["market"] == (Outcome.AIRED, Reason.NONE)
    assert house.summary().sound_fault == ""
