"""/nodes/<id>/figures: one figure of a node's past for its chart; /nodes/<id>/figures.csv: all of them, as a file."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from hub.history.figures import OWN, Figure
from hub.history.levels import Level
from hub.nodes.course import midnight
from hub.nodes.fleet import Node
from hub.refusals import NotFound
from hub.store import nodes
from hub.web import sheet
from hub.web.nodes import figure_view
from hub.web.nodes.figure_view import LEVEL_OF, Chart, Period
from hub.web.nodes.figure_words import FIGURES
from hub.web.visit import Looker, Visit
from hub.web.wording import phrases
from hub.web.wording.words import Words

router = APIRouter()

COLUMNS = (
    ("thời gian", "time"),
    ("đo gì", "thing"),
    ("số đo", "figure"),
    ("số lần đo", "n"),
    ("nhỏ nhất", "least"),
    ("trung bình", "mean"),
    ("lớn nhất", "most"),
)
"""What the file's columns are called, in both languages."""
USUAL = {Level.MINUTE: 2, Level.FIVE_MINUTES: 7, Level.HOUR: 31, Level.DAY: 366}
"""So many days a file has where nothing else is asked for."""
DECIMALS = 2
Asked = Annotated[str, Query(max_length=10)]


@router.get("/nodes/{id}/figures/{figure}")
def tell_figure(visit: Looker, id: str, figure: str, period: Asked = Period.DAY.value) -> Response:
    if figure not in list(Figure) or period not in list(Period):
        raise NotFound("Không có biểu đồ này.", "There is no such chart.")
    with visit.desk.database.read() as c:
        node = _known(nodes.node(c, id))
        chosen = Figure(figure), Period(period)
        chart = figure_view.chart(c, node, *chosen, visit.now, visit.hub.pages.zone)
    return JSONResponse(_as_json(visit, chart), headers={"Cache-Control": "no-store"})


@router.get("/nodes/{id}/figures.csv")
def download(visit: Looker, id: str, level: Asked = "hour", since: Asked = "", until: Asked = "") -> Response:
    """`since` and `until` are days, both of them in it."""
    zone, now = visit.hub.pages.zone, visit.now
    asked = LEVEL_OF.get(level, Level.HOUR)
    with visit.desk.database.read() as c:
        node = _known(nodes.node(c, id))
    last = _day(until) or now.astimezone(zone).date()
    first = _day(since) or last - timedelta(days=USUAL[asked] - 1)
    end = min(midnight(last + timedelta(days=1), zone), now)
    rows = _rows(visit, node, asked, midnight(first, zone), end)
    return sheet.stream(visit.words, f"so-do-{node.id}-{asked.name.lower()}-{first:%Y-%m-%d}.csv", rows)


def _rows(visit: Visit, node: Node, level: Level, since: datetime, until: datetime) -> Iterator[Sequence[object]]:
    yield [visit.words.pick(*column) for column in COLUMNS]
    zone = visit.hub.pages.zone
    for at, rollup in figure_view.read(visit.desk.database, node.id, level, since, until, zone):
        time = f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
        for subject, figure, spread in figure_view.lines(rollup):
            told = (figure_view.least(figure, spread), figure_view.mean(figure, spread), figure_view.most(spread))
            yield (
                time,
                sheet.plain(_subject(visit.words, subject)),
                _figure(visit.words, figure),
                spread.n,
                *("" if v is None else v for v in told),
            )


def _subject(words: Words, subject: str) -> str:
    """The technician's own names as they are; English is as the API has it."""
    return words.pick(phrases.say_target(words, subject) if subject != OWN else "nút", subject or "node")


def _figure(words: Words, figure: Figure) -> str:
    told = FIGURES[figure]
    unit = f" ({told.unit})" if told.unit else ""
    return words.pick(words.gettext(told.name) + unit, figure.value)


def _as_json(visit: Visit, chart: Chart) -> dict[str, object]:
    """Seconds since 1970, and figures as they are drawn; null where nothing is known."""
    is_one = len(chart.courses) == 1
    return {
        "at": [_second(at) for at in chart.at],
        "until": _second(visit.now),
        "courses": [
            {
                "name": "" if each.subject == OWN else phrases.say_target(visit.words, each.subject),
                "mean": _drawn(each.mean),
                **({"least": _drawn(each.least), "most": _drawn(each.most)} if is_one and each.least else {}),
            }
            for each in chart.courses
        ],
        "shades": [[_second(s.starts_at), _second(s.ends_at), s.kind] for s in chart.shades],
    }


def _drawn(values: Sequence[float | None]) -> list[float | None]:
    return [None if value is None else round(value, DECIMALS) for value in values]


def _second(at: datetime) -> int:
    return int(at.timestamp())


def _known(found: Node | None) -> Node:
    if found is None:
        raise NotFound("Không có nút này.", "There is no such node.")
    return found


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2020 <= found.year <= 9990 else None
