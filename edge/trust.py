"""How far the node may believe its clock: the kernel's own word (adjtimex), a battery clock's, or the technician's."""

import ctypes
import time
from pathlib import Path

from contract.reports import ClockReport
from contract.terms import Trust

STA_UNSYNC = 0x0040
TIME_ERROR = 5
MAX_ERROR_MS = 1000.0
"""Above this bound of the kernel's own (adjtimex maxerror) a broadcast could audibly miss its second."""


RTC = Path("/sys/class/rtc/rtc0")
RTC_AGREES_S = 5.0
"""A battery clock that still shows what the system's does, counted in whole seconds."""


class _Timex(ctypes.Structure):
    """struct timex of adjtimex(2), as far as it is read here; the rest is room for the kernel to write."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def judge(state: int, status: int, maxerror_us: int, was_trusted: bool) -> ClockReport:
    """Turn adjtimex's answer into trust. HOLDOVER: it was set once since boot, and runs on by itself."""
    error_ms = maxerror_us / 1000
    if state != TIME_ERROR and not status & STA_UNSYNC and error_ms <= MAX_ERROR_MS:
        return ClockReport(trust=Trust.TRUSTED, error_ms=error_ms)
    return ClockReport(trust=Trust.HOLDOVER if was_trusted else Trust.UNTRUSTED, error_ms=error_ms)


def was_set_by_battery(rtc: Path, now_s: float) -> bool:
    """Whether the system's clock was set at boot from a battery clock that still shows the same time (`now_s`, seconds
    since 1970). One whose battery is dead began anew at the boot, and does not."""
    try:
        is_source = (rtc / "hctosys").read_text(encoding="ascii").strip() == "1"
        return is_source and abs(int((rtc / "since_epoch").read_text(encoding="ascii")) - now_s) < RTC_AGREES_S
    except (OSError, ValueError):
        return False


class KernelTrust:
    """Asks the kernel whether its clock is disciplined; remembers that it once was, or that a battery clock set it."""

    def __init__(self, rtc: Path = RTC) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._was_trusted = was_set_by_battery(rtc, time.time())

    def read(self) -> ClockReport:
        timex = _Timex()
        state = self._libc.adjtimex(ctypes.byref(timex))
        if state < 0:
            return ClockReport(trust=Trust.HOLDOVER if self._was_trusted else Trust.UNTRUSTED)
        report = judge(state, timex.status, timex.maxerror, self._was_trusted)
        self._was_trusted = report.trust is not Trust.UNTRUSTED
        return report


class GivenTrust:
    """Trust as the technician's file says it: for a machine whose clock is kept by its host."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust

    def read(self) -> ClockReport:
        return ClockReport(trust=self._trust)
