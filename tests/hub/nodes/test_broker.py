"""The real Mosquitto under the hub: who gets in, who may say and hear what, and what happens when it dies."""

import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from contract.topics import DOWN_KINDS, HUB_STATE, UP_KINDS, Address
from hub.nodes.broker import Broker, BrokerFailed, hash_password
from hub.ports import PortTaken, free_port
from hub.security import authority
from hub.security.authority import Certificates
from tests.hub.conftest import SECRETS, THON_1, THON_2, Peer, Village, until

pytestmark = pytest.mark.real


def topic(node: str, kind: str) -> str:
    return f"loa/v1/{Address.of_node(node).commune}/{node}/{kind}"


def test_a_node_gets_in_with_its_own_secret_alone(village: Village) -> None:
    assert village.node(THON_1).is_welcome
    assert not village.node(THON_1, SECRETS[THON_2]).is_welcome
    assert not village.node("binhminh-thon-9", SECRETS[THON_1]).is_welcome
    assert not village.node("hub", SECRETS[THON_1]).is_welcome


def test_nobody_gets_in_without_a_name(village: Village) -> None:
    with socket.create_connection(("127.0.0.1", village.broker.hub_port)) as plain:
        plain.sendall(b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01x")
        assert plain.recv(4) == b"\x20\x02\x00\x05"


def test_a_node_knows_its_hub_by_the_hubs_own_authority(village: Village, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = authority.ensure(tmp_path / "other", ["localhost"])
    with pytest.raises(ssl.SSLCertVerificationError):
        Peer(village.node_port, THON_1, SECRETS[THON_1], other.certificate.with_name("ca.pem"))
    assert village.node(THON_1).is_welcome


def test_the_nodes_port_speaks_tls_only(village: Village) -> None:
    with socket.create_connection(("127.0.0.1", village.node_port)) as plain:
        plain.settimeout(5)
        plain.sendall(b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01x")
        try:
            answer = plain.recv(4)
        except ConnectionResetError:
            answer = b""
        assert answer[:1] != b"\x20"


def test_what_a_node_says_reaches_the_hub_on_its_own_topics_alone(village: Village) -> None:
    hub, node = village.hub(), village.node(THON_1)
    hub.subscribe("loa/v1/#")
    strange = [topic(THON_2, kind) for kind in UP_KINDS]
    strange += [topic(who, kind) for who in (THON_1, THON_2) for kind in DOWN_KINDS]
    strange += [f"loa/v1/longhoa/{THON_1}/event", "loa/v1/longhoa/longhoa-thon-1/event", HUB_STATE, "loa/v1/x"]
    for each in strange:
        node.say(each)
        node.say(each, retain=True)
    own = [topic(THON_1, kind) for kind in UP_KINDS]
    for each in own:
        node.say(each)
    until(lambda: len(hub.heard) >= len(own))
    assert hub.topics == own


def test_a_node_hears_what_is_meant_for_it_alone_kept_messages_too(village: Village) -> None:
    hub, node = village.hub(), village.node(THON_1)
    everything = [topic(who, kind) for who in (THON_1, THON_2) for kind in (*DOWN_KINDS, *UP_KINDS)]
    for each in everything:
        hub.say(each, b"kept", retain=True)
    node.subscribe("#", "loa/v1/#", "loa/v1/+/+/plan", *everything, HUB_STATE)
    for each in everything:
        hub.say(each, b"live")
    hub.say(HUB_STATE, b"last")
    until(lambda: HUB_STATE in node.topics)
    assert set(node.topics) == {HUB_STATE, *(topic(THON_1, kind) for kind in DOWN_KINDS)}
    assert {m.payload for m in node.heard} == {b"kept", b"live", b"last"}


def test_a_node_has_one_session_whatever_it_calls_itself(village: Village) -> None:
    first = village.node(THON_1, client_id="one")
    second = village.node(THON_1, client_id="two")
    assert first.was_dropped.wait(5)
    assert second.is_welcome


def test_nobody_can_throw_another_node_out_by_taking_its_name(village: Village) -> None:
    victim = village.node(THON_1)
    village.node(THON_2, client_id=THON_1)
    hub = village.hub()
    hub.subscribe(topic(THON_1, "event"))
    victim.say(topic(THON_1, "event"))
    until(lambda: hub.heard)
    assert victim.is_welcome


def test_a_revoked_node_is_thrown_out_and_stays_out_and_the_others_stay_in(village: Village) -> None:
    revoked, other = village.node(THON_1), village.node(THON_2)
    village.broker.update([pair for pair in village.credentials if pair[0] != THON_1])
    assert revoked.was_dropped.wait(5)
    assert not village.node(THON_1).is_welcome
    assert other.is_welcome


def test_a_new_secret_throws_out_whoever_holds_the_old_one(village: Village) -> None:
    old = village.node(THON_1)
    village.broker.update([(THON_1, hash_password("fresh")), village.credentials[1]])
    assert old.was_dropped.wait(5)
    assert not village.node(THON_1).is_welcome
    assert village.node(THON_1, "fresh").is_welcome


def test_an_added_node_gets_in_while_the_others_go_on(village: Village) -> None:
    other = village.node(THON_1)
    village.broker.update([*village.credentials, ("binhminh-thon-3", hash_password("third"))])
    until(lambda: village.node("binhminh-thon-3", "third").is_welcome)
    assert other.is_welcome


def test_a_broker_that_dies_comes_back_with_the_same_credentials(village: Village) -> None:
    before = village.broker.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    until(lambda: village.broker.pid not in (None, before))
    until(lambda: _is_open(village.broker.hub_port))
    assert village.node(THON_1).is_welcome


def test_stopping_leaves_nothing_running(village: Village) -> None:
    pid = village.broker.pid
    village.broker.stop()
    assert village.broker.pid is None
    assert not Path(f"/proc/{pid}").exists()
    assert not _is_open(village.node_port)


def test_the_broker_dies_with_its_hub(tmp_path: Path, certificates: Certificates) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from hub.security.authority import Certificates; from hub.nodes.broker import Broker\n"
        "folder, certificate, key, port = sys.argv[1:]\n"
        "broker = Broker(Path(folder), '127.0.0.1', int(port), Certificates('', Path(certificate), Path(key)))\n"
        "broker.start([]); print(broker.pid, flush=True); time.sleep(60)"
    )
    paths = [str(tmp_path), str(certificates.certificate), str(certificates.key), str(free_port())]
    with subprocess.Popen([sys.executable, "-c", script, *paths], stdout=subprocess.PIPE, text=True) as hub:
        assert hub.stdout is not None
        pid = int(hub.stdout.readline())
        assert Path(f"/proc/{pid}").exists()
        hub.kill()
    until(lambda: not Path(f"/proc/{pid}").exists(), "Mosquitto outlived its hub")


def test_a_taken_port_is_named_together_with_who_holds_it(tmp_path: Path, certificates: Certificates) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        broker = Broker(tmp_path, "127.0.0.1", port, certificates)
        with pytest.raises(PortTaken, match=rf"cổng {port} đang bị .*\(pid {os.getpid()}\)"):
            broker.start([])
    assert broker.pid is None


def test_a_broker_that_cannot_start_says_why(tmp_path: Path, certificates: Certificates) -> None:
    damaged = tmp_path / "server.pem"
    damaged.write_text("no certificate")
    broker = Broker(tmp_path, "127.0.0.1", free_port(), Certificates("", damaged, certificates.key))
    with pytest.raises(BrokerFailed, match="server certificate"):
        broker.start([])
    assert broker.pid is None


def test_a_missing_mosquitto_is_named_with_its_package(tmp_path: Path, certificates: Certificates) -> None:
    broker = Broker(tmp_path, "127.0.0.1", free_port(), certificates, program="mosquitto-not-here")
    with pytest.raises(BrokerFailed, match="apt install mosquitto"):
        broker.start([])


def test_its_files_are_for_the_hub_alone(village: Village, tmp_path: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "broker").iterdir()}
    assert modes == {"mosquitto.conf": 0o600, "passwords": 0o600, "rights": 0o600}


def test_nothing_it_held_outlives_it(village: Village) -> None:
    village.hub().say(topic(THON_1, "plan"), retain=True)
    pid = village.broker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: village.broker.pid not in (None, pid))
    until(lambda: _is_open(village.broker.hub_port))
    hub = village.hub()
    hub.subscribe("#")
    hub.say("loa/v1/end")
    until(lambda: hub.heard)
    assert hub.topics == ["loa/v1/end"]


def _is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
