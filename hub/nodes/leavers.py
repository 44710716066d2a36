"""Cameras and targets that a node no longer has: nobody else would ever tell that what was wrong with them is over.

A broken camera is taken down, a line is cancelled, and the node's settings say no more of it. So the hub writes that it
is over, once the node, which watches on, has not named it for long; and takes that back where it names it again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from contract.reports import Heartbeat
from hub.nodes.fleet import NETMON, OK, Flip, Word

LOOK_EVERY = timedelta(minutes=1)
LEFT_AFTER = timedelta(hours=1)
"""A node that was just started names a camera only after its first looks, and one that it cannot look at not at all."""
LEFT = "nút không còn theo dõi (the node watches it no more)"
_WATCHERS = {"camera": "camera", "target": NETMON}
_WELL = {"camera": OK, "target": "up"}

Flips = Mapping[tuple[str, str], Flip]


class Leavers:
    """One look a minute. Since when something is missing is not written down: a hub that was restarted waits anew."""

    def __init__(self) -> None:
        self._missing: dict[tuple[str, str], datetime] = {}
        self._due_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        return self._due_at is None or now >= self._due_at

    def look(self, before: Flips, words: Mapping[str, Word], now: datetime) -> list[Flip]:
        """`before` are the last flips by node and subject, `words` what the nodes say that are in contact."""
        self._due_at = now + LOOK_EVERY
        found, missing = list[Flip](), dict[tuple[str, str], datetime]()
        named = {node: _named(word.heartbeat) for node, word in words.items()}
        for (node, subject), last in before.items():
            kind = subject.partition(":")[0]
            if kind not in _WATCHERS or node not in words or _WATCHERS[kind] in words[node].heartbeat.silent:
                continue
            value, since_at = named[node].get(subject, ("", now))
            is_bad = last.value not in ("", _WELL[kind])
            if not value and is_bad:
                missing[node, subject] = self._missing.get((node, subject), now)
                if now - missing[node, subject] >= LEFT_AFTER:
                    found.append(Flip(node=node, subject=subject, value=_WELL[kind], at=now, detail=LEFT))
            elif last.detail == LEFT and value not in ("", _WELL[kind]):
                found.append(Flip(node=node, subject=subject, value=value, at=max(since_at, last.at)))
        self._missing = missing
        return found


def _named(heartbeat: Heartbeat) -> dict[str, tuple[str, datetime]]:
    """How everything is that it watches, and since when, by subject."""
    cameras = {f"camera:{c.id}": (c.fault.value or OK, c.since_at) for c in heartbeat.cameras}
    return cameras | {f"target:{t.id}": ("up" if t.is_up else "down", t.since_at) for t in heartbeat.targets}
