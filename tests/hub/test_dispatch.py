"""What goes down: one plan when something changed, none when nothing did, and commands until they are taken up."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract import codec
from contract.limits import Limits
from contract.orders import Audio, Command, Counter, Plan
from contract.reports import Birth, ClockReport, Heartbeat, PlanReport, Vitals
from contract.signing import Keys
from contract.terms import Order, Priority, Trust
from hub import keys
from hub.broadcasts import Broadcast, Stage, approve
from hub.dispatch import Dispatch
from hub.fleet import Node
from hub.rule import Days, Kind, Name, Rule
from hub.store import broadcasts, day_sets, nodes, orders
from hub.store.database import Database
from hub.store.orders import LiveOrder
from hub.wording import parse

T0 = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
NODE = "binhminh-thon-1"
SOUND = Audio(sha256="a" * 64, size=1000, duration_s=60.0)


@dataclass
class Hub:
    """The hub's database and keys, a moving clock, and a list in place of the broker."""

    folder: Path
    database: Database
    now: datetime = T0
    sent: list[tuple[str, bytes, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keys = keys.create(self.folder)
        self.dispatch = Dispatch(self.database, self.keys, self, lambda: self.now, lambda _topic: None)

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None:
        self.sent.append((topic, payload, retain))

    def hear_birth(self, plan: Counter | None = None) -> None:
        birth = Birth(at=self.now, software="", hardware="", started_at=self.now, limits=Limits(), plan=plan)
        with self.database.write() as c:
            nodes.note_birth(c, NODE, birth, self.now)

    def hear_heartbeat(self, nonce: str, command: Counter | None = None) -> None:
        beat = Heartbeat(
            at=self.now,
            plan=PlanReport(),
            clock=ClockReport(trust=Trust.TRUSTED),
            vitals=Vitals(uptime_s=1.0),
            nonce=nonce,
            command=command,
        )
        with self.database.write() as c:
            nodes.note_heartbeat(c, NODE, beat, self.now)

    def order(
        self,
        id: str,
        after: timedelta = timedelta(hours=1),
        audio: tuple[Audio, ...] = (SOUND,),
        rule: Rule | None = None,
    ) -> Broadcast:
        draft = Broadcast(
            id=id,
            title="Tin",
            audio=audio,
            nodes=(NODE,),
            priority=Priority.ROUTINE,
            starts_at=self.now + after,
            stage=Stage.DRAFT,
            author="canbo",
            created_at=self.now,
            rule=rule,
        )
        approved = approve(draft, "lanhdao", self.now)
        with self.database.write() as c:
            broadcasts.add(c, approved)
        return approved

    def stop_everything(self) -> None:
        stop = LiveOrder(
            id="o1",
            node=NODE,
            order=Order.STOP,
            broadcast="",
            created_at=self.now,
            until_at=self.now + timedelta(minutes=5),
        )
        with self.database.write() as c:
            orders.add(c, [stop])

    def plans(self) -> list[Plan]:
        believed = Keys(self.keys.daily_public, self.keys.recovery_public, self.keys.epoch)
        return [
            believed.open(codec.decode_envelope(payload), Plan, NODE)
            for topic, payload, is_retained in self.sent
            if topic.endswith("/plan") and is_retained
        ]

    def commands(self) -> list[Command]:
        believed = Keys(self.keys.daily_public, self.keys.recovery_public, self.keys.epoch)
        return [
            believed.open(codec.decode_envelope(payload), Command, NODE)
            for topic, payload, is_retained in self.sent
            if topic.endswith("/command") and not is_retained
        ]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    database.migrate()
    with database.write() as c:
        nodes.add_node(c, Node(id=NODE, title="Thôn 1", added_at=T0), "0" * 64, "hash")
    yield Hub(tmp_path, database)
    database.dispose()


def test_a_node_gets_its_plan_when_it_has_spoken_and_not_again_while_nothing_changes(hub: Hub) -> None:
    hub.order("b1")
    assert hub.dispatch.issue_plans() == []
    hub.hear_birth()
    assert hub.dispatch.issue_plans() == [NODE]
    assert hub.dispatch.issue_plans() == []
    (plan,) = hub.plans()
    assert [cue.broadcast for cue in plan.cues] == ["b1"]


def test_a_new_broadcast_is_issued_at_once_with_a_higher_counter(hub: Hub) -> None:
    hub.hear_birth()
    hub.dispatch.issue_plans()
    hub.order("b1")
    hub.dispatch.issue_plans()
    first, second = hub.plans()
    assert second.counter > first.counter
    assert [cue.broadcast for cue in second.cues] == ["b1"]


def test_a_plan_is_issued_anew_every_day_so_that_it_always_reaches_45_days_ahead(hub: Hub) -> None:
    hub.hear_birth()
    hub.dispatch.issue_plans()
    hub.now += timedelta(days=1)
    assert hub.dispatch.issue_plans() == [NODE]
    assert hub.plans()[-1].valid_until - timedelta(days=1) >= hub.now + timedelta(days=45)


def test_a_rule_is_issued_once_a_day_however_many_airings_pass(hub: Hub) -> None:
    hub.hear_birth()
    hub.order("b1", rule=parse("hằng ngày 9:00, 12:00, 15:00", T0.date()))
    assert hub.dispatch.issue_plans() == [NODE]
    for _ in range(23):
        hub.now += timedelta(hours=1)
        assert hub.dispatch.issue_plans() == []
        assert max(cue.at for cue in hub.plans()[-1].cues) >= hub.now + timedelta(days=45) - timedelta(hours=18)
    hub.now += timedelta(hours=1)
    assert hub.dispatch.issue_plans() == [NODE]


def test_an_airing_taken_back_or_a_day_of_mourning_is_issued_at_the_next_look(hub: Hub) -> None:
    hub.hear_birth()
    ordered = hub.order("b1", rule=parse("hằng ngày 9:00 trừ quốc tang", T0.date()))
    hub.dispatch.issue_plans()
    first, second, third = (cue.at for cue in hub.plans()[-1].cues[:3])
    with hub.database.write() as c:
        broadcasts.replace(c, replace(ordered, dropped=(first,)))
    assert hub.dispatch.issue_plans() == [NODE]
    assert hub.plans()[-1].cues[0].at == second
    with hub.database.write() as c:
        day_sets.put(c, Name.MOURNING, (Days(kind=Kind.DATES, dates=(second.date(),)),))
    hub.now += timedelta(minutes=1)
    assert hub.dispatch.issue_plans() == [NODE]
    assert hub.plans()[-1].cues[0].at == third


def test_a_restored_hub_goes_on_above_what_the_node_holds(hub: Hub) -> None:
    hub.hear_birth(plan=Counter(0, 900))
    hub.dispatch.issue_plans()
    assert hub.plans()[0].counter > Counter(0, 900)


def test_after_the_broker_was_lost_every_plan_is_laid_again_unchanged(hub: Hub) -> None:
    hub.hear_birth()
    hub.dispatch.issue_plans()
    hub.dispatch.lay_plans()
    first, second = hub.plans()
    assert first == second


def test_a_plan_too_large_to_send_leaves_the_former_one_standing(hub: Hub) -> None:
    hub.hear_birth()
    hub.order("b1")
    hub.dispatch.issue_plans()
    for i in range(150):
        sounds = tuple(replace(SOUND, sha256=hashlib.sha256(bytes([i, j])).hexdigest()) for j in range(16))
        hub.order(f"many{i}", timedelta(hours=2, minutes=i), sounds)
    assert hub.dispatch.issue_plans() == []
    assert len(hub.plans()) == 1


def test_a_live_order_quotes_the_nodes_nonce_and_waits_while_there_is_none(hub: Hub) -> None:
    hub.stop_everything()
    hub.dispatch.send_commands()
    assert hub.commands() == []
    hub.hear_heartbeat("nonce-1")
    hub.dispatch.send_commands()
    hub.dispatch.send_commands()
    (command,) = hub.commands()
    assert (command.order, command.nonce) == (Order.STOP, "nonce-1")


def test_it_is_signed_again_while_it_stands_and_the_node_does_not_say_that_it_has_it(hub: Hub) -> None:
    hub.stop_everything()
    hub.hear_heartbeat("nonce-1")
    hub.dispatch.send_commands()
    hub.now += timedelta(seconds=10)
    hub.hear_heartbeat("nonce-2")
    hub.dispatch.send_commands()
    first, second = hub.commands()
    assert second.counter > first.counter
    assert second.nonce == "nonce-2"


def test_it_is_over_when_the_node_has_it_or_its_time_has_passed(hub: Hub) -> None:
    hub.stop_everything()
    hub.hear_heartbeat("nonce-1")
    hub.dispatch.send_commands()
    hub.now += timedelta(seconds=10)
    hub.hear_heartbeat("nonce-2", command=hub.commands()[0].counter)
    hub.dispatch.send_commands()
    hub.now += timedelta(minutes=6)
    hub.hear_heartbeat("nonce-3")
    hub.dispatch.send_commands()
    assert len(hub.commands()) == 1


def test_a_stale_heartbeat_gives_a_command_no_longer_life_than_the_contract_allows(hub: Hub) -> None:
    hub.hear_heartbeat("nonce-1")
    hub.now += timedelta(days=3)
    hub.stop_everything()
    hub.dispatch.send_commands()
    assert hub.commands()[0].ttl_s <= 3600
