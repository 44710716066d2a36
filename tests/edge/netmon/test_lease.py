"""The router and the resolver of a house, as the kernel and DHCP write them down."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from edge.netmon import lease

ROUTES = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t{wifi}\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t{wire}\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
"""


def in_kernel_order(address: str) -> str:
    return f"{int.from_bytes(bytes(int(part) for part in address.split('.')), sys.byteorder):08X}"


def test_the_router_is_the_one_of_the_best_default_route() -> None:
    table = ROUTES.format(wifi=in_kernel_order("192.168.1.1"), wire=in_kernel_order("10.0.0.254"))
    assert lease.router(table) == "10.0.0.254"
    assert lease.device(table) == "eth0"


def test_a_house_without_a_route_has_no_router() -> None:
    assert lease.router("") is lease.device("") is None
    assert lease.router(ROUTES.splitlines()[0]) is None


def test_the_resolver_is_the_first_one_the_network_gave() -> None:
    assert lease.resolver("# by dhcp\nsearch lan\nnameserver 192.168.1.1\nnameserver 8.8.8.8\n") == "192.168.1.1"
    assert lease.resolver("nameserver 2001:db8::1") == "2001:db8::1"
    assert lease.resolver("options edns0\n") is None


def test_a_resolver_that_is_no_address_is_passed_over() -> None:
    assert lease.resolver("nameserver\nnameserver modem.lan\nnameserver 1.1.1.1\n") == "1.1.1.1"


@given(st.text(max_size=200))
def test_no_garbage_is_taken_for_a_resolver(text: str) -> None:
    assert lease.resolver(text.replace("nameserver", "")) is None


def test_a_router_is_near_while_it_answers_on_the_wire() -> None:
    table = "IP address HW type Flags HW address Mask Device\n10.0.0.254 0x1 0x2 aa:bb:cc:dd:ee:ff * eth0\n"
    assert lease.is_near(table, "10.0.0.254")
    assert not lease.is_near(table.replace("0x2", "0x0"), "10.0.0.254")
    assert not lease.is_near(table, "10.0.0.1")
    assert not lease.is_near("", "10.0.0.1")


FIELDS = st.lists(st.sampled_from(["eth0", "00000000", "0003", "-1", "zz", "0x2", "9" * 30, "\x00"]), max_size=12)


@given(st.lists(FIELDS, max_size=4))
def test_no_garbage_in_the_kernels_tables_stops_the_process(rows: list[list[str]]) -> None:
    table = "\n".join(["Iface", *(" ".join(row) for row in rows)])
    lease.router(table)
    lease.device(table)
    lease.device6(table)
    lease.is_near(table, "eth0")


DIALLED = ROUTES.splitlines()[0] + "\nppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n"
REJECTED = ROUTES.splitlines()[0] + "\n*\t00000000\t00000000\t0200\t0\t0\t0\t00000000\t0\t0\t0\n"
NOWHERE = "0" * 32
ROUTES6 = f"""\
fd{NOWHERE[2:]} 40 {NOWHERE} 00 {NOWHERE} 00000100 00000001 00000000 00000001     eth0
{NOWHERE} 00 {NOWHERE} 00 fe80{NOWHERE[5:]}1 00000400 00000003 00000000 00450003    wlan0
{NOWHERE} 00 {NOWHERE} 00 fe80{NOWHERE[5:]}1 00000064 00000003 00000000 00450003     eth0
{NOWHERE} 00 {NOWHERE} 00 {NOWHERE} ffffffff 00000001 00000000 00200200       lo
"""


def test_a_dialled_line_is_a_route_and_has_no_router() -> None:
    assert (lease.device(DIALLED), lease.router(DIALLED)) == ("ppp0", None)


def test_a_route_that_rejects_is_none() -> None:
    assert lease.device(REJECTED) is None


def test_the_best_default_route_of_ipv6_is_one_that_leads_somewhere() -> None:
    assert lease.device6(ROUTES6) == "eth0"
    assert lease.device6(ROUTES6.splitlines()[0]) is lease.device6(ROUTES6.splitlines()[3]) is lease.device6("") is None
