"""Is there somebody who gives out addresses? Asked by a question that takes none."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.netmon import dhcp
from edge.netmon.config import Target
from edge.netmon.probe import CannotMeasure, NetworkProbe
from simulator.line import Line, is_possible

NUMBER = 0x1234ABCD
MAC = bytes.fromhex("aabbccddeeff")
ASK = """
import sys
from edge.netmon.config import Target
from edge.netmon.probe import CannotMeasure, NetworkProbe
probe = NetworkProbe(timeout_s=0.5)
for _ in sys.stdin:
    try:
        print("no" if probe.ask(Target(id="dhcp", kind="dhcp")).rtt_ms is None else "yes", flush=True)
    except CannotMeasure:
        print("unknown", flush=True)
"""


def offer(number: int = NUMBER, kind: int = 2, port: int = 68) -> bytes:
    """What a router answers to `discover`, made of that."""
    packet = bytearray(dhcp.discover(number, MAC))
    packet[20:24] = (67).to_bytes(2, "big") + port.to_bytes(2, "big")
    packet[28] = 2
    packet[28 + 242] = kind
    return bytes(packet)


def test_the_question_is_one_that_every_router_reads() -> None:
    packet = dhcp.discover(NUMBER, MAC)
    words = [int.from_bytes(packet[n : n + 2], "big") for n in range(0, 20, 2)]
    total = sum(words)
    assert (total & 0xFFFF) + (total >> 16) == 0xFFFF, "the checksum of the header"
    assert packet[2:4] == len(packet).to_bytes(2, "big")
    assert packet[16:20] == b"\xff" * 4
    assert packet[28:31] == b"\1\1\6"
    assert packet[56:62] == MAC
    assert len(packet) >= 20 + 8 + 300, "shorter ones are dropped by some"


def test_an_offer_for_this_question_is_the_answer_and_nothing_else_is() -> None:
    assert dhcp.is_offer(offer(), NUMBER)
    assert not dhcp.is_offer(offer(number=1), NUMBER), "somebody else's"
    assert not dhcp.is_offer(offer(kind=6), NUMBER), "a refusal"
    assert not dhcp.is_offer(offer(port=53), NUMBER)
    assert not dhcp.is_offer(dhcp.discover(NUMBER, MAC), NUMBER), "the question itself"


@given(st.binary(max_size=400), st.integers(0, 300), st.binary(max_size=20))
def test_no_packet_of_the_wire_stops_the_process(noise: bytes, at: int, spoilt: bytes) -> None:
    assert not dhcp.is_offer(noise, NUMBER)
    dhcp.is_offer(offer()[:at] + spoilt + offer()[at + len(spoilt) :], NUMBER)


def test_a_house_with_addresses_set_by_hand_misses_nobody(tmp_path: Path) -> None:
    with pytest.raises(CannotMeasure):
        NetworkProbe(timeout_s=0.1, root=tmp_path).ask(Target(id="dhcp", kind="dhcp"))


def test_a_device_whose_address_is_no_address_is_not_asked_on(tmp_path: Path) -> None:
    (tmp_path / dhcp.ADDRESSES / "odd0").mkdir(parents=True)
    (tmp_path / dhcp.ADDRESSES / "odd0/address").write_text("no address\n")
    with pytest.raises(CannotMeasure):
        NetworkProbe(timeout_s=0.1, root=tmp_path).ask(Target(id="dhcp", kind="dhcp", address="odd0"))


@pytest.mark.real
def test_a_router_that_stops_giving_out_addresses_is_noticed(tmp_path: Path) -> None:
    if not is_possible():
        pytest.skip("network namespaces need root, and a kernel that has them")
    with Line("dhcp", tmp_path) as line:
        command = [*line.into("node"), sys.executable, "-c", ASK]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
            while (told := ask(node)) == "unknown":
                pass  # the router is starting up
            assert told == "yes"
            line.kill("leases")
            assert ask(node) == "no"
            node.stdin.close()  # type: ignore[union-attr]


def ask(node: "subprocess.Popen[str]") -> str:
    assert node.stdin is not None
    assert node.stdout is not None
    node.stdin.write("\n")
    node.stdin.flush()
    return node.stdout.readline().strip()
