"""What is due, missed, refused or started: decisions from a scene, without any clock or disk."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contract.limits import Limits
from contract.orders import Cue
from contract.rules import Span, refusal
from contract.terms import Late, Outcome, Priority, Reason, Yielding
from edge.speaker import schedule
from edge.speaker.playout import Play, Stage, pause
from edge.speaker.policy import JOIN_LEAST_S
from edge.speaker.schedule import Decision, Scene, Want, decide, due, needs
from tests.edge.speaker.house import at, cue, emergency, sound

OPEN = Limits(
    quiet_from_min=0, quiet_until_min=0, sessions_a_day=1000, minutes_a_day=1440, emergency_minutes_a_day=1440
)
NOW_S = 1000.0


def wants(now: datetime, *cues: Cue) -> list[Want]:
    return [schedule.planned(c, c.duration_s, now, NOW_S) for c in cues]


def playing(on_air: Cue, started_at: datetime, now: datetime) -> Play:
    came_s = NOW_S - (now - started_at).total_seconds()
    return Play(
        cue=on_air, came_s=came_s, start_at=started_at, duration_s=on_air.duration_s, stage=Stage.SOUNDING,
        first_sample_at=started_at, run_at=started_at,
    )  # fmt: skip


def judge(now: datetime, *cues: Cue, on_air: Play | None = None, limits: Limits = OPEN) -> Decision:
    return decide(wants(now, *cues), Scene(now=now, warm_at=now, limits=limits, on_air=on_air))


def started(decision: Decision) -> str:
    return decision.start.want.cue.broadcast if decision.start else ""


def ends(decision: Decision) -> dict[str, tuple[Outcome, Reason]]:
    return {v.want.cue.broadcast: (v.outcome, v.reason) for v in decision.verdicts}


def test_only_what_is_near_is_due() -> None:
    cues = [cue("a", at("05:00")), cue("b", at("05:00:06")), cue("c", at("06:00"))]
    assert due(cues, at("04:59:50"), 6) == []
    assert due(cues, at("04:59:54"), 6) == cues[:1]
    assert due(cues, at("05:30"), 6) == cues[:2]


def test_what_is_armed_ahead_starts_at_its_instant() -> None:
    decision = judge(at("04:59:55"), cue("news", at("05:00")))
    assert decision.start is not None
    assert (started(decision), decision.start.at, decision.start.offset_s) == ("news", at("05:00"), 0)


def test_a_cold_amplifier_delays_what_is_late_and_not_what_is_ahead() -> None:
    for now, start_at in ((at("04:59:55"), at("05:00")), (at("05:00:10"), at("05:00:13"))):
        scene = Scene(now=now, warm_at=now + timedelta(seconds=3), limits=OPEN)
        start = decide(wants(now, cue("news", at("05:00"))), scene).start
        assert start is not None
        assert start.at == start_at


def test_nothing_starts_after_its_grace_not_even_by_the_warm_up() -> None:
    now = at("05:00:58")
    scene = Scene(now=now, warm_at=now + timedelta(seconds=3), limits=OPEN)
    decision = decide(wants(now, cue("news", at("05:00"), grace_s=60)), scene)
    assert ends(decision) == {"news": (Outcome.MISSED, Reason.LATE)}


def test_the_reason_of_a_miss_is_what_it_last_waited_for() -> None:
    news = cue("news", at("05:00"))
    for waited in (Reason.NO_AUDIO, Reason.BAD_AUDIO, Reason.OVERLAP):
        scene = Scene(now=at("05:02"), warm_at=at("05:02"), limits=OPEN, waits={news.id: waited})
        assert ends(decide(wants(at("05:02"), news), scene)) == {"news": (Outcome.MISSED, waited)}


def test_a_live_order_waits_no_longer_than_its_time() -> None:
    now = at("05:00")
    for until_s, wanted in ((NOW_S, "flood"), (NOW_S - 0.1, "")):
        order = schedule.live(emergency("flood", at("01:00")), 20.0, NOW_S - 60, until_s, now, NOW_S)
        decision = decide([order], Scene(now=now, warm_at=now, limits=OPEN))
        assert started(decision) == wanted
    assert ends(decision) == {"flood": (Outcome.MISSED, Reason.EXPIRED)}


def test_a_live_order_that_is_no_emergency_waits_for_the_clock_and_expires_for_it() -> None:
    now = at("05:00")
    order = schedule.live(cue("news", at("05:00")), 20.0, NOW_S, NOW_S + 10, now, NOW_S)
    blind = Scene(now=now, warm_at=now, limits=OPEN, is_clock_good=False)
    decision = decide([order], blind)
    assert decision.waits == {"news.cue": Reason.CLOCK}
    later = now + timedelta(seconds=11)
    late = Scene(now=later, warm_at=later, limits=OPEN, is_clock_good=False, waits=decision.waits)
    assert ends(decide([order], late)) == {"news": (Outcome.MISSED, Reason.CLOCK)}


class TestOfSeveral:
    def test_the_highest_class_is_first(self) -> None:
        now = at("05:00:01")
        cues = (cue("music", at("05:00")), cue("bulletin", at("05:00"), 20, Priority.PRIORITY))
        decision = judge(now, *cues)
        assert started(decision) == "bulletin"
        assert decision.waits == {"music.cue": Reason.OVERLAP}
        assert started(judge(now, *cues, emergency("flood", at("05:00")))) == "flood"

    def test_of_a_class_the_one_that_came_first_and_of_emergencies_the_newest(self) -> None:
        now = at("05:00:10")
        assert started(judge(now, cue("second", at("05:00:05")), cue("first", at("05:00")))) == "first"
        assert started(judge(now, emergency("old", at("05:00")), emergency("new", at("05:00:05")))) == "new"

    def test_one_that_may_not_sound_lets_the_next_one_start(self) -> None:
        now = at("05:00:01")
        long, short = cue("long", at("05:00"), 4000), cue("short", at("05:00:01"))
        decision = judge(now, long, short, limits=OPEN)
        assert (started(decision), ends(decision)) == ("short", {"long": (Outcome.REFUSED, Reason.TOO_LONG)})
        scene = Scene(now=now, warm_at=now, limits=OPEN, lacks={long.id: [Reason.NO_AUDIO]})
        decision = decide(wants(now, long, short), scene)
        assert (started(decision), decision.waits) == ("short", {long.id: Reason.NO_AUDIO})


class TestWhatIsOnAir:
    def test_is_let_finish_where_it_ends_with_the_next_ones_instant(self) -> None:
        for end, is_let in ((at("05:10"), True), (at("05:10:01"), True), (at("05:10:03"), False)):
            now = at("05:10")
            on_air = playing(cue("music", at("05:00"), (end - at("05:00")).total_seconds()), at("05:00"), now)
            decision = judge(now, cue("bulletin", at("05:10"), 20, Priority.PRIORITY), on_air=on_air)
            assert started(decision) == ("" if is_let else "bulletin")

    def test_is_silenced_at_the_instant_and_not_when_the_next_one_is_made_ready(self) -> None:
        for now, wanted in ((at("05:09:59"), ""), (at("05:10"), "bulletin")):
            on_air = playing(cue("music", at("05:00"), 3600), at("05:00"), now)
            bulletin = cue("bulletin", at("05:10"), 20, Priority.PRIORITY)
            assert started(judge(now, bulletin, on_air=on_air)) == wanted

    def test_is_not_waited_for_by_a_live_emergency(self) -> None:
        now = at("05:09:59")
        on_air = playing(cue("music", at("05:00"), 600), at("05:00"), now)
        order = schedule.live(emergency("flood", now), 20, NOW_S, NOW_S + 60, now, NOW_S)
        assert started(decide([order], Scene(now=now, warm_at=now, limits=OPEN, on_air=on_air))) == "flood"

    def test_keeps_its_place_against_its_own_class_and_lower_ones(self) -> None:
        now = at("05:01")
        on_air = playing(cue("bulletin", at("05:00"), 600, Priority.PRIORITY), at("05:00"), now)
        for other in (cue("music", at("05:01")), cue("more", at("05:01"), 20, Priority.PRIORITY)):
            decision = judge(now, other, on_air=on_air)
            assert (started(decision), decision.waits) == ("", {other.id: Reason.OVERLAP})

    def test_as_an_emergency_yields_to_a_newer_one_only(self) -> None:
        now = at("05:02")
        on_air = playing(emergency("wind", at("05:01"), 600), at("05:01"), now)
        assert started(judge(now, emergency("older", at("05:00"), grace_s=600), on_air=on_air)) == ""
        assert started(judge(now, emergency("newer", at("05:02")), on_air=on_air)) == "newer"


class TestABadClock:
    def test_lets_planned_items_wait_and_none_be_missed(self) -> None:
        now = at("05:00", day=400)
        scene = Scene(now=now, warm_at=now, limits=OPEN, is_clock_good=False)
        cues = (cue("news", at("05:00")), emergency("wind", at("06:00")))
        decision = decide(wants(now, *cues), scene)
        assert (started(decision), decision.verdicts) == ("", ())
        assert set(decision.waits.values()) == {Reason.CLOCK}

    def test_made_good_tells_what_was_missed_for_its_sake(self) -> None:
        now = at("08:00")
        scene = Scene(now=now, warm_at=now, limits=OPEN, blind_since=at("06:00"))
        decision = decide(wants(now, cue("dawn", at("05:00")), cue("news", at("07:00"))), scene)
        assert ends(decision) == {"dawn": (Outcome.MISSED, Reason.LATE), "news": (Outcome.MISSED, Reason.CLOCK)}


class TestWhatWasSilenced:
    NEWS = replace(cue("news", at("05:00"), 300), yields=Yielding.RESUME)

    def want(self, now: datetime, until_at: datetime) -> Want:
        """The news, silenced after a minute."""
        on_air = replace(playing(self.NEWS, at("05:00"), now), last_sample_at=at("05:01"))
        until_s = NOW_S + (until_at - now).total_seconds()
        return schedule.paused(pause(on_air, Reason.EMERGENCY), until_s, now, NOW_S)

    def test_goes_on_from_where_it_came_to_as_soon_as_nothing_sounds(self) -> None:
        now = at("05:05")
        start = decide([self.want(now, at("05:31"))], Scene(now=now, warm_at=now, limits=OPEN)).start
        assert start is not None
        assert (start.at, start.offset_s, start.duration_s) == (now, 60, 240)

    def test_waits_while_something_sounds(self) -> None:
        now = at("05:02")
        flood = playing(emergency("flood", at("05:01"), 120), at("05:01"), now)
        scene = Scene(now=now, warm_at=now, limits=OPEN, on_air=flood)
        assert decide([self.want(now, at("05:31"))], scene).waits == {"news.cue": Reason.OVERLAP}

    def test_goes_before_what_came_later(self) -> None:
        now = at("05:05")
        both = [*wants(now, cue("market", at("05:04"))), self.want(now, at("05:31"))]
        assert started(decide(both, Scene(now=now, warm_at=now, limits=OPEN))) == "news"

    def test_is_over_when_it_waited_too_long_or_may_not_sound_any_more(self) -> None:
        now = at("05:05")
        for until_at, limits in ((at("05:04"), OPEN), (at("05:31"), Limits(quiet_from_min=300, quiet_until_min=360))):
            decision = decide([self.want(now, until_at)], Scene(now=now, warm_at=now, limits=limits))
            assert ends(decision) == {"news": (Outcome.PREEMPTED, Reason.EMERGENCY)}

    def test_waits_for_a_clock_that_is_believed(self) -> None:
        now = at("05:05")
        scene = Scene(now=now, warm_at=now, limits=OPEN, is_clock_good=False)
        assert decide([self.want(now, at("05:31"))], scene).waits == {"news.cue": Reason.CLOCK}


class TestTheLadder:
    def choose(self, now: datetime, *lacks: Reason, is_live: bool = False) -> Decision:
        news = cue("news", at("05:00"))
        want = schedule.live(news, 20, NOW_S, NOW_S + 60, now, NOW_S) if is_live else wants(now, news)[0]
        return decide([want], Scene(now=now, warm_at=now, limits=OPEN, lacks={news.id: lacks}))

    def test_the_highest_rung_that_can_be_played_is(self) -> None:
        for lacks, rung in (
            ((Reason.NONE, Reason.NONE), 0),
            ((Reason.NO_AUDIO, Reason.NONE, Reason.NONE), 1),
            ((Reason.BAD_AUDIO, Reason.NO_AUDIO, Reason.NONE), 2),
        ):
            start = self.choose(at("05:00"), *lacks).start
            assert start is not None
            assert (start.rung, start.lack) == (rung, lacks[0])

    def test_no_fallback_is_played_while_the_programme_may_still_arrive(self) -> None:
        assert self.choose(at("04:59:55"), Reason.NO_AUDIO, Reason.NONE).waits == {"news.cue": Reason.NO_AUDIO}
        assert self.choose(at("05:00"), Reason.NO_AUDIO, Reason.NONE, is_live=True).start is None
        later = at("05:00") + timedelta(seconds=schedule.FETCH_S)
        order = schedule.live(cue("news", at("05:00")), 20, NOW_S - schedule.FETCH_S, NOW_S + 60, later, NOW_S)
        scene = Scene(now=later, warm_at=later, limits=OPEN, lacks={order.cue.id: [Reason.NO_AUDIO, Reason.NONE]})
        assert started(decide([order], scene)) == "news"

    def test_without_any_the_programmes_lack_is_the_reason(self) -> None:
        assert self.choose(at("05:00"), Reason.NO_AUDIO, Reason.BAD_AUDIO).waits == {"news.cue": Reason.NO_AUDIO}

    def test_the_longest_rung_is_held_against_the_limits(self) -> None:
        ladder = replace(cue("news", at("05:00"), 20), fallbacks=((sound("a").sha256,), (sound("b").sha256,) * 2))
        lengths = {sound("news").sha256: 20.0, sound("a").sha256: 15.0, sound("b").sha256: 40.0}
        assert schedule.longest_s(ladder, lengths) == 80
        assert schedule.longest_s(replace(ladder, fallbacks=(), duration_s=60), lengths) == 60
        stream = replace(ladder, stream="https://radio.example/live", duration_s=30)
        assert schedule.longest_s(stream, lengths) == 30


class TestPatience:
    def test_lets_what_is_on_air_go_on_for_a_while(self) -> None:
        bulletin = replace(cue("bulletin", at("05:01"), 20, Priority.PRIORITY), patience_s=60)
        for now, wanted in ((at("05:01:59"), ""), (at("05:02"), "bulletin")):
            on_air = playing(cue("music", at("05:00"), 600), at("05:00"), now)
            assert started(judge(now, bulletin, on_air=on_air)) == wanted

    def test_lets_others_of_its_class_go_first(self) -> None:
        now = at("05:01")
        patient = replace(cue("patient", at("05:00"), 20, Priority.PRIORITY), patience_s=300)
        assert started(judge(now, patient, cue("punctual", at("05:01"), 20, Priority.PRIORITY))) == "punctual"

    def test_an_emergency_has_none(self) -> None:
        now = at("05:01")
        on_air = playing(cue("music", at("05:00"), 600), at("05:00"), now)
        assert started(judge(now, replace(emergency("flood", now), patience_s=60), on_air=on_air)) == "flood"


def test_what_is_late_and_joins_begins_in_its_middle() -> None:
    joined = replace(cue("news", at("05:00"), 600), late=Late.JOIN)
    start = judge(at("05:02"), joined).start
    assert start is not None
    assert (start.at, start.offset_s, start.duration_s) == (at("05:02"), 120, 480)
    assert start.span.duration_s == 480


class TestAStream:
    NEWS = replace(cue("news", at("06:00"), 600, grace_s=300), stream="http://radio.example/vov1")

    def test_that_begins_late_ends_on_time(self) -> None:
        start = judge(at("06:01"), self.NEWS).start
        assert start is not None
        assert (start.offset_s, start.duration_s) == (0, 540)

    def test_ordered_live_lasts_as_long_as_it_says_whatever_the_hubs_clock(self) -> None:
        now = at("06:07")
        order = schedule.live(self.NEWS, 600, NOW_S - 5, NOW_S + 60, now, NOW_S)
        start = decide([order], Scene(now=now, warm_at=now, limits=OPEN)).start
        assert start is not None
        assert start.duration_s == 600

    def test_has_gone_on_while_it_was_silenced(self) -> None:
        now = at("06:04")
        on_air = replace(playing(self.NEWS, at("06:00"), now), last_sample_at=at("06:02"))
        silenced = pause(replace(on_air, cue=replace(self.NEWS, yields=Yielding.RESUME)), Reason.EMERGENCY)
        want = schedule.paused(silenced, NOW_S + 1800, now, NOW_S)
        start = decide([want], Scene(now=now, warm_at=now, limits=OPEN)).start
        assert start is not None
        assert start.duration_s == 360
        assert want.until_at == at("06:10") - timedelta(seconds=JOIN_LEAST_S)


def test_a_repetition_is_held_against_the_limits_as_a_whole() -> None:
    now = at("05:00")
    siren = replace(emergency("siren", now, 20), repeat_for_s=600)
    start = judge(now, siren).start
    assert start is not None
    assert start.span.duration_s == 600
    refused = judge(now, siren, limits=replace(OPEN, emergency_longest_s=599))
    assert ends(refused) == {"siren": (Outcome.REFUSED, Reason.TOO_LONG)}


def test_which_classes_sound_by_a_clock_that_is_not_believed_is_a_setting() -> None:
    now = at("05:00")
    cues = (cue("news", now), cue("bulletin", now, priority=Priority.PRIORITY))
    scene = Scene(now=now, warm_at=now, limits=OPEN, is_clock_good=False, blind_classes=[Priority.PRIORITY])
    decision = decide(wants(now, *cues), scene)
    assert (started(decision), decision.waits) == ("bulletin", {"news.cue": Reason.CLOCK})


def test_sounds_are_needed_soonest_first_and_those_of_two_days_are_firm() -> None:
    now = at("05:00")
    soon, late, live, siren = sound("soon"), sound("late"), sound("live"), sound("siren")
    cues = [cue("soon", at("06:00", 1)), cue("late", at("06:00", 9)), cue("soon", at("06:00", 10))]
    known = {a.sha256: a for a in (soon, late, siren)}
    assert needs([live], cues, known, [siren.sha256], now) == ((live, soon, siren, late), 3)


moments = st.integers(-600, 600).map(lambda s: at("12:00") + timedelta(seconds=s))
cues = st.lists(
    st.builds(
        cue,
        st.sampled_from("abcdefgh"),
        moments,
        st.floats(1, 900),
        st.sampled_from(Priority),
        st.floats(0, 300),
    ),
    max_size=6,
    unique_by=lambda c: c.id,
)
limits = st.builds(
    Limits,
    quiet_from_min=st.integers(0, 1440),
    quiet_until_min=st.integers(0, 1440),
    sessions_a_day=st.integers(0, 4),
    minutes_a_day=st.integers(0, 30),
    longest_s=st.floats(10, 900),
)


@given(cues, cues.map(lambda all_: all_[:1]), limits, st.booleans(), st.floats(0, 5))
def test_whatever_is_planned_one_thing_starts_within_its_time_and_limits(
    planned: list[Cue], before: list[Cue], bounds: Limits, is_good: bool, warm_up_s: float
) -> None:
    now = at("12:00")
    on_air = playing(before[0], now - timedelta(seconds=5), now) if before else None
    heard: Sequence[Span] = [Span(on_air.start_at, 5.0, on_air.cue.priority)] if on_air else []
    scene = Scene(
        now=now, warm_at=now + timedelta(seconds=warm_up_s), limits=bounds, is_clock_good=is_good, heard=heard,
        on_air=on_air,
    )  # fmt: skip
    decision = decide(wants(now, *planned), scene)
    judged = [v.want.cue.id for v in decision.verdicts]
    if decision.start is not None:
        want = decision.start.want
        judged.append(want.cue.id)
        assert want.from_at <= decision.start.at <= want.until_at
        assert refusal(bounds, decision.start.span, heard) is Reason.NONE
        assert is_good or want.is_emergency
        assert on_air is None or want.cue.priority.rank >= on_air.cue.priority.rank
    assert sorted([*judged, *decision.waits]) == sorted(c.id for c in planned)
    assert is_good or all(v.outcome is not Outcome.MISSED for v in decision.verdicts)
