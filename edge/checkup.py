"""The Pi's health over time: what one look cannot know of supply, USB devices, restarts, and of what is wrong."""

from dataclasses import replace
from pathlib import Path

from contract.reports import Vitals
from contract.terms import Ailment
from edge import ailing, starts, summary, usb, vitals
from edge.ailing import RULES, Course
from edge.clock import Clock
from edge.config import Paths
from edge.lean import PROCESSES
from edge.summary import NetmonSummary

SELDOM_S = 30.0
"""Between two looks at what is many files: USB devices, and when processes were started."""
LEAP_S = 86_400.0
"""A clock that was set by more had stood still while the machine was off."""
_SINCE_BOOT = 16
"""The firmware's bits of the present stand so much higher as those of all the time since boot."""
_NOW = 0xF


class Checkup:
    """Called every few seconds, it returns the vitals, complete. A restart of this process forgets nothing: what was
    said last lies on the tmpfs, and what USB devices there were on the card."""

    def __init__(self, paths: Paths, root: Path, clock: Clock) -> None:
        self._paths = paths
        self._root = root
        self._clock = clock
        last = summary.read(paths.run, "netmon", NetmonSummary)
        known = last.vitals if last is not None else Vitals(uptime_s=0.0)
        now_s = clock.monotonic()
        self._sticky = (known.throttled or 0) & (_NOW << _SINCE_BOOT)
        self._courses = {each: Course((now_s,), is_told=True) for each in known.ailments}
        self._restarts = known.restarts
        self._usb = usb.recall(self._usb_file)
        self._seldom_s = now_s
        self._ahead_s = clock.now().timestamp() - now_s

    def __call__(self) -> Vitals:
        now_s = self._clock.monotonic()
        if now_s >= self._seldom_s:
            self._seldom_s = now_s + SELDOM_S
            self._look_at_usb()
            counted = (starts.count(name, starts.read(self._paths, name)) for name in PROCESSES)
            self._restarts = tuple(each for each in counted if each is not None)
        read = vitals.read(self._root, self._paths.state)
        read = replace(
            read, throttled=self._stuck(read.throttled), usb_gone=usb.gone(self._usb), restarts=self._restarts
        )
        return replace(read, ailments=self._judge(read, now_s))

    def _stuck(self, throttled: int | None) -> int | None:
        """The bits of now and of since boot. The kernel's own watch over the supply clears those of the firmware every
        two seconds, so they are kept here."""
        if throttled is None:
            return None
        self._sticky |= throttled & (_NOW << _SINCE_BOOT) | (throttled & _NOW) << _SINCE_BOOT
        return throttled | self._sticky

    def _judge(self, read: Vitals, now_s: float) -> tuple[Ailment, ...]:
        seen = ailing.signs(read)
        self._courses = {
            each: ailing.follow(self._courses.get(each, Course()), each in seen, rule, now_s)
            for each, rule in RULES.items()
        }
        return tuple(each for each, course in self._courses.items() if course.is_told)

    def _look_at_usb(self) -> None:
        there = usb.present(self._root)
        if there is None:
            return
        now = self._clock.now()
        ahead_s = now.timestamp() - self._clock.monotonic()
        if abs(ahead_s - self._ahead_s) > LEAP_S:
            self._usb = usb.date_anew(self._usb, now)
        self._ahead_s = ahead_s
        known = usb.follow(self._usb, there, now)
        if known != self._usb:
            usb.remember(self._usb_file, known)
        self._usb = known

    @property
    def _usb_file(self) -> Path:
        return self._paths.state / "usb.json"
