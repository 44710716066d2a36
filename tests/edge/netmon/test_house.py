"""What a machine says of its own network, in the folders where Linux says it."""

import contextlib
from pathlib import Path

import pytest

from contract.reports import Wifi
from edge.netmon import house
from edge.netmon.config import Target, WifiSettings
from edge.netmon.diagnosis import House
from edge.netmon.probe import CannotMeasure, NetworkProbe
from edge.netmon.radio import ScriptedRadio
from tests.edge.netmon.test_lease import DIALLED, ROUTES, ROUTES6, in_kernel_order

LINK = Wifi(interface="wlan0", ssid="Nhà văn hoá", rssi_dbm=-61)
ARP = "IP address  HW type  Flags  HW address  Mask  Device\n{router}  0x1  {flags}  aa:bb:cc:dd:ee:ff  *  wlan0\n"


def make(root: Path, *, carrier: str | None = "1", routes: str | None = None, flags: str = "0x2") -> Path:
    """A Pi with its loopback and one wifi device; its router is 192.168.1.1."""
    for name in ("lo", "wlan0"):
        (root / "sys/class/net" / name).mkdir(parents=True)
    (root / "sys/class/net/wlan0/wireless").mkdir()
    (root / "sys/class/net/lo/carrier").write_text("1\n")
    if carrier is not None:
        (root / "sys/class/net/wlan0/carrier").write_text(f"{carrier}\n")
    (root / "proc/net").mkdir(parents=True)
    usual = ROUTES.format(wifi=in_kernel_order("192.168.1.1"), wire=in_kernel_order("192.168.1.1"))
    (root / "proc/net/route").write_text(usual if routes is None else routes)
    (root / "proc/net/arp").write_text(ARP.format(router="192.168.1.1", flags=flags))
    (root / "etc").mkdir()
    (root / "etc/resolv.conf").write_text("nameserver 192.168.1.1\n")
    return root


def look(root: Path, wanted: WifiSettings | None = None) -> house.Surroundings:
    return house.look(root, ScriptedRadio(wlan0=LINK), wanted or WifiSettings())


def test_the_wifi_that_has_a_link_is_looked_at_or_the_one_that_is_named(tmp_path: Path) -> None:
    make(tmp_path)
    assert look(tmp_path).wifi == LINK
    assert look(tmp_path, WifiSettings(interface="wlan1")).wifi is None
    (tmp_path / "sys/class/net/wlan0/carrier").write_text("0\n")
    assert look(tmp_path).wifi is None


def test_a_house_where_all_is_well(tmp_path: Path) -> None:
    seen = look(make(tmp_path))
    assert seen.house == House(has_device=True, has_link=True, has_route=True, is_router_near=True)
    assert seen.resolver == "192.168.1.1"


@pytest.mark.parametrize("carrier", ["0", None])
def test_a_wifi_that_is_not_joined_or_switched_off_has_no_link(tmp_path: Path, carrier: str | None) -> None:
    assert look(make(tmp_path, carrier=carrier)).house.has_link is False


def test_without_a_lease_there_is_no_route_and_nothing_is_said_of_a_router(tmp_path: Path) -> None:
    seen = look(make(tmp_path, routes=ROUTES.splitlines()[0])).house
    assert (seen.has_route, seen.is_router_near) == (False, None)


def test_a_router_that_is_gone_from_the_wire_is_not_near(tmp_path: Path) -> None:
    assert look(make(tmp_path, flags="0x0")).house.is_router_near is False


def test_a_pi_whose_only_device_is_gone_has_none(tmp_path: Path) -> None:
    (tmp_path / "sys/class/net/lo").mkdir(parents=True)
    seen = look(tmp_path).house
    assert (seen.has_device, seen.has_link) == (False, False)


def test_a_machine_that_says_nothing_is_not_judged(tmp_path: Path) -> None:
    assert look(tmp_path) == house.Surroundings()


def test_only_the_wifi_that_questions_go_by_makes_answers_late(tmp_path: Path) -> None:
    """A cable is plugged in as well: whatever the wifi does, times are the cable's."""
    root = make(tmp_path)
    assert house.asking_wifis(root) == []
    by_wifi = ROUTES.replace("{wire}\t0003\t0\t0\t100", "{wire}\t0003\t0\t0\t700")
    gateway = in_kernel_order("192.168.1.1")
    (root / "proc/net/route").write_text(by_wifi.format(wifi=gateway, wire=gateway))
    assert house.asking_wifis(root) == ["wlan0"]
    (root / "proc/net/route").unlink()
    assert house.asking_wifis(root) == ["wlan0"], "no route is known, so any may be the one"


def test_a_device_that_is_no_wifi_of_this_kernel_says_nothing_of_power_saving(tmp_path: Path) -> None:
    root = make(tmp_path)
    (root / "sys/class/net/wlan0").rename(root / "sys/class/net/no-such-wifi")
    (root / "proc/net/route").unlink()
    assert house.asking_wifis(root) == ["no-such-wifi"]
    assert house.is_saving_power(root) is None


def test_a_house_on_a_4g_stick_has_a_route_and_no_router(tmp_path: Path) -> None:
    root = make(tmp_path, routes=DIALLED)
    assert (house.read(root).has_route, house.read(root).is_router_near) == (True, None)
    with pytest.raises(CannotMeasure):
        NetworkProbe(root=root).ask(Target(id="gateway", kind="gateway"))


def test_a_house_of_ipv6_alone_has_a_route(tmp_path: Path) -> None:
    root = make(tmp_path, routes=ROUTES.splitlines()[0])
    (root / "proc/net/ipv6_route").write_text(ROUTES6)
    assert (house.read(root).has_route, house.read(root).is_router_near) == (True, None)


def test_a_router_that_was_there_and_is_gone_is_missed(tmp_path: Path) -> None:
    root = make(tmp_path)
    probe, gateway = NetworkProbe(root=root, timeout_s=0.1), Target(id="gateway", kind="gateway")
    with contextlib.suppress(CannotMeasure):  # no ping is permitted here
        probe.ask(gateway)
    (root / "proc/net/route").write_text(DIALLED)
    assert probe.ask(gateway).rtt_ms is None
