"""Tells whoever waits that something changed. News carry no content: what is so now stands in the database.

Whoever waits holds the last version it saw, so nothing is missed between looking and waiting, and a burst of news
is one to a slow reader.
"""

import asyncio
import logging
import threading

log = logging.getLogger(__name__)


class News:
    """One a hub. Threads `block`, coroutines `wait`; `tell` comes from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._version = 0
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    @property
    def version(self) -> int:
        """Rises with everything told; 0 at first."""
        return self._version

    def tell(self, topic: str) -> None:
        """Say that something about `topic` ("fleet", "records", "plans") changed. Never blocks."""
        log.debug("news of %s", topic)
        with self._changed:
            self._version += 1
            self._changed.notify_all()
            for loop, told in self._waiting:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(told.set)

    def block(self, seen: int, timeout_s: float) -> int:
        """Hold this thread until there is something newer than version `seen`, at most `timeout_s`.

        Returns the version now.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._version > seen, timeout_s)
            return self._version

    async def wait(self, seen: int, timeout_s: float) -> int:
        """As `block`, for a coroutine."""
        entry = (asyncio.get_running_loop(), asyncio.Event())
        with self._changed:
            if self._version > seen:
                return self._version
            self._waiting.add(entry)
        try:
            await asyncio.wait_for(entry[1].wait(), timeout_s)
        except TimeoutError:
            pass
        finally:
            with self._changed:
                self._waiting.discard(entry)
        return self._version
