"""What a group of processes takes of memory and processor, out of /proc."""

import contextlib
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
MB = 1024
"""In the kB of smaps."""

Stretch = tuple[str, dict[str, int]]
"""One line of /proc/<pid>/maps as a name (empty for a process's own memory), and its numbers in kB."""


@dataclass(frozen=True)
class Use:
    """One process at one moment: its share of memory (PSS), what it shares with nobody (USS), seconds of CPU with those
    of its children that have ended."""

    name: str
    pid: int
    pss_mb: float
    uss_mb: float
    cpu_s: float


def whole_tree(pid: int) -> list[int]:
    """A process and all it has started, the oldest first."""
    parents = {each: parent for each in _pids() if (parent := _parent(each)) is not None}
    found = {pid}
    while more := {each for each, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)


def look(processes: Mapping[int, str]) -> dict[int, Use]:
    """Those of these processes that still run; a short errand of theirs may have ended meanwhile."""
    found: dict[int, Use] = {}
    for pid, name in processes.items():
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            found[pid] = _look(name, pid)
    return found


def _look(name: str, pid: int) -> Use:
    rollup = _numbers((PROC / str(pid) / "smaps_rollup").read_text(encoding="utf-8").splitlines()[1:])
    own = rollup["Private_Clean"] + rollup["Private_Dirty"]
    return Use(name, pid, rollup["Pss"] / MB, own / MB, _cpu_s(pid))


def sum_alone_mb(pids: Iterable[int]) -> float:
    """The PSS that these would have if nothing else ran here that maps the same files (a hub, another node, a
    benchmark): what is their own, and of each file that they share with anybody, the most that one of them uses."""
    own_kb = 0
    shared_kb: defaultdict[str, int] = defaultdict(int)
    for pid in pids:
        of_file: defaultdict[str, int] = defaultdict(int)
        for name, numbers in _mappings(pid):
            own_kb += numbers["Private_Clean"] + numbers["Private_Dirty"]
            if name:
                of_file[name] += numbers["Shared_Clean"] + numbers["Shared_Dirty"]
            else:
                own_kb += numbers["Pss"] - numbers["Private_Clean"] - numbers["Private_Dirty"]
        for name, kb in of_file.items():
            shared_kb[name] = max(shared_kb[name], kb)
    return (own_kb + sum(shared_kb.values())) / MB


def _mappings(pid: int) -> Iterator[Stretch]:
    """Every mapping of a process. Raises OSError once it has ended."""
    head, lines = "", list[str]()
    for line in (PROC / str(pid) / "smaps").read_text(encoding="utf-8").splitlines():
        if line.partition(" ")[0].endswith(":"):
            lines.append(line)
        else:
            if head:
                yield _name(head), _numbers(lines)
            head, lines = line, []
    if head:
        yield _name(head), _numbers(lines)


def _name(head: str) -> str:
    """`address rights offset device inode path`: the path, where there is a file behind."""
    fields = head.split(maxsplit=5)
    return fields[5] if fields[4] != "0" else ""


def _numbers(lines: Iterable[str]) -> dict[str, int]:
    pairs = (line.split() for line in lines)
    return {pair[0].rstrip(":"): int(pair[1]) for pair in pairs if len(pair) == 3 and pair[2] == "kB"}


def _cpu_s(pid: int) -> float:
    fields = (PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _pids() -> Iterator[int]:
    return (int(each.name) for each in PROC.iterdir() if each.name.isdigit())


def _parent(pid: int) -> int | None:
    try:
        return int((PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except OSError:
        return None
