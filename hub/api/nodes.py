"""/nodes: the villages' nodes as the board shows them, and what the hub knows of each."""

from fastapi import APIRouter
from pydantic.dataclasses import dataclass

from hub.api.caller import Caller, Looker, Tender
from hub.api.fields import ANSWER, ASKED, Flag, Instant, NodeId, Number, Text
from hub.api.lists import After, Limit, Part, part
from hub.api.node_health import Health, health_of
from hub.api.problems import answers
from hub.nodes import positions, tending
from hub.nodes.fleet import Status
from hub.nodes.positions import BadPosition, Position
from hub.refusals import NotFound, Refused
from hub.web import sight
from hub.web.sight import Sight
from hub.web.wording import phrases
from hub.web.wording.phrases import Line, Tone
from hub.web.wording.villages import Village
from hub.web.wording.words import Words

router = APIRouter(tags=["nodes"])


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class FaultShown:
    """One thing that is wrong."""

    text: str
    """What, in the caller's language."""
    tone: Tone
    """How bad: `bad`, `warn` or `info`; `muted` while somebody is at work there."""
    advice: str = ""
    """What to do about it, where something can be done."""
    since_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class PositionShown:
    """A point on a map (WGS 84)."""

    latitude: float
    """Degrees north."""
    longitude: float
    """Degrees east."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class NodeShown:
    """One village's node."""

    id: str
    title: str
    """The village's name."""
    is_revoked: bool
    """No longer in service; old broadcasts still name it."""
    phone: str
    """Whom to call there; empty where nobody said."""
    language: str
    """What is spoken there; empty for the commune's own."""
    position: PositionShown | None
    """Where it lies; null where nobody said."""
    status: Status
    since_at: Instant | None
    """Since when it is so."""
    heard_at: Instant | None
    """When it last said anything."""
    can_play: bool
    """In contact, and nothing known that would keep it silent."""
    on_air: str | None
    """The broadcast that sounds there now."""
    faults: tuple[FaultShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class NodeWhole:
    """One village's node with what it said last."""

    node: NodeShown
    health: Health | None
    """Null where it never spoke."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class PhoneWanted:
    """Whom to call in a village."""

    phone: Text
    """Digits, spaces, dots and +; empty for nobody."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class LanguageWanted:
    """What is spoken in a village."""

    language: Text
    """As people call it (Tày); empty for the commune's own."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class PositionWanted:
    """Where a village lies (WGS 84); both null for not known."""

    latitude: Number | None
    """Degrees north."""
    longitude: Number | None
    """Degrees east."""
    is_meant: Flag = False
    """A position outside of Vietnam is refused unless this says that it is right."""


@router.get("/nodes", responses=answers(409))
def list_nodes(caller: Looker, limit: Limit = 100, after: After = "") -> Part[NodeShown]:
    """The villages in service, those that need a person first."""
    seen = _look(caller)
    return part(seen.present, lambda v: v.node.id, lambda v: shown(caller.words, v), limit, after)


@router.get("/nodes/{id}", responses=answers(404))
def read_node(caller: Looker, id: NodeId) -> NodeWhole:
    """One village's node."""
    return _whole(caller, id)


@router.put("/nodes/{id}/phone", responses=answers(404, 409))
def set_phone(caller: Tender, id: NodeId, wanted: PhoneWanted) -> NodeWhole:
    """Whom to call in this village when it cannot be reached."""
    tending.set_phone(caller.desk, id, wanted.phone, caller.person)
    return _whole(caller, id)


@router.put("/nodes/{id}/language", responses=answers(404, 409))
def set_language(caller: Tender, id: NodeId, wanted: LanguageWanted) -> NodeWhole:
    """What is spoken in this village."""
    tending.set_language(caller.desk, id, wanted.language, caller.person)
    return _whole(caller, id)


@router.put("/nodes/{id}/position", responses=answers(404, 409))
def set_position(caller: Tender, id: NodeId, wanted: PositionWanted) -> NodeWhole:
    """Where this village lies."""
    tending.set_position(caller.desk, id, _position(wanted), caller.person, wanted.is_meant)
    return _whole(caller, id)


def _position(wanted: PositionWanted) -> Position | None:
    """Raises Refused for what is no position."""
    if wanted.latitude is None and wanted.longitude is None:
        return None
    try:
        if wanted.latitude is None or wanted.longitude is None:
            raise BadPosition
        return positions.at(wanted.latitude, wanted.longitude)
    except BadPosition:
        raise Refused(
            "Vĩ độ phải từ -90 đến 90, kinh độ từ -180 đến 180.",
            "A latitude is from -90 to 90, a longitude from -180 to 180.",
        ) from None


def shown(words: Words, village: Village) -> NodeShown:
    node = village.node
    return NodeShown(
        id=node.id,
        title=node.title,
        is_revoked=node.is_revoked,
        phone=node.phone,
        language=node.language,
        position=_shown_position(node.position),
        status=village.status,
        since_at=village.since_at,
        heard_at=village.heard_at,
        can_play=village.can_play,
        on_air=village.on_air or None,
        faults=tuple(fault(words, line) for line in village.faults),
    )


def _shown_position(position: Position | None) -> PositionShown | None:
    return None if position is None else PositionShown(latitude=position.latitude, longitude=position.longitude)


def fault(words: Words, line: Line) -> FaultShown:
    advice = words.gettext(line.advice) if line.advice else ""
    return FaultShown(text=phrases.say(words, line), tone=line.tone, advice=advice, since_at=line.since_at)


def _whole(caller: Caller, id: str) -> NodeWhole:
    with caller.desk.database.read() as c:
        village = sight.look_at(c, id, caller.now, caller.hub.online_since())
    if village is None:
        raise NotFound("Không có nút này.", "There is no such node.")
    return NodeWhole(node=shown(caller.words, village), health=health_of(village))


def _look(caller: Caller) -> Sight:
    with caller.desk.database.read() as c:
        return sight.look(c, caller.now, caller.hub.online_since())
