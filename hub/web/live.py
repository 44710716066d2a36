"""Pages that change by themselves: server-sent events carry the pieces of a page that became different."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

import anyio
from anyio.to_thread import run_sync
from fastapi.responses import Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from hub.people.accounts import Act
from hub.web.visit import Visit, anyone

LOOK_AGAIN_S = 5.0
"""Some things change by the clock alone: a start, an end, a village that fell silent."""
SETTLE_S = 0.2
"""News comes in bursts; one look serves a burst."""
SHARE = 0.05
"""Of the time, at most, one open page's looks take: where a look at many villages takes long, the next one waits."""
PING_S = 15


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece around others; sent only where it `holds` others than before, or in another order."""

    html: str
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fragments:
    """The changing pieces of one page as HTML, by the name of their event. `frames` hold some of them."""

    pieces: Mapping[str, str]
    frames: Mapping[str, Frame] = field(default_factory=dict)

    def since(self, before: "Fragments | None") -> dict[str, str]:
        """What to send to a page that shows `before`; everything where nothing is known of it."""
        shown, framed = ({}, {}) if before is None else (before.pieces, before.frames)
        new = {n: f for n, f in self.frames.items() if n not in framed or framed[n].holds != f.holds}
        sent = {name for frame in new.values() for name in frame.holds}
        changed = {n: html for n, html in self.pieces.items() if n not in sent and shown.get(n) != html}
        return {n: f.html for n, f in new.items()} | changed


async def stream(visit: Visit, look: Callable[[Visit], Fragments]) -> Response:
    """Answer with the pieces that `look` finds changed, for as long as the log-in holds.

    What the first look raises becomes an ordinary answer.
    """
    version, began_s = visit.desk.news.version, anyio.current_time()
    first = await run_sync(look, visit)
    events = _events(visit, look, first, version, anyio.current_time() - began_s)
    return EventSourceResponse(events, ping=PING_S, headers={"Cache-Control": "no-store"})


async def _events(
    visit: Visit, look: Callable[[Visit], Fragments], first: Fragments, version: int, took_s: float
) -> AsyncIterator[ServerSentEvent]:
    shown: Fragments | None = None
    seen: Fragments | None = first
    news = visit.desk.news
    while seen is not None and not visit.hub.closing.is_set():
        for name, html in seen.since(shown).items():
            yield ServerSentEvent(html, event=name)
        yield ServerSentEvent(visit.now.isoformat(), event="pulse")
        shown = seen
        await anyio.sleep(min(max(SETTLE_S, took_s / SHARE), LOOK_AGAIN_S))
        await news.wait(version, LOOK_AGAIN_S)
        version, began_s = news.version, anyio.current_time()
        seen = await run_sync(_look_as_of_now, visit, look)
        took_s = anyio.current_time() - began_s


def _look_as_of_now(visit: Visit, look: Callable[[Visit], Fragments]) -> Fragments | None:
    """The pieces, or None once this person is logged out or may no longer look."""
    present = anyone(visit.request)
    is_allowed = present.user == visit.user and present.may(Act.LOOK)
    return look(present) if is_allowed else None
