"""The messages to Home Assistant, against what its documentation says of them.

The tables here are those of its pages "MQTT", "MQTT sensor", "MQTT binary sensor", "Sensor" and "Binary sensor".
"""

import re
from dataclasses import replace

from hub.homeassistant import discovery, entity
from hub.homeassistant.discovery import Topics

from .house import SEEN, TOPICS

DEVICE_KEYS = {
    "configuration_url", "connections", "hw_version", "identifiers", "manufacturer", "model", "model_id", "name",
    "serial_number", "suggested_area", "sw_version", "via_device",
}  # fmt: skip
SHARED_KEYS = {
    "availability", "availability_mode", "command_topic", "components", "device", "encoding", "origin", "qos",
    "state_topic",
}  # fmt: skip
ENTITY_KEYS = {
    "availability", "device_class", "entity_category", "name", "options", "platform", "state_class", "unique_id",
    "unit_of_measurement", "value_template",
}  # fmt: skip
UNITS: dict[object, set[str | None]] = {
    "temperature": {"°C", "°F", "K"},
    "duration": {"d", "h", "min", "s", "ms"},
    "data_size": {"B", "kB", "MB", "GB", "TB"},
    "timestamp": {None},
    "enum": {None},
    None: {None, "%"},
}
BINARY_CLASSES = {"connectivity", "problem", "sound"}


def described() -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    told = discovery.device(SEEN, list(entity.describe(SEEN)), TOPICS, "0.1.0", "https://loa.binhminh.vn:8000")
    components = told["components"]
    assert isinstance(components, dict)
    return told, components


def test_the_device_has_the_keys_that_home_assistant_knows() -> None:
    told, components = described()
    device = told["device"]
    assert isinstance(device, dict)
    assert told.keys() <= SHARED_KEYS
    assert device.keys() <= DEVICE_KEYS
    assert device["identifiers"] == ["loa_binhminh-thon-1"]
    assert told["origin"] == {"name": "Loa Làng", "sw_version": "0.1.0"}
    assert all(each.keys() <= ENTITY_KEYS for each in components.values())


def test_units_and_classes_go_together_as_home_assistant_wants_them() -> None:
    _, components = described()
    sensors = [each for each in components.values() if each["platform"] == "sensor"]
    binaries = [each for each in components.values() if each["platform"] == "binary_sensor"]
    assert all(each.get("unit_of_measurement") in UNITS[each.get("device_class")] for each in sensors)
    assert {each["device_class"] for each in binaries} <= BINARY_CLASSES
    for each in sensors:
        is_enum = each.get("device_class") == "enum"
        assert is_enum == ("options" in each)
        assert not (is_enum and ("state_class" in each or "unit_of_measurement" in each))


def test_a_choice_is_always_one_of_its_options() -> None:
    for each in entity.describe(SEEN):
        assert not each.options or each.value in each.options


def test_every_entity_has_a_name_of_its_own_and_reads_its_own_part_of_the_state() -> None:
    told, components = described()
    state = discovery.state(list(entity.describe(SEEN)))
    assert len({each["unique_id"] for each in components.values()}) == len(components) == len(state)
    for key, each in components.items():
        assert each["value_template"] == f"{{{{ value_json['{key}'] }}}}"
    assert told["state_topic"] == "loa/home/loa.binhminh.vn/binhminh-thon-1"


def test_contact_is_told_also_while_the_village_is_away() -> None:
    told, components = described()
    assert [each["topic"] for each in told["availability"]] == [TOPICS.availability, told["state_topic"]]  # type: ignore[attr-defined]
    assert components["contact"]["availability"] == [{"topic": TOPICS.availability}]
    assert not any("availability" in each for key, each in components.items() if key != "contact")


def test_topics_have_no_character_that_home_assistant_or_mqtt_forbids() -> None:
    topics = Topics("[fe80::1]", "homeassistant")
    assert re.fullmatch(r"homeassistant/device/[a-zA-Z0-9_-]+/config", topics.device("binhminh-thon-1"))
    assert not set(topics.state("binhminh-thon-1")) & set("+#: []")


def test_a_camera_that_was_taken_away_is_named_once_more_with_nothing_but_its_platform() -> None:
    entities = list(entity.describe(SEEN))
    old = discovery.platforms(entities)
    assert SEEN.heartbeat is not None
    fewer = replace(SEEN, heartbeat=replace(SEEN.heartbeat, cameras=()))
    new = discovery.device(fewer, list(entity.describe(fewer)), TOPICS, "0.1.0", "")
    components = discovery.without(old, new)["components"]
    assert isinstance(components, dict)
    assert components["camera_san_2e1"] == {"platform": "binary_sensor"}
    assert "camera_san_2e1" not in new["components"]  # type: ignore[operator]
