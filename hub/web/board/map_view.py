"""The map of the villages as the board shows it: pins with their colour, their names and where they lead. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hub.nodes.positions import Position
from hub.web.board import atlas
from hub.web.board.atlas import PIN, Atlas
from hub.web.board.choice import Box, Wish
from hub.web.wording.phrases import Tone
from hub.web.wording.villages import Village

NAMED = 3
"""So many villages of one pin are named, the worst."""
LABELLED = 12
"""On a map of so many pins those in trouble have their name; on one of more it would lie on other pins."""
REACH = 64
"""How wide a finger may miss a pin that stands alone: 44 pixels of a phone of 360."""
MARGIN = 0.00001
"""Degrees around the villages of a pin, a metre: a box holds those on its edge."""
_WORST_LAST = (Tone.GOOD, Tone.LIVE, Tone.MUTED, Tone.INFO, Tone.WARN, Tone.BAD)


@dataclass(frozen=True, slots=True)
class Label:
    """Where the name of the worst village stands, and from where it is written."""

    x: int
    y: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One pin: the villages under it, the worst first, its middle, and where it leads."""

    x: int
    y: int
    tone: Tone
    villages: tuple[Village, ...]
    href: str
    label: Label | None = None
    reach: int = PIN
    """How wide the field is that leads there."""

    @property
    def named(self) -> tuple[Village, ...]:
        """Of several that are all well none: what stands there is how many."""
        is_crowd = self.tone is Tone.GOOD and len(self.villages) > NAMED
        return () if is_crowd else self.villages[:NAMED]

    @property
    def more(self) -> int:
        """How many are there beside the named ones."""
        return len(self.villages) - len(self.named)


@dataclass(frozen=True, slots=True)
class VillageMap:
    """`marks` are drawn in their order, the worst last, so that nothing hides them; `missing` villages have no
    position."""

    atlas: Atlas
    marks: tuple[Mark, ...]
    missing: int


def view(villages: Sequence[Village], tones: Mapping[str, Tone], wish: Wish) -> VillageMap | None:
    """None where no village has a position. `tones` are the colours of the villages by node."""
    rank = {id: _WORST_LAST.index(tone) for id, tone in tones.items()}
    placed = [(v, v.node.position) for v in villages if v.node.position is not None]
    sheet = atlas.draw([position for _, position in placed])
    if sheet is None:
        return None
    marks = []
    for pin in sheet.pins:
        held = sorted((placed[n] for n in pin.held), key=lambda each: rank[each[0].node.id], reverse=True)
        own = tuple(v for v, _ in held)
        href = f"/nodes/{own[0].node.id}" if len(own) == 1 else f"/{_around(wish, [p for _, p in held])}#map"
        marks.append(Mark(pin.x, pin.y, tones[own[0].node.id], own, href))
    marks.sort(key=lambda mark: _WORST_LAST.index(mark.tone))
    if len(marks) <= LABELLED:
        marks = [_labelled(mark, sheet) if mark.tone in (Tone.BAD, Tone.WARN) else mark for mark in marks]
    marks = [replace(mark, reach=REACH) if _is_alone(mark, marks) else mark for mark in marks]
    return VillageMap(sheet, tuple(marks), len(villages) - len(placed))


def _is_alone(mark: Mark, marks: Sequence[Mark]) -> bool:
    return all(each is mark or max(abs(each.x - mark.x), abs(each.y - mark.y)) >= REACH for each in marks)


def _labelled(mark: Mark, sheet: Atlas) -> Mark:
    """With its name below it, or above at the bottom; at the sides written inwards."""
    half = PIN // 2
    y = mark.y - half - 4 if mark.y > sheet.height - PIN else mark.y + half + 10
    if mark.x < 2 * PIN:
        return replace(mark, label=Label(mark.x - half + 2, y, "start"))
    if mark.x > sheet.width - 2 * PIN:
        return replace(mark, label=Label(mark.x + half - 2, y, "end"))
    return replace(mark, label=Label(mark.x, y, "middle"))


def _around(wish: Wish, positions: Sequence[Position]) -> str:
    """The query that shows these alone, larger."""
    north, east = [p.latitude for p in positions], [p.longitude for p in positions]
    box = Box(min(north) - MARGIN, min(east) - MARGIN, max(north) + MARGIN, max(east) + MARGIN)
    return wish.within(box).query
