"""What the kernel says of the card a folder lies on: whether it takes writing, its errors, and what was written to it.

All of it is None where this machine does not say: no file of /proc or /sys is needed.
"""

import contextlib
from dataclasses import dataclass
from pathlib import Path

MOUNTS = "proc/self/mountinfo"
BLOCKS = "sys/dev/block"
EXT4 = "sys/fs/ext4"
_SECTOR_BYTES = 512
"""The unit of a block device's statistics, whatever its own sectors are."""
_WRITTEN = 6
"""Sectors written, counted from 0 (Documentation/block/stat of the kernel)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`errors` are those that ext4 keeps in the file system, until it is checked; `written_mb` counts from the start of
    the machine, and is the whole device's."""

    is_read_only: bool | None = None
    errors: int | None = None
    written_mb: float | None = None


@dataclass(frozen=True, slots=True)
class _Mount:
    device: str
    is_read_only: bool


def read(root: Path, folder: Path) -> Card:
    """Look at the card of this folder. `root` is `/` but in tests."""
    mount = _find(_text(root / MOUNTS), str(folder))
    if mount is None:
        return Card()
    block = root / BLOCKS / mount.device
    if not block.exists():
        return Card(is_read_only=mount.is_read_only)
    part = block.resolve()
    whole = part.parent if (part / "partition").exists() else part
    errors = _number(_text(root / EXT4 / part.name / "errors_count"), 0)
    sectors = _number(_text(whole / "stat"), _WRITTEN)
    written_mb = None if sectors is None else round(sectors * _SECTOR_BYTES / 1e6, 1)
    return Card(is_read_only=mount.is_read_only, errors=errors, written_mb=written_mb)


def _find(mounts: str, folder: str) -> _Mount | None:
    """The mount that this folder lies on, by its longest path. A sandbox mounts much read-only of its own; the options
    of the file system itself, which stand last, are those that an error changes."""
    best, longest = None, -1
    for line in mounts.splitlines():
        fields, _, rest = line.partition(" - ")
        own, system = fields.split(), rest.split()
        if len(own) < 5 or len(system) < 3:
            continue
        point = own[4].rstrip("/")
        if (folder + "/").startswith(point + "/") and len(point) >= longest:
            best, longest = _Mount(own[2], "ro" in system[2].split(",")), len(point)
    return best


def _number(text: str, place: int) -> int | None:
    with contextlib.suppress(ValueError, IndexError):
        return int(text.split()[place])
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
