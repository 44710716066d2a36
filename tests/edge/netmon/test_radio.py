"""What is made of the wifi driver's answers. The messages in hexadecimal were written by another implementation."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.reports import Wifi
from edge.clock import SystemClock
from edge.netmon import netlink, radio
from edge.netmon.netlink import Refused
from edge.netmon.radio import KernelRadio, compose, heard

SEQUENCE = 7
INTERFACE = "340000001e000000070000000000000013010000080003000300000008002600850900000f0034004e68612076616e20686f6100"
SURVEY = (
    "3c0000001e00000007000000000000002a000000280054000800010085090000"
    "040003000c000400e8030000000000000c0005005401000000000000"
)
STATION = "2c0000001e0000000700000000000000130000001800150005000700c30000000c00080006000100d2020000"
LITTLE_ENDIAN = pytest.mark.skipif(
    netlink.ORDER != "little", reason="the messages are those of a little-endian machine"
)


def answer(message: str) -> netlink.Attributes:
    (found,) = netlink.answers(bytes.fromhex(message), SEQUENCE)
    assert found is not None
    return found


def number(value: int, size: int = 4) -> bytes:
    return value.to_bytes(size, netlink.ORDER, signed=value < 0)


def pack(attributes: dict[int, bytes]) -> bytes:
    return netlink.question(0, 0, attributes, 0)[netlink.HEADER.size + 4 :]


def network(ssid: str, dbm: int, *, is_ours: bool = False, load: bytes = b"") -> netlink.Attributes:
    """One network of a scan."""
    name = ssid.encode()
    elements = bytes([0, len(name)]) + name + (bytes([11, len(load)]) + load if load else b"")
    bss = {radio.BSS_ELEMENTS: elements, radio.BSS_SIGNAL_MBM: number(100 * dbm)}
    return {radio.BSS: pack(bss | ({radio.BSS_STATUS: number(radio.ASSOCIATED)} if is_ours else {}))}


@LITTLE_ENDIAN
def test_a_link_is_told_with_its_name_strength_speed_channel_and_how_busy_that_is() -> None:
    told = compose("wlan0", answer(INTERFACE), answer(STATION), [answer(SURVEY)], [], "")
    assert told == Wifi(
        interface="wlan0", ssid="Nha van hoa", rssi_dbm=-61, bitrate_mbps=72.2, frequency_mhz=2437, busy_pct=34.0
    )
    assert told.channel == 6


def survey(time_ms: int, busy_ms: int, mhz: int = 2437) -> netlink.Attributes:
    counted = {radio.SURVEY_FREQUENCY: mhz, radio.SURVEY_TIME: time_ms, radio.SURVEY_BUSY: busy_ms}
    return {radio.SURVEY: pack({radio.SURVEY_IN_USE: b""} | {key: number(value) for key, value in counted.items()})}


@pytest.mark.parametrize(
    ("now", "busy_pct"),
    [
        (survey(86_430_000, 8_667_000), 90.0),
        (survey(86_430_000, 8_667_000, mhz=2412), 10.0),
        (survey(1_000, 250), 25.0),
        (survey(86_430_000, 8_640_000), 0.0),
        (survey(86_400_100, 8_640_010), 10.0),
    ],
    ids=[
        "a busy evening after a quiet day",
        "another channel",
        "the driver began anew",
        "nobody",
        "counted no further",
    ],
)
def test_how_busy_a_channel_is_means_lately_and_not_since_the_driver_was_loaded(
    now: netlink.Attributes, busy_pct: float
) -> None:
    before = radio.counted([survey(86_400_000, 8_640_000)])
    assert compose("wlan0", {}, {}, [now], [], "", before).busy_pct == busy_pct


def test_an_access_point_tells_how_many_guests_it_has_and_how_busy_its_channel_is() -> None:
    load = (12).to_bytes(2, "little") + bytes([128, 0, 0])
    scan = [network("hàng xóm", -80, load=b"\xff\xff\xff\0\0"), network("Nhà văn hoá", -61, is_ours=True, load=load)]
    told = compose("wlan0", {}, {}, [], scan, "")
    assert (told.clients, told.busy_pct, told.guest_rssi_dbm) == (12, 50.2, None)


def test_the_guests_wifi_is_told_as_the_strongest_of_its_name_and_not_at_all_where_it_is_not_heard() -> None:
    scan = [network("Khách", -70), network("Khách", -64), network("khác", -40)]
    assert compose("wlan0", {}, {}, [], scan, "Khách").guest_rssi_dbm == -64
    assert compose("wlan0", {}, {}, [], scan[2:], "Khách").guest_rssi_dbm is None


def test_a_driver_that_says_nothing_leaves_all_unknown() -> None:
    assert compose("wlan0", {}, {}, [], [], "Khách") == Wifi(interface="wlan0")


def test_a_hidden_network_and_one_with_a_broken_load_are_heard_all_the_same() -> None:
    (bss,) = network("", -70, load=b"\x01").values()
    found = heard(netlink.read(bss))
    assert (found.ssid, found.signal_dbm, found.load) == ("", -70, None)


@pytest.mark.parametrize(
    ("mhz", "channel"),
    [(2412, 1), (2472, 13), (2484, 14), (5180, 36), (5825, 165), (5955, 1), (900, None), (None, None)],
)
def test_channels_are_those_of_the_standard(mhz: int | None, channel: int | None) -> None:
    assert Wifi(interface="wlan0", frequency_mhz=mhz).channel == channel


@given(st.binary(max_size=200))
def test_no_bytes_of_a_driver_stop_the_process(data: bytes) -> None:
    try:
        for each in netlink.answers(data, SEQUENCE):
            if each is not None:
                compose("wlan0", each, each, [each], [each], "Khách")
    except Refused:
        pass


@given(st.binary(max_size=120))
def test_no_network_in_the_air_stops_the_process(elements: bytes) -> None:
    bss = {radio.BSS: pack({radio.BSS_ELEMENTS: elements})}
    assert len(compose("wlan0", {}, {}, [], [bss], "Khách").ssid) <= 32


@pytest.mark.real
def test_this_kernel_answers_by_the_same_form() -> None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, netlink.GENERIC) as door:
        door.settimeout(5)
        asked = {netlink.FAMILY_NAME: b"nlctrl\0"}
        door.send(netlink.question(netlink.CONTROL, netlink.GET_FAMILY, asked, SEQUENCE))
        (told,) = netlink.answers(door.recv(65_536), SEQUENCE)
        assert told is not None
        assert netlink.number(told[netlink.FAMILY_ID]) == netlink.CONTROL
        door.send(netlink.question(netlink.CONTROL, netlink.GET_FAMILY, {netlink.FAMILY_NAME: b"khong co\0"}, SEQUENCE))
        with pytest.raises(Refused):
            list(netlink.answers(door.recv(65_536), SEQUENCE))


@pytest.mark.real
def test_a_device_that_is_no_wifi_says_nothing() -> None:
    assert KernelRadio(SystemClock()).look("lo", "") is None
    assert KernelRadio(SystemClock()).look("wlan-none", "") is None
