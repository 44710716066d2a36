"""Stories of one cultural house in virtual time: what villagers hear, and what the hub is told."""

import os
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contract.events import Change
from contract.limits import LimitSettings
from contract.orders import Cue
from contract.terms import Outcome, Priority, Reason, Trust
from edge.cursor import Cursors
from edge.speaker.config import AmplifierSettings, SpeakerSettings
from edge.speaker.ledger import Ledger
from edge.spool import Doorbell
from tests.edge.speaker.house import House, at, cue, emergency, sound

AIRED = (Outcome.AIRED, Reason.NONE)


def test_a_planned_broadcast_airs_at_its_second_and_is_recorded(house: House) -> None:
    house.put_plan(cue("news", at("05:00"), duration_s=30))
    house.leap_to(at("04:59"))
    house.run_until(at("05:01"))
    (heard,) = house.heard()
    assert (heard.broadcast, heard.first_at, heard.last_at) == ("news", at("05:00"), at("05:00:30"))
    record = house.playout("news")
    assert (record.outcome, record.reason, record.planned_at) == (Outcome.AIRED, Reason.NONE, at("05:00"))
    assert (record.first_sample_at, record.last_sample_at, record.level_dbfs) == (at("05:00"), at("05:00:30"), -20.0)


def test_items_planned_back_to_back_are_both_heard_whole(house: House) -> None:
    house.put_plan(
        cue("chime", at("05:00"), 60), cue("news", at("05:01"), 60), cue("market", at("05:02"), 60, Priority.PRIORITY)
    )
    house.leap_to(at("04:59"))
    house.run_until(at("05:04"))
    assert house.outcomes() == {"chime": AIRED, "news": AIRED, "market": AIRED}
    assert [(h.last_at - h.first_at).total_seconds() for h in house.heard()] == [60, 60, 60]
    assert house.heard()[2].first_at - at("05:02") < timedelta(seconds=1)


