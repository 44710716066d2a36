"""A hub with very many villages, and its pages in a process of their own, while the villages go on speaking.

What comes in is taken by the hub's own ingest and watch; between them and the villages only the broker is missing.
    python -m benchmarks._fleet FOLDER COUNT HEARTBEATS_A_SECOND
"""

import hashlib
import random
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert

from contract import codec
from contract.events import Key, Playout
from contract.orders import Counter
from contract.reports import CameraReport, ClockReport, Heartbeat, PlanReport, TargetReport, Vitals
from contract.terms import CameraFault, Outcome, Reason, Trust
from contract.topics import Address
from hub.app import spare_collector
from hub.media.shelf import Shelf
from hub.news import News
from hub.nodes.fleet import Flip, Node
from hub.nodes.ingest import Ingest
from hub.nodes.link import Message
from hub.nodes.positions import Position
from hub.nodes.watch import Watch
from hub.orders.broadcasts import Broadcast
from hub.orders.desk import Desk
from hub.store import broadcasts, nodes, records
from hub.store import tables as t
from hub.store.database import Database
from hub.web.site import make_site
from tests.hub.web.world import VILLAGES, Clock, World, behind

SEED = 20261126
DOWN, MUTE, BLIND, OFFLINE, HOT = 0.02, 0.01, 0.03, 0.02, 0.01
"""Of all villages: without contact, without sound, with a bad camera, without internet, too hot."""
PASSING = 0.005
"""Of all heartbeats: with a camera fault that is over at the next one. So something changes all the time."""
RULES = ("hằng ngày 5:00", "hằng ngày 17:00", "thứ 2-6 11:00")
SUBJECTS = ("node", "boot", "network", "target:gateway", "target:dns", "target:internet", "camera:cong", "camera:san")
WATCH_EVERY_S = 1.0
PLANS = 92
"""The hub remembers so many days of them."""


