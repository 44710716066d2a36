"""What some villages missed is aired again for just those: when, with what, approved by whom, and once however often
the button is pressed."""

from datetime import timedelta
from pathlib import Path

import pytest

from contract.limits import Limits
from contract.terms import Outcome, Priority, Reason
from hub.alarms import alarm
from hub.orders.again import When, air_again, repeats
from hub.orders.broadcasts import Broadcast, Stage
from hub.orders.wish import Extras, Wish
from hub.refusals import Conflicted, NotAllowed, Refused
from hub.rules.wording import parse
from hub.store import broadcasts as broadcast_rows
from hub.store import orders, people
from tests.hub.web.world import MORNING, VILLAGES, World

EAST, WEST, MIDDLE = VILLAGES


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def aired(world: World) -> Broadcast:
    """Aired at five in one village, not in the two others."""
    bulletin = world.approve(world.order())
    world.clock.pass_(minutes=40)
    world.report(EAST, bulletin)
    world.report(WEST, bulletin, Outcome.MISSED, Reason.SOUND_CARD)
    world.report(MIDDLE, bulletin, Outcome.CUT, Reason.POWER)
    return bulletin


def all_of(world: World) -> list[Broadcast]:
    with world.database.read() as c:
        return broadcast_rows.between(c, MORNING - timedelta(days=1), MORNING + timedelta(days=9))


def deeds(world: World) -> list[tuple[str, str, str]]:
    with world.database.read() as c:
        return [(n.act, n.who, n.subject) for n in people.notes(c)]


def test_a_leader_lets_it_air_again_at_once_for_those_that_missed_it(world: World, aired: Broadcast) -> None:
    anew = air_again(world.desk, aired.id, [WEST, MIDDLE], world.user("hung"))
    assert (anew.title, anew.audio, anew.nodes) == ("Bản tin sáng (phát lại)", aired.audio, (WEST, MIDDLE))
    assert anew.is_approved
    assert anew.starts_at is not None
    assert anew.starts_at - world.clock() == timedelta(seconds=15)
    assert ("approve-again", "hung", anew.id) in deeds(world)
    with world.database.read() as c:
        told = people.last_note(c, "approve-again", anew.id)
        assert repeats(c, aired.id) == {aired.starts_at: [anew]}
    assert told is not None
    assert told.detail == f"{anew.approval}; the same sounds, approved by hung as {aired.approval}"


def test_an_officers_waits_for_the_leader_as_any_other(world: World, aired: Broadcast) -> None:
    anew = air_again(world.desk, aired.id, [WEST], world.user("lan"))
    assert (anew.stage, anew.starts_at, anew.author) == (Stage.SUBMITTED, None, "lan")
    assert world.approve(anew).is_approved
    assert ("approve-again", "hung", anew.id) not in deeds(world)


def test_what_was_cancelled_or_never_approved_is_not_approved_by_airing_it_again(world: World) -> None:
    daily = world.approve(world.order(rule="hằng ngày 5:00"))
    world.clock.pass_(minutes=40)
    world.desk.cancel(daily.id, world.user("lan"))
    anew = air_again(world.desk, daily.id, [WEST], world.user("hung"), at=MORNING + timedelta(minutes=30))
    assert anew.stage is Stage.SUBMITTED


def test_pressed_twice_it_is_one_order_and_after_it_was_cancelled_another(world: World, aired: Broadcast) -> None:
    leader = world.user("hung")
    first = air_again(world.desk, aired.id, [WEST, MIDDLE], leader)
    world.clock.pass_(seconds=2)
    assert air_again(world.desk, aired.id, [MIDDLE, WEST], leader) == first
    assert air_again(world.desk, aired.id, [MIDDLE, WEST], world.user("lan"), when=When.FREE) == first
    assert len(all_of(world)) == 2
    world.desk.cancel(first.id, leader)
    second = air_again(world.desk, aired.id, [WEST, MIDDLE], leader)
    assert second.id != first.id
    assert second.is_approved
    with world.database.read() as c:
        assert repeats(c, aired.id) == {aired.starts_at: [second]}


def test_where_the_air_is_not_free_it_is_said_or_the_first_free_time_taken(world: World, aired: Broadcast) -> None:
    leader = world.user("hung")
    world.approve(world.order("Đang phát", 1, villages=(WEST,)))
    with pytest.raises(Conflicted) as busy:
        air_again(world.desk, aired.id, [WEST], leader)
    assert [c.other.title for c in busy.value.conflicts if c.other] == ["Đang phát"]
    anew = air_again(world.desk, aired.id, [WEST], leader, when=When.FREE)
    assert anew.starts_at == busy.value.free_at
    assert anew.is_approved
    assert anew.starts_at is not None
    assert anew.starts_at >= world.clock() + timedelta(minutes=3)
    free = air_again(world.desk, aired.id, [MIDDLE], leader, when=When.FREE)
    assert free.starts_at is not None
    assert free.starts_at - world.clock() == timedelta(seconds=15), "where nothing is in the way, at once"


