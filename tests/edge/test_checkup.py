"""Days of a Pi: a weak supply at the horns' loudest, a card that gives up, a sound card that falls off."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.reports import Vitals
from contract.terms import Ailment
from edge import ailing, card, summary, usb
from edge.ailing import Course, Rule
from edge.checkup import Checkup
from edge.clock import VirtualClock
from edge.config import Paths
from edge.summary import NetmonSummary
from tests.edge.test_usb import SOUND, plug

LOOK_S = 5.0
FIRMWARE = "sys/devices/platform/soc/soc:firmware/get_throttled"


class Pi:
    """A machine of made-up files, looked at every five seconds."""

    def __init__(self, folder: Path) -> None:
        self.root, self.paths = folder / "machine", Paths(folder / "node")
        self.paths.make()
        self.clock = VirtualClock(datetime(2026, 5, 1, 22, tzinfo=UTC))
        self.put("proc/uptime", "100.0 1\n")
        self.put(FIRMWARE, "0\n")
        plug(self.root, "1-1", SOUND, "01")
        self.checkup = Checkup(self.paths, self.root, self.clock)

    def put(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def live_for(self, seconds: float) -> Vitals:
        until_s = self.clock.monotonic() + seconds
        told = self.checkup()
        while self.clock.monotonic() < until_s:
            self.clock.advance(LOOK_S)
            told = self.checkup()
        summary.post(self.paths.run, "netmon", NetmonSummary(at=self.clock.now(), vitals=told))
        return told

    def restart(self) -> None:
        self.checkup = Checkup(self.paths, self.root, self.clock)

    def unplug(self, port: str) -> None:
        for path in (self.root / usb.DEVICES).glob(f"{port}*"):
            for file in path.iterdir():
                file.unlink()
            path.rmdir()


@pytest.fixture
def pi(tmp_path: Path) -> Pi:
    return Pi(tmp_path)


def test_a_healthy_pi_has_no_ailments(pi: Pi) -> None:
    told = pi.live_for(600)
    assert (told.ailments, told.usb_gone, told.restarts, told.throttled) == ((), (), (), 0)


def test_one_dip_of_the_supply_is_remembered_until_the_next_boot_and_is_no_ailment(pi: Pi) -> None:
    pi.put(FIRMWARE, "50005\n")
    pi.live_for(0)
    pi.put(FIRMWARE, "0\n")
    assert pi.live_for(60).throttled == 0x50000
    pi.restart()
    told = pi.live_for(60)
    assert (told.throttled, told.ailments) == (0x50000, ())


def test_a_supply_that_is_too_weak_is_told_until_it_was_strong_for_ten_minutes(pi: Pi) -> None:
    pi.put(FIRMWARE, "1\n")
    assert pi.live_for(10).ailments == (Ailment.WEAK_POWER,)
    pi.put(FIRMWARE, "0\n")
    assert pi.live_for(590).ailments == (Ailment.WEAK_POWER,)
    assert pi.live_for(15).ailments == ()


def test_the_kernels_own_watch_is_asked_where_the_firmwares_file_is_not_there(pi: Pi) -> None:
    (pi.root / FIRMWARE).unlink()
    pi.put("sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
    pi.put("sys/class/hwmon/hwmon1/name", "rpi_volt\n")
    pi.put("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
    assert pi.live_for(10).ailments == (Ailment.WEAK_POWER,)


def test_a_card_that_takes_no_more_writing_is_told_within_seconds(pi: Pi) -> None:
    pi.put(card.MOUNTS, "22 1 179:2 / / rw - ext4 /dev/root rw\n")
    assert pi.live_for(60).is_read_only is False
    pi.put(card.MOUNTS, "22 1 179:2 / / rw - ext4 /dev/root ro\n")
    told = pi.live_for(5)
    assert (told.is_read_only, told.ailments) == (True, (Ailment.READ_ONLY,))


def test_a_memory_that_is_nearly_used_up_is_told_after_a_minute_until_it_was_not_for_ten(pi: Pi) -> None:
    pi.put("proc/meminfo", "MemTotal: 440000 kB\nMemAvailable: 40000 kB\n")
    pi.live_for(40)
    pi.put("proc/meminfo", "MemTotal: 440000 kB\nMemAvailable: 90000 kB\n")
    assert pi.live_for(60).ailments == (), "a program wanted much for a moment"
    pi.put("proc/meminfo", "MemTotal: 440000 kB\nMemAvailable: 40000 kB\n")
    assert pi.live_for(60).ailments == (Ailment.MEMORY_LOW,)
    pi.put("proc/meminfo", "MemTotal: 440000 kB\nMemAvailable: 90000 kB\n")
    assert pi.live_for(590).ailments == (Ailment.MEMORY_LOW,)
    assert pi.live_for(15).ailments == ()


@pytest.mark.parametrize(("free_pct", "is_told"), [(9.9, True), (10.0, False), (None, False)])
def test_a_card_with_less_than_a_tenth_left_is_nearly_full(free_pct: float | None, is_told: bool) -> None:
    assert (Ailment.DISK_FULL in ailing.signs(Vitals(uptime_s=1, disk_free_pct=free_pct))) is is_told


def test_a_sound_card_that_falls_off_is_named_within_a_minute_and_after_a_restart_too(pi: Pi) -> None:
    pi.live_for(60)
    pi.unplug("1-1")
    told = pi.live_for(60)
    assert (told.usb_gone, told.ailments) == ((SOUND,), (Ailment.USB_GONE,))
    pi.restart()
    told = pi.live_for(0)
    assert (told.usb_gone, told.ailments) == ((SOUND,), (Ailment.USB_GONE,))
    plug(pi.root, "1-1", SOUND, "01")
    told = pi.live_for(90)
    assert (told.usb_gone, told.ailments) == ((), ())


def test_a_sound_card_that_did_not_outlive_a_month_without_power_is_named(pi: Pi) -> None:
    """The clock stood still meanwhile, and is set once there is a network."""
    pi.live_for(60)
    pi.unplug("1-1")
    pi.restart()
    pi.live_for(45)
    pi.clock.step(30 * 86_400)
    assert pi.live_for(600).ailments == (Ailment.USB_GONE,)
    pi.clock.advance(8 * 86_400)
    assert pi.live_for(90).ailments == ()


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ({"ups": ("UPS", "1")}, False),
        ({"ups": ("UPS", "0")}, True),
        ({"charger": ("Mains", "0"), "cell": ("Battery", "1")}, True),
        ({"charger": ("Mains", "1"), "cell": ("Battery", "1")}, False),
        ({"poe": ("Mains", "0")}, None),
        ({}, None),
    ],
)
def test_a_node_on_its_battery_says_so_where_a_ups_tells(
    pi: Pi, supplies: dict[str, tuple[str, str]], expected: bool | None
) -> None:
    for name, (kind, online) in supplies.items():
        pi.put(f"sys/class/power_supply/{name}/type", kind + "\n")
        pi.put(f"sys/class/power_supply/{name}/online", online + "\n")
    told = pi.live_for(30)
    assert told.is_on_battery is expected
    assert (Ailment.ON_BATTERY in told.ailments) is (expected is True)


def test_what_was_written_a_day_needs_an_hour_to_tell(pi: Pi) -> None:
    assert Vitals(uptime_s=1800, written_mb=10).written_mb_a_day is None
    assert Vitals(uptime_s=43_200, written_mb=10).written_mb_a_day == 20


@given(st.lists(st.booleans(), max_size=60), st.sampled_from(list(Ailment)))
def test_nothing_is_told_that_was_not_seen_and_all_is_over_in_the_end(looks: list[bool], ailment: Ailment) -> None:
    rule, course, now_s = ailing.RULES[ailment], Course(), 0.0
    for is_seen in looks:
        now_s += LOOK_S
        course = ailing.follow(course, is_seen, rule, now_s)
        assert not (course.is_told and looks.count(True) < rule.looks)
    course = ailing.follow(course, False, rule, now_s + rule.clears_s)
    assert not course.is_told


def test_what_is_seen_all_the_time_is_told_and_stays_told() -> None:
    rule, course = Rule(looks=3, within_s=60, clears_s=60), Course()
    told = []
    for n in range(100):
        course = ailing.follow(course, True, rule, n * LOOK_S)
        told.append(course.is_told)
    assert told == [False, False, *[True] * 98]
