"""Who is told what, and when: a technician wants to know at once, once, and to sleep."""

from datetime import timedelta

from hub.alerts.place import Hears
from hub.alerts.register import What
from tests.hub.alerts.course import T0, Course, event, place


def test_the_first_is_told_at_once_and_that_it_is_back_once_it_stays_so() -> None:
    course = Course([place("tam")])
    assert course.go_to(5, event(3, What.OPENED)) == [("tam", 3, "gone 1")]
    assert course.go_to(20, event(10, What.CLOSED)) == [("tam", 12, "back 1")]


def test_what_opens_within_a_minute_goes_in_one_message() -> None:
    course = Course([place("tam")])
    opened = [event(minute, What.OPENED, id) for id, minute in enumerate((1, 1.2, 1.5, 1.9, 2.5), 1)]
    assert course.go_to(10, *opened) == [("tam", 1, "gone 1"), ("tam", 2, "gone 2+3+4"), ("tam", 3, "gone 5")]


def test_what_is_gone_does_not_wait_because_something_else_was_said_to_be_back() -> None:
    course = Course([place("tam")])
    course.go_to(11, event(1, What.OPENED, 1), event(10, What.CLOSED, 1))
    told = course.go_to(20, event(12.2, What.OPENED, 2, "b", is_grave=True), event(12.5, What.OPENED, 3, "c"))
    assert told == [("tam", 12, "back 1"), ("tam", 12.2, "gone 2"), ("tam", 13.2, "gone 3")]


def test_what_is_gone_in_the_very_moment_of_a_word_that_is_out_already_is_a_message_of_its_own() -> None:
    course = Course([place("tam")])
    course.go_to(12, event(1, What.OPENED, 1), event(10, What.CLOSED, 1))
    course.go_to(20, event(12, What.OPENED, 2, "b"))
    assert [(m.back, m.gone) for m in course.sent[1:]] == [((1,), ()), ((), (2,))]
    assert course.sent[1].id != course.sent[2].id, "or the outbox would take it for the one that lies there"


def test_many_that_come_back_one_by_one_are_gathered() -> None:
    course = Course([place("tam")])
    course.go_to(9, *(event(1, What.OPENED, id, f"v{id}") for id in (1, 2, 3)))
    closed = [event(10 + id / 4, What.CLOSED, id, f"v{id}") for id in (1, 2, 3)]
    assert course.go_to(20, *closed) == [("tam", 12.25, "back 1"), ("tam", 13.25, "back 2+3")]


def test_what_is_back_before_anybody_was_told_is_not_spoken_of() -> None:
    course = Course([place("tam")])
    course.go_to(1, event(1, What.OPENED, 1))
    assert course.go_to(30, event(1.2, What.OPENED, 2), event(1.6, What.CLOSED, 2)) == []


def test_each_place_hears_of_its_own_villages_alone() -> None:
    course = Course([place("dong", villages=frozenset("a")), place("doai", villages=frozenset("b")), place("xa")])
    told = course.go_to(1, event(1, What.OPENED, 1, "b", "c"))
    assert {who for who, _, _ in told} == {"doai", "xa"}
    grown = event(9, What.CHANGED, 1, "a", "b", "c", is_wide=True)
    assert course.go_to(9, grown) == [("dong", 9, "gone 1")]
    assert {who for who, _, _ in course.go_to(30, event(20, What.CLOSED, 1, "a"))} == {"dong", "doai", "xa"}


def test_a_place_of_some_villages_hears_that_these_are_back_while_others_are_still_away() -> None:
    course = Course([place("dong", villages=frozenset("a")), place("xa")])
    course.go_to(1, event(1, What.OPENED, 1, "a", "b", "c", is_wide=True))
    part = event(30, What.CHANGED, 1, "a", "b", "c", away=frozenset("bc"), is_wide=True)
    assert course.go_to(60, part) == [("dong", 32, "back 1")]
    lost = event(70, What.CHANGED, 1, "a", "b", "c", is_wide=True)
    assert course.go_to(75, lost) == [("dong", 70, "again 1")]
    part = event(80, What.CHANGED, 1, "a", "b", "c", away=frozenset("bc"), is_wide=True)
    assert course.go_to(120, part) == [("dong", 100, "back 1")], "what came back once must last"
    assert course.go_to(300, event(200, What.CLOSED, 1, "a", "b", "c", is_wide=True)) == [("xa", 202, "back 1")]


def test_one_that_hears_only_of_what_lasts() -> None:
    course = Course([place("tam", hears=Hears.LASTING, after_min=15)])
    assert course.go_to(14, event(1, What.OPENED, 1), event(2, What.OPENED, 2)) == []
    assert course.go_to(40, event(15, What.CLOSED, 1)) == [("tam", 17, "gone 2")]


