"""What a camera is remembered to show: references, the last healthy look, the look before, how dull its lens grows.

The pictures are opaque here. Their bytes lie in an album, with a note of what must survive a restart: a folder on the
node, or a plain dictionary where a folder of pictures is judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

import msgspec

from contract.terms import CameraFault
from edge.camera.health import bank, dirt
from edge.camera.health.bank import Reference
from edge.camera.health.dirt import Dirt
from edge.camera.health.stir import Stir
from edge.camera.health.usual import Usual
from edge.camera.rules import Rule
from edge.camera.view.question import Question, Shown
from edge.camera.view.seen import Comparison, Look

CLEAN_LOST, CLEAN_STILL = 0.15, 0.1
"""A healthy picture is taken in only where less is lost: nobody stands in the way."""
CONFIRMED = timedelta(minutes=2)
"""A healthy look is compared with once it is so old and nothing was wrong since: else a fault that is not told at once
would vouch for itself."""
JUST_BEFORE = timedelta(minutes=5)
KIN = 0.25
"""A picture of a kind never seen at this hour is taken in only where so much of the view is found in place."""
STRANGERS = 4
"""With fewer near ones of both kinds, some of other hours are given too."""
PASSING = 0.1
"""Where less than this is hidden, what was hidden before has gone again."""
COMMISSIONING = timedelta(hours=48)
"""How long after the first look pictures are taken in for good."""

NOTE = "note.json"
NOTED = timedelta(hours=1)
"""How seldom it is written again: cards wear out by writing."""
PENDING = 30
"""Looks: what hides longer without being a fault belongs to the view."""

LEARNT_APART, LEARNT_TOGETHER = timedelta(minutes=30), 3
"""While the first pictures are taken as right, so many of them within so long are kept."""


class Album(Protocol):
    """Keeps bytes by name; a name without an ending is a picture's."""

    def get(self, name: str) -> bytes | None:
        """None where it is lost."""

    def put(self, name: str, picture: bytes) -> None: ...

    def drop(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Note:
    """What is remembered beside pictures. `right_at`: when somebody said that the view is right."""

    right_at: datetime | None = None
    dirt: Dirt = field(default_factory=Dirt)
    stir: Stir = field(default_factory=Stir)


class Memory:
    """One camera's. `zone` is where its hours are counted."""

    def __init__(self, album: Album, zone: tzinfo, kept: Sequence[Reference] = ()) -> None:
        self.kept = list(kept)
        self._album = album
        self._zone = zone
        self._last: tuple[datetime, Shown] | None = None
        self._next: tuple[datetime, Shown] | None = None
        self._before = b""
        self._pending: list[tuple[datetime, Comparison]] = []
        self._noted_at: datetime | None = None
        self._note = _read(album)

    @property
    def commissioned_at(self) -> datetime | None:
        """When the first of what is kept was seen."""
        return min((r.at for r in self.kept), default=None)

    @property
    def last_healthy(self) -> bytes:
        """The latest picture that was judged healthy, since the start or else of those that are kept; empty where
        there is none."""
        if (last := self._last or self._next) is not None:
            return last[1].picture
        newest = max(self.kept, key=lambda reference: reference.at, default=None)
        return b"" if newest is None else self._album.get(newest.name) or b""

    def question(self, at: datetime) -> Question:
        """What to compare a look of this instant with; its kind is not known yet, so both are given."""
        shown: list[Shown] = []
        if (last := self._confirmed(at)) is not None and at - last[0] <= bank.FRESH:
            shown.append(last[1])
        near = [r for kind in (False, True) for r in bank.choose(self.kept, at, kind, self._zone)]
        far = bank.stand_ins(self.kept, at, self._zone) if len(near) < STRANGERS else []
        for reference in (*near, *far):
            if (picture := self._album.get(reference.name)) is not None:
                shown.append(Shown(reference.is_grey, picture, reference in near, reference.is_commissioned))
        return Question(tuple(shown), self._before)

    def usual(self, at: datetime, is_grey: bool, rule: Rule, since_at: datetime | None = None) -> Usual:
        """Of the references of this hour, by kind or of any where there is none of it; and of the latest looks."""
        near = [r for kind in (False, True) for r in bank.choose(self.kept, at, kind, self._zone)]
        own = [r for r in near if r.is_grey is is_grey] or near
        last = self._confirmed(at)
        days = {r.at.astimezone(self._zone).date() for r in near}
        dull = dirt.settled(self._note.dirt, rule)
        return Usual(
            measures=tuple(r.measures for r in own),
            days=len(days),
            stir=self.hidden_usually(at),
            dull=dull,
            hidden=self._note.stir.share,
            is_fresh=last is not None and (since_at or at) - last[0] <= JUST_BEFORE,
        )

    def take(self, look: Look, at: datetime, fault: CameraFault, is_settled: bool) -> None:
        """Remember a look that was judged: healthy ones as references where they add something. Where the hour
        `is_settled`, nothing is learnt of a kind that it never had."""
        self._before = look.small
        if fault is not CameraFault.NONE:
            self._confirmed(at)
            self._next = None
            return
        if look.measures is None or not self._is_clean(look.comparison, is_settled):
            return
        is_grey = look.measures.is_grey
        self._confirmed(at)
        if self._next is None:
            self._next = (at, Shown(is_grey, look.small))
        is_commissioning = self.commissioned_at is None or at - self.commissioned_at <= COMMISSIONING
        if bank.is_wanted(self.kept, at, is_grey, self._zone, is_commissioning):
            self._keep(_reference(look, at, is_commissioning), look.small)

    def learn(self, look: Look, at: datetime) -> None:
        """Take a picture in as right, whatever it shows; no more than a few an hour are kept."""
        assert look.measures is not None
        self._before, self._last, self._next = look.small, (at, Shown(look.measures.is_grey, look.small)), None
        same = [r for r in self.kept if abs(r.at - at) < LEARNT_APART]
        if len(same) < LEARNT_TOGETHER:
            self._keep(_reference(look, at, is_commissioned=True), look.small)

    def stir(self, seen: Comparison, at: datetime, is_fault: bool) -> None:
        """Note what is hidden from look to look; what becomes a fault was no coming and going. Raises OSError."""
        self._pending.append((at, seen))
        if is_fault:
            self._pending.clear()
        elif seen.still < PASSING or len(self._pending) >= PENDING:
            for then, each in self._pending:
                self._note.stir.note(each, then, self._zone)
            self._pending.clear()
        if self._noted_at is None or at - self._noted_at >= NOTED:
            self._noted_at = at
            self._write(self._note)

    def hidden_usually(self, at: datetime) -> float:
        """How much of the view is hidden now and then at this time of day, 0 to 1."""
        return self._note.stir.usual(at, self._zone)

    @property
    def right_at(self) -> datetime | None:
        """Since when the view is held to be right: somebody said so, or it was first seen."""
        return self._note.right_at or self.commissioned_at

    def forget(self, at: datetime) -> None:
        """Begin anew: the view as it is at this instant is right. Raises OSError."""
        for reference in self.kept:
            self._album.drop(reference.name)
        self.kept, self._last, self._next = [], None, None
        self._pending.clear()
        self._write(Note(right_at=at))

    def grow_dull(self, dull: float, at: datetime) -> None:
        """Take a healthy look by day into account for the lens."""
        self._note = replace(self._note, dirt=dirt.note(self._note.dirt, at, dull, self._zone))

    def clean_in_days(self, rule: Rule) -> float | None:
        """When the lens will want cleaning, None where dirt does not grow."""
        return dirt.clean_in_days(self._note.dirt.days, rule)

    def _confirmed(self, at: datetime) -> tuple[datetime, Shown] | None:
        """The last healthy look that may be compared with."""
        if self._next is not None and at - self._next[0] >= CONFIRMED:
            self._last, self._next = self._next, None
        return self._last

    def _write(self, note: Note) -> None:
        self._note = note
        self._album.put(NOTE, msgspec.json.encode(note))

    def _is_clean(self, seen: Comparison | None, is_settled: bool) -> bool:
        """Whether a healthy picture may stand for its hour."""
        if seen is None:
            return not self.kept
        if not seen.is_known:
            return not is_settled and seen.kept >= KIN
        share = self._note.stir.share
        return share(seen.gone, seen.solid) < CLEAN_LOST and share(seen.hidden, seen.solid) < CLEAN_STILL

    def _keep(self, reference: Reference, picture: bytes) -> None:
        self._album.put(reference.name, picture)
        self.kept, gone = bank.admit(self.kept, reference, self._zone)
        for each in gone:
            self._album.drop(each.name)


def _read(album: Album) -> Note:
    """A note that is damaged is none."""
    try:
        return msgspec.json.decode(album.get(NOTE) or b"{}", type=Note)
    except (msgspec.MsgspecError, ValueError):
        return Note()


def _reference(look: Look, at: datetime, is_commissioned: bool) -> Reference:
    assert look.measures is not None
    return Reference(name=f"{at:%Y%m%dT%H%M%S%f}", at=at, measures=look.measures, is_commissioned=is_commissioned)
