"""The figures of a heartbeat that are kept: one sample a minute, and what many samples come to. Pure.

A figure is a whole number of hundredths, so that sums are exact: what an hour comes to is the same whether it is
reckoned from its minutes or from its five-minute rollups, and in whatever order they came.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

import msgspec

from contract.reports import Heartbeat
from contract.terms import Trust

SCALE = 100
GREATEST = 10**9
"""Hundredths; what is larger is no measurement and is left out."""
LATE = timedelta(hours=36)
"""What a node measured so long ago is still taken: a day without its uplink, and some."""
AHEAD = timedelta(minutes=5)
T = TypeVar("T")

OWN = ""
"""The node itself, among the targets that it asks."""
SUBJECTS_MOST = 65
"""The node itself and as many targets as one heartbeat may name; of more the first by name, which are the same by
whatever way it is reckoned. A node that makes up names fills no disk."""


class Figure(StrEnum):
    TEMPERATURE = "temperature_c"
    MEMORY_FREE = "memory_free_mb"
    DISK_FREE = "disk_free_pct"
    LOAD = "load_1min"
    LOSS = "loss_pct"
    RTT = "rtt_ms"
    JITTER = "jitter_ms"
    RTT_P95 = "rtt_p95_ms"
    WRITTEN = "written_mb_a_day"
    RSSI = "rssi_dbm"
    BUSY = "busy_pct"
    CLIENTS = "clients"


OF_WIFI = (Figure.RSSI, Figure.BUSY, Figure.CLIENTS)
OF_NODE = (
    *(Figure.TEMPERATURE, Figure.MEMORY_FREE, Figure.DISK_FREE, Figure.LOAD, Figure.WRITTEN),
    *OF_WIFI,
)
OF_TARGET = (Figure.LOSS, Figure.RTT, Figure.JITTER, Figure.RTT_P95)
"""The order in which figures lie in a row; what is new goes to the end."""
PEAKS = frozenset({Figure.RTT_P95})
"""Percentiles, of which no mean can be told: of these the greatest alone counts."""


class Spread(NamedTuple):
    """So many values of one figure: the least of them, their sum, and the greatest."""

    n: int
    least: int
    total: int
    most: int


Sample = dict[str, list[int | None]]
"""What one heartbeat measured, of the node (OWN) and of each target; None where it did not."""
Rollup = dict[str, list[Spread | None]]
"""The same of many samples."""

_encoder = msgspec.msgpack.Encoder(order="sorted")
_samples = msgspec.msgpack.Decoder(Sample)
_rollups = msgspec.msgpack.Decoder(Rollup)


def figures_of(subject: str) -> tuple[Figure, ...]:
    return OF_NODE if subject == OWN else OF_TARGET


def sample(heartbeat: Heartbeat) -> Sample:
    """What is worth keeping of a heartbeat; empty where nothing was measured."""
    wifi = None if heartbeat.network is None else heartbeat.network.wifi
    own = [getattr(wifi if figure in OF_WIFI else heartbeat.vitals, figure, None) for figure in OF_NODE]
    told = {OWN: own} | {t.id: [getattr(t, figure) for figure in OF_TARGET] for t in heartbeat.targets}
    rows = {subject: [_hundredths(value) for value in values] for subject, values in told.items()}
    return {subject: row for subject, row in rows.items() if any(value is not None for value in row)}


def measured_at(heartbeat: Heartbeat, arrived_at: datetime) -> datetime | None:
    """When: by the node's clock where that is believed and the hub's does not contradict it, else when it arrived. None
    where it is too late for it, or was kept by a clock that is not believed."""
    if heartbeat.clock.trust is Trust.UNTRUSTED or heartbeat.at > arrived_at + AHEAD:
        return None if heartbeat.is_kept else arrived_at
    return heartbeat.at.astimezone(UTC) if heartbeat.at > arrived_at - LATE else None


def roll_up(samples: Iterable[Sample]) -> Rollup:
    """What these came to, the same whatever their order."""
    return {subject: [_spread(values) for values in row] for subject, row in _gathered(samples).items()}


def merge(rollups: Iterable[Rollup]) -> Rollup:
    """Several rollups in one."""
    return {subject: [_joined(spreads) for spreads in row] for subject, row in _gathered(rollups).items()}


def pack(row: Sample | Rollup) -> bytes:
    return _encoder.encode(row)


def unpack_sample(body: bytes) -> Sample:
    return _samples.decode(body)


def unpack_rollup(body: bytes) -> Rollup:
    return _rollups.decode(body)


def _hundredths(value: float | None) -> int | None:
    """A negative zero, a number that is none and one that nothing measures do not get in."""
    if value is None or not abs(value) * SCALE <= GREATEST:
        return None
    return round(value * SCALE)


def _gathered(rows: Iterable[dict[str, list[T | None]]]) -> dict[str, list[list[T]]]:
    """All there is of each figure, by subject and place; rows of an older version are shorter."""
    found: dict[str, list[list[T]]] = {}
    for row in rows:
        for subject, each in row.items():
            held = found.setdefault(subject, [])
            while len(held) < len(each):
                held.append([])
            for place, value in enumerate(each):
                if value is not None:
                    held[place].append(value)
    return {subject: found[subject] for subject in sorted(found)[:SUBJECTS_MOST]}


def _spread(values: list[int]) -> Spread | None:
    return Spread(len(values), min(values), sum(values), max(values)) if values else None


def _joined(spreads: list[Spread]) -> Spread | None:
    if not spreads:
        return None
    n, least, total, most = zip(*spreads, strict=True)
    return Spread(sum(n), min(least), sum(total), max(most))
