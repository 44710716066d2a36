"""When each process of the node was started, and how its run before had ended: the last 99, a line each, on the card.

How a run ended is said in a file on the tmpfs: by systemd, which knows best (ExecStopPost in the units), or by the
process itself. Nothing here keeps a process from starting, were the card broken.
"""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from contract.reports import Restarts
from contract.terms import Ending
from edge.config import Paths

KEPT = 99
_RESULTS = {
    "success": Ending.ASKED,
    "exit-code": Ending.FAILED,
    "protocol": Ending.FAILED,
    "signal": Ending.KILLED,
    "core-dump": Ending.KILLED,
    "timeout": Ending.HUNG,
    "watchdog": Ending.HUNG,
    "oom-kill": Ending.MEMORY,
}
"""What systemd calls them (SERVICE_RESULT in systemd.exec(5))."""


@dataclass(frozen=True, slots=True)
class Start:
    """One start, and what was before it."""

    at: datetime
    ending: Ending


@contextmanager
def life(paths: Paths, name: str) -> Iterator[None]:
    """Put the start of this process on record, and say how it ended when it does."""
    with contextlib.suppress(OSError):
        _begin(paths, name, datetime.now(UTC))
    try:
        yield
    except BaseException:
        _say_end(paths, name, "exit-code")
        raise
    _say_end(paths, name, "success")


def read(paths: Paths, name: str) -> tuple[Start, ...]:
    """The last starts, the oldest first; none where nothing readable is there."""
    starts: list[Start] = []
    with contextlib.suppress(OSError):
        for line in _file(paths, name).read_text(encoding="ascii", errors="replace").splitlines()[-KEPT:]:
            at, _, ending = line.partition(" ")
            with contextlib.suppress(ValueError):
                starts.append(Start(datetime.fromisoformat(at).astimezone(UTC), Ending(ending)))
    return tuple(starts)


def count(name: str, starts: tuple[Start, ...]) -> Restarts | None:
    """Those after a fault; None where there was none. Pure."""
    faulty = [start for start in starts if start.ending.is_fault]
    if not faulty:
        return None
    return Restarts(process=name, count=len(faulty), at=faulty[-1].at, ending=faulty[-1].ending)


def _begin(paths: Paths, name: str, now: datetime) -> None:
    paths.make()
    before = _ending(paths, name)
    (paths.run / f"{name}.up").touch()
    kept = [f"{start.at.isoformat()} {start.ending}" for start in read(paths, name)[-(KEPT - 1) :]]
    file = _file(paths, name)
    part = file.with_suffix(".part")
    part.write_text("\n".join([*kept, f"{now.isoformat()} {before}", ""]), encoding="ascii")
    part.rename(file)


def _ending(paths: Paths, name: str) -> Ending:
    """How the run before ended: as somebody says; else it died unsaid, or with the machine where none was since."""
    said = paths.run / f"{name}.end"
    with contextlib.suppress(OSError):
        result = said.read_text(encoding="ascii", errors="replace").strip()
        said.unlink()
        return _RESULTS.get(result, Ending.FAILED)
    return Ending.KILLED if (paths.run / f"{name}.up").exists() else Ending.BOOT


def _say_end(paths: Paths, name: str, result: str) -> None:
    with contextlib.suppress(OSError):
        (paths.run / f"{name}.end").write_text(result + "\n", encoding="ascii")


def _file(paths: Paths, name: str) -> Path:
    return paths.state / f"{name}.starts"
