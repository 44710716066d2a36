"""Which villages a board shows: of one trouble, by their name, in one part of the map, page by page. Pure."""

import re
from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlencode

from hub.nodes.fleet import Status
from hub.nodes.positions import Position
from hub.rules.reading import fold
from hub.web.wording.phrases import Tone
from hub.web.wording.villages import Village
from hub.web.wording.words import mark

CARDS_MOST = 60
"""So many villages are a card each: a commune has 7 to 50. Of more, only those in trouble have one."""
TROUBLED_CARDS = 24
TILES_A_PAGE = 1000
WORDS_MAX = 100


class Trouble(StrEnum):
    """What the board is filtered by."""

    ANY = "any"
    CONTACT = "contact"
    SOUND = "sound"
    NETWORK = "network"
    CAMERA = "camera"
    NODE = "node"
    MAINTENANCE = "maintenance"


CHIPS: Mapping[Trouble, tuple[str, str]] = {
    Trouble.ANY: (mark("In trouble"), "alert"),
    Trouble.CONTACT: (mark("No contact"), "cross"),
    Trouble.SOUND: (mark("Horn"), "horn"),
    Trouble.NETWORK: (mark("Network"), "wifi"),
    Trouble.CAMERA: (mark("Camera"), "camera"),
    Trouble.NODE: (mark("Node"), "power"),
    Trouble.MAINTENANCE: (mark("Maintenance"), "tool"),
}
"""What each is called, and its icon."""
_OF_ICON = {"wifi": Trouble.NETWORK, "camera": Trouble.CAMERA, "horn": Trouble.SOUND}
"""Of what a fault is, by its icon; of the node itself where it is none of these."""
_UNHEARD = frozenset({Trouble.CONTACT, Trouble.SOUND, Trouble.MAINTENANCE})


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the map, in degrees."""

    south: float
    west: float
    north: float
    east: float

    def __str__(self) -> str:
        return ",".join(f"{edge:.6f}" for edge in (self.south, self.west, self.north, self.east))

    def holds(self, position: Position | None) -> bool:
        return (
            position is not None
            and self.south <= position.latitude <= self.north
            and self.west <= position.longitude <= self.east
        )


def read_box(text: str) -> Box | None:
    """The box behind its text, None for none. Raises ValueError."""
    if not text:
        return None
    south, west, north, east = (float(edge) for edge in text.split(","))
    if not (-90 <= south <= north <= 90 and -180 <= west <= east <= 180):
        raise ValueError("no part of a map")
    return Box(south, west, north, east)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see; it stands in the address of the page."""

    trouble: Trouble | None = None
    words: str = ""
    box: Box | None = None
    page: int = 1

    @property
    def is_all(self) -> bool:
        return self.trouble is None and not self.words and self.box is None

    @property
    def query(self) -> str:
        """As the end of an address, empty for all."""
        held = {"trouble": self.trouble or "", "q": self.words, "box": str(self.box or "")}
        known = {name: value for name, value in held.items() if value} | ({"page": self.page} if self.page > 1 else {})
        return f"?{urlencode(known)}" if known else ""

    def of(self, trouble: Trouble | None) -> "Wish":
        return replace(self, trouble=trouble, page=1)

    def within(self, box: Box | None) -> "Wish":
        return replace(self, box=box, page=1)

    def turned_to(self, page: int) -> "Wish":
        return replace(self, page=page)


