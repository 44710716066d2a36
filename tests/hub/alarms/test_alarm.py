"""The red button at the desk: who may, what goes out, how it ends, what is kept for it, and what is noted."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contract.terms import Order, Priority
from hub.alarms import alarm, emergency
from hub.media import voice
from hub.media.rejection import Rejected
from hub.orders.broadcasts import Broadcast, Stage
from hub.people.accounts import pin_fault
from hub.people.passwords import fresh_pin, is_password
from hub.refusals import Conflicted, NotAllowed, NotFound, Refused
from hub.store import alarms, broadcasts, orders, people, recordings
from hub.store.orders import LiveOrder
from tests.hub.web.world import MORNING, VILLAGES, World

EAST, WEST, MIDDLE = VILLAGES


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.database.dispose()


def send(world: World, villages: tuple[str, ...] | None = None, repeat_for_s: float = 1800) -> Broadcast:
    return alarm.send(
        world.desk,
        world.user("hung"),
        id=alarm.fresh_id(),
        recording=world.add_sound("Còi báo động").sha256,
        villages=villages,
        repeat_for_s=repeat_for_s,
    )


def standing(world: World) -> list[LiveOrder]:
    with world.database.read() as c:
        return orders.open_orders(c, world.clock())


def noted(world: World) -> list[tuple[str, str]]:
    with world.database.read() as c:
        return [(n.who, n.act) for n in people.notes(c)]


def kept_alarm(world: World, id: str) -> emergency.Alarm:
    with world.database.read() as c:
        found = alarms.alarm(c, id)
    assert found is not None
    return found


def test_it_goes_to_every_village_at_once_as_an_approved_emergency(world: World) -> None:
    storm = send(world)
    assert (storm.priority, storm.stage, storm.starts_at) == (Priority.EMERGENCY, Stage.APPROVED, MORNING)
    assert storm.is_approved
    assert {(o.node, o.order, o.broadcast) for o in standing(world)} == {
        (village, Order.PLAY, storm.id) for village in VILLAGES
    }
    assert noted(world)[0] == ("hung", "alarm")


def test_some_villages_only_when_only_they_are_named(world: World) -> None:
    assert send(world, (WEST,)).nodes == (WEST,)
    with pytest.raises(Refused):
        send(world, ("binhminh-la",))


def test_the_hub_tries_as_long_as_it_would_repeat_and_not_longer(world: World) -> None:
    send(world)
    world.clock.pass_(minutes=29)
    assert len(standing(world)) == 3
    world.clock.pass_(minutes=1)
    assert standing(world) == []
    send(world, repeat_for_s=0)
    world.clock.pass_(minutes=5)
    assert standing(world) == []


def test_two_taps_on_the_button_are_one_alarm(world: World) -> None:
    sound, id = world.add_sound("Còi"), alarm.fresh_id()
    for _ in range(2):
        alarm.send(world.desk, world.user("hung"), id=id, recording=sound.sha256, villages=None, repeat_for_s=0)
    assert len(standing(world)) == 3


def test_nobody_but_a_leader_sends_one(world: World) -> None:
    sound = world.add_sound("Còi")
    for name in ("lan", "tam", "khach", "quantri"):
        with pytest.raises(NotAllowed):
            alarm.send(world.desk, world.user(name), id="b1", recording=sound.sha256, villages=None, repeat_for_s=0)
    assert standing(world) == []


def test_a_planned_broadcast_or_another_alarm_stands_in_nobodys_way(world: World) -> None:
    world.approve(world.order(minutes=1))
    first = send(world)
    world.clock.pass_(minutes=1)
    assert send(world).id != first.id


def test_the_officer_cancels_it_and_the_all_clear_is_a_broadcast_of_its_own(world: World) -> None:
    storm = send(world)
    world.clock.pass_(minutes=2)
    clear = world.add_sound("Báo yên", 8.0)
    alarm.cancel(world.desk, storm.id, clear.sha256, world.user("lan"))
    cancelled = kept_alarm(world, storm.id)
    assert (cancelled.cleared_by, cancelled.cleared_at) == ("lan", world.clock())
    assert {(o.node, o.order, o.broadcast) for o in standing(world)} == {
        (village, Order.STOP, storm.id) for village in VILLAGES
    }
    with world.database.read() as c:
        follows = broadcasts.broadcast(c, cancelled.all_clear)
    assert follows is not None
    assert (follows.title, follows.is_live, follows.is_approved) == ("Báo yên", True, True)
    assert noted(world)[:2] == [("lan", "all-clear"), ("lan", "alarm-cancel")]
    with pytest.raises(Refused):
        alarm.cancel(world.desk, storm.id, "", world.user("hung"))


def test_a_stop_stands_as_long_as_the_alarm_could_sound_anywhere(world: World) -> None:
    storm = send(world)
    alarm.cancel(world.desk, storm.id, "", world.user("hung"))
    world.clock.pass_(minutes=34)
    assert {o.order for o in standing(world)} == {Order.STOP}


def test_a_missing_all_clear_keeps_nobody_from_ending_it_and_may_follow_later(world: World) -> None:
    storm = send(world)
    alarm.cancel(world.desk, storm.id, "f" * 64, world.user("lan"))
    assert {o.order for o in standing(world)} == {Order.STOP}
    assert kept_alarm(world, storm.id).all_clear == ""
    clear = world.add_sound("Báo yên", 8.0)
    alarm.follow(world.desk, storm.id, clear.sha256, world.user("lan"))
    assert kept_alarm(world, storm.id).all_clear
    assert len(standing(world)) == 6, "the stop goes out once more, with the words"


def test_what_is_no_alarm_cannot_be_cancelled_as_one_nor_by_a_technician(world: World) -> None:
    with pytest.raises(NotFound):
        alarm.cancel(world.desk, world.order().id, "", world.user("lan"))
    with pytest.raises(NotAllowed):
        alarm.cancel(world.desk, send(world).id, "", world.user("tam"))


def test_kept_and_prepared_sounds_are_what_villages_hold_ready(world: World) -> None:
    siren, words = world.add_sound("Còi"), world.add_sound("Vỡ đê")
    alarm.keep(world.desk, siren.sha256, True, world.user("lan"))
    alarm.prepare(world.desk, words.sha256, world.user("hung"))
    with world.database.read() as c:
        assert set(alarms.ready_sounds(c, world.clock())) == {siren.audio, words.audio}
        later = world.clock() + alarms.PREPARED_FOR + timedelta(seconds=1)
        assert alarms.ready_sounds(c, later) == (siren.audio,)
        assert [r.title for r in recordings.kept(c)] == ["Còi"]
    alarm.keep(world.desk, siren.sha256, False, world.user("lan"))
    with world.database.read() as c:
        assert alarms.ready_sounds(c, later) == ()
    with pytest.raises(NotAllowed):
        alarm.keep(world.desk, siren.sha256, True, world.user("tam"))


def test_not_everything_can_be_kept(world: World) -> None:
    for i in range(emergency.KEPT_MAX):
        alarm.keep(world.desk, world.add_sound(f"Bản {i}").sha256, True, world.user("lan"))
    with pytest.raises(Refused):
        alarm.keep(world.desk, world.add_sound("Một bản nữa").sha256, True, world.user("lan"))


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", "٣٤٥٦٧٨", "111111", "121212", "123456", "987654"])
def test_a_pin_that_is_none_or_too_easy_is_refused(world: World, pin: str) -> None:
    with pytest.raises(Refused):
        alarm.set_pin(world.desk, "hung", pin, "hung")
    with world.database.read() as c:
        hung = people.user(c, "hung")
    assert hung is not None
    assert hung.pin_hash == ""


def test_a_pin_is_kept_as_a_hash_and_a_fresh_one_is_never_easy(world: World) -> None:
    alarm.set_pin(world.desk, "hung", "260714", "hung")
    with world.database.read() as c:
        hung = people.user(c, "hung")
    assert hung is not None
    assert "260714" not in hung.pin_hash
    assert is_password(hung.pin_hash, "260714")
    assert not is_password(hung.pin_hash, "260715")
    assert noted(world)[0] == ("hung", "pin")
    assert all(pin_fault(fresh_pin()) is None for _ in range(200))


@pytest.mark.real
def test_typed_words_become_a_recording_like_any_upload(world: World) -> None:
    spoken = alarm.speak(world.desk, "  Vỡ đê ở thôn Đông.\nBà con lên chỗ cao ngay!  ", world.user("hung"))
    assert spoken.title == "Vỡ đê ở thôn Đông. Bà con lên chỗ cao ngay!"
    assert 1.5 < spoken.duration_s < 10
    assert -18 < spoken.loudness_lufs < -14
    assert world.shelf.has(spoken.sha256)


@pytest.mark.real
def test_words_that_look_like_options_are_only_words(world: World, tmp_path: Path) -> None:
    target = tmp_path / "x"
    voice.speak(f"--help -w {target}.wav", tmp_path / "loi.wav")
    assert (tmp_path / "loi.wav").stat().st_size > 10_000
    assert not Path(f"{target}.wav").exists()


@pytest.mark.parametrize("text", ["", "  ", "... !", "a" * (voice.SPOKEN_MAX + 1)])
def test_nothing_to_say_and_too_much_are_refused_before_any_work(tmp_path: Path, text: str) -> None:
    with pytest.raises(Rejected) as rejected:
        voice.speak(text, tmp_path / "loi.wav")
    assert rejected.value.message_vi
    assert list(tmp_path.iterdir()) == []


@pytest.mark.real
def test_the_default_all_clear_is_spoken_once_and_held_ready(world: World) -> None:
    for _ in range(2):
        alarm.ensure_all_clear(world.desk)
    with world.database.read() as c:
        clear = alarm.all_clear(world.desk, c)
        assert clear is not None
        assert clear.is_kept
        assert len(recordings.recordings(c)) == 1


def test_an_ordinary_stop_ends_the_alarm_too_and_an_all_clear_may_follow(world: World) -> None:
    past = send(world, repeat_for_s=60)
    world.clock.pass_(minutes=3)
    first, second = send(world), send(world)
    world.desk.stop(None, None, world.user("tam"))
    for storm in (first, second):
        assert kept_alarm(world, storm.id).cleared_by == "tam"
    assert kept_alarm(world, past.id).cleared_at is None, "it had ended by itself"
    third = send(world)
    world.desk.stop(third.id, [EAST], world.user("lan"))
    assert kept_alarm(world, third.id).cleared_at is None, "one village alone"
    world.desk.stop(third.id, None, world.user("lan"))
    assert kept_alarm(world, third.id).cleared_by == "lan"
    clear = world.add_sound("Báo yên", 8.0)
    alarm.follow(world.desk, third.id, clear.sha256, world.user("lan"))
    with pytest.raises(Refused):
        alarm.follow(world.desk, third.id, clear.sha256, world.user("lan"))


def test_long_ago_is_over(world: World) -> None:
    storm = send(world)
    world.clock.pass_(hours=25)
    with pytest.raises(Refused):
        alarm.cancel(world.desk, storm.id, "", world.user("lan"))
    assert standing(world) == []


def test_a_cancelled_alarm_leaves_the_air_free(world: World) -> None:
    storm = send(world)
    with pytest.raises(Conflicted):
        world.order(minutes=0, priority=Priority.EMERGENCY)
    alarm.cancel(world.desk, storm.id, "", world.user("lan"))
    world.order(minutes=0, priority=Priority.EMERGENCY)
