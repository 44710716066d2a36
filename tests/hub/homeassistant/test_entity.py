"""What a person with Home Assistant sees of a village."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.reports import TargetReport, Vitals
from contract.terms import CameraFault
from hub.homeassistant import entity
from hub.homeassistant.entity import NOTHING_ON_AIR, Seen
from hub.nodes.fleet import Status
from hub.web.wording import words
from hub.web.wording.phrases import Target, say_target

from .house import NODE, NOW, SEEN, YARD, seen

IDS = st.text("abcXYZ019_.:-", min_size=1, max_size=96)


def values(of: Seen) -> dict[str, entity.Value]:
    return {each.key: each.value for each in entity.describe(of)}


def test_a_village_shows_its_speaker_its_wifi_its_cameras_and_its_computer() -> None:
    told = values(SEEN)
    assert told["contact"] == "ON"
    assert (told["speaker"], told["on_air"]) == ("OFF", "Thông báo họp thôn")
    assert (told["target_gateway"], told["target_gateway_rtt"]) == ("ON", 3.2)
    assert (told["target_internet"], told["target_internet_loss"], told["network"]) == ("OFF", 100.0, "provider")
    assert (told["camera_san_2e1"], told["camera_san_2e1_fault"]) == ("ON", "covered")
    assert (told["temperature"], told["power"], told["clock"]) == (48.3, "OFF", "trusted")


def test_what_is_well_says_so() -> None:
    told = values(replace(seen(cameras=(replace(YARD, fault=CameraFault.NONE),)), on_air=""))
    assert (told["camera_san_2e1"], told["camera_san_2e1_fault"]) == ("OFF", "ok")
    assert told["on_air"] == NOTHING_ON_AIR


def test_a_speaker_that_is_silent_or_has_no_sound_is_in_trouble() -> None:
    assert values(seen(silent=("speaker",)))["speaker"] == "ON"
    assert values(seen(sound_fault="no card"))["speaker"] == "ON"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (Status.UP, "ON"),
        (Status.LATE, "ON"),
        (Status.DOWN, "OFF"),
        (Status.UNKNOWN, None),
        (Status.NEW, None),
    ],
)
def test_unknown_is_not_down(status: Status, told: str | None) -> None:
    assert values(seen(status))["contact"] == told


def test_what_this_computer_cannot_measure_is_unknown() -> None:
    told = values(seen(vitals=Vitals(uptime_s=5)))
    assert told["temperature"] is None
    assert told["power"] is None


def test_a_node_that_never_spoke_has_only_its_contact() -> None:
    assert values(Seen(node=NODE, status=Status.NEW, heartbeat=None)) == {"contact": None}


def test_what_every_node_asks_is_named_as_on_the_pages() -> None:
    targets = tuple(TargetReport(id=each.value, is_up=True, since_at=NOW) for each in Target)
    names = {each.key: each.name for each in entity.describe(seen(targets=targets))}
    vietnamese = words.load()["vi"]
    for target in Target:
        assert names[f"target_{entity.slug(target)}"] == say_target(vietnamese, target)


@given(IDS, IDS)
def test_two_ids_never_share_a_name(one: str, other: str) -> None:
    assert (entity.slug(one) == entity.slug(other)) == (one == other)
