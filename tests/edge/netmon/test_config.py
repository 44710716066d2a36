"""`netmon.toml` as a technician writes it."""

import pytest

from contract.settings import BadSettings, example, parse
from edge.netmon.config import NetmonSettings, where_of_hub, where_of_resolver


def read(text: str) -> NetmonSettings:
    return parse(text, NetmonSettings, "netmon.toml")


def test_an_empty_file_asks_the_router_two_resolvers_two_pages_the_hub_and_dhcp() -> None:
    assert [(t.id, t.kind) for t in read("").targets] == [
        ("gateway", "gateway"),
        ("dns", "dns"),
        ("resolver", "dns"),
        ("internet", "http204"),
        ("internet-2", "http204"),
        ("hub", "tls"),
        ("dhcp", "dhcp"),
    ]


def test_targets_of_ones_own_replace_the_standard_ones() -> None:
    settings = read('[[targets]]\nid = "vnpt"\nkind = "dns"\naddress = "203.162.4.191"\nname = "example.vn"\n')
    assert [(t.id, t.address, t.every_s) for t in settings.targets] == [("vnpt", "203.162.4.191", 10.0)]


@pytest.mark.parametrize(
    "table",
    [
        'id = "a"\nkind = "ftp"',
        'id = "a b"\nkind = "dns"',
        'id = "a"\nkind = "http204"',
        'id = "a"\nkind = "http204"\naddress = "https://x.vn/generate_204"',
        'id = "a"\nkind = "http204"\naddress = "http://x.vn/a b"',
        'id = "a"\nkind = "http204"\naddress = "http://x.vn:99999/"',
        'id = "a"\nkind = "dns"\nname = "a..b"',
        'id = "a"\nkind = "dns"\nname = "xã.vn"',
        'id = "a"\nkind = "dns"\naddress = "resolver.vn"',
        'id = "a"\nkind = "dns"\naddress = "1.1.1.1:0"',
        'id = "a"\nkind = "dns"\naddress = "1.1.1.1:x"',
        'id = "a"\nkind = "http204"\naddress = "http://a..b/"',
        'id = "a"\nkind = "http204"\naddress = "http://x.vn:0/"',
        'id = "a"\nkind = "gateway"\naddress = ""',
        'id = "a"\nkind = "tls"\naddress = "loa.vn"',
        'id = "a"\nkind = "tls"\naddress = "loa.vn:0"',
        'id = "a"\nkind = "tls"\naddress = "a..b:8883"',
        'id = "a"\nkind = "tls"\naddress = "2001:db8::1:8883"',
        'id = "a"\nkind = "tls"\naddress = "[2001:db8::1]"',
        'id = "a"\nkind = "tls"\naddress = "[x]:8883"',
        'id = "a"\nkind = "gateway"\naddress = "192.168.1.1/24"',
        'id = "a"\nkind = "gateway"\nevery_s = 0',
        'id = "a"\nkind = "dhcp"\naddress = "192.168.1.1/24"',
        'id = "a"\nkind = "dhcp"\naddress = "a-name-too-long-for-a-device"',
    ],
)
def test_a_target_that_cannot_be_asked_is_refused(table: str) -> None:
    with pytest.raises(BadSettings, match=r"netmon\.toml"):
        read(f"[[targets]]\n{table}\n")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("1.1.1.1", ("1.1.1.1", 53)),
        ("127.0.0.1:5353", ("127.0.0.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
        ("[2001:db8::1]", ("2001:db8::1", 53)),
    ],
)
def test_a_resolver_may_have_a_port_of_its_own(text: str, where: tuple[str, int]) -> None:
    assert where_of_resolver(text) == where


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("loa.vn:8883", ("loa.vn", 8883)),
        ("192.168.1.9:443", ("192.168.1.9", 443)),
        ("[2001:db8::1]:8883", ("2001:db8::1", 8883)),
    ],
)
def test_a_hub_is_written_with_its_port(text: str, where: tuple[str, int]) -> None:
    assert where_of_hub(text) == where


def test_two_targets_of_one_name_are_refused() -> None:
    with pytest.raises(BadSettings, match="stands twice"):
        read('[[targets]]\nid = "a"\nkind = "dns"\n[[targets]]\nid = "a"\nkind = "gateway"\n')


def test_the_example_file_can_be_used_as_it_is() -> None:
    assert [t.kind for t in read(example(NetmonSettings, "Targets")).targets] == ["gateway"]