class TestANewPlan:
    def test_that_drops_the_cue_on_air_stops_it(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00"), 60), cue("market", at("06:00")))
        house.leap_to(at("04:59"))
        house.run_until(at("05:00:20"))
        house.put_plan(cue("market", at("06:00")))
        house.run(5)
        assert house.outcomes() == {"news": (Outcome.CUT, Reason.WITHDRAWN)}
        assert house.heard()[0].last_at < at("05:00:22")

    def test_that_still_has_the_cue_on_air_leaves_it_alone_whatever_it_says_of_it(self, house: House) -> None:
        news = cue("news", at("05:00"), 60)
        house.put_plan(news)
        house.leap_to(at("04:59"))
        house.run_until(at("05:00:20"))
        house.put_plan(replace(news, at=at("09:00"), volume_pct=10))
        house.leap_to(at("08:59"))
        house.run_until(at("09:05"))
        assert house.heard_names() == ["news"]
        assert house.outcomes() == {"news": AIRED}

    def test_that_drops_a_cue_before_its_time_leaves_no_trace_of_it(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")))
        house.leap_to(at("04:50"))
        house.put_plan()
        house.run_until(at("05:02"))
        assert house.heard() == []
        assert house.outcomes() == {}

    def test_is_still_there_after_a_power_cut_even_if_the_spool_holds_rubbish(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")))
        house.run(1)
        house.put_wire(b"rubbish")
        house.restart()
        house.leap_to(at("04:59"))
        house.run_until(at("05:01"))
        assert house.outcomes() == {"news": AIRED}

    def test_after_its_last_day_is_refused_until_the_clock_is_put_right(self, house: House) -> None:
        house.know([cue("news", at("05:00", day=1))])
        plan = house.hub.plan([cue("news", at("05:00", day=1))], house.clock.now(), days=2)
        house.clock.step(86_400 * 3)
        house.put_wire(house.hub.seal(plan))
        assert house.summary().refused is Reason.NOT_VALID_NOW
        house.clock.step(-86_400 * 3)
        house.run(61)
        assert house.summary().refused is Reason.NONE
        assert house.summary().plan == plan.counter
        assert [r.reason for r in house.refusals()] == [Reason.NOT_VALID_NOW]


class TestEmergencies:
    def test_a_live_one_silences_what_is_on_air(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00"), 60))
        house.leap_to(at("04:59"))
        house.run_until(at("05:00:20"))
        house.play_now(emergency("flood", at("05:00:20")))
        house.run(60)
        assert house.heard_names() == ["news", "flood"]
        assert house.heard()[1].first_at - at("05:00:20") < timedelta(seconds=0.5)
        assert house.outcomes() == {"news": (Outcome.PREEMPTED, Reason.EMERGENCY), "flood": AIRED}

    def test_of_two_the_newer_wins(self, house: House) -> None:
        house.play_now(emergency("wind", at("01:00"), 60))
        house.run(10)
        house.play_now(emergency("flood", at("01:00"), 60))
        house.run(120)
        assert house.outcomes() == {"wind": (Outcome.PREEMPTED, Reason.EMERGENCY), "flood": AIRED}

    def test_is_heard_in_the_quiet_of_the_night_and_by_a_clock_that_is_not_believed(self, house: House) -> None:
        house.trust.trust = Trust.UNTRUSTED
        house.put_plan(emergency("wind", at("00:10")), cue("news", at("00:10")))
        house.run_until(at("00:12"))
        house.play_now(emergency("flood", at("00:12")))
        house.run(60)
        assert house.heard_names() == ["wind", "flood"]

    def test_waits_for_its_sound(self, house: House) -> None:
        command = house.play_now(emergency("flood", at("00:01")), is_delivered=False)
        house.run(30)
        assert house.heard() == []
        assert house.spool.wanted().audio == command.audio
        assert house.spool.wanted().firm == 1
        house.deliver(*command.audio)
        house.run(30)
        assert house.outcomes() == {"flood": AIRED}

    def test_whose_sound_comes_too_late_is_never_heard(self, house: House) -> None:
        command = house.play_now(emergency("flood", at("00:01")), ttl_s=60, is_delivered=False)
        house.run(62)
        house.deliver(*command.audio)
        house.run(60)
        assert house.heard() == []
        assert house.outcomes() == {"flood": (Outcome.MISSED, Reason.NO_AUDIO)}

    def test_that_waited_when_the_power_failed_is_reported_and_never_heard(self, house: House) -> None:
        command = house.play_now(emergency("flood", at("00:01")), is_delivered=False)
        house.run(5)
        house.restart()
        house.deliver(*command.audio)
        house.run(120)
        assert house.heard() == []
        assert house.outcomes() == {"flood": (Outcome.MISSED, Reason.POWER)}
        assert house.refusals() == []


class TestTheAmplifier:
    RELAY = SpeakerSettings(amplifier=AmplifierSettings(pin=17, pin_factory="mock", warm_up_s=3, hold_s=5))

    def test_has_power_from_the_arming_to_a_little_after_the_last_sample(self, root: Path) -> None:
        house = House(root, settings=self.RELAY)
        house.put_plan(cue("news", at("05:00"), 20))
        house.leap_to(at("04:59:50"))
        powered = []
        while house.clock.now() < at("05:00:40"):
            house.run(1)
            powered += [house.clock.now()] if house.has_power else []
        assert at("04:59:54") <= powered[0] <= at("04:59:56")
        assert at("05:00:24") <= powered[-1] <= at("05:00:26")
        assert house.outcomes() == {"news": AIRED}

    def test_is_warm_before_a_live_order_sounds(self, root: Path) -> None:
        house = House(root, settings=self.RELAY)
        house.play_now(emergency("flood", at("00:00")))
        house.run(10)
        assert house.heard()[0].first_at == at("00:00:03")

    def test_that_warms_up_does_not_carry_an_order_over_its_time(self, root: Path) -> None:
        house = House(root, settings=self.RELAY)
        house.play_now(emergency("flood", at("00:00")), ttl_s=4)
        house.run(1)
        house.clock.step(-60)  # a card that counts on this clock would wait for a minute
        house.run(5)
        assert house.outcomes() == {"flood": (Outcome.MISSED, Reason.CLOCK)}
        house.run(70)
        assert house.heard() == []

    def test_has_no_power_after_a_crash(self, root: Path) -> None:
        house = House(root, settings=self.RELAY)
        house.put_plan(cue("news", at("05:00"), 20))
        house.leap_to(at("04:59:50"))
        house.run_until(at("05:00:10"))
        assert house.has_power
        house.restart()
        assert not house.has_power


class TestClasses:
    def test_priority_silences_routine(self, house: House) -> None:
        house.put_plan(cue("music", at("05:00"), 300), cue("bulletin", at("05:01"), 20, Priority.PRIORITY))
        house.leap_to(at("04:59"))
        house.run_until(at("05:02"))
        assert house.outcomes() == {"music": (Outcome.PREEMPTED, Reason.OVERLAP), "bulletin": AIRED}

    def test_within_a_class_the_later_one_waits_and_is_missed_after_its_grace(self, house: House) -> None:
        house.put_plan(cue("music", at("05:00"), 300), cue("news", at("05:01"), grace_s=30))
        house.leap_to(at("04:59"))
        house.run_until(at("05:06"))
        assert house.outcomes() == {"news": (Outcome.MISSED, Reason.OVERLAP), "music": AIRED}

    def test_within_a_class_the_later_one_is_heard_whole_if_its_grace_allows(self, house: House) -> None:
        house.put_plan(cue("music", at("05:00"), 90), cue("news", at("05:01"), 60, grace_s=60))
        house.leap_to(at("04:59"))
        house.run_until(at("05:04"))
        assert house.outcomes() == {"music": AIRED, "news": AIRED}
        assert house.heard()[1].last_at - house.heard()[1].first_at == timedelta(seconds=60)


class TestTheClock:
    def test_what_comes_too_late_is_missed(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00"), grace_s=60), cue("market", at("05:01"), 120, grace_s=60))
        house.leap_to(at("05:01:30"))
        house.run_until(at("05:05"))
        assert house.outcomes() == {"news": (Outcome.MISSED, Reason.LATE), "market": AIRED}

    def test_planned_items_wait_while_it_is_not_believed_and_are_then_missed_for_its_sake(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")), cue("market", at("06:00")))
        house.leap_to(at("04:59"))
        house.trust.trust = Trust.UNTRUSTED
        house.run_until(at("05:10"))
        assert house.outcomes() == {}
        house.trust.trust = Trust.TRUSTED
        house.run_until(at("06:01"))
        assert house.outcomes() == {"news": (Outcome.MISSED, Reason.CLOCK), "market": AIRED}

    def test_a_pi_that_wakes_up_behind_tells_the_outage_from_the_wait_for_the_time(self, house: House) -> None:
        house.put_plan(cue("dawn", at("05:00")), cue("news", at("06:00")), cue("market", at("07:00")))
        house.leap_to(at("04:50"))
        house.trust.trust = Trust.UNTRUSTED
        house.crash()
        house.start()  # it is 05:55, and the clock says 04:50
        house.run(600)
        house.clock.step(65 * 60 - 60)
        house.trust.trust = Trust.TRUSTED
        house.run_until(at("07:01"))
        assert house.outcomes() == {
            "dawn": (Outcome.MISSED, Reason.LATE),
            "news": (Outcome.MISSED, Reason.CLOCK),
            "market": AIRED,
        }

    def test_one_that_is_not_believed_and_a_year_ahead_costs_nothing(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")), emergency("wind", at("06:00")))
        house.trust.trust = Trust.UNTRUSTED
        house.clock.step(365 * 86_400)
        house.run(60)
        house.clock.step(-365 * 86_400)
        house.trust.trust = Trust.TRUSTED
        house.leap_to(at("04:59"))
        house.run_until(at("05:01"))
        house.leap_to(at("05:59"))
        house.run_until(at("06:01"))
        assert house.outcomes() == {"news": AIRED, "wind": AIRED}

    def test_that_loses_and_finds_the_time_is_told_to_the_hub(self, house: House) -> None:
        house.run(1)
        house.trust.trust = Trust.HOLDOVER
        house.run(1)
        (change,) = [e for e in house.events() if isinstance(e, Change)]
        assert (change.subject, change.value) == ("clock", "holdover")
        assert house.summary().clock.trust is Trust.HOLDOVER

    def test_one_that_is_believed_and_beyond_the_plans_last_day_costs_nothing_either(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")))
        house.run(1)
        house.clock.step(365 * 86_400)
        house.run(60)
        house.clock.step(-365 * 86_400)
        house.leap_to(at("04:59"))
        house.run_until(at("05:01"))
        assert house.outcomes() == {"news": AIRED}

    def test_set_back_while_a_play_is_armed_ends_it_instead_of_waiting_for_an_hour(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")))
        house.leap_to(at("04:59"))
        house.run_until(at("04:59:57"))
        house.clock.step(-3600)
        house.run(90)
        assert house.outcomes() == {"news": (Outcome.MISSED, Reason.CLOCK)}

    def test_set_back_does_not_let_a_play_go_on_for_an_hour(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00"), 20))
        house.leap_to(at("04:59"))
        house.run_until(at("05:00:05"))
        house.clock.step(-3600)
        house.run(40)
        assert house.outcomes() == {"news": (Outcome.CUT, Reason.TOO_LONG)}

    def test_set_back_after_a_play_plays_nothing_twice(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")))
        house.leap_to(at("04:59"))
        house.run_until(at("05:01"))
        house.clock.step(-120)
        house.run(180)
        assert house.heard_names() == ["news"]


class TestStop:
    def test_ends_what_sounds(self, house: House) -> None:
        house.put_plan(cue("music", at("05:00"), 300))
        house.leap_to(at("04:59"))
        house.run_until(at("05:00:30"))
        house.stop_now()
        house.run(5)
        assert house.outcomes() == {"music": (Outcome.CUT, Reason.STOPPED)}
        assert house.playout("music").last_sample_at == house.heard()[0].last_at

    def test_of_another_broadcast_leaves_it_alone(self, house: House) -> None:
        house.put_plan(cue("music", at("05:00"), 60))
        house.leap_to(at("04:59"))
        house.run_until(at("05:00:30"))
        house.stop_now("market")
        house.run(60)
        assert house.outcomes() == {"music": AIRED}

    def test_ends_a_live_order_that_waits(self, house: House) -> None:
        command = house.play_now(emergency("flood", at("00:01")), is_delivered=False)
        house.run(5)
        house.stop_now("flood")
        house.run(1)
        house.deliver(*command.audio)
        house.run(60)
        assert house.heard() == []
        assert house.outcomes() == {"flood": (Outcome.MISSED, Reason.STOPPED)}

    def test_does_not_take_the_whole_plan_while_the_clock_is_wrong(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")))
        house.trust.trust = Trust.UNTRUSTED
        house.clock.step(365 * 86_400)
        house.run(1)
        house.stop_now()
        house.run(1)
        assert house.outcomes() == {}


class TestPowerCuts:
    def test_what_sounded_is_cut_and_never_heard_again(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00"), 60, grace_s=600))
        house.leap_to(at("04:59"))
        house.run_until(at("05:00:20"))
        house.restart()
        house.run_until(at("05:05"))
        assert house.heard_names() == ["news"]
        record = house.playout("news")
        assert (record.outcome, record.reason) == (Outcome.CUT, Reason.POWER)
        assert record.first_sample_at == at("05:00")
        house.restart()
        house.run(60)
        assert len(house.playouts()) == 1

    def test_before_the_arming_costs_nothing(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")))
        house.leap_to(at("04:59:50"))
        house.restart()
        house.run_until(at("05:01"))
        assert house.outcomes() == {"news": AIRED}

    def test_the_intent_is_on_disk_before_the_first_sample(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")))
        house.leap_to(at("04:59:57"))
        house.run(1)
        assert house.heard() == []
        (intent,) = Ledger(house.paths.state / "ledger.db").open_cues()
        assert (intent.cue, intent.is_intended) == ("news.cue", True)


class TestLimits:
    def test_quiet_hours_refuse_all_but_an_emergency(self, house: House) -> None:
        house.put_plan(cue("news", at("04:00")), cue("late", at("20:59:50")), emergency("wind", at("04:10")))
        for hour in ("03:59", "04:09", "20:59"):
            house.leap_to(at(hour))
            house.run(120)
        assert house.outcomes() == {
            "news": (Outcome.REFUSED, Reason.QUIET_HOURS),
            "wind": AIRED,
            "late": (Outcome.REFUSED, Reason.QUIET_HOURS),
        }

    def test_sessions_a_day_are_counted_over_a_power_cut(self, root: Path) -> None:
        house = House(root, settings=SpeakerSettings(limits=LimitSettings(sessions_a_day=2)))
        house.put_plan(*(cue(f"n{hour}", at(f"{hour:02}:00", day)) for day in (0, 1) for hour in (6, 7, 8) if day == 0),
                       cue("tomorrow", at("06:00", 1)))  # fmt: skip
        for hour in (6, 7, 8):
            house.leap_to(at(f"{hour:02}:00") - timedelta(seconds=30))
            house.run(90)
            house.restart()
        house.leap_to(at("05:59", 1))
        house.run(120)
        assert house.outcomes() == {
            "n6": AIRED,
            "n7": AIRED,
            "n8": (Outcome.REFUSED, Reason.QUOTA_SESSIONS),
            "tomorrow": AIRED,
        }

    def test_a_sound_longer_than_its_cue_says_is_measured_by_itself(self, root: Path) -> None:
        limits = LimitSettings(longest_s=30)
        house = House(root, settings=SpeakerSettings(limits=limits))
        news = cue("news", at("05:00"), 60)
        plan = house.hub.plan([news], house.clock.now())
        house.know([news])
        house.deliver(*plan.audio)
        house.put_wire(house.hub.seal(replace(plan, cues=(replace(news, duration_s=10),))))
        house.leap_to(at("04:59"))
        house.run_until(at("05:02"))
        assert house.outcomes() == {"news": (Outcome.REFUSED, Reason.TOO_LONG)}

    def test_an_emergency_that_was_silenced_counts_only_as_far_as_it_was_heard(self, root: Path) -> None:
        house = House(root, settings=SpeakerSettings(limits=LimitSettings(emergency_minutes_a_day=1)))
        house.play_now(emergency("wind", at("00:00"), 50))
        house.run(5)
        house.play_now(emergency("fire", at("00:00"), 40))
        house.run(60)
        house.play_now(emergency("rain", at("00:00"), 30))
        house.run(60)
        assert house.outcomes() == {
            "wind": (Outcome.PREEMPTED, Reason.EMERGENCY),
            "fire": AIRED,
            "rain": (Outcome.REFUSED, Reason.QUOTA_MINUTES),
        }

    def test_volume_is_capped_by_class_and_scaled_by_the_house(self, root: Path) -> None:
        limits = LimitSettings(volume_cap_pct=50, emergency_volume_cap_pct=90)
        house = House(root, settings=SpeakerSettings(volume_pct=80, limits=limits))
        house.put_plan(
            cue("loud", at("05:00")), cue("soft", at("05:10"), volume_pct=20), emergency("wind", at("05:20"))
        )
        for minute in (0, 10, 20):
            house.leap_to(at(f"05:{minute:02}") - timedelta(seconds=30))
            house.run(60)
        assert [h.volume_pct for h in house.heard()] == [40, 16, 72]


class TestSounds:
    def test_the_hub_is_told_what_is_missing_and_when_it_is_there(self, house: House) -> None:
        plan = house.put_plan(cue("news", at("05:00")), cue("market", at("06:00")), is_delivered=False)
        first, second = plan.audio
        assert house.summary().missing == (first.sha256, second.sha256)
        house.deliver(first)
        house.run(2)
        assert (house.summary().missing, house.summary().missing_count) == ((second.sha256,), 1)

    def test_one_that_never_comes_is_named_as_the_reason(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")), is_delivered=False)
        house.leap_to(at("04:59"))
        house.run_until(at("05:02"))
        assert house.outcomes() == {"news": (Outcome.MISSED, Reason.NO_AUDIO)}

    def test_one_that_rotted_on_the_card_is_not_played(self, house: House) -> None:
        (news,) = house.put_plan(cue("news", at("05:00"))).audio
        path = house.spool.audio_path(news.sha256)
        path.write_bytes(path.read_bytes()[:-1] + b"!")
        house.leap_to(at("04:59"))
        house.run_until(at("05:02"))
        assert house.heard() == []
        assert house.outcomes() == {"news": (Outcome.MISSED, Reason.BAD_AUDIO)}

    def test_one_that_rotted_is_thrown_away_and_airs_once_it_was_fetched_again(self, house: House) -> None:
        (news,) = house.put_plan(cue("news", at("05:00"))).audio
        house.run(5)
        assert house.summary().missing == ()
        house.spool.audio_path(news.sha256).write_bytes(b"rot")
        house.run(62)
        assert not house.spool.audio_path(news.sha256).exists()
        assert house.summary().missing == (news.sha256,)
        house.deliver(news)
        house.leap_to(at("04:59"))
        house.run_until(at("05:01"))
        assert house.outcomes() == {"news": AIRED}

    def test_one_whose_rot_shows_only_when_it_is_played_is_fetched_again_too(self, house: House) -> None:
        (news,) = house.put_plan(cue("news", at("05:00"))).audio
        house.run(5)
        path, stat = house.spool.audio_path(news.sha256), house.spool.audio_path(news.sha256).stat()
        path.write_bytes(path.read_bytes()[:-1] + b"!")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        house.leap_to(at("04:59"))
        house.run_until(at("05:01"))
        assert house.outcomes() == {"news": (Outcome.MISSED, Reason.BAD_AUDIO)}
        assert not path.exists()

    def test_those_wanted_are_told_to_the_link_soonest_first(self, house: House) -> None:
        news, market, siren = cue("news", at("06:00")), cue("market", at("05:00", day=5)), sound("siren")
        plan = house.hub.plan([market, news], house.clock.now(), keep=[siren])
        house.put_wire(house.hub.seal(plan))
        house.run(1)
        names = [a.sha256 for a in house.spool.wanted().audio]
        assert names == [news.audio[0], siren.sha256, market.audio[0]]
        assert house.spool.wanted().firm == 2

    def test_a_broken_card_shows_and_so_does_its_repair(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")), cue("market", at("06:00")))
        house.leap_to(at("04:59"))
        house.sound.card_fault = "no card"
        house.run_until(at("05:02"))
        assert house.outcomes() == {"news": (Outcome.MISSED, Reason.SOUND_CARD)}
        assert house.summary().sound_fault == "no card"
        house.sound.card_fault = ""
        house.leap_to(at("05:59"))
        house.run_until(at("06:01"))
        assert house.summary().sound_fault == ""
        changes = [(e.subject, e.value, e.detail) for e in house.events() if isinstance(e, Change)]
        assert changes == [("sound", "fault", "no card"), ("sound", "ok", "")]

    def test_where_a_card_comes_back_in_time_the_record_says_how_much_was_missed(self, house: House) -> None:
        house.leap_to(at("05:00"))
        house.sound.card_fault = "no card"
        house.play_now(cue("news", at("05:00")))
        house.speaker.step()
        house.speaker.step()
        house.sound.card_fault = ""
        house.run(120)
        (record,), (heard,) = house.playouts(), house.heard()
        assert record.outcome is Outcome.AIRED
        assert record.offset_s == pytest.approx(heard.offset_s)
        assert heard.offset_s > 0


class TestRefusals:
    def test_rubbish_is_recorded_once_and_the_plan_in_force_airs(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")))
        house.run(1)
        house.put_wire(b'{"v":1,"kid":"x"')
        house.put_command(b"\xff\x00" * 40)
        house.leap_to(at("04:59"))
        house.run_until(at("05:01"))
        house.restart()
        house.run(120)
        assert sorted((r.what, r.reason) for r in house.refusals()) == [
            ("command", Reason.MALFORMED),
            ("plan", Reason.MALFORMED),
        ]
        assert house.summary().refused is Reason.MALFORMED
        assert house.outcomes() == {"news": AIRED}

    def test_a_stale_order_earns_a_fresh_nonce_and_is_never_heard(self, house: House) -> None:
        stale = house.summary().nonce
        house.restart()
        fresh = house.summary().nonce
        house.run(2)
        flood = emergency("flood", at("00:01"))
        house.know([flood])
        wire = house.hub.seal(house.hub.play(flood, stale))
        for _ in range(3):
            house.put_command(wire)
            house.run(1)
        assert [r.reason for r in house.refusals()] == [Reason.STALE_NONCE]
        assert house.summary().refused is Reason.STALE_NONCE
        assert house.summary().nonce not in (stale, fresh)
        house.run(11)
        assert house.summary().refused is Reason.NONE
        house.play_now(flood)
        house.run(60)
        assert house.outcomes() == {"flood": AIRED}

    def test_an_order_put_in_the_wrong_place_first_is_still_good_in_its_own(self, house: House) -> None:
        flood = emergency("flood", at("00:01"))
        house.know([flood])
        order = house.hub.play(flood, house.nonce)
        house.deliver(*order.audio)
        house.put_wire(house.hub.seal(order))
        house.run(1)
        house.put_command(house.hub.seal(order))
        house.run(60)
        assert house.outcomes() == {"flood": AIRED}

    def test_a_flood_of_forgeries_does_not_fill_the_card(self, house: House) -> None:
        for i in range(300):
            house.put_command(b"forgery %d" % i)
        house.run(60)
        assert len(house.refusals()) == 60
        assert list(house.spool.commands()) == []


class Refusing(Ledger):
    """A ledger on a card that is full, while `is_full`."""

    is_full = False

    def intend(self, cue: Cue, start_at: datetime, duration_s: float) -> None:
        if self.is_full:
            raise sqlite3.OperationalError("database or disk is full")
        super().intend(cue, start_at, duration_s)


def test_nothing_sounds_while_its_intent_cannot_be_written(root: Path) -> None:
    class Tight(House):
        def open_ledger(self) -> Ledger:
            return Refusing(self.paths.state / "ledger.db")

    house = Tight(root)
    house.put_plan(cue("news", at("05:00"), grace_s=60))
    house.leap_to(at("04:59"))
    Refusing.is_full = True
    house.run_until(at("05:00:30"))
    assert house.heard() == []
    assert house.summary().sound_fault == "thẻ nhớ lỗi / disk: database or disk is full"
    Refusing.is_full = False
    house.run_until(at("05:02"))
    assert house.outcomes() == {"news": AIRED}


class TestTheLink:
    def test_is_woken_by_news_and_not_by_every_step(self, house: House) -> None:
        bell = Doorbell(house.paths.run / "link.bell")
        house.run(3)
        assert bell.wait(0.01)
        house.run(20)
        assert not bell.wait(0.01)
        house.put_plan(cue("news", at("05:00")))
        house.run(1)
        assert bell.wait(0.01)
        bell.close()

    def test_hears_from_the_speaker_every_five_seconds(self, house: House) -> None:
        for _ in range(12):
            house.run(5)
            assert house.clock.now() - house.summary().at <= timedelta(seconds=5)

    def test_tells_what_the_hub_has_and_the_outbox_forgets_it(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")))
        house.leap_to(at("04:59"))
        house.run_until(at("05:01"))
        (waiting,) = house.reader.after(0)
        cursors = Cursors(house.paths.state / "link.db")
        cursors.put("speaker", waiting.id)
        house.run(61)
        assert house.reader.after(0) == []
        house.restart()
        house.run(5)
        assert house.playouts() == []
        cursors.close()


def test_the_summary_names_the_broadcast_that_sounds(house: House) -> None:
    house.put_plan(cue("news", at("05:00")))
    house.leap_to(at("04:59"))
    assert house.summary().on_air == ""
    house.run_until(at("05:00:10"))
    assert house.summary().on_air == "news"
    house.run(30)
    assert house.summary().on_air == ""


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_service_that_ends_leaves_the_horns_silent(house: House, is_closed: bool) -> None:
    house.put_plan(cue("news", at("05:00"), 60))
    house.leap_to(at("04:59"))
    house.run_until(at("05:00:10"))
    if is_closed:
        house.speaker.close()
        assert house.sound.poll().phase == "idle"
        house.sound.heard.clear()
    house._heard, house.sound = [], house.new_sound()
    house.start()
    house.run(120)
    assert house.heard() == []
    assert house.outcomes() == {"news": (Outcome.CUT, Reason.POWER)}
