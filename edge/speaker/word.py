"""The speaker's word of itself: its summary for the link, and changes of clock and sound as events for the hub."""

from dataclasses import replace
from pathlib import Path

from contract.events import Change
from contract.form import MAX_TEXT
from edge import summary
from edge.clock import Clock
from edge.outbox import Outbox
from edge.spool import ring
from edge.summary import SpeakerSummary

SUMMARY_EVERY_S = 5.0


class Word:
    """Says a thing when it is new, and the whole every few seconds."""

    def __init__(self, run: Path, outbox: Outbox, clock: Clock) -> None:
        self._run = run
        self._outbox = outbox
        self._clock = clock
        self._told: dict[str, str] = {}
        self._posted: SpeakerSummary | None = None
        self._posted_s = 0.0

    def tell(self, subject: str, value: str, detail: str = "") -> None:
        """Record that `subject` changed; what it was at the start is no change. Raises sqlite3.Error."""
        if self._told.get(subject, value) != value:
            now, text = self._clock.now(), detail[:MAX_TEXT]
            self._outbox.append(lambda key: Change(key=key, at=now, subject=subject, value=value, detail=text))
        self._told[subject] = value

    def post(self, new: SpeakerSummary) -> None:
        """Put the summary where the link finds it, where it is due or says something new; ring for the latter.

        Raises OSError.
        """
        now_s = self._clock.monotonic()
        is_news = self._posted is None or _gist(new) != _gist(self._posted)
        if is_news or now_s - self._posted_s >= SUMMARY_EVERY_S:
            summary.post(self._run, "speaker", new)
            self._posted, self._posted_s = new, now_s
        if is_news:
            ring(self._run / "link.bell")

    def due_s(self) -> float:
        """Seconds until the summary is to be posted again."""
        return max(0.0, self._posted_s + SUMMARY_EVERY_S - self._clock.monotonic())


def _gist(whole: SpeakerSummary) -> SpeakerSummary:
    """A summary without what changes by itself."""
    return replace(whole, at=whole.at.min, clock=replace(whole.clock, error_ms=None, ahead_s=None))
