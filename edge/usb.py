"""Which of the USB devices that this node had are gone: sound cards, wifi adapters, cameras and the like.

Sticks, keyboards and hubs come and go on purpose, and are not looked at. What stays away for a week was meant to.
"""

import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from contract import codec

DEVICES = "sys/bus/usb/devices"
MEANT_AFTER = timedelta(days=7)
NAME_MAX = 100
MAX_KNOWN = 16
_LASTING = frozenset({"01", "02", "0e", "e0", "ff"})
"""Classes of interfaces: sound, modems, pictures, radio, and a maker's own (wifi adapters)."""

Known = dict[str, datetime | None]
"""By its name, since when a device is gone; None of one that is there."""


def present(root: Path) -> frozenset[str] | None:
    """The names of those that are there; None where this machine does not say."""
    folder = root / DEVICES
    try:
        devices = [each for each in folder.iterdir() if (each / "product").exists()]
    except OSError:
        return None
    return frozenset(name for each in devices if _is_lasting(folder, each) and (name := _name(each)))


def follow(known: Mapping[str, datetime | None], now_there: frozenset[str], now: datetime) -> Known:
    """What is known after this look: new ones too, and no more of those that are away for long. Pure."""
    found = {name: None if name in now_there else gone_at or now for name, gone_at in known.items()}
    found |= dict.fromkeys(now_there)
    lasting = {name: at for name, at in found.items() if at is None or now - at < MEANT_AFTER}
    return dict(sorted(lasting.items())[:MAX_KNOWN])


def date_anew(known: Mapping[str, datetime | None], now: datetime) -> Known:
    """The clock was far behind: what is gone is gone since now, for all that is known. Pure."""
    return {name: None if gone_at is None else now for name, gone_at in known.items()}


def gone(known: Mapping[str, datetime | None]) -> tuple[str, ...]:
    return tuple(sorted(name for name, gone_at in known.items() if gone_at is not None))


def recall(file: Path) -> Known:
    """What was remembered; nothing where that cannot be read."""
    with contextlib.suppress(OSError, codec.Malformed):
        return codec.decode(file.read_bytes(), Known)
    return {}


def remember(file: Path, known: Known) -> None:
    """Keep it on the card; a card that refuses costs the memory, nothing else."""
    part = file.with_suffix(".part")
    with contextlib.suppress(OSError):
        part.write_bytes(codec.encode(known))
        part.rename(file)


def _is_lasting(folder: Path, device: Path) -> bool:
    return any(_text(each) in _LASTING for each in folder.glob(f"{device.name}:*/bInterfaceClass"))


def _name(device: Path) -> str:
    return _text(device / "product")[:NAME_MAX]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
