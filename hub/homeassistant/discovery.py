"""The messages that make a village a device of Home Assistant: its description and its state. Pure.

Form: MQTT discovery for a whole device, which Home Assistant takes since 2024.11 (its documentation, integration MQTT).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.homeassistant.entity import Entity, Seen, slug

BASE = "loa/home"
"""Where states lie, beside the discovery prefix and away from the nodes' own topics."""
ONLINE, OFFLINE = b"online", b"offline"
MAKER = "Loa Làng"

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Topics:
    """Where this hub tells what. Several hubs may tell the same Home Assistant."""

    hub: str
    prefix: str

    @property
    def availability(self) -> str:
        """Retained: whether this hub is there."""
        return f"{BASE}/{re.sub(r'[^A-Za-z0-9.-]', '_', self.hub)}"

    @property
    def descriptions(self) -> str:
        """A filter for what every program described, this hub among them."""
        return f"{self.prefix}/device/+/config"

    def device(self, node: str) -> str:
        return f"{self.prefix}/device/loa_{slug(node)}/config"

    def state(self, node: str) -> str:
        return f"{self.availability}/{node}"


def device(seen: Seen, entities: Sequence[Entity], topics: Topics, software: str, address: str) -> Document:
    """The description of a village. `address` is that of the hub's pages."""
    node, state = seen.node, topics.state(seen.node.id)
    hub = {"topic": topics.availability}
    contact = {"topic": state, "value_template": "{{ 'online' if value_json.contact == 'ON' else 'offline' }}"}
    components = {e.key: _component(node.id, e) for e in entities}
    components["contact"]["availability"] = [hub]
    return {
        "device": {
            "identifiers": [f"loa_{node.id}"],
            "name": node.title,
            "manufacturer": MAKER,
            "model": "Nút loa làng",
            "suggested_area": node.title,
            "configuration_url": f"{address}/nodes/{node.id}",
        },
        "origin": {"name": MAKER, "sw_version": software},
        "availability": [hub, contact],
        "availability_mode": "all",
        "state_topic": state,
        "components": components,
    }


def state(entities: Sequence[Entity]) -> Document:
    """What all entities of a village say now."""
    return {entity.key: entity.value for entity in entities}


def without(old: Mapping[str, str], new: Document) -> Document:
    """The description, with those entities of `old` (key: platform) marked as gone that are there no more: to be sent
    once before `new` is."""
    components = new["components"]
    assert isinstance(components, dict)
    gone = {key: {"platform": platform} for key, platform in old.items() if key not in components}
    return new | {"components": components | gone}


def platforms(entities: Sequence[Entity]) -> dict[str, str]:
    return {entity.key: entity.platform.value for entity in entities}


def _component(node: str, entity: Entity) -> Document:
    found: Document = {
        "platform": entity.platform.value,
        "unique_id": f"loa_{node}_{entity.key}",
        "name": entity.name,
        "value_template": f"{{{{ value_json['{entity.key}'] }}}}",
    }
    if entity.device_class:
        found["device_class"] = entity.device_class
    if entity.unit:
        found["unit_of_measurement"] = entity.unit
    if entity.is_measured:
        found["state_class"] = "measurement"
    if entity.is_diagnostic:
        found["entity_category"] = "diagnostic"
    if entity.options:
        found["options"] = list(entity.options)
    return found
