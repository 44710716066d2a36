"""/: the board. What needs a person, today's broadcasts, and every village: by trouble, by name, on a map, live."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import Response
from sqlalchemy import Connection

from hub.orders import broadcasts
from hub.orders.broadcasts import Broadcast, Stage
from hub.people.accounts import Act, theirs
from hub.refusals import Refused
from hub.rules.calendar import Occurrence
from hub.store import alarms as alarm_rows
from hub.store import alerts as alert_rows
from hub.store import broadcasts as broadcast_rows
from hub.store import day_sets, incidents
from hub.store.alerts import Unreached
from hub.web import live, sight
from hub.web.board import choice, map_view, present
from hub.web.board.choice import CARDS_MOST, CHIPS, WORDS_MAX, Choice, Survey, Trouble, Wish
from hub.web.board.present import Present
from hub.web.live import Fragments, Frame
from hub.web.memory import Memory
from hub.web.sight import Sight
from hub.web.visit import Looker, Stopper, Visit
from hub.web.wording.airing import Airing
from hub.web.wording.phrases import Phase
from hub.web.wording.times import day_span
from hub.web.wording.villages import Village

router = APIRouter()

DAYS_AHEAD = 7
BLOCK = 60
"""Tiles that are sent together where one of them changed."""
PAGE_MOST = 10_000
NOBODY = "nobody"
"""What the frame of the cards holds where no village is found, which is not the same as only such in trouble."""
OVERDUE_FOR = timedelta(hours=24)
"""How long it is told that something was not approved in time."""
UNREACHED_FOR = timedelta(days=14)
"""How long it is told that alerts do not arrive at a place to which nothing else was sent."""


@dataclass(frozen=True, slots=True)
class Board:
    """What the board shows: how all villages are, and what is wrong; what waits for approval, drafts, today in order,
    and what comes in the days after."""

    sight: Sight
    survey: Survey
    present: Present
    waiting: list[Airing]
    drafts: list[Airing]
    overdue: list[Airing]
    today: list[Airing]
    later: list[Airing]
    alarms: list[Broadcast]
    unreached: list[Unreached]

    @property
    def playing(self) -> dict[str, list[Village]]:
        """What is on air now, by broadcast, and where."""
        found: dict[str, list[Village]] = {}
        for village in self.survey.on_air:
            found.setdefault(village.on_air, []).append(village)
        return found

    @property
    def urgent(self) -> list[Airing]:
        """What should be approved now, the most urgent first."""
        return [a for a in self.waiting if a.due is not None]

    def titles(self) -> dict[str, str]:
        """What is on air by broadcast, as the village cards name it."""
        return {a.broadcast.id: a.broadcast.title for a in (*self.waiting, *self.drafts, *self.today, *self.later)}


def read_wish(
    trouble: Annotated[Trouble | Literal[""], Query()] = "",
    q: Annotated[str, Query(max_length=WORDS_MAX)] = "",
    box: Annotated[str, Query(max_length=WORDS_MAX)] = "",
    page: Annotated[int, Query(ge=1, le=PAGE_MOST)] = 1,
) -> Wish:
    """What the address asks for. Raises Refused for a part of the map that is none."""
    try:
        return Wish(Trouble(trouble) if trouble else None, " ".join(q.split()), choice.read_box(box), page)
    except ValueError:
        raise Refused("Không có phần bản đồ này.", "There is no such part of the map.") from None


Wished = Annotated[Wish, Depends(read_wish)]


@router.get("/")
def show_board(visit: Looker, wish: Wished) -> Response:
    """The whole board, or of the villages those that the address asks for."""
    return visit.page("board.html", fragments=_fragments(visit, wish), wish=wish, words_max=WORDS_MAX)


@router.get("/live")
async def stream_board(visit: Looker, wish: Wished) -> Response:
    return await live.stream(visit, lambda present: _fragments(present, wish))


@router.post("/stop")
def stop_everything(
    visit: Stopper, node: Annotated[Sequence[str], Form()] = (), some: Annotated[str, Form()] = ""
) -> Response:
    """Whatever is on air: in all villages, or in `some`, those that were ticked."""
    visit.desk.stop(None, ticked(node) if some or node else None, visit.person)
    return visit.go("/")


def ticked(nodes: Sequence[str]) -> Sequence[str]:
    """Raises Refused for none: that must not mean all."""
    if not nodes:
        raise Refused("Hãy chọn ít nhất một làng.", "Choose at least one village.")
    return nodes


def _look(visit: Visit) -> Board:
    now = visit.now
    today, tomorrow = day_span(now, visit.hub.pages.zone)
    _, end = day_span(now, visit.hub.pages.zone, 1 + DAYS_AHEAD)
    with visit.desk.database.read() as c:
        seen = sight.look(c, now, visit.hub.online_since(), visit.hub.memory)
        unapproved = sight.follow(c, seen, broadcast_rows.unapproved(c, now - OVERDUE_FOR), visit.hub.memory)
        airings = _airings(c, seen, visit.hub.memory, today, tomorrow, end)
        alarms = [b for _, b in alarm_rows.standing(c, now)]
        unreached = alert_rows.unreached(c, now - UNREACHED_FOR) if visit.may(Act.TEND) else []
        lasting = incidents.lasting(c)
    shown = [a for a in airings if a.broadcast.stage not in (Stage.DRAFT, Stage.SUBMITTED) and not a.is_void]
    survey = choice.survey(seen.villages.values())
    return Board(
        seen,
        survey,
        present.tell(lasting, survey.unheard, seen.villages),
        [a for a in unapproved if a.phase is Phase.SUBMITTED],
        [a for a in unapproved if a.phase in (Phase.RETURNED, Phase.DRAFT)],
        [a for a in unapproved if a.phase is Phase.EXPIRED and a.broadcast.stage is Stage.SUBMITTED],
        [a for a in shown if _start(a) < tomorrow],
        [a for a in shown if _start(a) >= tomorrow and a.phase is not Phase.CANCELLED],
        alarms,
        unreached,
    )


def _airings(
    c: Connection, seen: Sight, memory: Memory, today: datetime, tomorrow: datetime, end: datetime
) -> list[Airing]:
    """Every airing of today, and of the days after all that happen once, and the next one of each that recurs."""
    sets = day_sets.day_sets(c)
    found: list[tuple[datetime, Broadcast, Occurrence]] = []
    for broadcast in broadcast_rows.between(c, today, end):
        of_today = broadcasts.airings(broadcast, today, tomorrow, sets)
        later = broadcasts.airings(broadcast, tomorrow, end, sets)
        found += [(o.at, broadcast, o) for o in (*of_today, *later[:1])]
    found.sort(key=lambda each: (each[0], each[1].created_at, each[1].id))
    return [sight.follow_airing(c, seen, b, o, sets, memory) for _, b, o in found]


def _start(airing: Airing) -> datetime:
    assert airing.at is not None
    return airing.at


def _fragments(visit: Visit, wish: Wish) -> Fragments:
    """Every piece of the page that changes by itself."""
    board = _look(visit)
    may = {f"can_{act.value}": visit.may(act) for act in (Act.APPROVE, Act.ORDER)}
    in_service = [v.node.id for v in board.survey.villages]
    own = frozenset(theirs(visit.person, in_service) if visit.may(Act.STOP) else ())
    shared = {"now": board.sight.now, "titles": board.titles(), "board": board, "survey": board.survey}
    pieces = {
        "summary": visit.render("board/summary.html", own=own, stop_most=CARDS_MOST, **shared),
        "unreached": visit.render("board/unreached.html", **shared),
        "deadlines": visit.render("board/deadlines.html", **may, **shared),
        "broadcasts": visit.render("board/broadcasts.html", **may, **shared),
    }
    return _with_villages(visit, board.survey, choice.choose(board.survey, wish), pieces, shared)


def _with_villages(
    visit: Visit, survey: Survey, chosen: Choice, pieces: Mapping[str, str], shared: Mapping[str, object]
) -> Fragments:
    """Each card is a piece, and so are the filters, the map and every block of tiles; their order is a frame. Cards of
    villages in trouble have a frame of their own, before the map."""
    map = map_view.view(chosen.found, survey.tones, chosen.wish)
    can_tend = visit.may(Act.TEND)
    around = {
        "filters": visit.render("board/filters.html", choice=chosen, chips=CHIPS, **shared),
        "map": visit.render("board/map.html", choice=chosen, map=map, can_tend=can_tend, tones=survey.tones, **shared),
    }
    cards = {f"village-{v.node.id}": visit.render("board/village.html", village=v, **shared) for v in chosen.cards}
    blocks = {
        f"tiles-{n}": visit.render("board/tiles.html", tiles=[(v, survey.tones[v.node.id]) for v in block], **shared)
        for n, block in enumerate(batched(chosen.tiles, BLOCK))
    }
    troubled = {name: cards[name] for name in cards if name.removeprefix("village-") in chosen.troubled}
    others = {name: html for name, html in cards.items() if name not in troubled}
    frames = {
        "troubled": Frame(visit.render("board/troubled.html", cards=troubled, **shared), tuple(troubled)),
        "villages": Frame(
            visit.render("board/villages.html", cards=others, choice=chosen, **shared),
            tuple(others) if chosen.found else (NOBODY,),
        ),
        "wall": Frame(visit.render("board/wall.html", blocks=blocks, choice=chosen, **shared), tuple(blocks)),
    }
    return Fragments({**pieces, **around, **cards, **blocks}, frames)


def batched(villages: Sequence[Village], size: int) -> Iterator[Sequence[Village]]:
    return (villages[start : start + size] for start in range(0, len(villages), size))
