"""Puts a stream's key pictures together from its packets: RTP (RFC 3550) with H.264 (RFC 6184) or H.265 (RFC 7798).

Pure. All other pictures are counted and passed over: nothing of them is copied, and nothing decoded.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from edge.camera.source.sdp import SETS_MAX, Track

PICTURE_MAX = 8 * 1024 * 1024
"""Bytes of one coded picture: a key picture of 4K takes one."""
SETS_BYTES_MAX = 16 * 1024
START = b"\0\0\0\1"
STILL_AFTER = 10
"""Pictures that have ended under one time stamp: then time stands still. (Some cameras end one twice.)"""

_H264_SETS, _H264_KEY, _H264_STAP, _H264_FU = (7, 8), 5, 24, 28
_H265_SETS, _H265_KEYS, _H265_AP, _H265_FU = (32, 33, 34), range(16, 22), 48, 49


@dataclass(frozen=True, slots=True)
class Packet:
    """One RTP packet's header, as far as it matters, and its payload."""

    payload_type: int
    is_last: bool
    number: int
    stamp: int
    payload: bytes


def read_packet(data: bytes) -> Packet | None:
    """None where it is no RTP packet."""
    if len(data) < 12 or data[0] >> 6 != 2:
        return None
    start = 12 + 4 * (data[0] & 15)
    if data[0] & 0x10:
        if len(data) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    end = len(data) - (data[-1] if data[0] & 0x20 else 0)
    if start >= end:
        return None
    number, stamp = int.from_bytes(data[2:4], "big"), int.from_bytes(data[4:8], "big")
    return Packet(data[1] & 127, bool(data[1] & 128), number, stamp, data[start:end])


class Pictures:
    """Takes packets and gives each key picture once it is whole, as Annex B with its parameter sets before it.

    `count` is how many pictures have begun, `progress_s` how far the time stamps went from the first to the last.
    """

    def __init__(self, track: Track) -> None:
        self._track = track
        self._sets = dict.fromkeys(track.sets)
        self._units: list[bytes] = []
        self._part: bytearray | None = None
        self._size = 0
        self._number: int | None = None
        self._first: int | None = None
        self._stamp: int | None = None
        self._ends = 0
        self.count = 0

    @property
    def progress_s(self) -> float | None:
        """None where fewer than two pictures have begun; 0 where one time stamp goes on and on."""
        if self._first is None or self._stamp is None or self.count < 2:
            return 0.0 if self._ends >= STILL_AFTER else None
        steps = (self._stamp - self._first) % (1 << 32)
        return (steps - (1 << 32) if steps >= 1 << 31 else steps) / self._track.clock_hz

    def take(self, packet: Packet) -> bytes | None:
        """Take the next packet; a key picture where one has become whole."""
        if packet.payload_type != self._track.payload:
            return None
        whole = self._turn(packet.stamp)
        if self._number is not None and packet.number != (self._number + 1) & 0xFFFF:
            self._drop()
        self._number = packet.number
        self._ends += packet.is_last
        for unit in self._split(packet.payload):
            self._keep(unit)
        return whole or (self._give() if packet.is_last else None)

    def _turn(self, stamp: int) -> bytes | None:
        """Where another picture begins, the one before is whole, whether or not its last packet said so."""
        if stamp == self._stamp:
            return None
        whole = self._give() if self._stamp is not None else None
        if self._first is None:
            self._first = stamp
        self._stamp = stamp
        self.count += 1
        return whole

    def _give(self) -> bytes | None:
        units, self._units = self._units, []
        self._part, self._size = None, 0
        sets = sorted(self._sets, key=lambda each: self._kind(each[0]))
        return b"".join(START + each for each in (*sets, *units)) if units else None

    def _drop(self) -> None:
        """A packet was lost: what has come of this picture is of no use."""
        self._units.clear()
        self._part, self._size = None, 0

    def _keep(self, unit: bytes) -> None:
        if not unit:
            return
        kind = self._kind(unit[0])
        if kind in (_H264_SETS if self._is_h264 else _H265_SETS):
            self._learn(unit)
        elif self._is_key(kind):
            self._size += len(unit)
            if self._size <= PICTURE_MAX:
                self._units.append(unit)

    def _learn(self, unit: bytes) -> None:
        """Keep the newest parameter sets: there may be several of a kind, and any may change."""
        self._sets.pop(unit, None)
        self._sets[unit] = None
        while len(self._sets) > SETS_MAX or sum(map(len, self._sets)) > SETS_BYTES_MAX:
            del self._sets[next(iter(self._sets))]

    def _split(self, payload: bytes) -> Iterable[bytes]:
        """The units (NAL) that end in this packet."""
        kind = self._kind(payload[0])
        if self._is_h264:
            if kind == _H264_STAP:
                return _aggregated(payload[1:])
            if kind == _H264_FU and len(payload) > 2:
                head = bytes([payload[0] & 0xE0 | payload[1] & 0x1F])
                return self._join(payload[1], payload[1] & 0x1F, head, payload[2:])
            return [payload] if kind < _H264_STAP else []
        if kind == _H265_AP:
            return _aggregated(payload[2:])
        if kind == _H265_FU and len(payload) > 3:
            head = bytes([payload[0] & 0x81 | (payload[2] & 0x3F) << 1, payload[1]])
            return self._join(payload[2], payload[2] & 0x3F, head, payload[3:])
        return [payload] if kind < _H265_AP else []

    def _join(self, flags: int, kind: int, head: bytes, piece: bytes) -> Iterable[bytes]:
        """One unit in several packets; those of other than key pictures and parameter sets are not kept."""
        is_first, is_last = bool(flags & 0x80), bool(flags & 0x40)
        if is_first:
            is_wanted = self._is_key(kind) or kind in (_H264_SETS if self._is_h264 else _H265_SETS)
            self._part = bytearray(head) if is_wanted else None
        if self._part is None or len(self._part) + len(piece) > PICTURE_MAX:
            self._part = None
            return []
        self._part += piece
        if not is_last:
            return []
        whole, self._part = bytes(self._part), None
        return [whole]

    @property
    def _is_h264(self) -> bool:
        return self._track.codec == "h264"

    def _kind(self, first: int) -> int:
        return first & 0x1F if self._is_h264 else first >> 1 & 0x3F

    def _is_key(self, kind: int) -> bool:
        return kind == _H264_KEY if self._is_h264 else kind in _H265_KEYS


def _aggregated(data: bytes) -> Iterable[bytes]:
    """Several units in one packet, each behind its length; what lies beyond the packet's end is left out."""
    at = 0
    while at + 2 < len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        unit = data[at + 2 : at + 2 + size]
        if size == 0 or len(unit) < size:
            return
        yield unit
        at += 2 + size
