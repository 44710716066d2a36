"""What is wrong with the machine, out of its vitals: believed when seen often, over when not seen for long. Pure.

A supply gives in for moments, a UPS bridges seconds, a USB device falls off and comes back: one look proves nothing.
A card about its limit has sounds come and go, and a program may want much memory for a moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from contract.reports import UNDER_VOLTAGE_NOW, Vitals
from contract.terms import Ailment

HOT_C = 80.0
"""From here on a Raspberry Pi slows its processor down."""
DISK_LOW_PCT = 10.0
"""What kubelet, too, holds to be too little to go on with (nodefs.available): a tenth of a card of 16 GB is 1.6 GB."""
MEMORY_LOW_MB = 50.0
"""A tenth of the smallest Pi's (512 MB): where earlyoom begins to end programs, before all stands still."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Told once seen on `looks` looks within `within_s`; over once not seen for `clears_s`."""

    looks: int
    within_s: float
    clears_s: float


RULES: Mapping[Ailment, Rule] = {
    Ailment.WEAK_POWER: Rule(looks=3, within_s=120, clears_s=600),
    Ailment.READ_ONLY: Rule(looks=2, within_s=60, clears_s=60),
    Ailment.CARD_ERRORS: Rule(looks=2, within_s=60, clears_s=60),
    Ailment.USB_GONE: Rule(looks=6, within_s=60, clears_s=30),
    Ailment.ON_BATTERY: Rule(looks=3, within_s=30, clears_s=60),
    Ailment.HOT: Rule(looks=12, within_s=120, clears_s=300),
    Ailment.DISK_FULL: Rule(looks=12, within_s=120, clears_s=3600),
    Ailment.MEMORY_LOW: Rule(looks=12, within_s=120, clears_s=600),
}
"""Looks come every five seconds."""


@dataclass(frozen=True, slots=True)
class Course:
    """When one thing was seen lately (monotonic), and whether it is told."""

    seen_s: tuple[float, ...] = ()
    is_told: bool = False


def signs(vitals: Vitals) -> frozenset[Ailment]:
    """What one look shows."""
    shows = {
        Ailment.WEAK_POWER: bool((vitals.throttled or 0) & UNDER_VOLTAGE_NOW),
        Ailment.READ_ONLY: vitals.is_read_only is True,
        Ailment.CARD_ERRORS: bool(vitals.card_errors),
        Ailment.USB_GONE: bool(vitals.usb_gone),
        Ailment.ON_BATTERY: vitals.is_on_battery is True,
        Ailment.HOT: vitals.temperature_c is not None and vitals.temperature_c >= HOT_C,
        Ailment.DISK_FULL: vitals.disk_free_pct is not None and vitals.disk_free_pct < DISK_LOW_PCT,
        Ailment.MEMORY_LOW: vitals.memory_free_mb is not None and vitals.memory_free_mb < MEMORY_LOW_MB,
    }
    return frozenset(ailment for ailment, is_so in shows.items() if is_so)


def follow(course: Course, is_seen: bool, rule: Rule, now_s: float) -> Course:
    """Take one more look into account."""
    seen_s = (*course.seen_s, now_s)[-rule.looks :] if is_seen else course.seen_s
    if course.is_told:
        is_over = not seen_s or now_s - seen_s[-1] >= rule.clears_s
        return Course() if is_over else Course(seen_s, is_told=True)
    return Course(seen_s, is_told=len(seen_s) == rule.looks and now_s - seen_s[0] <= rule.within_s)
