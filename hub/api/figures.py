"""/nodes/{id}/figures: what a node measured over minutes, hours, days: least, mean and greatest of each figure."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic.dataclasses import dataclass

from hub.api.caller import Looker
from hub.api.fields import ANSWER, Instant, NodeId
from hub.api.problems import answers
from hub.history.figures import OWN, Figure, Rollup, Spread
from hub.history.levels import starts
from hub.refusals import NotFound
from hub.store import history, nodes
from hub.web.nodes import figure_view
from hub.web.nodes.figure_view import LEVEL_OF

router = APIRouter(tags=["nodes"])

BUCKETS_MAX = 500
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
USUAL = timedelta(hours=24)


class LevelWanted(StrEnum):
    """How fine. Minutes are kept for days, five minutes for weeks, hours for months, days for years."""

    MINUTE = "minute"
    FIVE_MINUTES = "5min"
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class SpreadShown:
    """What the values of one figure came to."""

    n: int
    """How many minutes have one. No value at all is no zero: the figure is left out then."""
    least: float | None
    """Null of a percentile."""
    mean: float | None
    """Null of a percentile: percentiles have no mean."""
    most: float


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class BucketShown:
    """One minute, five minutes, hour or day."""

    at: Instant
    """When it begins; days are those of the commune."""
    node: dict[Figure, SpreadShown]
    """Of the node itself."""
    targets: dict[str, dict[Figure, SpreadShown]]
    """Of each target that it asks."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class FiguresShown:
    """A part of a node's past, the oldest first."""

    items: tuple[BucketShown, ...]
    """Those of which anything is known."""
    next: Instant | None
    """What to send as `since` for the part that follows; null where nothing does."""


@router.get("/nodes/{id}/figures", responses=answers(404))
def read_figures(
    caller: Looker,
    id: NodeId,
    level: LevelWanted = LevelWanted.HOUR,
    since: Annotated[Instant | None, Query(description="24 hours before `until` where it is left out.")] = None,
    until: Annotated[Instant | None, Query(description="Now where it is left out.")] = None,
) -> FiguresShown:
    """Temperature, memory, card and load of the node; loss and times of each target. What the last minutes came to is
    there soon after they are over."""
    now, zone = caller.now, caller.hub.pages.zone
    end = now if until is None else min(until, now)
    begin = max(EARLIEST, since if since is not None else max(end, EARLIEST) - USUAL)
    wanted = LEVEL_OF[level]
    asked = list(islice(starts(wanted, begin, end, zone), BUCKETS_MAX + 1)) if begin < end else []
    with caller.desk.database.read() as c:
        if nodes.node(c, id) is None:
            raise NotFound("Không có nút này.", "There is no such node.")
        found = history.of_node(c, wanted, id, asked[:BUCKETS_MAX])
    items = tuple(_bucket(at, rollup) for at, rollup in found)
    return FiguresShown(items=items, next=asked[BUCKETS_MAX] if len(asked) > BUCKETS_MAX else None)


def _bucket(at: datetime, rollup: Rollup) -> BucketShown:
    found: dict[str, dict[Figure, SpreadShown]] = {}
    for subject, figure, spread in figure_view.lines(rollup):
        found.setdefault(subject, {})[figure] = _spread(figure, spread)
    return BucketShown(at=at, node=found.pop(OWN, {}), targets=found)


def _spread(figure: Figure, spread: Spread) -> SpreadShown:
    return SpreadShown(
        n=spread.n,
        least=figure_view.least(figure, spread),
        mean=figure_view.mean(figure, spread),
        most=figure_view.most(spread),
    )
