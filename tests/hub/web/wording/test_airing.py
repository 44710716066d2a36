"""How a broadcast stands: what is said before, while and after it airs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contract.events import Key, Playout
from contract.orders import Audio, Counter
from contract.reports import ClockReport, Heartbeat, PlanReport, Vitals
from contract.terms import Outcome, Priority, Reason, Trust
from hub.nodes.fleet import Node, Status
from hub.orders import broadcasts
from hub.orders.broadcasts import Broadcast, Stage
from hub.web.wording import phrases, words
from hub.web.wording.airing import Airing, follow
from hub.web.wording.phrases import Phase, Tone
from hub.web.wording.villages import Village, describe

AT = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
SOUND = Audio(sha256="a" * 64, size=10, duration_s=60.0)
NAMES = {"xa-dong": "Đông", "xa-doai": "Đoài", "xa-trung": "Trung"}
HEARD = (Outcome.AIRED, Outcome.CUT, Outcome.PREEMPTED)
NEEDED = dict.fromkeys(NAMES, Counter(0, 7))
VI = words.load()["vi"]

SUBMITTED = Broadcast(
    id="b1",
    title="Bản tin",
    audio=(SOUND,),
    nodes=tuple(NAMES),
    priority=Priority.ROUTINE,
    starts_at=AT,
    stage=Stage.SUBMITTED,
    author="lan",
    created_at=AT - timedelta(days=1),
)
APPROVED = broadcasts.approve(SUBMITTED, "hung", AT - timedelta(hours=5))


def village(id: str, plan: PlanReport | None = None, status: Status = Status.UP, on_air: str = "") -> Village:
    heartbeat = Heartbeat(
        at=AT,
        plan=plan or PlanReport(accepted=Counter(0, 7)),
        clock=ClockReport(trust=Trust.TRUSTED),
        vitals=Vitals(uptime_s=1),
        on_air=on_air,
    )
    return Village(Node(id=id, title=NAMES[id], added_at=AT), status, None, AT, heartbeat, ())


def record(outcome: Outcome = Outcome.AIRED, reason: Reason = Reason.NONE, late_s: float = 0.0) -> Playout:
    return Playout(
        key=Key(stream="s", seq=1),
        at=AT,
        cue="b1.x",
        broadcast="b1",
        outcome=outcome,
        reason=reason,
        planned_at=AT,
        first_sample_at=AT + timedelta(seconds=late_s) if outcome in HEARD else None,
    )


def at(
    minutes: float,
    broadcast: Broadcast = APPROVED,
    playouts: dict[str, Playout] | None = None,
    **changed: Village,
) -> Airing:
    villages = {id: village(id) for id in NAMES} | {v.node.id: v for v in changed.values()}
    return follow(broadcast, villages, NEEDED, playouts or {}, AT + timedelta(minutes=minutes))


def said(airing: Airing) -> list[str]:
    return [f"{name}: {phrases.say(VI, line)}" for name, line in airing.troubles]


def test_before_it_is_approved_it_is_a_draft_or_waits_and_its_time_may_pass() -> None:
    draft = replace(SUBMITTED, stage=Stage.DRAFT)
    assert at(-5, SUBMITTED).phase is Phase.SUBMITTED
    assert at(-5, draft).phase is Phase.DRAFT
    assert at(-5, replace(draft, returned_for="Sai giờ họp")).phase is Phase.RETURNED
    assert {at(5, each).phase for each in (SUBMITTED, draft)} == {Phase.EXPIRED}
    assert at(-5, SUBMITTED).troubles == []


def test_before_air_it_counts_who_is_ready_and_says_who_is_not_and_why() -> None:
    airing = at(
        -5,
        a=village("xa-doai", PlanReport(accepted=Counter(0, 6))),
        b=village("xa-trung", PlanReport(accepted=Counter(0, 7), missing=(SOUND.sha256,), missing_count=1)),
    )
    assert airing.phase is Phase.WAITING
    assert len(airing.ready) == 1
    assert said(airing) == ["Đoài: nút chưa nhận lịch phát", "Trung: đang tải bản thu về"]


def test_ready_is_the_speakers_word_even_where_contact_is_lost_and_that_is_said() -> None:
    airing = at(-5, a=village("xa-dong", status=Status.DOWN))
    assert len(airing.ready) == 3
    assert said(airing) == ["Đông: đã sẵn sàng nhưng đang mất liên lạc"]


def mute(silent: tuple[str, ...] = (), sound_fault: str = "", accepted: Counter | None = None) -> Village:
    """A village in contact that cannot play; of a silent speaker the link says nothing of what it said last."""
    healthy = village("xa-dong", PlanReport(accepted=accepted))
    assert healthy.heartbeat is not None
    heartbeat = replace(healthy.heartbeat, silent=silent, sound_fault=sound_fault)
    return describe(healthy.node, Status.UP, None, heartbeat, {})


def test_a_dead_sound_process_is_the_reason_not_the_plan_it_no_longer_tells_of() -> None:
    airing = at(-5, a=mute(silent=("speaker",)))
    assert [len(airing.ready), len(airing.unready)] == [2, 1]
    assert said(airing) == ["Đông: Chương trình phát âm thanh trên nút không trả lời"]
    assert said(at(0.5, a=mute(silent=("speaker",)), b=village("xa-doai", on_air="b1"))) == said(airing)


def test_who_holds_all_but_has_no_sound_is_not_ready() -> None:
    airing = at(-5, a=mute(sound_fault="no card", accepted=Counter(0, 7)))
    assert len(airing.ready) == 2
    assert said(airing) == ["Đông: Âm thanh không hoạt động: no card"]


def test_a_refused_plan_comes_with_its_reason() -> None:
    airing = at(-5, a=village("xa-dong", PlanReport(refused=Reason.NOT_VALID_NOW)))
    assert said(airing) == ["Đông: nút từ chối lịch phát: lịch phát không có hiệu lực vào lúc này"]


def test_shortly_before_its_first_sound_it_counts_down() -> None:
    assert at(-4).is_soon
    assert not at(-6).is_soon
    assert not at(-4, SUBMITTED).is_soon, "nobody has approved it"
    assert not at(0.5).is_soon


def test_on_air_counts_who_plays() -> None:
    airing = at(0.5, a=village("xa-dong", on_air="b1.x"), b=village("xa-doai", on_air="other"))
    assert airing.phase is Phase.ON_AIR
    assert [p.village.node.id for p in airing.on_air] == ["xa-dong"]


def test_a_village_still_playing_keeps_it_on_air_whatever_the_clock_says() -> None:
    assert at(20, a=village("xa-dong", on_air="b1.x")).phase is Phase.ON_AIR


def test_all_aired_is_good_and_tells_the_first_sound() -> None:
    airing = at(2, playouts={id: record(late_s=n / 1000) for n, id in enumerate(NAMES, start=2)})
    assert (airing.phase, airing.tone) == (Phase.DONE, Tone.GOOD)
    assert airing.first_sample_at == AT + timedelta(milliseconds=2)
    assert airing.troubles == []


def test_who_did_not_air_says_why_and_who_is_silent_is_named() -> None:
    airing = at(2, playouts={"xa-dong": record(), "xa-doai": record(Outcome.MISSED, Reason.CLOCK)})
    assert (airing.phase, airing.tone) == (Phase.DONE, Tone.BAD)
    assert said(airing) == ["Đoài: Không phát: đồng hồ của nút chưa tin được", "Trung: chưa có báo cáo"]
    assert at(2, playouts={"xa-dong": record()}).tone is Tone.WARN


def test_all_reports_in_ends_it_before_its_time() -> None:
    cut = {id: record(Outcome.CUT, Reason.STOPPED) for id in NAMES}
    assert at(0.2, playouts=cut).phase is Phase.DONE


def test_what_was_heard_and_then_stopped_is_not_called_silent() -> None:
    airing = at(2, playouts={"xa-dong": record(Outcome.CUT, Reason.STOPPED), "xa-doai": record(Outcome.MISSED)})
    assert airing.aired == []
    assert [p.village.node.id for p in airing.broken_off] == ["xa-dong"]
    assert airing.first_sample_at == AT
    assert at(2, playouts={"xa-dong": record(Outcome.MISSED)}).first_sample_at is None


def test_one_stop_in_all_villages_is_one_line() -> None:
    cut = {id: record(Outcome.CUT, Reason.STOPPED) for id in NAMES}
    (stopped,) = at(2, playouts=cut).grouped_troubles
    assert stopped.names == tuple(NAMES.values())
    mixed = at(2, playouts=cut | {"xa-doai": record(Outcome.MISSED, Reason.CLOCK)})
    assert [t.names for t in mixed.grouped_troubles] == [("Đông", "Trung"), ("Đoài",)]


def test_an_emergency_is_on_air_from_its_approval() -> None:
    order = replace(SUBMITTED, starts_at=None, priority=Priority.EMERGENCY)
    live = broadcasts.approve(order, "hung", AT)
    assert at(0.01, live).phase is Phase.ON_AIR


def test_a_cancelled_one_is_cancelled_unless_it_still_sounds() -> None:
    cancelled = replace(APPROVED, stage=Stage.CANCELLED)
    assert at(0.5, cancelled).phase is Phase.CANCELLED
    assert at(0.5, cancelled, a=village("xa-dong", on_air="b1")).phase is Phase.ON_AIR


@pytest.mark.parametrize("reason", [r for r in Reason if r is not Reason.NONE])
def test_every_reason_is_told_in_vietnamese(reason: Reason) -> None:
    airing = at(2, playouts={id: record(Outcome.MISSED, reason) for id in NAMES})
    assert all(
        line.startswith(f"{name}: Không phát: ") for line, name in zip(said(airing), NAMES.values(), strict=True)
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"rung": 1}, ["phát thay thế"]),
        ({"rung": 2}, ["phát nhạc hiệu và lời báo thay thế"]),
        ({"offset_s": 75.0}, ["vào từ phút thứ 2"]),
        ({"offset_s": 12.4}, ["vào từ giây thứ 13"]),
        ({"interruptions": 1, "repeats": 5}, ["bị ngắt 1 lần rồi phát tiếp", "lặp 5 lần"]),
    ],
)
def test_what_was_not_plain_about_an_airing_is_told_in_words(changes: dict[str, float], said: list[str]) -> None:
    heard = replace(record(), **changes)  # type: ignore[arg-type]
    part = next(p for p in at(5, playouts={"xa-dong": heard}).parts if p.playout)
    assert [phrases.say(VI, remark) for remark in part.remarks] == said