def test_the_next_in_turn_is_told_of_what_nobody_knows_of() -> None:
    course = Course([place("tam"), place("hung", hears=Hears.TURN, after_min=30)])
    assert course.go_to(1, event(1, What.OPENED, 1), event(1, What.OPENED, 2)) == [("tam", 1, "gone 1+2")]
    assert course.go_to(60, event(20, What.KNOWN, 1)) == [("hung", 31, "gone 2")]
    back = [("tam", 72, "back 1+2"), ("hung", 72, "back 2")]
    assert course.go_to(99, event(70, What.CLOSED, 1), event(70, What.CLOSED, 2)) == back


def test_at_night_only_the_grave_is_told_the_rest_in_the_morning() -> None:
    sleeper = place("tam", quiet_from_min=21 * 60, quiet_until_min=6 * 60)
    course = Course([sleeper])
    night = (9 * 60, 9 * 60 + 30, 10 * 60)  # 23:00, 23:30, 24:00
    lesser = [event(night[0], What.OPENED, 1), event(night[2], What.OPENED, 3)]
    told = course.go_to(10 * 60, *lesser, event(night[1], What.OPENED, 2, is_grave=True))
    assert told == [("tam", night[1], "gone 2")]
    course.go_to(11 * 60, event(11 * 60, What.CLOSED, 3))
    assert course.go_to(20 * 60) == [("tam", 16 * 60, "gone 1")], "at six, and what is back meanwhile is left out"


def test_one_that_flaps_is_told_gone_and_back_twice_at_most() -> None:
    course = Course([place("tam")])
    told, minute = course.go_to(1, event(1, What.OPENED)), 10.0
    for n in range(1, 8):
        told += course.go_to(minute, event(minute, What.CLOSED, reopenings=n - 1))
        told += course.go_to(minute + 10, event(minute + 10, What.REOPENED, reopenings=n))
        minute += 20
    told += course.go_to(500, event(minute, What.CLOSED, reopenings=7))
    assert [what for _, _, what in told] == ["gone 1", "back 1", "again 1", "back 1"]
    assert told[-1][1] == minute + 60


def test_one_that_comes_back_for_a_moment_is_not_spoken_of_again() -> None:
    course = Course([place("tam")])
    course.go_to(1, event(1, What.OPENED))
    assert course.go_to(40, event(10, What.CLOSED), event(11.5, What.REOPENED, reopenings=1)) == []


def test_half_the_fleet_at_once_is_one_message_that_doubts_the_hub() -> None:
    course = Course([place("tam")])
    many = [event(1.5, What.OPENED, id, f"v{id}", is_grave=True) for id in range(2, 60)]
    wide = event(1.5, What.OPENED, 1, "a", "b", is_grave=True, is_wide=True)
    assert course.go_to(9, event(1, What.FROZEN), wide, *many) == [("tam", 1.5, "gone 1 (frozen)")]
    gone = [event(10, What.CLOSED, id) for id in range(3, 60)]
    assert course.go_to(12, *gone, event(11, What.THAWED)) == [("tam", 11, "gone 2")]


def test_a_part_that_is_found_out_to_be_of_a_whole_is_not_said_to_be_back() -> None:
    course = Course([place("tam")])
    course.go_to(1, event(1, What.OPENED, 1), event(1, What.OPENED, 2, "b"))
    merged = event(2, What.CLOSED, 2, "b", merged_into=1)
    assert course.go_to(30, merged, event(2, What.CHANGED, 1, "a", "b", is_wide=True)) == []
    assert course.go_to(60, event(40, What.CLOSED, 1)) == [("tam", 42, "back 1")]


def test_the_digest_comes_at_its_time_each_day() -> None:
    course = Course([place("tam", digest_min=17 * 60)])
    days = [("tam", 180 + 24 * 60 * n, "digest") for n in range(3)]
    assert course.go_to(2.5 * 24 * 60) == days


def test_a_place_that_is_new_hears_of_what_opens_from_then_on() -> None:
    course = Course([place("tam", added_at=T0 + timedelta(minutes=5))])
    assert course.go_to(9, event(4, What.OPENED, 1), event(6, What.OPENED, 2)) == [("tam", 6, "gone 2")]
    assert course.go_to(30, event(10, What.CLOSED, 1), event(10, What.CLOSED, 2)) == [("tam", 12, "back 2")]


def test_what_is_over_is_forgotten() -> None:
    course = Course([place("tam")])
    course.go_to(300, event(1, What.OPENED), event(10, What.CLOSED))
    assert course.register.matters == {}
