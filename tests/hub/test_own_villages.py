"""Who answers for some villages alone: whatever they ask for, nothing outside these ever changes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from contract.terms import Priority
from hub.alarms import alarm
from hub.cameras import asking
from hub.nodes import maintenance, tending
from hub.nodes.positions import Position
from hub.orders import fallback
from hub.orders.again import When, air_again
from hub.orders.broadcasts import Broadcast, Recording, Stage, digest
from hub.orders.wish import Wish
from hub.people.accounts import Role, User
from hub.refusals import Conflicted, NotAllowed, NotYours, Refused
from hub.sounds import library, spoken, versions
from hub.store import alarms, broadcasts, meta, orders
from hub.store import tables as t
from tests.hub.web.world import MORNING, VILLAGES, World, password_hash, tone

EAST, WEST, MIDDLE = VILLAGES
SOME = st.sets(st.sampled_from(sorted(VILLAGES)), min_size=1, max_size=2).map(frozenset)
ANY = st.sets(st.sampled_from(sorted(VILLAGES)), min_size=1).map(lambda found: tuple(sorted(found)))


@dataclass(frozen=True)
class Ground:
    """What there is to be asked for."""

    planned: tuple[Broadcast, ...]
    drafts: tuple[Broadcast, ...]
    alarms: tuple[Broadcast, ...]
    sounds: tuple[Recording, ...]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.database.dispose()


def bound(role: Role, *villages: str, name: str = "ba") -> User:
    return User(name=name, title="Ba", role=role, password_hash=password_hash(), villages=frozenset(villages))


def furnish(world: World) -> Ground:
    """A draft, an approved one, one on air by now, a recurring one and an alarm, each in some villages or in all."""
    drafts, planned, out = [], [], []
    groups = [(EAST,), (WEST, MIDDLE), tuple(VILLAGES)]
    for n, villages in enumerate(groups):
        drafts.append(world.order(f"Chờ {n}", 200 + 20 * n, villages=villages))
        planned.append(world.approve(world.order(f"Đã duyệt {n}", 5 + 20 * ((n + 1) % 3), villages=villages)))
        planned.append(world.approve(world.order(f"Lặp {n}", villages=villages, rule=f"hằng ngày 1{n}:00")))
    drafts += [
        world.desk.withdraw(world.order(f"Nháp {n}", 400 + 20 * n, villages=v).id, world.user("lan"))
        for n, v in enumerate(groups)
    ]
    sounds = (world.add_sound("Còi"), world.add_sound("Tin cũ"), world.add_sound("Tin cũ nữa"))
    library.remove(world.desk, sounds[1].sha256, world.user("lan"))
    for villages in groups:
        sent = alarm.send(
            world.desk,
            world.user("hung"),
            id=alarm.fresh_id(),
            recording=sounds[0].sha256,
            villages=villages,
            repeat_for_s=1800,
        )
        out.append(sent)
    world.desk.stop(out[0].id, None, world.user("lan"))
    for village in VILLAGES:
        world.beat(village)
    world.clock.pass_(minutes=6)
    return Ground(tuple(planned), tuple(drafts), tuple(out), sounds)


def of_others(world: World, own: frozenset[str]) -> dict[str, Any]:
    """Everything that somebody outside these villages would notice."""

    def rows(c: Connection, table: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in c.execute(select(table)).mappings()]

    with world.database.read() as c:
        beyond = {b.id for b in map_broadcasts(c) if not set(b.nodes) <= own}
        found = {
            "broadcasts": [r for r in rows(c, t.broadcasts) if r["id"] in beyond],
            "alarms": [r for r in rows(c, t.alarms) if r["broadcast"] in beyond],
            "orders": [r for r in rows(c, t.orders) if r["node"] not in own],
            "nodes": [r for r in rows(c, t.nodes) if r["id"] not in own],
            "maintenance": [r for r in rows(c, t.maintenance) if r["node"] not in own],
            "recordings": [r for r in rows(c, t.recordings) if r["uploaded_by"] != "ba"],
            "abbreviations": rows(c, t.abbreviations),
            "substitute": meta.get(c, "substitute"),
        }
    return {name: sorted(each, key=str) if isinstance(each, list) else each for name, each in found.items()}


def map_broadcasts(c: Connection) -> Iterator[Broadcast]:
    for row in c.execute(select(t.broadcasts.c.id)):
        found = broadcasts.broadcast(c, row.id)
        assert found is not None
        yield found


Act = Callable[[World, Ground, User, tuple[str, ...], int], object]


def order(world: World, ground: Ground, user: User, villages: tuple[str, ...], n: int) -> object:
    return world.desk.order(wish(ground.sounds[0], villages, world.clock() + timedelta(hours=30 + n), n), user)


def wish(sound: Recording, villages: tuple[str, ...], at: datetime, n: int = 0) -> Wish:
    return Wish(title="Mới", recording=sound.sha256, nodes=villages, starts_at=at, priority=list(Priority)[n % 3])


ACTS: dict[str, Act] = {
    "order": order,
    "change": lambda w, g, u, v, n: w.desk.change(
        g.drafts[n % 3].id, wish(g.sounds[0], v, w.clock() + timedelta(hours=50 + n)), u
    ),
    "move": lambda w, g, u, _v, n: w.desk.move(g.drafts[n % 3].id, w.clock() + timedelta(hours=70 + n), u),
    "approve": lambda w, g, u, _v, n: w.desk.approve(g.drafts[n % 3].id, u, seen=digest(g.drafts[n % 3])),
    "submit": lambda w, g, u, _v, n: w.desk.submit(g.drafts[3 + n % 3].id, u),
    "withdraw": lambda w, g, u, _v, n: w.desk.withdraw(g.drafts[n % 3].id, u),
    "return": lambda w, g, u, _v, n: w.desk.give_back(g.drafts[n % 3].id, "sửa lại tên", u),
    "cancel": lambda w, g, u, _v, n: w.desk.cancel((*g.planned, *g.drafts)[n % 9].id, u),
    "cancel alarm as a broadcast": lambda w, g, u, _v, n: w.desk.cancel(g.alarms[n % 3].id, u),
    "again": lambda w, g, u, v, n: air_again(w.desk, g.planned[2 * (2 - n % 3)].id, v, u, when=When.FREE),
    "drop": lambda w, g, u, _v, n: w.desk.drop(
        g.planned[1 + 2 * (n % 3)].id, MORNING.replace(day=23, hour=3 + n % 3, minute=0), u
    ),
    "stop everything": lambda w, _g, u, _v, _n: w.desk.stop(None, None, u),
    "stop here": lambda w, _g, u, v, _n: w.desk.stop(None, v, u),
    "stop one": lambda w, g, u, _v, n: w.desk.stop((*g.alarms, *g.planned)[n % 9].id, None, u),
    "stop one here": lambda w, g, u, v, n: w.desk.stop((*g.alarms, *g.planned)[n % 9].id, v, u),
    "alarm": lambda w, g, u, v, n: alarm.send(
        w.desk, u, id=alarm.fresh_id(), recording=g.sounds[0].sha256, villages=v if n % 2 else None, repeat_for_s=0
    ),
    "cancel alarm": lambda w, g, u, _v, n: alarm.cancel(w.desk, g.alarms[n % 3].id, g.sounds[0].sha256, u),
    "all-clear": lambda w, g, u, _v, n: alarm.follow(w.desk, g.alarms[n % 3].id, g.sounds[0].sha256, u),
    "keep": lambda w, g, u, _v, n: alarm.keep(w.desk, g.sounds[0].sha256, bool(n % 2), u),
    "substitute": lambda w, g, u, _v, _n: fallback.choose_substitute(w.desk, g.sounds[0].sha256, True, u),
    "rename": lambda w, g, u, _v, n: library.rename(w.desk, g.sounds[n % 2].sha256, "Tên khác", "", u),
    "choose version": lambda w, g, u, _v, n: versions.choose(w.desk, g.sounds[n % 2].sha256, u),
    "remove": lambda w, g, u, _v, _n: library.remove(w.desk, g.sounds[2].sha256, u),
    "put back": lambda w, g, u, _v, _n: library.put_back(w.desk, g.sounds[1].sha256, u),
    "abbreviation": lambda w, _g, u, _v, _n: spoken.teach(w.desk, "HTX", "hợp tác xã", u),
    "phone": lambda w, _g, u, v, _n: tending.set_phone(w.desk, v[0], "0912 345 678", u),
    "maintenance": lambda w, _g, u, v, _n: maintenance.plan(
        w.desk, v[0], "", w.clock(), w.clock() + timedelta(hours=1), "thử", u
    ),
    "show": lambda w, _g, u, v, _n: asking.show(w.desk, v[0], "cong", u),
    "right": lambda w, _g, u, v, _n: asking.set_right(w.desk, v[0], "cong", u),
    "language": lambda w, _g, u, v, _n: tending.set_language(w.desk, v[0], "Tày", u),
    "position": lambda w, _g, u, v, _n: tending.set_position(w.desk, v[0], Position(21.0, 105.8), u),
}


ASKED = st.permutations(sorted(ACTS)).flatmap(
    lambda names: st.tuples(*(st.tuples(st.just(name), ANY, st.integers(0, 71)) for name in names))
)


@settings(max_examples=50, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(role=st.sampled_from(list(Role)), own=SOME, asked=ASKED)
def test_nothing_outside_ones_villages_ever_changes(
    role: Role, own: frozenset[str], asked: tuple[tuple[str, tuple[str, ...], int], ...]
) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        ground = furnish(world)
        before, user = of_others(world, own), bound(role, *own)
        for act, villages, n in asked:
            try:
                ACTS[act](world, ground, user, villages, n)
            except (Refused, Conflicted):
                continue
            assert of_others(world, own) == before, act
        world.database.dispose()


@pytest.mark.parametrize("act", sorted(ACTS))
def test_who_has_the_whole_commune_may_do_each_of_these(world: World, act: str) -> None:
    """Else the test above would hold by refusing everything."""
    ground, done = furnish(world), 0
    for role in (Role.LEADER, Role.TECHNICIAN):
        for n in range(3):
            try:
                ACTS[act](world, ground, bound(role), (WEST,), n)
                done += 1
            except (Refused, Conflicted):
                continue
    assert done > 0


def test_in_ones_own_villages_one_does_all_that_the_role_includes(world: World) -> None:
    officer, leader = bound(Role.OFFICER, EAST), bound(Role.LEADER, EAST, name="tu")
    draft = world.desk.order(wish(world.add_sound("Họp thôn"), (EAST,), world.clock() + timedelta(minutes=30)), officer)
    assert world.desk.approve(draft.id, leader, seen=digest(draft)).stage is Stage.APPROVED
    assert world.desk.cancel(draft.id, officer).stage is Stage.CANCELLED
    tending.set_phone(world.desk, EAST, "0912 345 678", bound(Role.TECHNICIAN, EAST))


def test_a_stop_silences_ones_own_part_and_the_others_play_on(world: World) -> None:
    on_air = world.approve(world.order(minutes=1))
    world.clock.pass_(minutes=1)
    world.desk.stop(on_air.id, None, bound(Role.OFFICER, EAST))
    with world.database.read() as c:
        assert [o.node for o in orders.of_broadcast(c, on_air.id)] == [EAST]
    with pytest.raises(NotYours) as refused:
        world.desk.stop(on_air.id, [WEST], bound(Role.OFFICER, EAST))
    assert "một số làng" in refused.value.message_vi


def test_an_alarm_that_is_heard_elsewhere_too_stays_out_when_one_village_is_stopped(world: World) -> None:
    siren = world.add_sound("Còi").sha256
    everywhere, here = (
        alarm.send(world.desk, world.user("hung"), id=alarm.fresh_id(), recording=siren, villages=v, repeat_for_s=1800)
        for v in (None, (EAST,))
    )
    world.desk.stop(None, None, bound(Role.TECHNICIAN, EAST))
    with world.database.read() as c:
        assert [b.id for _, b in alarms.standing(c, world.clock())] == [everywhere.id]
    assert here.nodes == (EAST,)


def test_the_red_button_of_a_village_speaks_to_that_village(world: World) -> None:
    leader, siren = bound(Role.LEADER, EAST), world.add_sound("Còi").sha256
    sent = alarm.send(world.desk, leader, id=alarm.fresh_id(), recording=siren, villages=None, repeat_for_s=0)
    assert sent.nodes == (EAST,)
    with pytest.raises(NotYours):
        alarm.send(world.desk, leader, id=alarm.fresh_id(), recording=siren, villages=(EAST, WEST), repeat_for_s=0)


def test_what_is_the_communes_as_a_whole_is_for_who_has_the_whole_commune(world: World) -> None:
    officer, sound = bound(Role.OFFICER, EAST), world.add_sound("Tin").sha256
    asked: list[Callable[[User], object]] = [
        lambda u: alarm.keep(world.desk, sound, True, u),
        lambda u: fallback.choose_substitute(world.desk, sound, True, u),
        lambda u: spoken.teach(world.desk, "HTX", "hợp tác xã", u),
        lambda u: library.rename(world.desk, sound, "Tên khác", "", u),
    ]
    for ask in asked:
        with pytest.raises(NotYours):
            ask(officer)
        ask(replace(officer, villages=frozenset()))


def test_the_same_bytes_sent_again_do_not_make_the_recording_of_another_ones_own(world: World, tmp_path: Path) -> None:
    file = tmp_path / "tin.wav"
    file.write_bytes(tone(1))
    first = world.desk.add_recording(file, "Tin của xã", world.user("lan"))
    again = world.desk.add_recording(file, "Tin của tôi", bound(Role.OFFICER, EAST))
    assert (again.sha256, again.title, again.uploaded_by) == (first.sha256, "Tin của xã", "lan")


def test_who_answers_for_a_village_that_was_revoked_answers_for_nothing(world: World) -> None:
    with pytest.raises(NotAllowed):
        world.desk.stop(None, None, bound(Role.OFFICER, "binhminh-cu"))
