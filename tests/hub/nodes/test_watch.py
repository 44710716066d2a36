"""Flips: one for each change of a node's status, none while nothing changes, none for the hub's own absence."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contract.events import Change, Key
from contract.reports import CameraReport, ClockReport, Heartbeat, PlanReport, Restarts, Vitals
from contract.terms import Ailment, CameraFault, Ending, Trust
from hub.alerts.reporter import Reporter
from hub.incidents.incident import About
from hub.incidents.keeper import Keeper
from hub.nodes.fleet import Node
from hub.nodes.watch import Watch
from hub.store import incidents, nodes, records
from hub.store.database import Database

T0 = datetime(2026, 12, 1, tzinfo=UTC)
NODE = "binhminh-thon-1"


class Hub:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = T0
        self.online_since: datetime | None = T0 - timedelta(days=1)
        self.restart()

    def restart(self) -> None:
        self.watch = Watch(self.database, lambda: self.now, lambda: self.online_since, lambda _topic: None)

    def beat(
        self,
        sound_fault: str = "",
        silent: tuple[str, ...] = (),
        vitals: Vitals | None = None,
        cameras: tuple[CameraReport, ...] = (),
        trust: Trust = Trust.TRUSTED,
    ) -> None:
        heartbeat = Heartbeat(
            at=self.now,
            plan=PlanReport(),
            clock=ClockReport(trust=trust),
            vitals=vitals or Vitals(uptime_s=1),
            sound_fault=sound_fault,
            silent=silent,
            cameras=cameras,
        )
        self.hear(is_online=True)
        with self.database.write() as c:
            nodes.note_heartbeat(c, NODE, heartbeat, self.now)

    def change(self, value: str, seq: int, subject: str = "sound") -> None:
        """The node itself tells of its sound, or of what it watches."""
        event = Change(key=Key(stream="s", seq=seq), at=self.now, subject=subject, value=value)
        with self.database.write() as c:
            records.insert_events(c, [(NODE, event, self.now)])

    def told(self, *subjects: str) -> list[str]:
        """What was written of these, the oldest first."""
        with self.database.read() as c:
            return [f"{f.subject} {f.value}" for f in reversed(records.flips(c, NODE)) if f.subject in subjects]

    def hear(self, is_online: bool) -> None:
        with self.database.write() as c:
            nodes.note_state(c, NODE, is_online, self.now)

    def look_after(self, seconds: float) -> list[str]:
        self.now += timedelta(seconds=seconds)
        return [flip.value for flip in self.watch.look()]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    database.migrate()
    with database.write() as c:
        nodes.add_node(c, Node(id=NODE, title="Thôn 1", added_at=T0), "0" * 64, "hash")
    yield Hub(database)
    database.dispose()


def test_the_life_of_a_node_is_told_in_flips(hub: Hub) -> None:
    assert hub.look_after(1) == []
    hub.hear(is_online=True)
    assert hub.look_after(1) == ["up"]
    assert hub.look_after(1) == []
    hub.hear(is_online=False)
    assert hub.look_after(1) == ["late"]
    assert hub.look_after(30) == []
    assert hub.look_after(60) == ["down"]
    hub.hear(is_online=True)
    assert hub.look_after(1) == ["up"]
    with hub.database.read() as c:
        assert [flip.value for flip in reversed(records.flips(c, NODE))] == ["up", "late", "down", "up"]


def test_the_hubs_own_absence_is_no_change_of_the_node(hub: Hub) -> None:
    hub.hear(is_online=True)
    hub.look_after(1)
    hub.online_since = None
    assert hub.look_after(600) == []


def test_a_revoked_node_is_not_watched(hub: Hub) -> None:
    hub.hear(is_online=True)
    with hub.database.write() as c:
        nodes.revoke(c, NODE)
    assert hub.look_after(1) == []


def test_a_process_that_falls_silent_and_is_back_is_written_once_each(hub: Hub) -> None:
    hub.beat()
    hub.look_after(1)
    assert hub.told("process:speaker", "process:camera") == []
    fell_at = hub.now
    hub.beat(silent=("speaker",))
    for _ in range(3):
        hub.look_after(20)
        hub.beat(silent=("speaker",))
    hub.restart()
    hub.look_after(1)
    assert hub.told("process:speaker", "process:camera") == ["process:speaker silent"]
    with hub.database.read() as c:
        assert records.latest_flips(c)[NODE, "process:speaker"].at == fell_at
    hub.beat(silent=("camera",))
    hub.look_after(1)
    assert hub.told("process:speaker", "process:camera")[1:] == ["process:speaker ok", "process:camera silent"]


def test_a_silent_process_of_a_node_out_of_contact_is_not_told(hub: Hub) -> None:
    hub.beat(silent=("speaker",))
    hub.hear(is_online=False)
    hub.look_after(300)
    assert hub.told("process:speaker") == []


def test_a_fault_that_was_there_before_the_sound_process_began_leaves_its_trace(hub: Hub) -> None:
    hub.beat(sound_fault="no card")
    fell_at = hub.now
    hub.look_after(1)
    assert hub.told("sound") == [], "the node may yet tell it itself"
    hub.look_after(20)
    hub.beat(sound_fault="no card")
    hub.restart()
    hub.look_after(30)
    assert hub.told("sound") == ["sound fault"]
    with hub.database.read() as c:
        (flip,) = [f for f in records.flips(c) if f.subject == "sound"]
    assert (flip.at, flip.detail) == (fell_at, "no card")
    hub.beat()
    hub.look_after(30)
    assert hub.told("sound") == ["sound fault", "sound ok"]


def test_what_the_node_tells_of_its_sound_is_not_told_again(hub: Hub) -> None:
    hub.beat(sound_fault="no card")
    hub.look_after(1)
    hub.change("fault", 1)
    hub.look_after(30)
    hub.beat()
    hub.change("ok", 2)
    hub.look_after(30)
    assert hub.told("sound") == ["sound fault", "sound ok"]


def test_of_the_sound_of_a_dead_process_nothing_is_known(hub: Hub) -> None:
    hub.beat(sound_fault="no card")
    hub.look_after(30)
    hub.beat(silent=("speaker",))
    hub.look_after(30)
    assert hub.told("sound") == ["sound fault"]


def test_what_ails_the_machine_is_written_once_each_with_what_is_missing(hub: Hub) -> None:
    ill = Vitals(uptime_s=1, ailments=(Ailment.READ_ONLY, Ailment.USB_GONE), usb_gone=("USB Audio Device",))
    for vitals in (Vitals(uptime_s=1), ill, ill, Vitals(uptime_s=1)):
        hub.beat(vitals=vitals)
        hub.look_after(20)
    told = hub.told("power", "card", "usb", "ups", "heat")
    assert sorted(told[:2]) == ["card read_only", "usb usb_gone"]
    assert sorted(told[2:]) == ["card ok", "usb ok"]
    with hub.database.read() as c:
        assert [f.detail for f in records.flips(c, NODE) if f.value == "usb_gone"] == ["USB Audio Device"]


def test_a_card_that_is_nearly_full_and_a_memory_that_is_nearly_used_up_are_matters_of_their_own(hub: Hub) -> None:
    for ailments in ((), (Ailment.DISK_FULL, Ailment.MEMORY_LOW, Ailment.READ_ONLY), ()):
        hub.beat(vitals=Vitals(uptime_s=1, ailments=ailments))
        hub.look_after(20)
    told = hub.told("card", "disk", "memory")
    assert sorted(told[:3]) == ["card read_only", "disk disk_full", "memory memory_low"]
    assert sorted(told[3:]) == ["card ok", "disk ok", "memory ok"]


def test_of_the_machine_of_a_node_whose_netmon_is_silent_nothing_is_known(hub: Hub) -> None:
    hub.beat(vitals=Vitals(uptime_s=1, ailments=(Ailment.WEAK_POWER,)))
    hub.look_after(1)
    hub.beat(silent=("netmon",))
    hub.look_after(20)
    assert hub.told("power") == ["power weak_power"]


def test_each_start_after_a_failure_is_written_once_with_its_cause_and_its_true_time(hub: Hub) -> None:
    first = Restarts(process="camera", count=1, at=T0 - timedelta(hours=3), ending=Ending.HUNG)
    second = Restarts(process="camera", count=2, at=T0 + timedelta(minutes=1), ending=Ending.MEMORY)
    for restarts in (first, first, second, second):
        hub.beat(vitals=Vitals(uptime_s=1, restarts=(restarts,)))
        hub.look_after(20)
    assert hub.told("restart:camera") == ["restart:camera hung", "restart:camera memory"]
    with hub.database.read() as c:
        assert first.at in [flip.at for flip in records.flips(c, NODE)]


BROKEN = CameraReport(id="cong", fault=CameraFault.OFFLINE, since_at=T0)


def _watch_on(hub: Hub, minutes: int, **said: Any) -> None:
    """The node tells once a minute how it is, and the hub looks."""
    for _ in range(minutes):
        hub.beat(vitals=Vitals(uptime_s=(hub.now - T0).total_seconds()), **said)
        hub.look_after(60)


def test_a_broken_camera_that_is_taken_away_is_over_and_one_that_is_named_again_is_not(hub: Hub) -> None:
    hub.change("offline", 1, "camera:cong")
    _watch_on(hub, 90, cameras=(BROKEN,))
    _watch_on(hub, 59)
    assert hub.told("camera:cong") == ["camera:cong offline"], "it may be that nobody could look at it"
    _watch_on(hub, 5)
    assert hub.told("camera:cong") == ["camera:cong offline", "camera:cong ok"]
    _watch_on(hub, 60)
    assert len(hub.told("camera:cong")) == 2
    _watch_on(hub, 5, cameras=(BROKEN,))
    assert hub.told("camera:cong")[2:] == ["camera:cong offline"]


def test_of_what_nobody_watches_nothing_is_over(hub: Hub) -> None:
    hub.change("offline", 1, "camera:cong")
    hub.change("down", 2, "target:internet")
    _watch_on(hub, 90, silent=("camera", "netmon"))
    hub.now += timedelta(hours=5)
    hub.look_after(60)
    assert hub.told("camera:cong", "target:internet") == ["camera:cong offline", "target:internet down"]


@pytest.mark.parametrize(
    ("said", "about"),
    [({"sound_fault": "no card"}, About.SOUND), ({"trust": Trust.UNTRUSTED}, About.CLOCK)],
    ids=["sound", "clock"],
)
def test_what_the_hub_finds_out_by_itself_opens_an_incident_and_closes_it(
    hub: Hub, said: dict[str, Any], about: About
) -> None:
    """A node that was started with it tells no change, and none when it is started without it again."""
    keeper = Keeper(hub.database, lambda: hub.now, lambda _: None, Reporter(UTC, lambda *_: None))

    def go_on(seconds: int) -> list[About]:
        for second in range(seconds):
            if second % 60 == 59:
                hub.hear(is_online=True)
            hub.look_after(1)
            keeper.look()
        with hub.database.read() as c:
            return [kept.incident.about for kept in incidents.lasting(c)]

    hub.beat()
    assert go_on(30) == []
    hub.beat(**said)
    assert go_on(330) == [about]
    hub.beat()
    assert go_on(330) == []
