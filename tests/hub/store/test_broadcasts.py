"""Recordings and broadcasts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from contract.terms import Late, Priority, Yielding
from hub.orders.broadcasts import Broadcast, Recording, Stage, Variant, approve
from hub.rules.calendar import next_occurrence
from hub.rules.rule import USUAL_SETS, Name
from hub.rules.wording import parse, parse_days
from hub.store import broadcasts, day_sets, recordings

NOW = datetime(2026, 3, 2, 5, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
RECORDING = Recording(
    sha256="a" * 64,
    size=480_000,
    duration_s=60.5,
    loudness_lufs=-16.2,
    true_peak_dbtp=-1.4,
    title="Thông báo tiêm chủng",
    uploaded_by="lan",
    uploaded_at=NOW,
)


def draft(id: str, starts_at: datetime | None) -> Broadcast:
    return Broadcast(
        id=id,
        title="Thông báo tiêm chủng",
        audio=(RECORDING.audio,),
        nodes=("binhminh-thon-1", "binhminh-thon-2"),
        priority=Priority.ROUTINE,
        starts_at=starts_at,
        stage=Stage.SUBMITTED,
        author="lan",
        created_at=NOW,
    )


def ids(found: list[Broadcast]) -> list[str]:
    return [b.id for b in found]


def test_a_recording_comes_back_as_it_was(c: Connection) -> None:
    recordings.add(c, RECORDING)
    assert recordings.recording(c, "a" * 64) == RECORDING
    assert recordings.recording(c, "b" * 64) is None


def test_the_library_lists_the_newest_first(c: Connection) -> None:
    other = replace(RECORDING, sha256="b" * 64, uploaded_at=NOW + HOUR)
    recordings.add(c, RECORDING)
    recordings.add(c, other)
    assert recordings.recordings(c) == [other, RECORDING]


def test_the_same_sound_uploaded_again_is_one_entry_under_its_new_title(c: Connection) -> None:
    recordings.add(c, RECORDING)
    again = replace(RECORDING, title="Nhắc lại", uploaded_by="minh", uploaded_at=NOW + HOUR)
    recordings.add(c, again)
    assert recordings.recordings(c) == [again]


def test_a_broadcast_comes_back_as_it_was(c: Connection) -> None:
    undated, approved = draft("b1", None), approve(draft("b2", NOW + HOUR), "minh", NOW)
    for b in (undated, approved):
        broadcasts.add(c, b)
        assert broadcasts.broadcast(c, b.id) == b
    found = broadcasts.broadcast(c, "b2")
    assert found is not None
    assert found.is_approved
    assert broadcasts.broadcast(c, "b3") is None


def test_what_an_order_has_besides_comes_back_as_it_was(c: Connection) -> None:
    order = replace(
        draft("b1", NOW + HOUR),
        outro=(RECORDING.audio,),
        stream="http://dai.example.vn/vov1",
        stream_s=1800.0,
        variants=(Variant("Tày", replace(RECORDING.audio, sha256="b" * 64)),),
        patience_s=300.0,
    )
    approved = approve(order, "minh", NOW)
    broadcasts.add(c, approved)
    held = broadcasts.broadcast(c, "b1")
    assert held == approved
    assert held is not None
    assert held.is_approved


def test_replacing_writes_the_whole_broadcast(c: Connection) -> None:
    broadcasts.add(c, draft("b1", None))
    changed = replace(draft("b1", NOW + HOUR), title="Đổi giờ", nodes=("binhminh-thon-2",))
    broadcasts.replace(c, changed)
    assert broadcasts.broadcast(c, "b1") == changed


def test_of_two_who_approve_one_wins(c: Connection) -> None:
    b = draft("b1", NOW + HOUR)
    broadcasts.add(c, b)
    assert broadcasts.move(c, approve(b, "minh", NOW), Stage.SUBMITTED)
    assert not broadcasts.move(c, approve(b, "hoa", NOW), Stage.SUBMITTED)
    found = broadcasts.broadcast(c, "b1")
    assert found is not None
    assert found.approved_by == "minh"


def test_a_day_lists_what_starts_in_it_and_then_the_drafts_without_a_time(c: Connection) -> None:
    for b in (
        draft("later", NOW + 2 * HOUR),
        draft("now", None),
        draft("first", NOW),
        draft("after", NOW + 3 * HOUR),
        draft("before", NOW - timedelta(microseconds=1)),
        replace(draft("given-up", None), stage=Stage.CANCELLED),
        replace(draft("dropped", NOW + HOUR), stage=Stage.CANCELLED),
    ):
        broadcasts.add(c, b)
    assert ids(broadcasts.between(c, NOW, NOW + 3 * HOUR)) == ["first", "dropped", "later", "now"]


def test_plans_are_made_of_the_approved_alone(c: Connection) -> None:
    for b in (
        draft("draft", NOW + HOUR),
        approve(draft("soon", NOW + HOUR), "minh", NOW),
        approve(draft("at-once", None), "minh", NOW),
        replace(approve(draft("dropped", NOW + HOUR), "minh", NOW), stage=Stage.CANCELLED),
        approve(draft("old", NOW - HOUR), "minh", NOW - 2 * HOUR),
    ):
        broadcasts.add(c, b)
    assert ids(broadcasts.approved(c, NOW)) == ["at-once", "soon"]


def test_drafts_wait_soonest_first_and_undated_last(c: Connection) -> None:
    for b in (draft("undated", None), draft("late", NOW + 2 * HOUR), draft("soon", NOW + HOUR)):
        broadcasts.add(c, b)
    broadcasts.add(c, approve(draft("done", NOW + HOUR), "minh", NOW))
    assert ids(broadcasts.unapproved(c, NOW)) == ["soon", "late", "undated"]


def recurring(id: str, words: str) -> Broadcast:
    rule = parse(words, NOW.date())
    first = next_occurrence(rule, NOW)
    assert first is not None
    return replace(draft(id, first.at), rule=rule)


def test_one_that_recurs_comes_back_as_it_was(c: Connection) -> None:
    sha = "b" * 64
    order = replace(
        recurring("b1", f"rằm và mùng một 6:00 2 lần cách 10 phút trừ 2/9, Tết thay bằng {sha}"),
        substitutes=(replace(RECORDING.audio, sha256=sha),),
        late=Late.JOIN,
        yields=Yielding.RESTART,
        dropped=(NOW + HOUR,),
    )
    approved = approve(order, "minh", NOW)
    broadcasts.add(c, approved)
    held = broadcasts.broadcast(c, "b1")
    assert held == approved
    assert held is not None
    assert held.is_approved


def test_one_that_recurs_is_found_as_long_as_it_may_air(c: Connection) -> None:
    broadcasts.add(c, approve(recurring("endless", "hằng ngày 17:00"), "minh", NOW))
    broadcasts.add(c, approve(recurring("ends", "hằng ngày 23:50 2 lần cách 20 phút đến 5/3/2026"), "minh", NOW))
    broadcasts.add(c, approve(recurring("dates", "ngày 3/3/2026, 9/3/2026 5:00"), "minh", NOW))
    broadcasts.add(c, approve(draft("once", NOW + HOUR), "minh", NOW))
    last = datetime(2026, 3, 5, 17, 10, tzinfo=UTC)
    assert ids(broadcasts.approved(c, NOW)) == ["once", "endless", "ends", "dates"]
    assert ids(broadcasts.approved(c, last)) == ["endless", "ends", "dates"]
    assert ids(broadcasts.approved(c, last + HOUR)) == ["endless", "dates"]
    assert ids(broadcasts.between(c, NOW + timedelta(days=300), NOW + timedelta(days=301))) == ["endless"]
    assert ids(broadcasts.between(c, NOW - timedelta(days=9), NOW)) == []


def test_the_communes_days_are_the_usual_ones_until_it_says_otherwise(c: Connection) -> None:
    assert day_sets.day_sets(c) == USUAL_SETS
    mourning = parse_days("25/7/2027, 26/7/2027", NOW.date())
    day_sets.put(c, Name.MOURNING, mourning)
    day_sets.put(c, Name.HOLIDAY, ())
    held = day_sets.day_sets(c)
    assert (held.mourning, held.holiday) == (mourning, ())