class Now(Clock):
    """The real time."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


class Fleet:
    """The villages, each with its own lasting trouble, drawn from a seed."""

    def __init__(self, count: int) -> None:
        self._lot = random.Random(SEED)
        self.names = [*VILLAGES, *(f"binhminh-thon-{n}" for n in range(len(VILLAGES) + 1, count + 1))]
        self._luck = {name: self._lot.random() for name in self.names}
        self.speaking = [name for name in self.names if self._luck[name] >= DOWN]

    def position(self) -> Position:
        """Somewhere in a province."""
        return Position(20.6 + 0.7 * self._lot.random(), 105.3 + 0.8 * self._lot.random())

    def beat(self, name: str, now: datetime) -> Heartbeat:
        luck, since_at = self._luck[name] - DOWN, now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=5)
        is_mute, luck = 0 <= luck < MUTE, luck - MUTE
        is_blind, luck = 0 <= luck < BLIND, luck - BLIND
        is_offline, luck = 0 <= luck < OFFLINE, luck - OFFLINE
        is_moment = self._lot.random() < PASSING
        gate = CameraFault.COVERED if is_blind else CameraFault.FROZEN if is_moment else CameraFault.NONE
        return Heartbeat(
            at=now,
            plan=PlanReport(accepted=Counter(0, PLANS)),
            clock=ClockReport(trust=Trust.TRUSTED, error_ms=3.4),
            vitals=Vitals(
                uptime_s=108_000.0,
                temperature_c=(82.0 if 0 <= luck < HOT else 48.0) + self._lot.random(),
                throttled=0,
                disk_free_pct=71.0,
                memory_free_mb=600.0 + self._lot.random(),
            ),
            cameras=(
                CameraReport(id="cong", fault=gate, since_at=since_at, title="Cổng nhà văn hóa"),
                CameraReport(id="san", fault=CameraFault.NONE, since_at=since_at, title="Sân"),
            ),
            targets=tuple(
                TargetReport(id=id, is_up=not (is_offline and id == "internet"), since_at=since_at, rtt_ms=4.0)
                for id in ("gateway", "dns", "internet")
            ),
            sound_fault="Không thấy card âm thanh USB" if is_mute else "",
        )


def fill(folder: Path, count: int) -> None:
    """A database with these villages as they are now, and with what they were to play today."""
    world, fleet = World(folder, Now()), Fleet(count)
    now = world.clock()
    secret = hashlib.sha256(b"s").hexdigest()
    with world.database.write() as c:
        for n, name in enumerate(fleet.names, 1):
            position = fleet.position()
            if name in VILLAGES:
                nodes.set_position(c, name, position)
            else:
                nodes.add_node(c, Node(id=name, title=f"Thôn {n}", added_at=now, position=position), secret, "h")
        silent = set(fleet.names) - set(fleet.speaking)
        yesterday = now - timedelta(days=1)
        flips = [Flip(node=n, subject=s, value="up", at=yesterday) for n in fleet.names for s in SUBJECTS]
        fell = [Flip(node=n, subject="node", value="down", at=now - timedelta(hours=2)) for n in silent]
        records.add_flips(c, [*flips, *fell])
    everywhere = tuple(fleet.names)
    for rule in RULES:
        world.approve(world.order(rule, sound=world.add_sound(rule), villages=everywhere, rule=rule))
    played = world.approve(world.order("Bản tin sáng", 1, villages=everywhere))
    with world.database.write() as c:
        carried = [b.id for b in broadcasts.approved(c, now)]
        _issue(c, fleet.names, carried, now)
        records.insert_events(c, list(_playouts(played, fleet.speaking, now)))
    _let_speak(world, fleet)
    world.database.dispose()


def _let_speak(world: World, fleet: Fleet) -> None:
    """Each was heard within the last minute, in turn; those without contact two hours ago."""
    now, silent = world.clock(), set(fleet.names) - set(fleet.speaking)
    spread = [(name, now - timedelta(seconds=60 * (1 - n / len(fleet.names)))) for n, name in enumerate(fleet.names)]
    heard = [(name, at - timedelta(hours=2) if name in silent else at) for name, at in spread]
    with world.database.write() as c:
        nodes.note_states(c, [(name, True, at) for name, at in heard])
        nodes.note_heartbeats(c, [(name, fleet.beat(name, at), at) for name, at in heard])


def _issue(c: Connection, names: Sequence[str], carried: Sequence[str], now: datetime) -> None:
    """A plan a day for each village, as many as the hub remembers."""
    for n in range(PLANS):
        at = now - timedelta(days=PLANS - n)
        c.execute(insert(t.issues), [{"node": name, "epoch": 0, "n": n + 1, "issued_at": at} for name in names])
    for id in carried:
        rows = [{"node": name, "broadcast": id, "epoch": 0, "n": 1, "issued_at": now} for name in names]
        c.execute(insert(t.carried), rows)


def _playouts(broadcast: Broadcast, names: Iterable[str], now: datetime) -> Iterable[tuple[str, Playout, datetime]]:
    assert broadcast.starts_at is not None
    for name in names:
        yield name, _playout(broadcast, name, broadcast.starts_at), now


def _playout(broadcast: Broadcast, name: str, at: datetime) -> Playout:
    return Playout(
        key=Key(stream="s1", seq=1),
        at=at,
        cue=f"{broadcast.id}.x.{name}",
        broadcast=broadcast.id,
        outcome=Outcome.AIRED,
        reason=Reason.NONE,
        planned_at=at,
        first_sample_at=at,
        last_sample_at=at + timedelta(seconds=broadcast.duration_s),
        level_dbfs=-18.0,
    )


class Speaking:
    """Every village in contact, one after the other, evenly: as messages from the link."""

    def __init__(self, fleet: Fleet, a_second: float) -> None:
        self._fleet, self._every_s = fleet, 1 / a_second
        self._next_s, self._turn = time.monotonic(), 0

    def receive(self, timeout_s: float) -> list[Message]:
        wait_s = self._next_s - time.monotonic()
        if wait_s > timeout_s:
            time.sleep(timeout_s)
            return []
        time.sleep(max(wait_s, 0))
        self._next_s += self._every_s
        names = self._fleet.speaking
        name = names[self._turn % len(names)]
        self._turn += 1
        beat = self._fleet.beat(name, datetime.now(UTC))
        return [Message(Address.of_node(name).topic("report"), codec.encode(beat), None)]

    def acknowledge(self, messages: Iterable[Message]) -> None:
        pass

    def publish(self, topic: str, payload: bytes, retain: bool = False, qos: int = 1) -> None:
        pass


def serve(folder: Path, count: int, a_second: float) -> None:
    """Say where the pages are, and run until the input ends."""
    database, news, now = Database(f"sqlite:///{folder}/hub.db"), News(), Now()
    online_since = now() - timedelta(hours=3)
    is_over = threading.Event()
    ingest = Ingest(Speaking(Fleet(count), a_second), database, now, news.tell)
    watch = Watch(database, now, lambda: online_since, news.tell)
    desk = Desk(database, Shelf(folder / "media"), now, news)

    def look() -> None:
        while not is_over.wait(WATCH_EVERY_S):
            watch.look()

    watching = threading.Thread(target=look)
    spare_collector()
    with behind(make_site(desk, lambda: online_since)) as address:
        ingest.start()
        watching.start()
        sys.stdout.write(address + "\n")
        sys.stdout.flush()
        sys.stdin.read()
        is_over.set()
        watching.join()
        ingest.stop()
    database.dispose()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
