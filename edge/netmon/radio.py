"""What the wifi's driver says of its link, by nl80211: to whom, how strong, how fast, on which channel, how busy.

Looking takes no right and sends nothing: of scans only what others (the driver, NetworkManager) heard last is read.
"""

import contextlib
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from contract.reports import Wifi
from edge.clock import Clock
from edge.netmon import netlink
from edge.netmon.netlink import Attributes, number

FAMILY = b"nl80211\0"
GET_INTERFACE, GET_STATION, GET_SCAN, GET_SURVEY = 5, 17, 32, 50
IFINDEX, STATION, BSS, FREQUENCY, SSID, SURVEY = 3, 21, 47, 38, 52, 84
SIGNAL, RATE = 7, 8
RATE_16, RATE_32 = 1, 5
SURVEY_FREQUENCY, SURVEY_IN_USE, SURVEY_TIME, SURVEY_BUSY = 1, 3, 4, 5
BSS_ELEMENTS, BSS_SIGNAL_MBM, BSS_STATUS = 6, 7, 9
ASSOCIATED = 1
"""Numbers of linux/nl80211.h."""
_ELEMENT_SSID, _ELEMENT_LOAD = 0, 11
"""Of IEEE 802.11: the network's name; how many are connected, and how busy the channel is (of 255)."""
TIMEOUT_S = 1.0
LOOK_S = 30.0
LEAST_MS = 1000
"""Of a channel's time, to say how busy it was; a driver that counts no further was not listening."""
_DATAGRAM = 65_536


class Radio(Protocol):
    """Says what is known of a wifi device's link."""

    def look(self, interface: str, guest_ssid: str) -> Wifi | None:
        """None where it is no wifi device, or nothing can be asked. `guest_ssid`: whose strength is wanted besides."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A network of the last scan. `load`: connected clients, and the share of time its channel is busy, in per cent."""

    ssid: str
    signal_dbm: int | None
    is_ours: bool
    load: tuple[int, float] | None


@dataclass(frozen=True, slots=True)
class Counted:
    """For how long the driver has watched the channel in use by now, and for how much of that it was taken."""

    frequency_mhz: int | None
    time_ms: int
    busy_ms: int


class KernelRadio:
    """Asks the running kernel, every LOOK_S at most: what was heard of neighbours is long."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sequence = 0
        self._family = 0
        self._due_s = clock.monotonic()
        self._last: Wifi | None = None
        self._counted: Counted | None = None

    def look(self, interface: str, guest_ssid: str) -> Wifi | None:
        now_s = self._clock.monotonic()
        is_same = self._last is not None and self._last.interface == interface
        if now_s >= self._due_s or not is_same:
            self._due_s, self._last = now_s + LOOK_S, self._ask_kernel(interface, guest_ssid)
        return self._last

    def _ask_kernel(self, interface: str, guest_ssid: str) -> Wifi | None:
        try:
            index = socket.if_nametoindex(interface).to_bytes(4, netlink.ORDER)
            with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, netlink.GENERIC) as door:
                door.settimeout(TIMEOUT_S)
                self._family = self._family or self._find_family(door)
                own = next(self._ask(door, GET_INTERFACE, index), None)
                if own is None:
                    return None
                station = next(self._dump(door, GET_STATION, index), {})
                surveys = list(self._dump(door, GET_SURVEY, index))
                scan = list(self._dump(door, GET_SCAN, index))
                before, self._counted = self._counted, counted(surveys)
                return compose(interface, own, station, surveys, scan, guest_ssid, before)
        except OSError:
            return None

    def _find_family(self, door: socket.socket) -> int:
        asked = {netlink.FAMILY_NAME: FAMILY}
        found = next(self._exchange(door, netlink.CONTROL, netlink.GET_FAMILY, asked), {})
        return number(found.get(netlink.FAMILY_ID)) or 0

    def _ask(self, door: socket.socket, command: int, index: bytes) -> Iterator[Attributes]:
        return self._exchange(door, self._family, command, {IFINDEX: index})

    def _dump(self, door: socket.socket, command: int, index: bytes) -> Iterator[Attributes]:
        """All answers; none where the driver does not know this question."""
        with contextlib.suppress(netlink.Refused):
            yield from self._exchange(door, self._family, command, {IFINDEX: index}, netlink.DUMP)

    def _exchange(
        self, door: socket.socket, kind: int, command: int, attributes: Attributes, flags: int = 0
    ) -> Iterator[Attributes]:
        self._sequence += 1
        door.send(netlink.question(kind, command, attributes, self._sequence, flags))
        while True:
            for answer in netlink.answers(door.recv(_DATAGRAM), self._sequence):
                if answer is None:
                    return
                yield answer
                if not flags:
                    return


class ScriptedRadio:
    """The fake: a wifi device that says what it was told."""

    def __init__(self, **wifis: Wifi) -> None:
        self.wifis: Mapping[str, Wifi] = wifis

    def look(self, interface: str, guest_ssid: str) -> Wifi | None:
        return self.wifis.get(interface)


def compose(
    interface: str,
    own: Attributes,
    station: Attributes,
    surveys: list[Attributes],
    scan: list[Attributes],
    guest_ssid: str,
    before: Counted | None = None,
) -> Wifi:
    """Put the kernel's answers together; `before` is what was counted at the last look. Pure."""
    about = netlink.read(station.get(STATION, b""))
    networks = [heard(netlink.read(each.get(BSS, b""))) for each in scan]
    load = next((each.load for each in networks if each.is_ours and each.load is not None), None)
    guests = [each.signal_dbm for each in networks if guest_ssid == each.ssid and each.signal_dbm is not None]
    busy_pct = _busy_pct(counted(surveys), before)
    return Wifi(
        interface=interface,
        ssid=_name(own.get(SSID, b"")),
        rssi_dbm=number(about.get(SIGNAL), is_signed=True),
        bitrate_mbps=_bitrate_mbps(netlink.read(about.get(RATE, b""))),
        frequency_mhz=number(own.get(FREQUENCY)),
        busy_pct=busy_pct if busy_pct is not None or load is None else load[1],
        clients=None if load is None else load[0],
        guest_rssi_dbm=max(guests, default=None) if guest_ssid else None,
    )


