"""What people may ask of the hub, and what becomes of it: orders, approvals, live orders, refusals."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.events import Key, Playout
from contract.limits import Limits
from contract.reports import Birth
from contract.terms import Late, Order, Outcome, Priority, Reason, Yielding
from hub.media.rejection import Rejected
from hub.media.shelf import Shelf
from hub.news import News
from hub.nodes.fleet import Node
from hub.orders.broadcasts import NOW_LEAD, Broadcast, Recording, Stage, digest
from hub.orders.desk import Desk
from hub.orders.wish import Extras, Wish
from hub.people.accounts import Role, User
from hub.refusals import Conflicted, NotAllowed, NotFound, Refused
from hub.rules.wording import parse
from hub.store import broadcasts, meta, nodes, orders, people, recordings, records
from hub.store.database import Database
from hub.store.orders import LiveOrder
from tests.hub.web.world import tone

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
EAST, WEST = "binhminh-dong", "binhminh-tay"

OFFICER = User(name="lan", title="Lan", role=Role.OFFICER, password_hash="x")
LEADER = User(name="hung", title="Hùng", role=Role.LEADER, password_hash="x")
TECHNICIAN = User(name="tam", title="Tâm", role=Role.TECHNICIAN, password_hash="x")
VIEWER = User(name="khach", title="Khách", role=Role.VIEWER, password_hash="x")


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: Clock) -> Desk:
    with database.write() as c:
        for id in (EAST, WEST):
            nodes.add_node(c, Node(id=id, title=id, added_at=NOON), "s" * 64, "h")
    return Desk(database, Shelf(tmp_path / "media"), clock, News())


def shelve(desk: Desk, text: str, duration_s: float = 60.0) -> Recording:
    """A recording that is on the shelf; its bytes are nothing to hear."""
    with desk.shelf.draft() as draft:
        draft.write_text(text)
        sha256, size = desk.shelf.add(draft)
    recording = Recording(
        sha256=sha256,
        size=size,
        duration_s=duration_s,
        loudness_lufs=-16.0,
        true_peak_dbtp=-1.5,
        title=text,
        uploaded_by="lan",
        uploaded_at=NOON,
    )
    with desk.database.write() as c:
        recordings.add(c, recording)
    return recording


def order(
    desk: Desk,
    minutes: float | None = 30,
    *,
    sound: Recording | None = None,
    villages: Sequence[str] = (EAST, WEST),
    priority: Priority = Priority.ROUTINE,
    title: str = "Bản tin",
    has_chime: bool = False,
    author: User = OFFICER,
    extras: Extras | None = None,
) -> Broadcast:
    wish = Wish(
        title=title,
        recording=(sound or shelve(desk, "bản tin")).sha256,
        nodes=tuple(villages),
        starts_at=None if minutes is None else desk.clock() + timedelta(minutes=minutes),
        priority=priority,
        has_chime=has_chime,
        extras=extras or Extras(),
    )
    return desk.order(wish, author)


def approve(desk: Desk, id: str, leader: User, waiver: str = "") -> Broadcast:
    """Approve what stands there now."""
    with desk.database.read() as c:
        found = broadcasts.broadcast(c, id)
    return desk.approve(id, leader, seen="" if found is None else digest(found), waiver=waiver)


def fall_silent(desk: Desk, village: str, broadcast: Broadcast) -> None:
    """The village reports that it was stopped in the middle of a broadcast."""
    assert broadcast.starts_at is not None
    playout = Playout(
        key=Key(stream=village, seq=1),
        at=desk.clock(),
        cue=f"{broadcast.id}.x.{village}",
        broadcast=broadcast.id,
        outcome=Outcome.CUT,
        reason=Reason.STOPPED,
        planned_at=broadcast.starts_at,
        first_sample_at=broadcast.starts_at,
        last_sample_at=desk.clock(),
    )
    with desk.database.write() as c:
        records.insert_events(c, [(village, playout, desk.clock())])


def stored(desk: Desk, id: str) -> Broadcast | None:
    with desk.database.read() as c:
        return broadcasts.broadcast(c, id)


def standing(desk: Desk) -> list[LiveOrder]:
    with desk.database.read() as c:
        return orders.open_orders(c, desk.clock())


def limit(desk: Desk, village: str, limits: Limits) -> None:
    birth = Birth(at=NOON, software="0", hardware="0", started_at=NOON, limits=limits)
    with desk.database.write() as c:
        nodes.note_birth(c, village, birth, NOON)


def test_an_order_waits_to_be_approved_and_nobody_hears_it(desk: Desk) -> None:
    draft = order(desk, title="  Bản   tin sáng ")
    assert stored(desk, draft.id) == draft
    assert (draft.title, draft.stage, draft.author) == ("Bản tin sáng", Stage.SUBMITTED, "lan")
    assert not standing(desk)


def test_the_chime_goes_first_when_it_is_wanted(desk: Desk) -> None:
    chime, sound = shelve(desk, "nhạc hiệu", 2.0), shelve(desk, "bản tin")
    with desk.database.write() as c:
        meta.put(c, "chime", chime.sha256)
    assert [a.sha256 for a in order(desk, sound=sound, has_chime=True).audio] == [chime.sha256, sound.sha256]
    assert [a.sha256 for a in order(desk, 60, sound=chime, has_chime=True).audio] == [chime.sha256]


def test_without_a_chime_on_the_shelf_it_cannot_be_wanted(desk: Desk) -> None:
    with pytest.raises(Refused):
        order(desk, has_chime=True)


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"title": "x" * 121}, {"title": "a\u202eb"}, {"villages": ()}, {"villages": ("binhminh-la",)}],
)
def test_an_order_that_makes_no_sense_is_refused_and_not_kept(desk: Desk, wrong: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        order(desk, **wrong)  # type: ignore[arg-type]
    assert refused.value.message_vi
    with desk.database.read() as c:
        assert broadcasts.unapproved(c, NOON) == []


@pytest.mark.parametrize("minutes", [-1, 60 * 24 * 400])
def test_a_time_that_is_over_or_absurdly_far_is_refused(desk: Desk, minutes: float) -> None:
    with pytest.raises(Refused):
        order(desk, minutes)


def test_a_recording_that_is_not_on_the_shelf_is_refused(desk: Desk) -> None:
    sound = shelve(desk, "bản tin")
    desk.shelf.path(sound.sha256).unlink()
    with pytest.raises(Refused):
        order(desk, sound=sound)


def test_a_revoked_village_cannot_be_chosen(desk: Desk) -> None:
    with desk.database.write() as c:
        nodes.revoke(c, WEST)
    with pytest.raises(Refused):
        order(desk, villages=(EAST, WEST))


def test_two_broadcasts_at_one_time_conflict_only_where_they_share_a_village(desk: Desk) -> None:
    first = order(desk, villages=(EAST,))
    with pytest.raises(Conflicted) as conflicted:
        order(desk, villages=(EAST, WEST))
    assert [(x.node, x.reason, x.other) for x in conflicted.value.conflicts] == [(EAST, Reason.OVERLAP, first)]
    order(desk, villages=(WEST,))


def test_the_limits_each_village_reported_are_held(desk: Desk) -> None:
    limit(desk, WEST, Limits(quiet_from_min=11 * 60, quiet_until_min=13 * 60))
    with pytest.raises(Conflicted) as conflicted:
        order(desk, 30)
    assert [(x.node, x.reason) for x in conflicted.value.conflicts] == [(WEST, Reason.QUIET_HOURS)]


def test_drafts_that_can_no_longer_air_stand_in_nobodys_way(desk: Desk, clock: Clock) -> None:
    order(desk, None)
    order(desk, 1)
    clock.now += timedelta(minutes=1, seconds=1)
    order(desk, 0)


def test_a_cancelled_broadcast_frees_its_time(desk: Desk) -> None:
    desk.cancel(order(desk).id, OFFICER)
    order(desk)


def test_a_broadcast_that_was_stopped_frees_its_time_where_it_has_fallen_silent(desk: Desk, clock: Clock) -> None:
    wrong = approve(desk, order(desk, 0).id, LEADER)
    clock.now += timedelta(seconds=10)
    fall_silent(desk, EAST, wrong)
    with pytest.raises(Conflicted) as conflicted:
        order(desk, None)
    assert [(x.node, x.other) for x in conflicted.value.conflicts] == [(WEST, wrong)]
    fall_silent(desk, WEST, wrong)
    approve(desk, order(desk, None).id, LEADER)


def test_approval_binds_to_what_was_ordered(desk: Desk) -> None:
    approved = approve(desk, order(desk).id, LEADER)
    assert approved.is_approved
    assert (approved.approved_by, approved.approved_at) == ("hung", NOON)
    assert stored(desk, approved.id) == approved
    assert not standing(desk), "a planned one goes out with the plan"


def test_only_a_leader_approves(desk: Desk) -> None:
    draft = order(desk)
    for user in (OFFICER, TECHNICIAN, VIEWER):
        with pytest.raises(NotAllowed):
            approve(desk, draft.id, user)
    assert stored(desk, draft.id) == draft


def test_approving_twice_too_late_or_nothing_is_refused(desk: Desk, clock: Clock) -> None:
    draft, late = order(desk), order(desk, 60)
    approve(desk, draft.id, LEADER)
    with pytest.raises(Refused):
        approve(desk, draft.id, LEADER)
    clock.now += timedelta(minutes=61)
    with pytest.raises(Refused):
        approve(desk, late.id, LEADER)
    with pytest.raises(NotFound):
        approve(desk, "b0", LEADER)


def test_now_gets_its_instant_at_approval_and_is_held_against_the_others_then(desk: Desk) -> None:
    waiting = order(desk, None)
    planned = order(desk, 0.5)
    with pytest.raises(Conflicted):
        approve(desk, waiting.id, LEADER)
    assert stored(desk, waiting.id) == waiting
    desk.cancel(planned.id, OFFICER)
    assert approve(desk, waiting.id, LEADER).starts_at == NOON + NOW_LEAD


def test_an_emergency_for_now_goes_to_each_village_as_a_live_order_that_lapses(desk: Desk, clock: Clock) -> None:
    storm = approve(desk, order(desk, None, priority=Priority.EMERGENCY).id, LEADER)
    sent = standing(desk)
    assert {(o.node, o.order, o.broadcast) for o in sent} == {
        (EAST, Order.PLAY, storm.id),
        (WEST, Order.PLAY, storm.id),
    }
    assert {o.until_at for o in sent} == {NOON + timedelta(minutes=5)}
    clock.now += timedelta(minutes=5)
    assert not standing(desk)


def test_an_emergency_passes_what_is_planned(desk: Desk) -> None:
    order(desk, 0.1)
    assert approve(desk, order(desk, None, priority=Priority.EMERGENCY).id, LEADER).is_live


def test_stop_silences_one_broadcast_and_keeps_its_live_order_from_starting_again(desk: Desk, clock: Clock) -> None:
    storm = approve(desk, order(desk, None, priority=Priority.EMERGENCY).id, LEADER)
    clock.now += timedelta(seconds=20)
    desk.stop(storm.id, None, TECHNICIAN)
    assert {(o.node, o.order, o.broadcast) for o in standing(desk)} == {
        (EAST, Order.STOP, storm.id),
        (WEST, Order.STOP, storm.id),
    }


def test_stop_in_one_village_leaves_the_other_alone(desk: Desk, clock: Clock) -> None:
    storm = approve(desk, order(desk, None, priority=Priority.EMERGENCY).id, LEADER)
    clock.now += timedelta(seconds=20)
    desk.stop(storm.id, [EAST], OFFICER)
    assert {(o.node, o.order) for o in standing(desk)} == {(EAST, Order.STOP), (WEST, Order.PLAY)}


def test_stop_everything_goes_to_every_village_in_service(desk: Desk) -> None:
    desk.stop(None, None, LEADER)
    assert {(o.node, o.order, o.broadcast) for o in standing(desk)} == {(EAST, Order.STOP, ""), (WEST, Order.STOP, "")}


def test_what_has_not_begun_is_cancelled_and_not_stopped(desk: Desk) -> None:
    planned = approve(desk, order(desk).id, LEADER)
    with pytest.raises(Refused):
        desk.stop(planned.id, None, OFFICER)
    assert not standing(desk)


def test_viewers_stop_nothing(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.stop(None, None, VIEWER)


def test_cancelling_a_live_emergency_also_silences_it(desk: Desk) -> None:
    storm = approve(desk, order(desk, None, priority=Priority.EMERGENCY).id, LEADER)
    desk.cancel(storm.id, LEADER)
    assert {(o.node, o.order) for o in standing(desk)} == {(EAST, Order.STOP), (WEST, Order.STOP)}


def test_what_is_over_or_cancelled_cannot_be_cancelled(desk: Desk, clock: Clock) -> None:
    aired = approve(desk, order(desk, 1).id, LEADER)
    gone = desk.cancel(order(desk, 60).id, OFFICER)
    clock.now += timedelta(minutes=10)
    for broadcast in (aired, gone):
        with pytest.raises(Refused):
            desk.cancel(broadcast.id, OFFICER)
    with pytest.raises(NotAllowed):
        desk.cancel(aired.id, TECHNICIAN)


def test_every_act_leaves_a_note_and_is_told(desk: Desk, clock: Clock) -> None:
    draft = order(desk, 1)
    approve(desk, draft.id, LEADER)
    clock.now += timedelta(seconds=70)
    desk.stop(draft.id, None, TECHNICIAN)
    desk.cancel(draft.id, OFFICER)
    with desk.database.read() as c:
        noted = [(n.who, n.act, n.subject) for n in people.notes(c)]
    assert noted == [
        ("lan", "cancel", draft.id),
        ("tam", "stop", draft.id),
        ("hung", "approve", draft.id),
        ("lan", "order", draft.id),
    ]
    assert desk.news.version == 4


@pytest.mark.real
def test_an_uploaded_file_becomes_a_recording(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "tone.wav"
    file.write_bytes(tone(1.5))
    heard: list[float] = []
    recording = desk.add_recording(file, " Tiếng  thử ", OFFICER, heard.append)
    assert recording.title == "Tiếng thử"
    assert recording.duration_s == pytest.approx(1.5, abs=0.1)
    assert desk.shelf.has(recording.sha256)
    assert heard == sorted(heard)
    with desk.database.read() as c:
        assert recordings.recordings(c) == [recording]


@pytest.mark.real
def test_a_file_that_is_no_sound_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "thu.mp3"
    file.write_text("#EXTM3U\nhttp://192.0.2.1/evil\n")
    with pytest.raises(Rejected):
        desk.add_recording(file, "Thư", OFFICER)
    with pytest.raises(NotAllowed):
        desk.add_recording(file, "Thư", VIEWER)
    with desk.database.read() as c:
        assert recordings.recordings(c) == []
    assert list(desk.shelf.folder.iterdir()) == []


@pytest.mark.real
def test_the_chime_is_made_once(desk: Desk) -> None:
    desk.ensure_chime()
    with desk.database.read() as c:
        made = desk.chime(c)
    assert made is not None
    assert desk.shelf.has(made.sha256)
    desk.ensure_chime()
    with desk.database.read() as c:
        assert desk.chime(c) == made


def recur(desk: Desk, words: str, **other: object) -> Broadcast:
    wish = Wish(
        title="Bản tin",
        recording=shelve(desk, "bản tin").sha256,
        nodes=(EAST, WEST),
        rule=parse(words, NOON.date()),
        **other,  # type: ignore[arg-type]
    )
    return desk.order(wish, OFFICER)


def test_an_order_by_a_rule_keeps_it_and_begins_with_its_first_airing(desk: Desk) -> None:
    draft = recur(desk, "hằng ngày 17:00", late=Late.JOIN, yields=Yielding.RESUME)
    assert stored(desk, draft.id) == draft
    assert draft.starts_at == NOON + timedelta(hours=5)
    approved = approve(desk, draft.id, LEADER)
    assert stored(desk, draft.id) == approved
    assert approved.is_approved
    assert not standing(desk)


def test_a_rule_that_never_airs_again_or_only_after_a_year_is_refused(desk: Desk) -> None:
    for words, said in (("ngày 1/1/2026 5:00", "không còn lượt phát nào"), ("29/2 hằng năm 5:00", "quá xa")):
        with pytest.raises(Refused) as refused:
            recur(desk, words)
        assert said in refused.value.message_vi


def test_every_airing_is_held_against_what_stands_already(desk: Desk) -> None:
    order(desk, minutes=5 * 60 + 24 * 60 * 3)
    with pytest.raises(Conflicted) as refused:
        recur(desk, "hằng ngày 17:00")
    assert {c.times for c in refused.value.conflicts} == {(NOON + timedelta(days=3, hours=5),)}
    weekly = recur(desk, "thứ 7 17:00")
    with pytest.raises(Conflicted):
        recur(desk, "cuối tuần 17:00")
    desk.cancel(weekly.id, OFFICER)
    recur(desk, "cuối tuần 17:00")


def test_one_airing_can_be_taken_back_and_the_others_stand(desk: Desk, clock: Clock) -> None:
    approved = approve(desk, recur(desk, "hằng ngày 17:00").id, LEADER)
    second = NOON + timedelta(days=1, hours=5)
    desk.drop(approved.id, second, OFFICER)
    held = stored(desk, approved.id)
    assert held is not None
    assert (held.is_approved, held.dropped) == (True, (second,))
    clock.now = second + timedelta(days=1, hours=1)
    for wrong in (second, second + timedelta(minutes=1), second + timedelta(days=1)):
        with pytest.raises(Refused, match="no such airing"):
            desk.drop(approved.id, wrong, OFFICER)
    with pytest.raises(NotAllowed):
        desk.drop(approved.id, second + timedelta(days=2), VIEWER)
    with pytest.raises(Refused, match="no such airing"):
        desk.drop(order(desk).id, clock.now + timedelta(minutes=30), OFFICER)


def test_one_that_recurs_can_be_stopped_while_it_airs_and_cancelled_until_its_last_airing_is_over(
    desk: Desk, clock: Clock
) -> None:
    approved = approve(desk, recur(desk, "hằng ngày 17:00 đến 25/11/2026").id, LEADER)
    with pytest.raises(Refused, match="not begun"):
        desk.stop(approved.id, None, LEADER)
    clock.now = NOON + timedelta(hours=5, seconds=10)
    desk.stop(approved.id, None, LEADER)
    assert {o.node for o in standing(desk)} == {EAST, WEST}
    clock.now = NOON + timedelta(days=2, hours=6)
    with pytest.raises(Refused, match="over"):
        desk.cancel(approved.id, OFFICER)
    other = approve(desk, recur(desk, "hằng ngày 18:30").id, LEADER)
    clock.now += timedelta(days=9)
    assert desk.cancel(other.id, OFFICER).stage is Stage.CANCELLED


def test_a_recording_may_take_the_place_on_days_left_out(desk: Desk) -> None:
    solemn = shelve(desk, "nhạc trầm", 30.0)
    draft = recur(desk, "hằng ngày 17:00 trừ quốc tang", replacement=solemn.sha256)
    assert draft.substitutes == (solemn.audio,)
    assert draft.rule is not None
    assert draft.rule.exemptions[0].replacement == solemn.sha256
    with pytest.raises(Refused, match="days left out"):
        recur(desk, "hằng ngày 18:00", replacement=solemn.sha256)
    with pytest.raises(Refused, match="library"):
        recur(desk, "hằng ngày 18:00 trừ quốc tang", replacement="0" * 64)


def test_a_rule_that_no_plan_could_carry_is_refused_when_saving(desk: Desk) -> None:
    minutes = ", ".join(f"{h}:00" for h in range(24))
    with pytest.raises(Refused, match="plan is full"):
        recur(desk, f"hằng ngày {minutes} 5 lần cách 10 phút")


def test_an_intro_and_an_outro_go_around_the_recording(desk: Desk) -> None:
    chime, intro, body, outro = (shelve(desk, name) for name in ("nhạc hiệu", "mở đầu", "bản tin", "kết thúc"))
    with desk.database.write() as c:
        meta.put(c, "chime", chime.sha256)
    draft = order(desk, sound=body, has_chime=True, extras=Extras(intro=intro.sha256, outro=outro.sha256))
    assert (draft.audio, draft.outro) == ((chime.audio, intro.audio, body.audio), (outro.audio,))
    assert draft.duration_s == 240.0
    assert stored(desk, draft.id) == draft
    with pytest.raises(Refused, match="not in the library"):
        order(desk, 60, extras=Extras(outro="0" * 64))
