"""What Mosquitto's files say, as text."""

import base64
import hashlib
from pathlib import Path

import pytest

from hub.nodes import mosquitto
from hub.nodes.mosquitto import Setup

SETUP = Setup(
    folder=Path("/var/lib/loa-hub/broker"),
    user="loa-hub",
    hub_port=41883,
    node_host="0.0.0.0",
    node_port=8883,
    certificate=Path("/keys/server.pem"),
    key=Path("/keys/server.key"),
)


def test_the_plain_port_is_on_loopback_and_nodes_get_tls() -> None:
    hub = "listener 41883 127.0.0.1\n"
    text = mosquitto.configuration(SETUP)
    nodes, _, rest = text.partition(hub)
    assert "listener 8883 0.0.0.0\ncertfile /keys/server.pem\nkeyfile /keys/server.key\n" in nodes
    assert text.count("listener ") == 2
    assert "certfile" not in rest


def test_nobody_is_anonymous_and_nothing_is_kept() -> None:
    lines = mosquitto.configuration(SETUP).splitlines()
    assert "allow_anonymous false" in lines
    assert "persistence false" in lines
    assert "set_tcp_nodelay true" in lines


def test_a_password_is_hashed_as_mosquitto_passwd_does() -> None:
    salt = bytes(range(12))
    _, kind, rounds, salt_text, digest = mosquitto.hash_password("tiếng Việt", salt).split("$")
    assert (kind, base64.b64decode(salt_text)) == ("7", salt)
    wanted = hashlib.pbkdf2_hmac("sha512", "tiếng Việt".encode(), salt, int(rounds))
    assert base64.b64decode(digest) == wanted


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="12 bytes"):
        mosquitto.hash_password("x", b"short")


def test_passwords_are_one_line_each() -> None:
    assert mosquitto.passwords([("hub", "$7$a"), ("binhminh-thon-1", "$7$b")]) == "hub:$7$a\nbinhminh-thon-1:$7$b\n"


def test_rights_name_every_topic_of_a_node_without_a_wildcard() -> None:
    hub, node = mosquitto.rights(["binhminh-thon-1"]).split("\n\n")
    assert hub == "user hub\ntopic readwrite loa/v1/#"
    own = "loa/v1/binhminh/binhminh-thon-1"
    assert node.splitlines() == [
        "user binhminh-thon-1",
        *(f"topic write {own}/{kind}" for kind in ("state", "birth", "report", "event", "picture")),
        *(f"topic read {own}/{kind}" for kind in ("plan", "command", "receipt")),
        "topic read loa/v1/hub/hub/state",
    ]


def test_a_name_that_is_no_nodes_name_never_enters_the_rights() -> None:
    with pytest.raises(ValueError, match="commune"):
        mosquitto.rights(["#\ntopic readwrite #"])
