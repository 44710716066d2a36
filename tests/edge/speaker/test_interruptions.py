"""What is silenced goes on, begins anew or is dropped; what repeats ends; what fails is replaced or tried again."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from contract.events import Change
from contract.limits import LimitSettings
from contract.terms import Outcome, Priority, Reason, Yielding
from edge.speaker.config import SpeakerSettings
from tests.edge.speaker.house import House, at, cue, emergency, with_fallbacks

AIRED = (Outcome.AIRED, Reason.NONE)
NEWS = cue("news", at("05:00"), 300)


def interrupt(house: House, yields: Yielding, flood_s: float = 30) -> None:
    """A minute into the news the flood is announced."""
    house.put_plan(replace(NEWS, yields=yields))
    house.leap_to(at("04:59"))
    house.run_until(at("05:01"))
    house.play_now(emergency("flood", at("05:01"), flood_s))
    house.run_until(at("05:10"))


@pytest.mark.parametrize(
    ("yields", "rest"), [(Yielding.DROP, []), (Yielding.RESUME, [(60, 240)]), (Yielding.RESTART, [(0, 300)])]
)
def test_what_an_emergency_silenced_follows_its_own_policy_and_the_record_says_so(
    house: House, yields: Yielding, rest: list[tuple[int, int]]
) -> None:
    interrupt(house, yields)
    assert [(name, round(from_s), round(for_s)) for name, from_s, for_s in house.heard_as()] == [
        ("news", 0, 60), ("flood", 0, 30), *(("news", *each) for each in rest)
    ]  # fmt: skip
    record = house.playout("news")
    assert (record.outcome, record.reason) == (AIRED if rest else (Outcome.PREEMPTED, Reason.EMERGENCY))
    assert record.interruptions == len(rest)
    assert record.first_sample_at == at("05:00")
    assert record.last_sample_at == house.heard()[-1 if rest else 0].last_at


def test_nothing_of_what_goes_on_is_heard_twice_or_left_out(house: House) -> None:
    interrupt(house, Yielding.RESUME)
    first, _, second = house.heard()
    assert second.offset_s == pytest.approx(first.span.duration_s, abs=0.001)
    assert first.span.duration_s + second.span.duration_s == pytest.approx(300, abs=0.001)


def test_what_could_not_go_on_within_half_an_hour_is_over(root: Path) -> None:
    house = House(root)
    interrupt(house, Yielding.RESUME, flood_s=1900)
    assert "news" not in house.outcomes()
    house.run_until(at("05:40"))
    assert house.outcomes() == {"news": (Outcome.PREEMPTED, Reason.EMERGENCY), "flood": AIRED}


def test_what_would_go_on_into_the_quiet_hours_is_over(root: Path) -> None:
    house = House(root, settings=SpeakerSettings(limits=LimitSettings(quiet_from="05:05", quiet_until="04:00")))
    interrupt(house, Yielding.RESUME, flood_s=60)
    assert house.outcomes() == {"news": (Outcome.PREEMPTED, Reason.EMERGENCY), "flood": AIRED}
    assert house.heard_names() == ["news", "flood"]


def test_what_waits_to_go_on_can_be_stopped_and_withdrawn(root: Path) -> None:
    def stop(house: House) -> None:
        house.stop_now("news")

    def withdraw(house: House) -> None:
        house.put_plan(cue("market", at("09:00")))

    for happens, reason in ((stop, Reason.STOPPED), (withdraw, Reason.WITHDRAWN)):
        house = House(root / reason.value)
        house.put_plan(replace(NEWS, yields=Yielding.RESUME))
        house.leap_to(at("04:59"))
        house.run_until(at("05:01"))
        house.play_now(emergency("flood", at("05:01"), 60))
        house.run(10)
        happens(house)
        house.run_until(at("05:10"))
        assert house.outcomes() == {"news": (Outcome.CUT, reason), "flood": AIRED}
        assert house.heard_names() == ["news", "flood"]


def test_a_power_cut_ends_what_waited_to_go_on(house: House) -> None:
    house.put_plan(replace(NEWS, yields=Yielding.RESUME))
    house.leap_to(at("04:59"))
    house.run_until(at("05:01"))
    house.play_now(emergency("flood", at("05:01"), 60))
    house.run(10)
    house.restart()
    house.run_until(at("05:10"))
    assert house.heard_names() == ["news", "flood"]
    assert house.outcomes() == {"news": (Outcome.CUT, Reason.POWER), "flood": (Outcome.CUT, Reason.POWER)}


def test_what_was_silenced_before_its_first_sample_is_heard_whole_afterwards(house: House) -> None:
    house.put_plan(replace(NEWS, yields=Yielding.RESUME))
    house.leap_to(at("04:59"))
    house.run_until(at("04:59:57"))
    house.play_now(emergency("flood", at("04:59:57"), 30))
    house.run_until(at("05:10"))
    assert house.heard_as()[1] == ("news", 0, 300)
    assert house.outcomes() == {"news": AIRED, "flood": AIRED}


def test_only_what_was_heard_counts_against_the_day(root: Path) -> None:
    limits = LimitSettings(minutes_a_day=6)
    house = House(root, settings=SpeakerSettings(limits=limits))
    house.put_plan(replace(NEWS, yields=Yielding.RESUME), cue("market", at("06:00"), 59))
    house.leap_to(at("04:59"))
    house.run_until(at("05:01"))
    house.play_now(emergency("flood", at("05:01"), 600))
    house.run_until(at("05:30"))
    assert sum(s.duration_s for s in house.ledger.heard(at("06:00"))) == pytest.approx(300 + 600, abs=1)
    house.leap_to(at("05:59"))
    house.run_until(at("06:02"))
    assert house.outcomes() == {"news": AIRED, "flood": AIRED, "market": AIRED}


class TestAnEmergencyThatRepeats:
    def test_sounds_again_and_again_until_its_time_is_over(self, house: House) -> None:
        house.play_now(replace(emergency("flood", at("00:00"), 20), repeat_for_s=100, repeat_gap_s=10))
        house.run(150)
        assert house.heard_as() == [("flood", 0, 20)] * 3
        starts = [h.first_at for h in house.heard()]
        assert [round((b - a).total_seconds()) for a, b in pairwise(starts)] == [30, 30]
        record = house.playout("flood")
        assert (record.outcome, record.repeats) == (Outcome.AIRED, 2)
        assert record.last_sample_at == house.heard()[-1].last_at

    def test_is_cancelled_with_an_all_clear(self, house: House) -> None:
        house.play_now(replace(emergency("flood", at("00:00"), 20), repeat_for_s=3600, repeat_gap_s=5))
        house.run(60)
        house.stop_now("flood", all_clear=emergency("clear", at("00:01"), 10))
        house.run(60)
        assert house.heard_names() == ["flood", "flood", "flood", "clear"]
        assert house.outcomes() == {"flood": (Outcome.CUT, Reason.STOPPED), "clear": AIRED}

    def test_is_stopped_in_the_silence_between_two(self, house: House) -> None:
        house.play_now(replace(emergency("flood", at("00:00"), 20), repeat_for_s=3600, repeat_gap_s=60))
        house.run(40)
        house.stop_now()
        house.run(120)
        assert house.heard_names() == ["flood"]
        assert house.outcomes() == {"flood": (Outcome.CUT, Reason.STOPPED)}

    def test_is_refused_where_its_repetitions_exceed_the_nodes_own_limit(self, root: Path) -> None:
        house = House(root, settings=SpeakerSettings(limits=LimitSettings(emergency_longest_s=60)))
        house.play_now(replace(emergency("flood", at("00:00"), 20), repeat_for_s=61))
        house.run(30)
        assert house.outcomes() == {"flood": (Outcome.REFUSED, Reason.TOO_LONG)}

    def test_yields_to_a_newer_one_so_that_a_stuck_one_cannot_block(self, house: House) -> None:
        house.play_now(replace(emergency("stuck", at("00:00"), 20), repeat_for_s=3600))
        house.run(50)
        house.play_now(emergency("newer", at("00:01"), 20))
        house.run(60)
        assert house.heard_names()[-1] == "newer"
        assert house.outcomes() == {"stuck": (Outcome.PREEMPTED, Reason.EMERGENCY), "newer": AIRED}


class TestTheLadder:
    def test_a_missing_programme_is_replaced_by_its_substitute_and_the_record_says_so(self, house: House) -> None:
        plan = house.put_plan(with_fallbacks(NEWS), is_delivered=False)
        house.deliver(*plan.audio[1:])
        house.leap_to(at("04:59"))
        house.run_until(at("05:10"))
        assert house.heard_names() == ["news-1"]
        record = house.playout("news")
        assert (record.outcome, record.reason, record.rung) == (Outcome.AIRED, Reason.NO_AUDIO, 1)
        assert house.heard()[0].first_at - at("05:00") < timedelta(seconds=1)

    def test_and_that_by_a_chime_and_a_notice(self, house: House) -> None:
        plan = house.put_plan(with_fallbacks(NEWS), is_delivered=False)
        house.deliver(plan.audio[2])
        house.leap_to(at("04:59"))
        house.run_until(at("05:10"))
        assert (house.heard_names(), house.playout("news").rung) == (["news-2"], 2)

    def test_and_that_by_silence_with_a_record(self, house: House) -> None:
        house.put_plan(with_fallbacks(NEWS), is_delivered=False)
        house.leap_to(at("04:59"))
        house.run_until(at("05:10"))
        assert house.heard() == []
        assert house.outcomes() == {"news": (Outcome.MISSED, Reason.NO_AUDIO)}

    def test_a_programme_that_arrives_in_the_last_second_is_heard(self, house: House) -> None:
        plan = house.put_plan(with_fallbacks(NEWS), is_delivered=False)
        house.deliver(*plan.audio[1:])
        house.leap_to(at("04:59"))
        house.run_until(at("04:59:58"))
        house.deliver(plan.audio[0])
        house.run_until(at("05:10"))
        assert (house.heard_names(), house.outcomes()) == (["news"], {"news": AIRED})

    def test_a_programme_that_rotted_on_the_card_is_replaced_when_it_is_opened(self, house: House) -> None:
        house.put_plan(with_fallbacks(NEWS))
        house.run(5)
        house.leap_to(at("04:59"))
        path = house.spool.audio_path(NEWS.audio[0])
        path.write_bytes(b"y" * path.stat().st_size)
        house.run_until(at("05:10"))
        assert house.heard_names() == ["news-1"]
        assert house.playout("news").rung == 1

    def test_a_live_order_gives_its_sound_some_seconds_to_arrive(self, house: House) -> None:
        command = house.play_now(with_fallbacks(emergency("flood", at("00:00"))), is_delivered=False)
        house.deliver(*command.audio[1:])
        house.run(2)
        assert house.heard() == []
        house.run(40)
        assert house.heard_names() == ["flood-1"]


class TestASoundCard:
    def test_that_fails_is_tried_once_more_where_the_programme_is_by_then(self, house: House) -> None:
        house.put_plan(NEWS)
        house.leap_to(at("04:59"))
        house.run_until(at("05:01"))
        house.sound.card_fault = "unplugged"
        house.speaker.step()
        house.sound.card_fault = ""
        house.run_until(at("05:10"))
        (_, _, before_s), (name, offset_s, _) = house.heard_as()
        assert name == "news"
        assert offset_s == pytest.approx((house.heard()[1].first_at - at("05:00")).total_seconds(), abs=0.05)
        assert 60 <= before_s <= 61
        assert house.heard()[1].last_at == at("05:05")
        assert house.outcomes() == {"news": AIRED}

    def test_that_stays_broken_is_told_and_ends_the_play(self, house: House) -> None:
        house.put_plan(NEWS)
        house.leap_to(at("04:59"))
        house.run_until(at("05:01"))
        house.sound.card_fault = "unplugged"
        house.run(30)
        assert house.outcomes() == {"news": (Outcome.CUT, Reason.SOUND_CARD)}
        assert house.summary().sound_fault == "unplugged"
        faults = [e for e in house.events() if isinstance(e, Change) and e.subject == "sound"]
        assert [(e.value, e.detail) for e in faults] == [("fault", "unplugged")]
        assert faults[0].at - at("05:01") < timedelta(seconds=30)

    def test_that_is_back_only_after_the_end_has_nothing_to_join(self, house: House) -> None:
        house.put_plan(cue("short", at("05:00"), 20))
        house.leap_to(at("04:59"))
        house.run_until(at("05:00:17"))
        house.sound.card_fault = "unplugged"
        house.run(1)
        house.sound.card_fault = ""
        house.run(60)
        assert house.outcomes() == {"short": (Outcome.CUT, Reason.SOUND_CARD)}

    def test_that_stays_silent_though_a_loud_file_plays_is_a_fault(self, house: House) -> None:
        house.put_plan(with_fallbacks(NEWS, count=1))
        house.sound.level_dbfs = -90.0
        house.leap_to(at("04:59"))
        house.run_until(at("05:00:12"))
        assert house.summary().sound_fault
        house.run_until(at("05:05"))
        assert house.outcomes() == {"news": (Outcome.CUT, Reason.SILENT)}

    def test_turned_down_to_nothing_by_the_hub_is_none(self, house: House) -> None:
        house.put_plan(replace(NEWS, volume_pct=0))
        house.sound.level_dbfs = -120.0
        house.leap_to(at("04:59"))
        house.run_until(at("05:06"))
        assert house.outcomes() == {"news": AIRED}


def test_a_priority_bulletin_silences_and_the_routine_programme_goes_on(house: House) -> None:
    house.put_plan(replace(NEWS, yields=Yielding.RESUME), cue("bulletin", at("05:01"), 20, Priority.PRIORITY))
    house.leap_to(at("04:59"))
    house.run_until(at("05:10"))
    assert house.heard_names() == ["news", "bulletin", "news"]
    assert house.outcomes() == {"news": AIRED, "bulletin": AIRED}
