"""The one line that switches Home Assistant on."""

import pytest

from contract.settings import BadSettings, parse
from hub.config import HubSettings
from hub.homeassistant.address import BrokerAddress


def test_user_and_password_and_defaults() -> None:
    found = BrokerAddress.parse("mqtt://loa:b%C3%AD%40m%E1%BA%ADt@192.168.1.5")
    assert (found.user, found.password) == ("loa", "bí@mật")
    assert (found.host, found.port, found.is_tls, found.prefix) == ("192.168.1.5", 1883, False, "homeassistant")


def test_tls_port_and_prefix() -> None:
    found = BrokerAddress.parse("mqtts://nha.example:8884/ha/discovery")
    assert (found.port, found.is_tls, found.prefix, found.user) == (8884, True, "ha/discovery", "")
    assert BrokerAddress.parse("mqtts://nha.example").port == 8883


@pytest.mark.parametrize(
    "text", ["192.168.1.5", "http://nha", "mqtt://", "mqtt://nha:99999", "mqtt://nha/a+b", "mqtt://nha?x=1"]
)
def test_a_wrong_one_is_refused_by_the_settings(text: str) -> None:
    with pytest.raises(BadSettings, match=r"hub\.toml"):
        parse(f'home_assistant = "{text}"', HubSettings, "hub.toml")