def heard(bss: Attributes) -> Heard:
    """One network of a scan. Pure."""
    elements = dict(_elements(bss.get(BSS_ELEMENTS, b"")))
    strength = number(bss.get(BSS_SIGNAL_MBM), is_signed=True)
    load = elements.get(_ELEMENT_LOAD, b"")
    return Heard(
        ssid=_name(elements.get(_ELEMENT_SSID, b"")),
        signal_dbm=None if strength is None else round(strength / 100),
        is_ours=number(bss.get(BSS_STATUS)) == ASSOCIATED,
        load=(int.from_bytes(load[:2], "little"), round(100 * load[2] / 255, 1)) if len(load) == 5 else None,
    )


def counted(surveys: list[Attributes]) -> Counted | None:
    """Of the channel in use; None where the driver does not count. Pure."""
    for survey in (netlink.read(each.get(SURVEY, b"")) for each in surveys):
        time_ms, busy_ms = number(survey.get(SURVEY_TIME)), number(survey.get(SURVEY_BUSY))
        if SURVEY_IN_USE in survey and time_ms and busy_ms is not None:
            return Counted(number(survey.get(SURVEY_FREQUENCY)), time_ms, busy_ms)
    return None


def _busy_pct(now: Counted | None, before: Counted | None) -> float | None:
    """Since the last look where the driver counts on and on; else since it began to."""
    if now is None:
        return None
    time_ms, busy_ms = now.time_ms, now.busy_ms
    if before is not None and before.frequency_mhz == now.frequency_mhz and time_ms - before.time_ms >= LEAST_MS:
        time_ms, busy_ms = time_ms - before.time_ms, busy_ms - before.busy_ms
    return round(min(100.0, max(0.0, 100 * busy_ms / time_ms)), 1)


def _bitrate_mbps(rate: Attributes) -> float | None:
    """The kernel counts in 100 kbit/s."""
    count = number(rate.get(RATE_32)) or number(rate.get(RATE_16))
    return None if count is None else count / 10


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The first of each kind counts where there are several."""
    found, at = dict[int, bytes](), 0
    while at + 2 <= len(data) and at + 2 + data[at + 1] <= len(data):
        found.setdefault(data[at], data[at + 2 : at + 2 + data[at + 1]])
        at += 2 + data[at + 1]
    yield from found.items()


def _name(raw: bytes) -> str:
    """A network's name is any 32 bytes; what is no text is shown as such."""
    return "".join(c if c.isprintable() else "?" for c in raw[:32].decode("utf-8", errors="replace"))
