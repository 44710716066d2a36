"""What the cameras say of themselves by ONVIF, once an hour, and what has changed since: firmware, restarts, clock.

Kept in one file of the node, for the doctor and for whoever reports. The asking is done by a child that ends: XML has
no place in the small camera process.
"""

import contextlib
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import msgspec

from edge.camera.config import CameraSettings
from edge.clock import Clock
from edge.config import Paths
from edge.spool import write_atomic

FILE = "cameras.json"
EVERY_S = 3600.0
FIRST_S = 60.0
LIMIT_S = 120.0
"""The longest a survey of all cameras may take."""
CLOCK_OFF_S = 60.0
"""From here on a camera's clock is wrong: its pictures would be no evidence of when something happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One camera as it last said. `drift_s`: how far its clock is ahead. `trouble`: why it could not be asked."""

    asked_at: datetime
    maker: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    started: str = ""
    drift_s: float | None = None
    trouble: str = ""
    firmware_before: str = ""
    firmware_changed_at: datetime | None = None
    restarted_at: datetime | None = None

    @property
    def is_clock_wrong(self) -> bool:
        return self.drift_s is not None and abs(self.drift_s) >= CLOCK_OFF_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The whole file: what is known, by the cameras' ids."""

    cameras: dict[str, Known] = field(default_factory=dict)


def notice(before: Known | None, now: Known) -> Known:
    """Take over what is known from before, and note what has changed. Another serial number is another camera."""
    if before is None:
        return now
    if now.trouble:
        return replace(before, asked_at=now.asked_at, trouble=now.trouble)
    if before.serial and now.serial and before.serial != now.serial:
        return now
    kept = replace(
        now,
        started=now.started or before.started,
        firmware_before=before.firmware_before,
        firmware_changed_at=before.firmware_changed_at,
        restarted_at=before.restarted_at,
    )
    if before.firmware and now.firmware and before.firmware != now.firmware:
        kept = replace(kept, firmware_before=before.firmware, firmware_changed_at=now.asked_at)
    if before.started and now.started and before.started != now.started:
        kept = replace(kept, restarted_at=now.asked_at)
    return kept


def read(paths: Paths) -> Mapping[str, Known]:
    """What is known, by the cameras' ids; nothing where the file is absent or not in a form known here."""
    with contextlib.suppress(OSError, msgspec.MsgspecError, ValueError):
        return msgspec.json.decode((paths.state / FILE).read_bytes(), type=Survey).cameras
    return {}


def write(paths: Paths, cameras: Mapping[str, Known]) -> None:
    write_atomic(paths.state / FILE, msgspec.json.encode(Survey(cameras=dict(cameras))))


class SurveyReader:
    """What is known, read again where the file is another one."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._stamp: tuple[int, int] | None = None
        self._cameras: Mapping[str, Known] = {}

    def look(self) -> None:
        """Read what is new. Cheap where nothing is."""
        stamp = None
        with contextlib.suppress(OSError):
            stat = (self._paths.state / FILE).stat()
            stamp = stat.st_mtime_ns, stat.st_ino
        if stamp != self._stamp:
            self._stamp, self._cameras = stamp, read(self._paths)

    def of(self, camera: str) -> Known | None:
        return self._cameras.get(camera)


class Surveyor:
    """Starts the asking child once an hour, and ends it where it overstays. `step` as in the services."""

    def __init__(self, settings: CameraSettings, root: Path, clock: Clock) -> None:
        self._clock = clock
        self._command = [sys.executable, "-m", "edge", "--root", str(root), "cameras", "check", "--quiet"]
        self._child: subprocess.Popen[bytes] | None = None
        self._begun_s = 0.0
        self._is_wanted = any(camera.onvif for camera in settings.cameras)
        self._due_s = clock.monotonic() + FIRST_S

    def step(self) -> float:
        """Do what is due. Returns the seconds until something is."""
        now_s = self._clock.monotonic()
        if self._child is not None:
            if self._child.poll() is None and now_s - self._begun_s < LIMIT_S:
                return 1.0
            self.close()
        if self._is_wanted and now_s >= self._due_s:
            self._child = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            self._begun_s, self._due_s = now_s, now_s + EVERY_S
            return 1.0
        return max(0.0, self._due_s - now_s) if self._is_wanted else EVERY_S

    def close(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None
