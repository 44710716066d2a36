"""What an order may have besides its recording: bound by its approval, in its place in every cue."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from contract import codec
from contract.limits import Limits
from contract.orders import Audio, Counter, Cue
from contract.terms import Late, Priority, Reason, Yielding
from hub.nodes.planning import Ground, compile_plan
from hub.orders.broadcasts import Broadcast, Stage, Variant, approve, digest
from hub.orders.conflicts import conflicts, interruptions
from hub.rules.wording import parse

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
HILL, RIVER = "binhminh-thon-1", "binhminh-thon-2"


def sound(name: str, duration_s: float = 60.0) -> Audio:
    return Audio(sha256=hashlib.sha256(name.encode()).hexdigest(), size=1000, duration_s=duration_s)


CHIME, INTRO, BODY, OUTRO = sound("chime", 2.0), sound("intro", 5.0), sound("body"), sound("outro", 4.0)
TAY = sound("tày", 90.0)
STATION = "http://dai.example.vn/vov1"
ORDER = Broadcast(
    id="b1",
    title="Bản tin",
    audio=(CHIME, INTRO, BODY),
    nodes=(HILL, RIVER),
    priority=Priority.ROUTINE,
    starts_at=NOW + timedelta(hours=1),
    stage=Stage.SUBMITTED,
    author="canbo",
    created_at=NOW,
)


def cue(order: Broadcast, node: str = HILL, ground: Ground | None = None) -> Cue:
    (only,) = compile_plan(node, [approve(order, "lanhdao", NOW)], Counter(0, 1), NOW, ground).cues
    return only


@pytest.mark.parametrize(
    "edit",
    [
        {"outro": (OUTRO,)},
        {"stream": STATION},
        {"stream_s": 60.0},
        {"variants": (Variant("Tày", TAY),)},
        {"patience_s": 300.0},
    ],
)
def test_any_edit_of_what_comes_besides_voids_the_approval(edit: dict[str, object]) -> None:
    edited = replace(ORDER, **edit)  # type: ignore[arg-type]
    assert approve(edited, "lanhdao", NOW).is_approved
    assert not replace(approve(ORDER, "lanhdao", NOW), **edit).is_approved  # type: ignore[arg-type]
    assert not replace(approve(edited, "lanhdao", NOW), **{name: getattr(ORDER, name) for name in edit}).is_approved


def test_what_was_approved_without_any_of_it_stays_approved() -> None:
    bound = ([a.sha256 for a in ORDER.audio], sorted(ORDER.nodes), ORDER.starts_at, ORDER.priority, ORDER.title)
    assert digest(ORDER) == hashlib.sha256(codec.encode(bound)).hexdigest()
    late = replace(ORDER, late=Late.JOIN)
    assert digest(late) == hashlib.sha256(codec.encode((*bound, None, [], Late.JOIN, Yielding.DROP))).hexdigest()


def test_chime_intro_recording_and_outro_sound_in_this_order() -> None:
    made = cue(replace(ORDER, outro=(OUTRO,)))
    assert made.audio == tuple(a.sha256 for a in (CHIME, INTRO, BODY, OUTRO))
    assert made.duration_s == 71.0


def test_a_rebroadcast_lasts_exactly_as_long_as_ordered_whatever_sounds_before_it() -> None:
    relay = replace(ORDER, audio=(CHIME, INTRO), stream=STATION, stream_s=1800.0)
    made = cue(relay)
    assert (made.audio, made.stream, made.duration_s) == ((CHIME.sha256, INTRO.sha256), STATION, 1800.0)
    assert cue(replace(relay, audio=())).audio == ()
    assert relay.duration_s == 1800.0
    span = conflicts(relay, [], {HILL: Limits(longest_s=1799)}, NOW)
    assert [(c.node, c.reason) for c in span] == [(HILL, Reason.TOO_LONG)]
    after = replace(ORDER, id="b2", starts_at=NOW + timedelta(hours=1, minutes=29))
    assert {c.reason for c in conflicts(after, [relay], {}, NOW)} == {Reason.OVERLAP}
    assert conflicts(replace(after, starts_at=NOW + timedelta(hours=1, minutes=31)), [relay], {}, NOW) == []


def test_a_recording_takes_the_stations_place_on_days_left_out() -> None:
    solemn = sound("solemn", 30.0)
    rule = parse(f"hằng ngày 9:00 trừ 2/12/2026 thay bằng {solemn.sha256}", date(2026, 12, 1))
    relay = replace(ORDER, audio=(CHIME,), stream=STATION, stream_s=1800.0, rule=rule, substitutes=(solemn,))
    cues = compile_plan(HILL, [approve(relay, "lanhdao", NOW)], Counter(0, 1), NOW).cues
    assert (cues[1].audio, cues[1].stream, cues[1].duration_s) == ((CHIME.sha256, solemn.sha256), "", 32.0)
    assert (cues[2].audio, cues[2].stream, cues[2].duration_s) == ((CHIME.sha256,), STATION, 1800.0)


def test_a_village_hears_the_recording_of_its_language_and_no_other() -> None:
    order = replace(ORDER, outro=(OUTRO,), variants=(Variant("Tày", TAY), Variant("Mông", sound("mông"))))
    spoken = Ground(languages={HILL: "tày"})
    plan = compile_plan(HILL, [approve(order, "lanhdao", NOW)], Counter(0, 1), NOW, spoken)
    assert plan.cues[0].audio == tuple(a.sha256 for a in (CHIME, INTRO, TAY, OUTRO))
    assert plan.cues[0].duration_s == 101.0
    assert set(plan.audio) == {CHIME, INTRO, TAY, OUTRO}
    for ground in (Ground(), Ground(languages={RIVER: "Dao"})):
        made = cue(order, RIVER, ground)
        assert (made.audio[2], made.duration_s) == (BODY.sha256, 71.0)


def test_what_is_heard_in_several_languages_takes_the_time_of_the_longest() -> None:
    """So nothing collides, whatever language a village is said to speak later."""
    order = replace(ORDER, audio=(BODY,), variants=(Variant("Tày", TAY),))
    after = replace(ORDER, id="b2", starts_at=NOW + timedelta(hours=1, seconds=80))
    assert order.duration_s == 90.0
    assert {c.other for c in conflicts(after, [order], {}, NOW)} == {order}
    assert conflicts(after, [replace(order, variants=())], {}, NOW) == []


def test_a_priority_bulletin_sounds_over_a_routine_one_which_is_no_conflict() -> None:
    news = replace(ORDER, id="b2", starts_at=ORDER.starts_at and ORDER.starts_at - timedelta(seconds=30))
    urgent = replace(ORDER, priority=Priority.PRIORITY, patience_s=300.0)
    assert cue(urgent).patience_s == 300.0
    assert conflicts(urgent, [news], {}, NOW) == []
    (found,) = interruptions(urgent, [news], NOW)
    assert (found.other, found.times, found.count) == (news, (news.starts_at,), 1)
    assert interruptions(ORDER, [news], NOW) == []
    assert interruptions(urgent, [replace(news, nodes=("binhminh-thon-3",))], NOW) == []
    assert interruptions(urgent, [replace(news, stage=Stage.CANCELLED)], NOW) == []
    over = replace(news, starts_at=NOW + timedelta(minutes=58))
    assert interruptions(urgent, [over], NOW) == []


def test_the_time_that_one_may_wait_is_kept_free_of_others_of_its_class() -> None:
    urgent = replace(ORDER, priority=Priority.PRIORITY, patience_s=300.0)
    at = NOW + timedelta(hours=1, minutes=5)
    for priority, count in ((Priority.PRIORITY, 2), (Priority.ROUTINE, 0), (Priority.EMERGENCY, 0)):
        assert len(conflicts(replace(ORDER, id="b2", priority=priority, starts_at=at), [urgent], {}, NOW)) == count


def test_a_plan_keeps_what_may_still_be_waiting() -> None:
    urgent = approve(replace(ORDER, priority=Priority.PRIORITY, patience_s=300.0), "lanhdao", NOW)
    later = NOW + timedelta(hours=1, minutes=6)
    assert len(compile_plan(HILL, [urgent], Counter(0, 1), later).cues) == 1
    assert compile_plan(HILL, [approve(ORDER, "lanhdao", NOW)], Counter(0, 1), later).cues == ()


SUBSTITUTE, NOTICE = sound("substitute", 60.0), sound("notice", 4.0)
LADDER = Ground(fallbacks=((SUBSTITUTE,), (CHIME, NOTICE)))


def test_a_substitute_and_a_notice_stand_by_for_everything_but_emergencies() -> None:
    approved = approve(ORDER, "lanhdao", NOW)
    plan = compile_plan(HILL, [approved], Counter(0, 1), NOW, LADDER)
    assert plan.cues[0].fallbacks == ((SUBSTITUTE.sha256,), (CHIME.sha256, NOTICE.sha256))
    assert set(plan.audio) == {CHIME, INTRO, BODY, SUBSTITUTE, NOTICE}
    assert compile_plan(HILL, [approved], Counter(0, 1), NOW).cues[0].fallbacks == ()
    storm = replace(ORDER, priority=Priority.EMERGENCY)
    plan = compile_plan(HILL, [approve(storm, "lanhdao", NOW)], Counter(0, 1), NOW, LADDER)
    assert (plan.cues[0].fallbacks, set(plan.audio)) == ((), {CHIME, INTRO, BODY})
    assert compile_plan(HILL, [], Counter(0, 1), NOW, LADDER).audio == (), "nothing to stand by for"


def test_no_substitute_is_longer_than_what_it_stands_in_for_unless_that_is_a_stream() -> None:
    """A node holds its limits against the longest of what it may play; the hub has judged the programme alone."""
    music = sound("music", 600.0)
    ground = Ground(fallbacks=((music,), (CHIME, NOTICE)), languages={RIVER: "Tày"})
    assert cue(ORDER, HILL, ground).fallbacks == ((CHIME.sha256, NOTICE.sha256),)
    long = replace(ORDER, variants=(Variant("Tày", sound("long", 600.0)),))
    assert [len(cue(long, node, ground).fallbacks) for node in (HILL, RIVER)] == [1, 2]
    assert cue(replace(ORDER, audio=(sound("jingle", 3.0),)), HILL, ground).fallbacks == ()
    relay = replace(ORDER, audio=(), stream=STATION, stream_s=300.0)
    assert cue(relay, HILL, ground).fallbacks == ((music.sha256,), (CHIME.sha256, NOTICE.sha256))


def packed_size(orders: list[Broadcast], ground: Ground) -> int:
    approved = [approve(o, "lanhdao", NOW) for o in orders]
    return len(codec.pack(compile_plan(HILL, approved, Counter(0, 1), NOW, ground)))


def test_twelve_bulletins_a_day_stay_far_below_what_a_node_takes() -> None:
    """By rules of their own; and even were each of the 540 ordered alone, with a recording of its own."""
    daily = [
        replace(
            ORDER,
            id=f"b{sound(str(hour)).sha256[:12]}",
            title=f"Bản tin {hour} giờ của Đài truyền thanh xã",
            audio=(CHIME, sound(f"bulletin {hour}")),
            rule=parse(f"hằng ngày {hour}:00", date(2026, 12, 1)),
        )
        for hour in range(8, 20)
    ]
    assert packed_size(daily, LADDER) < codec.PLAN_PACKED_MAX / 4
    alone = [
        replace(
            ORDER,
            id=f"b{sound(f'{day} {hour}').sha256[:12]}",
            audio=(CHIME, sound(f"{day} {hour}", 60 + day / 7)),
            starts_at=NOW + timedelta(days=day, hours=hour),
        )
        for day in range(45)
        for hour in range(1, 13)
    ]
    assert packed_size(alone, LADDER) - packed_size(alone, Ground()) < 2_000


def test_on_a_day_left_out_only_the_recording_is_replaced() -> None:
    solemn = sound("solemn", 30.0)
    rule = parse(f"hằng ngày 9:00 trừ 2/12/2026 thay bằng {solemn.sha256}", date(2026, 12, 1))
    order = replace(ORDER, rule=rule, substitutes=(solemn,), outro=(OUTRO,))
    cues = compile_plan(HILL, [approve(order, "lanhdao", NOW)], Counter(0, 1), NOW).cues
    assert cues[1].audio == tuple(a.sha256 for a in (CHIME, INTRO, solemn, OUTRO))
    assert cues[2].audio == tuple(a.sha256 for a in (CHIME, INTRO, BODY, OUTRO))