def test_a_villages_limits_count_as_for_any_other(world: World, aired: Broadcast) -> None:
    world.be_born(WEST, Limits(quiet_from_min=0, quiet_until_min=6 * 60))
    for when in When:
        with pytest.raises(Conflicted) as refused:
            air_again(world.desk, aired.id, [WEST], world.user("hung"), when=when)
        assert [c.reason for c in refused.value.conflicts] == [Reason.QUIET_HOURS]
    assert len(all_of(world)) == 1


def test_it_sounds_as_it_did_with_all_that_was_chosen(world: World) -> None:
    tay, jingle = world.add_sound("Tiếng Tày"), world.add_sound("Kết thúc", 5.0)
    wish = Wish(
        title="Bản tin",
        recording=world.add_sound("Bản tin").sha256,
        nodes=tuple(VILLAGES),
        starts_at=world.clock() + timedelta(minutes=30),
        priority=Priority.PRIORITY,
        extras=Extras(outro=jingle.sha256, variants=(("Tày", tay.sha256),)),
        patience_s=300.0,
    )
    old = world.approve(world.desk.order(wish, world.user("lan")))
    world.clock.pass_(hours=1)
    anew = air_again(world.desk, old.id, [WEST], world.user("hung"))
    assert (anew.audio, anew.outro, anew.variants) == (old.audio, old.outro, old.variants)
    assert (anew.priority, anew.patience_s, anew.rule) == (Priority.PRIORITY, 300.0, None)


def test_of_one_that_recurs_the_airing_meant_is_aired_again_with_what_was_heard_then(world: World) -> None:
    solemn = world.add_sound("Nhạc trầm")
    wish = Wish(
        title="Bản tin",
        recording=world.add_sound("Bản tin").sha256,
        nodes=tuple(VILLAGES),
        rule=parse("hằng ngày 5:00 trừ 24/11/2026", MORNING.date()),
        replacement=solemn.sha256,
    )
    daily = world.approve(world.desk.order(wish, world.user("lan")))
    first = MORNING + timedelta(minutes=30)
    world.clock.now = first + timedelta(days=1, hours=1)
    usual = air_again(world.desk, daily.id, [WEST], world.user("hung"), at=first)
    solemnly = air_again(world.desk, daily.id, [MIDDLE], world.user("hung"), at=first + timedelta(days=1))
    assert usual.audio == daily.audio
    assert solemnly.audio == (solemn.audio,)
    assert usual.rule is solemnly.rule is None
    with pytest.raises(Refused):
        air_again(world.desk, daily.id, [WEST], world.user("hung"))
    with pytest.raises(Refused):
        air_again(world.desk, daily.id, [WEST], world.user("hung"), at=first + timedelta(days=2))


def test_what_makes_no_sense_is_refused(world: World, aired: Broadcast) -> None:
    leader = world.user("hung")
    ahead = world.approve(world.order("Sắp tới", 300, villages=(EAST,)))
    for id, villages in ((ahead.id, [EAST]), (aired.id, []), (aired.id, ["binhminh-nowhere"])):
        with pytest.raises(Refused):
            air_again(world.desk, id, villages, leader)
    small = world.approve(world.order("Chỉ thôn Đông", 20, villages=(EAST,)))
    world.clock.pass_(hours=1)
    with pytest.raises(Refused, match="not part of"):
        air_again(world.desk, small.id, [WEST], leader)
    for name in ("tam", "khach", "quantri"):
        with pytest.raises(NotAllowed):
            air_again(world.desk, aired.id, [WEST], world.user(name))


def test_a_recording_that_is_gone_cannot_be_aired_again(world: World, aired: Broadcast) -> None:
    world.shelf.path(aired.audio[0].sha256).unlink()
    with pytest.raises(Refused, match="not in the library"):
        air_again(world.desk, aired.id, [WEST], world.user("hung"))


def test_an_emergency_that_was_no_alarm_goes_out_live_again(world: World) -> None:
    storm = world.approve(world.order("Bão", None, priority=Priority.EMERGENCY))
    world.clock.pass_(minutes=20)
    world.report(WEST, storm, Outcome.MISSED, Reason.SOUND_CARD)
    anew = air_again(world.desk, storm.id, [WEST], world.user("hung"))
    assert anew.is_live
    with world.database.read() as c:
        assert [o.node for o in orders.of_broadcast(c, anew.id)] == [WEST]


def test_an_alarm_of_the_red_button_is_sent_again_by_that_button_alone(world: World) -> None:
    siren = world.add_sound("Còi", 20.0)
    villages, leader = list(VILLAGES), world.user("hung")
    storm = alarm.send(
        world.desk, leader, id=alarm.fresh_id(), recording=siren.sha256, villages=villages, repeat_for_s=0
    )
    world.clock.pass_(hours=1)
    with pytest.raises(Refused, match="red button"):
        air_again(world.desk, storm.id, [WEST], leader)