@dataclass(frozen=True, slots=True)
class Survey:
    """All villages in service, each with what is wrong there and its one colour."""

    villages: Sequence[Village]
    kinds: Sequence[frozenset[Trouble]]
    tones: Mapping[str, Tone]

    @property
    def troubled(self) -> int:
        return sum(Trouble.ANY in of_one for of_one in self.kinds)

    @property
    def unsure(self) -> int:
        """Of whom nothing bad is known, and nothing good."""
        return sum(v.status is not Status.UP and not k for v, k in zip(self.villages, self.kinds, strict=True))

    @property
    def able(self) -> int:
        return sum(v.can_play for v in self.villages)

    @property
    def mute(self) -> int:
        return sum(v.mute is not None and v.maintenance is None for v in self.villages)

    @property
    def down(self) -> int:
        return sum(Trouble.CONTACT in of_one for of_one in self.kinds)

    @property
    def faulty(self) -> int:
        """What can be heard and is in contact, and yet needs somebody."""
        return sum(bool(k) and not k & _UNHEARD for k in self.kinds)

    @property
    def maintained(self) -> int:
        return sum(Trouble.MAINTENANCE in of_one for of_one in self.kinds)

    @property
    def unheard(self) -> list[Village]:
        """Where nothing that is ordered now would be heard, the worst first."""
        return sorted((v for v in self.villages if v.trouble is not None), key=lambda v: v.place)

    @property
    def on_air(self) -> list[Village]:
        return by_name(v for v in self.villages if v.on_air)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is shown of `wish`. `counts` are of what the words and the box find, whatever trouble is asked for;
    `troubled` are the nodes of those found that are in trouble."""

    wish: Wish
    all: int
    counts: Mapping[Trouble, int]
    found: Sequence[Village]
    cards: Sequence[Village]
    troubled: frozenset[str]
    tiles: Sequence[Village] = ()
    pages: int = 1


def survey(villages: Iterable[Village]) -> Survey:
    """Of these villages, those in service."""
    present = [v for v in villages if not v.node.is_revoked]
    return Survey(present, [troubles(v) for v in present], {v.node.id: tone(v) for v in present})


def troubles(village: Village) -> frozenset[Trouble]:
    """What somebody should see to there; of one that is worked on, that alone."""
    if village.maintenance is not None:
        return frozenset({Trouble.MAINTENANCE})
    bad = [f for f in village.faults if f.tone in (Tone.BAD, Tone.WARN) and f is not village.mute]
    found = {_OF_ICON.get(f.icon, Trouble.NODE) for f in bad}
    if village.mute is not None:
        found.add(Trouble.SOUND)
    if village.status is Status.DOWN:
        found.add(Trouble.CONTACT)
    return frozenset({*found, Trouble.ANY} if found else ())


def tone(village: Village) -> Tone:
    """Its one colour, on the wall and on the map."""
    standing = village.standing.tone
    return Tone.WARN if standing is Tone.GOOD and village.needs_care else standing


def choose(seen: Survey, wish: Wish) -> Choice:
    """Few are cards, the worst first. Of many, those in trouble are cards, and all are tiles, by name."""
    words = fold(wish.words).split()
    pairs = [
        (v, kinds)
        for v, kinds in zip(seen.villages, seen.kinds, strict=True)
        if (wish.box is None or wish.box.holds(v.node.position)) and _is_called(v, words)
    ]
    counts = Tally(each for _, kinds in pairs for each in kinds)
    kept = [(v, kinds) for v, kinds in pairs if wish.trouble is None or wish.trouble in kinds]
    found = [v for v, _ in kept]
    troubled = frozenset(v.node.id for v, kinds in kept if Trouble.ANY in kinds)
    if len(found) <= CARDS_MOST:
        return Choice(wish.turned_to(1), len(pairs), counts, found, _worst(found), troubled)
    pages = -(-len(found) // TILES_A_PAGE)
    page = min(wish.page, pages)
    cards = _worst(v for v in found if v.node.id in troubled)[:TROUBLED_CARDS] if page == 1 else ()
    tiles = by_name(found)[(page - 1) * TILES_A_PAGE : page * TILES_A_PAGE]
    return Choice(wish.turned_to(page), len(pairs), counts, found, cards, troubled, tiles, pages)


def by_name(villages: Iterable[Village]) -> list[Village]:
    """As a list is looked through: Đ stands with D, 2 before 10."""
    return sorted(villages, key=lambda v: (_numbered(folded(v.node.title)), v.node.title))


def _worst(villages: Iterable[Village]) -> list[Village]:
    return sorted(villages, key=lambda v: v.place)


def _is_called(village: Village, words: Sequence[str]) -> bool:
    """By the name of the village or of its node."""
    return all(word in folded(village.node.title) or word in village.node.id for word in words)


@lru_cache(maxsize=1 << 15)
def _numbered(title: str) -> str:
    return re.sub(r"\d+", lambda number: number[0].zfill(9), title)


@lru_cache(maxsize=1 << 15)
def folded(title: str) -> str:
    """Names are searched and sorted again and again."""
    return fold(title)
