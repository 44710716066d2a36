"""The Pi's own health, out of /proc and /sys. What a machine does not have, or does not let us read, is None."""

import contextlib
import os
from pathlib import Path

from contract.reports import UNDER_VOLTAGE_NOW, Vitals
from edge import card

TEMPERATURE = "sys/class/thermal/thermal_zone0/temp"
THROTTLED = "sys/devices/platform/soc*/soc*firmware/get_throttled"
"""The firmware's bits as its Linux driver shows them; the folder bears the bus address on newer models."""
SENSORS = "sys/class/hwmon"
VOLTAGE_SENSOR = "rpi_volt"
"""The kernel's watch over the supply; it asks the firmware every two seconds."""
SUPPLIES = "sys/class/power_supply"


def read(root: Path, state: Path) -> Vitals:
    """Read everything once. `root` is `/` but in tests; `state` is the folder on the card that the node writes to."""
    own = card.read(root, state)
    return Vitals(
        uptime_s=_number(root / "proc/uptime") or 0.0,
        temperature_c=_temperature_c(root),
        throttled=_throttled(root),
        disk_free_pct=_disk_free_pct(state),
        memory_free_mb=_memory_free_mb(root),
        load_1min=_number(root / "proc/loadavg"),
        is_read_only=own.is_read_only,
        card_errors=own.errors,
        written_mb=own.written_mb,
        is_on_battery=_is_on_battery(root),
    )


def _temperature_c(root: Path) -> float | None:
    millidegrees = _number(root / TEMPERATURE)
    return None if millidegrees is None else round(millidegrees / 1000, 1)


def _throttled(root: Path) -> int | None:
    """The firmware's bits; where the kernel does not show them, what its own watch knows of the supply."""
    for path in root.glob(THROTTLED):
        with contextlib.suppress(ValueError):
            return int(_text(path), 16)
    for sensor in root.glob(f"{SENSORS}/hwmon*"):
        if _text(sensor / "name").strip() == VOLTAGE_SENSOR:
            is_weak = _number(sensor / "in0_lcrit_alarm")
            return None if is_weak is None else UNDER_VOLTAGE_NOW * bool(is_weak)
    return None


def _is_on_battery(root: Path) -> bool | None:
    """Whether what feeds a UPS is gone, as its driver says (for one at a pin: gpio-charger); None without a UPS."""
    supplies = [(_text(each / "type").strip(), _number(each / "online")) for each in root.glob(f"{SUPPLIES}/*")]
    has_battery = any(kind == "Battery" for kind, _ in supplies)
    feeding = [on for kind, on in supplies if on is not None and (kind == "UPS" or (has_battery and kind != "Battery"))]
    return not any(feeding) if feeding else None


def _disk_free_pct(folder: Path) -> float | None:
    """What an ordinary user may still fill, in per cent of the file system."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return None
    return round(100 * disk.f_bavail / disk.f_blocks, 1) if disk.f_blocks else None


def _memory_free_mb(root: Path) -> float | None:
    """What programs may still take without swapping (MemAvailable)."""
    for line in _text(root / "proc/meminfo").splitlines():
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            with contextlib.suppress(ValueError, IndexError):
                return round(int(rest.split()[0]) / 1024, 1)
    return None


def _number(path: Path) -> float | None:
    """The first number of a file."""
    with contextlib.suppress(ValueError, IndexError):
        return float(_text(path).split()[0])
    return None


def _text(path: Path) -> str:
    """A file's text; empty where it cannot be read (a sensor that fails answers with an error)."""
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
