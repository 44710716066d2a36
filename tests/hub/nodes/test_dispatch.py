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
from contract.terms import Order, Priority, Reason, Trust
from hub.alarms.emergency import Alarm
from hub.nodes.dispatch import Dispatch
from hub.nodes.fleet import Node
from hub.orders import live_orders
from hub.orders.broadcasts import Broadcast, Recording, Stage, Variant, approve
from hub.rules.rule import Days, Kind, Name, Rule
from hub.rules.wording import parse
from hub.security import keys
from hub.store import alarms, broadcasts, day_sets, meta, nodes, orders, plans, recordings
from hub.store.database import Database
from hub.store.orders import LiveOrder

T0 = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
NODE = "binhminh-thon-1"
SOUND = Audio(sha256="a" * 64, size=1000, duration_s=60.0)
RECORDING = Recording(
    sha256=SOUND.sha256,
    size=SOUND.size,
    duration_s=SOUND.duration_s,
    loudness_lufs=-16,
    true_peak_dbtp=-1,
    title="Còi",
    uploaded_by="lan",
    uploaded_at=T0,
)


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

    def hear_heartbeat(
        self,
        nonce: str,
        command: Counter | None = None,
        refused: Reason = Reason.NONE,
        trust: Trust = Trust.TRUSTED,
    ) -> None:
        beat = Heartbeat(
            at=self.now,
            plan=PlanReport(refused=refused),
            clock=ClockReport(trust=trust),
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
        variants: tuple[Variant, ...] = (),
    ) -> Broadcast:
        draft = Broadcast(
            id=id,
            title="Tin",
            audio=audio,
            nodes=(NODE,),
            priority=Priority.ROUTINE,
            starts_at=self.now + after,
            stage=Stage.SUBMITTED,
            author="canbo",
            created_at=self.now,
            rule=rule,
            variants=variants,
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

    def raise_alarm(self, id: str = "b1", repeat_for_s: float = 1800.0) -> None:
        storm = Broadcast(
            id=id,
            title="Bão",
            audio=(SOUND,),
            nodes=(NODE,),
            priority=Priority.EMERGENCY,
            starts_at=self.now,
            stage=Stage.SUBMITTED,
            author="hung",
            created_at=self.now,
        )
        with self.database.write() as c:
            broadcasts.add(c, approve(storm, "hung", self.now))
            alarms.add(c, Alarm(broadcast=id, repeat_for_s=repeat_for_s, repeat_gap_s=10.0))
        self.give(Order.PLAY, id, timedelta(seconds=repeat_for_s))

    def give(self, order: Order, broadcast: str, stands: timedelta) -> None:
        live = LiveOrder(
            id=f"o-{order}-{broadcast}",
            node=NODE,
            order=order,
            broadcast=broadcast,
            created_at=self.now,
            until_at=self.now + stands,
        )
        with self.database.write() as c:
            orders.add(c, [live])

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


def test_what_the_commune_settles_anew_calls_for_a_plan(hub: Hub) -> None:
    hub.hear_birth()
    spoken = replace(SOUND, sha256="b" * 64)
    hub.order("b1", variants=(Variant("Tày", spoken),))
    assert hub.dispatch.issue_plans() == [NODE]
    with hub.database.write() as c:
        nodes.set_language(c, NODE, "Tày")
    assert hub.dispatch.issue_plans() == [NODE]
    assert hub.plans()[-1].cues[0].audio == (spoken.sha256,)
    with hub.database.write() as c:
        recordings.add(c, RECORDING)
        meta.put(c, "substitute", RECORDING.sha256)
    assert hub.dispatch.issue_plans() == [NODE]
    assert hub.plans()[-1].cues[0].fallbacks == ((RECORDING.sha256,),)
    assert hub.dispatch.issue_plans() == []


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


class TestTheTime:
    """A node whose clock is not believed is told the time, signed, in answer to its nonce."""

    def test_is_told_once_a_minute_while_the_clock_is_not_believed(self, hub: Hub) -> None:
        hub.hear_heartbeat("n1", trust=Trust.UNTRUSTED)
        hub.dispatch.tell_time()
        hub.now += timedelta(seconds=1)
        hub.hear_heartbeat("n2", trust=Trust.UNTRUSTED)
        hub.dispatch.tell_time()
        hub.now += timedelta(seconds=60)
        hub.hear_heartbeat("n3", trust=Trust.UNTRUSTED)
        hub.dispatch.tell_time()
        told = hub.commands()
        assert [(c.order, c.nonce, c.at) for c in told] == [
            (Order.TIME, "n1", T0), (Order.TIME, "n3", T0 + timedelta(seconds=61)),
        ]  # fmt: skip
        assert told[0].counter < told[1].counter

    def test_is_not_told_to_a_node_that_knows_it_or_has_fallen_silent(self, hub: Hub) -> None:
        hub.hear_heartbeat("n1", trust=Trust.HOLDOVER)
        hub.dispatch.tell_time()
        hub.hear_heartbeat("n2", trust=Trust.UNTRUSTED)
        hub.now += timedelta(minutes=5)
        hub.dispatch.tell_time()
        assert hub.commands() == []

    def test_waits_for_a_live_order_that_is_under_way(self, hub: Hub) -> None:
        hub.stop_everything()
        hub.hear_heartbeat("n1", trust=Trust.UNTRUSTED)
        hub.dispatch.tell_time()
        assert hub.commands() == []


def test_an_alarm_repeats_and_a_village_that_comes_late_ends_with_the_others(hub: Hub) -> None:
    hub.hear_heartbeat("nonce-1")
    hub.raise_alarm()
    hub.dispatch.send_commands()
    hub.now += timedelta(minutes=10)
    hub.hear_heartbeat("nonce-2")
    hub.dispatch.send_commands()
    first, second = hub.commands()
    assert first.cue is not None
    assert second.cue is not None
    assert first.cue.id == second.cue.id
    assert (first.cue.repeat_for_s, second.cue.repeat_for_s) == (1800, 1200)
    assert first.cue.repeat_gap_s == 10


def test_one_that_was_sent_before_the_node_connected_goes_again_when_it_does(hub: Hub) -> None:
    """A node that comes back says so, and sends its heartbeat, within a second of an order that it never got."""
    hub.hear_heartbeat("nonce-1")
    hub.raise_alarm()
    hub.dispatch.send_commands()
    hub.now += timedelta(seconds=0.5)
    hub.hear_birth()
    hub.hear_heartbeat("nonce-1")
    hub.dispatch.send_commands()
    hub.dispatch.send_commands()
    assert len(hub.commands()) == 2


def test_one_that_was_lost_goes_again_before_the_next_one(hub: Hub) -> None:
    """By the counter of its newest command a node says that it has had all before it."""
    hub.hear_heartbeat("nonce-1")
    hub.raise_alarm("b1")
    hub.dispatch.send_commands()
    hub.raise_alarm("b2")
    hub.dispatch.send_commands()
    sent = hub.commands()
    assert [c.cue.broadcast for c in sent if c.cue] == ["b1", "b1", "b2"]
    assert sent[0].counter < sent[1].counter < sent[2].counter
    hub.now += timedelta(seconds=1)
    hub.hear_heartbeat("nonce-1", command=sent[0].counter)
    hub.dispatch.send_commands()
    with hub.database.read() as c:
        assert len(orders.open_orders(c, hub.now)) == 2, "nobody knows of the newer two yet"


def test_a_stale_nonce_is_answered_at_once_with_the_fresh_one(hub: Hub) -> None:
    hub.hear_heartbeat("nonce-1")
    hub.raise_alarm()
    hub.dispatch.send_commands()
    hub.now += timedelta(seconds=0.3)
    hub.hear_heartbeat("nonce-1", refused=Reason.STALE_NONCE)
    hub.dispatch.send_commands()
    assert len(hub.commands()) == 1, "it names no other one"
    hub.hear_heartbeat("nonce-2", refused=Reason.STALE_NONCE)
    hub.dispatch.send_commands()
    hub.dispatch.send_commands()
    assert [c.nonce for c in hub.commands()] == ["nonce-1", "nonce-2"]


def test_nothing_is_signed_after_the_orders_time_nor_taken_up_after_it(hub: Hub) -> None:
    hub.raise_alarm(repeat_for_s=300)
    hub.now += timedelta(seconds=250)
    hub.hear_heartbeat("nonce-1")
    hub.now += timedelta(seconds=10)
    hub.dispatch.send_commands()
    (command,) = hub.commands()
    assert command.ttl_s == 50, "counted from the heartbeat, the nonce of which is at least as old"
    hub.now += timedelta(seconds=41)
    hub.hear_heartbeat("nonce-2")
    hub.dispatch.send_commands()
    assert len(hub.commands()) == 1


def test_a_stop_brings_the_all_clear_where_there_is_one(hub: Hub) -> None:
    hub.hear_heartbeat("nonce-1")
    hub.raise_alarm("b1")
    hub.raise_alarm("b2")
    with hub.database.write() as c:
        for each in orders.open_orders(c, hub.now):
            orders.note_done(c, each.id)
        alarms.replace(c, Alarm(broadcast="b1", repeat_for_s=1800, repeat_gap_s=10, cleared_at=hub.now, all_clear="b2"))
    hub.give(Order.STOP, "b1", timedelta(minutes=5))
    hub.give(Order.STOP, "b2", timedelta(minutes=5))
    hub.dispatch.send_commands()
    clear, plain = sorted(hub.commands(), key=lambda c: c.stop)
    assert (clear.order, clear.stop) == (Order.STOP, "b1")
    assert clear.cue is not None
    assert clear.cue.broadcast == "b2"
    assert clear.audio == (SOUND,)
    assert (plain.stop, plain.cue) == ("b2", None)


def test_an_order_for_what_is_gone_is_done_and_holds_up_no_other(hub: Hub) -> None:
    hub.hear_heartbeat("nonce-1")
    hub.give(Order.PLAY, "b-gone", timedelta(minutes=5))
    hub.raise_alarm()
    hub.dispatch.send_commands()
    assert [c.cue.broadcast for c in hub.commands() if c.cue] == ["b1"]
    with hub.database.read() as c:
        assert [o.broadcast for o in orders.open_orders(c, hub.now)] == ["b1"]


def test_what_is_kept_for_emergencies_is_in_every_plan_and_the_plan_that_brought_it_is_known(hub: Hub) -> None:
    hub.hear_birth()
    hub.dispatch.issue_plans()
    with hub.database.write() as c:
        recordings.add(c, replace(RECORDING, is_kept=True))
    assert hub.dispatch.issue_plans() == [NODE]
    before, plan = hub.plans()
    assert (before.keep, plan.keep) == ((), (SOUND.sha256,))
    with hub.database.read() as c:
        assert plans.first_with(c, SOUND.sha256) == {NODE: plan.counter}


def test_what_is_asked_of_a_camera_goes_down_as_any_order_does_and_no_longer_than_it_stands(hub: Hub) -> None:
    show = LiveOrder(
        id="o1",
        node=NODE,
        order=Order.SHOW,
        broadcast="",
        created_at=hub.now,
        until_at=hub.now + timedelta(minutes=2),
        camera="gate",
        asked_by="tam",
    )
    with hub.database.write() as c:
        orders.add(c, [show, replace(show, id="o2", order=Order.RIGHT, camera="yard")])
    hub.hear_birth()
    hub.hear_heartbeat("n-1")
    hub.dispatch.send_commands()
    first, second = hub.commands()
    assert [(c.order, c.camera, c.cue, c.stop) for c in (first, second)] == [
        (Order.SHOW, "gate", None, ""),
        (Order.RIGHT, "yard", None, ""),
    ]
    assert first.counter < second.counter
    assert (first.nonce, first.ttl_s) == ("n-1", 120.0)
    hub.now += timedelta(seconds=3)
    hub.hear_heartbeat("n-2", first.counter)
    hub.dispatch.send_commands()
    assert [c.camera for c in hub.commands()[2:]] == ["yard"], "the first was taken up"
    hub.now += timedelta(minutes=2)
    hub.hear_heartbeat("n-3")
    hub.dispatch.send_commands()
    assert len(hub.commands()) == 3, "nobody stands before the page any more"


def test_a_stop_of_everything_leaves_the_cameras_alone(hub: Hub) -> None:
    show = LiveOrder(
        id="o1", node=NODE, order=Order.SHOW, broadcast="", created_at=hub.now, until_at=hub.now + timedelta(minutes=2),
        camera="gate",
    )  # fmt: skip
    with hub.database.write() as c:
        orders.add(c, [show])
        live_orders.silence(c, "", [NODE], hub.now)
    hub.hear_birth()
    hub.hear_heartbeat("n-1")
    hub.dispatch.send_commands()
    assert {c.order for c in hub.commands()} == {Order.SHOW, Order.STOP}
