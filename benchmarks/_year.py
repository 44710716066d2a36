"""A hub after a year: fifty villages, four airings a day in each, incidents, a library, a plan for the days ahead."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from contract.events import Change, Key, Playout
from contract.terms import Outcome, Reason
from hub.nodes.fleet import Node
from hub.orders.broadcasts import Broadcast
from hub.store import broadcasts, nodes, people, records
from tests.hub.web.world import MORNING, World

VILLAGES, DAYS = 50, 365
RULES = ("hằng ngày 5:00", "hằng ngày 17:00", "thứ 2-6 11:00")
RECORDINGS = 400


@contextmanager
def lived(folder: Path) -> Iterator[World]:
    """The hub, as its pages find it on the last morning."""
    world = World(folder)
    names = [f"binhminh-thon-{n}" for n in range(4, VILLAGES + 1)]
    with world.database.write() as c:
        for name in names:
            nodes.add_node(c, Node(id=name, title=name, added_at=MORNING), hashlib.sha256(b"s").hexdigest(), "h")
        everywhere = tuple(n.id for n in nodes.nodes(c))
    world.clock.now = MORNING - timedelta(days=DAYS)
    standing = [
        world.approve(world.order(rule, sound=world.add_sound(rule), villages=everywhere, rule=rule)) for rule in RULES
    ]
    for n in range(RECORDINGS):
        world.add_sound(f"Thông báo số {n} của xã")
    for day in range(DAYS):
        world.clock.now = MORNING - timedelta(days=DAYS - day)
        _live_a_day(world, day, standing, everywhere)
    world.clock.now = MORNING
    for name in everywhere:
        world.be_born(name)
        world.beat(name)
    yield world
    world.database.dispose()


def _recurring(world: World, rule: str, everywhere: tuple[str, ...]) -> Broadcast:
    return world.order(rule, sound=world.add_sound(rule), villages=everywhere, rule=rule)


def _live_a_day(world: World, day: int, standing: list[Broadcast], everywhere: tuple[str, ...]) -> None:
    now = world.clock.now
    made = world.order(f"Thông báo ngày {day}", 45 + day % 300, villages=everywhere)
    played = [*standing, world.approve(made)]
    with world.database.write() as c:
        for n, broadcast in enumerate(played):
            at = now + timedelta(hours=n)
            records.insert_events(c, [(node, _playout(broadcast, node, at, day * 8 + n), now) for node in everywhere])
        troubled = everywhere[day % VILLAGES]
        for n, value in enumerate(("fault", "ok")):
            change = Change(
                key=Key(stream="s2", seq=day * 2 + n + 1), at=now, subject="sound", value=value, detail="USB"
            )
            records.insert_events(c, [(troubled, change, now)])
        people.note(c, now, "lan", "order", made.id, made.title)
        broadcasts.replace(c, played[-1])


def _playout(broadcast: Broadcast, node: str, at: datetime, seq: int) -> Playout:
    return Playout(
        key=Key(stream="s1", seq=seq + 1),
        at=at,
        cue=f"{broadcast.id}.{seq}.{node}",
        broadcast=broadcast.id,
        outcome=Outcome.AIRED,
        reason=Reason.NONE,
        planned_at=at,
        first_sample_at=at,
        last_sample_at=at,
        level_dbfs=-18.0,
    )
