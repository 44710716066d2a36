"""What is late, because the power was off or something else sounded: played whole, joined, or left out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contract.terms import Late, Outcome, Priority, Reason
from tests.edge.speaker.house import House, at, cue

AIRED = (Outcome.AIRED, Reason.NONE)
NEWS = cue("news", at("05:00"), duration_s=600, grace_s=120)


@pytest.mark.parametrize(
    ("late", "back_at", "heard"),
    [
        (Late.WHOLE, "05:01:40", [("news", 0, 600)]),
        (Late.WHOLE, "05:02:10", []),
        (Late.JOIN, "05:01:40", [("news", 100, 500)]),
        (Late.JOIN, "05:09:50", [("news", 590, 10)]),
        (Late.JOIN, "05:09:57", []),
        (Late.SKIP, "05:00:10", []),
    ],
)
def test_the_power_comes_back_in_the_middle(
    house: House, late: Late, back_at: str, heard: list[tuple[str, float, float]]
) -> None:
    house.put_plan(replace(NEWS, late=late))
    house.leap_to(at("04:59"))
    house.crash()
    house.clock.advance((at(back_at) - house.clock.now()).total_seconds())
    house.start()
    house.run_until(at("05:15"))
    assert house.heard_as() == heard
    record = house.playout("news")
    assert (record.outcome, record.reason) == (AIRED if heard else (Outcome.MISSED, Reason.LATE))
    assert record.offset_s == (heard[0][1] if heard else 0)


def test_what_is_joined_ends_when_it_would_have_ended(house: House) -> None:
    house.put_plan(replace(NEWS, late=Late.JOIN))
    house.leap_to(at("04:59"))
    house.crash()
    house.clock.advance(200)
    house.start()
    house.run_until(at("05:15"))
    assert house.heard()[0].last_at == at("05:10")


def test_on_time_nothing_is_joined_and_nothing_skipped(house: House) -> None:
    house.put_plan(
        replace(cue("a", at("05:00")), late=Late.JOIN), replace(cue("b", at("05:01"), grace_s=0), late=Late.SKIP)
    )
    house.leap_to(at("04:59"))
    house.run_until(at("05:02"))
    assert house.heard_as() == [("a", 0, 20), ("b", 0, 20)]


def test_a_year_ahead_and_back_plays_nothing_twice_and_misses_nothing_in_a_burst(house: House) -> None:
    plan = [replace(cue(f"d{day}", at("05:00", day), 600), late=late) for day, late in enumerate(Late)]
    house.put_plan(*plan)
    house.leap_to(at("04:59"))
    house.run_until(at("05:05"))
    for jump in (timedelta(days=365), -timedelta(days=730), timedelta(days=365)):
        house.clock.step(jump.total_seconds())
        house.run(10)
    house.run_until(at("05:15"))
    for day in (1, 2):
        house.leap_to(at("04:59", day))
        house.run_until(at("05:11", day))
    assert house.heard_names() == ["d0", "d1", "d2"]
    assert set(house.outcomes()) == {"d0", "d1", "d2"}
    assert [p.outcome for p in house.playouts()][1:] == [Outcome.AIRED, Outcome.AIRED]


class TestABulletinFromAbove:
    """A priority bulletin that collides waits for the commune's order, and cuts in after some minutes by itself."""

    MUSIC = cue("music", at("05:00"), 900)
    BULLETIN = replace(cue("bulletin", at("05:01"), 30, Priority.PRIORITY), patience_s=300)

    def test_cuts_in_when_its_patience_is_over(self, house: House) -> None:
        house.put_plan(self.MUSIC, self.BULLETIN)
        house.leap_to(at("04:59"))
        house.run_until(at("05:20"))
        assert house.heard()[1].first_at - at("05:06") < timedelta(seconds=1)
        assert house.outcomes() == {"music": (Outcome.PREEMPTED, Reason.OVERLAP), "bulletin": AIRED}

    def test_follows_at_once_what_the_commune_stops(self, house: House) -> None:
        house.put_plan(self.MUSIC, self.BULLETIN)
        house.leap_to(at("04:59"))
        house.run_until(at("05:02"))
        house.stop_now("music")
        house.run(60)
        assert house.heard()[1].first_at - at("05:02") < timedelta(seconds=1)
        assert house.outcomes() == {"music": (Outcome.CUT, Reason.STOPPED), "bulletin": AIRED}

    def test_may_be_taken_back_by_the_commune(self, house: House) -> None:
        house.put_plan(self.MUSIC, self.BULLETIN)
        house.leap_to(at("04:59"))
        house.run_until(at("05:02"))
        house.stop_now("bulletin")
        house.run_until(at("05:16"))
        assert house.outcomes() == {"music": AIRED, "bulletin": (Outcome.MISSED, Reason.STOPPED)}
