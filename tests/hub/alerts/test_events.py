"""What alerts need to know of incidents: which are grave, and when that changes."""

import pytest

from hub.alerts.events import is_grave, notice
from hub.alerts.register import What
from hub.incidents.incident import About, Incident, Member, Step, Turn
from tests.hub.alerts.course import Course, at, place


def incident(about: About, *subjects: str) -> Incident:
    members = [Member(node="a", subject=each, value="silent", detail="", since_at=at(1)) for each in subjects]
    return Incident(id=1, about=about, since_at=at(1), opened_at=at(1), members=members)


@pytest.mark.parametrize(
    ("found", "grave"),
    [
        (incident(About.CONTACT, "node"), True),
        (incident(About.SOUND, "sound"), True),
        (incident(About.PROCESS, "process:speaker"), True),
        (incident(About.PROCESS, "process:camera"), False),
        (incident(About.CAMERA, "camera:cong"), False),
    ],
)
def test_a_village_that_does_not_hear_what_is_broadcast_is_grave(found: Incident, grave: bool) -> None:
    assert is_grave(found) is grave


def test_a_sound_process_that_hangs_after_another_one_wakes_who_sleeps() -> None:
    course = Course([place("tam", quiet_from_min=13 * 60, quiet_until_min=20 * 60)])
    found = {1: incident(About.PROCESS, "process:camera")}
    opened = notice(course.register, [Step(Turn.OPENED, 1, at(1))], found, {}, False, at(1))
    assert course.go_to(1, *opened) == []
    found = {1: incident(About.PROCESS, "process:camera", "process:speaker")}
    (grown,) = notice(course.register, [], found, {}, False, at(2))
    assert grown.what is What.CHANGED
    assert course.go_to(2, grown) == [("tam", 2, "gone 1")]
