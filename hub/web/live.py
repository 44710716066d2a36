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
PING_S = 15


@dataclass(frozen=True, slots=True)
class Fragments:
    """The changing pieces of one page as HTML, by the name of their event.

    `frames` hold other pieces, and are sent only where `layout`, what they hold in which order, is another.
    """

    pieces: Mapping[str, str]
    frames: Mapping[str, str] = field(default_factory=dict)
    layout: str = ""

    def since(self, before: "Fragments | None") -> dict[str, str]:
        """What to send to a page that shows `before`; everything where nothing is known of it."""
        if before is None or before.layout != self.layout:
            held = {} if before is None else before.pieces
            rest = {n: html for n, html in self.pieces.items() if n not in self.layout.split()}
            return {**self.frames, **{n: html for n, html in rest.items() if held.get(n) != html}}
        return {n: html for n, html in self.pieces.items() if before.pieces.get(n) != html}


async def stream(visit: Visit, look: Callable[[Visit], Fragments]) -> Response:
    """Answer with the pieces that `look` finds changed, for as long as the log-in holds.

    What the first look raises becomes an ordinary answer.
    """
    version = visit.desk.news.version
    first = await run_sync(look, visit)
    events = _events(visit, look, first, version)
    return EventSourceResponse(events, ping=PING_S, headers={"Cache-Control": "no-store"})


async def _events(
    visit: Visit, look: Callable[[Visit], Fragments], first: Fragments, version: int
) -> AsyncIterator[ServerSentEvent]:
    shown: Fragments | None = None
    seen: Fragments | None = first
    news = visit.desk.news
    while seen is not None and not visit.hub.closing.is_set():
        for name, html in seen.since(shown).items():
            yield ServerSentEvent(html, event=name)
        yield ServerSentEvent(visit.now.isoformat(), event="pulse")
        shown = seen
        await anyio.sleep(SETTLE_S)
        await news.wait(version, LOOK_AGAIN_S)
        version = news.version
        seen = await run_sync(_look_as_of_now, visit, look)


def _look_as_of_now(visit: Visit, look: Callable[[Visit], Fragments]) -> Fragments | None:
    """The pieces, or None once this person is logged out or may no longer look."""
    present = anyone(visit.request)
    is_allowed = present.user == visit.user and present.may(Act.LOOK)
    return look(present) if is_allowed else None
