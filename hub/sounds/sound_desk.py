"""The sounds as people ask the hub for them: the chime, and a recording from an uploaded file. Part of the desk."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from hub.media import intake
from hub.media.cut import Cut
from hub.media.job import TARGET_LUFS, IntakeLimits
from hub.media.shelf import Shelf
from hub.news import News
from hub.orders.broadcasts import Recording
from hub.people.accounts import Act, User, owns, require
from hub.store import meta, people, recordings, texts, waveforms
from hub.store.database import Database
from hub.store.ground import CHIME_KEY, named
from hub.store.texts import Text
from hub.titles import clean_title


class SoundDesk:
    """What every use case stands on (database, shelf, clock, news, the folder of Piper voices, and whether the commune
    demands a second factor), with those of the sounds themselves."""

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        clock: Callable[[], datetime],
        news: News,
        loudness_lufs: float = TARGET_LUFS,
        limits: IntakeLimits | None = None,
        voices: Path | None = None,
        requires_second_factor: bool = False,
    ) -> None:
        self.database = database
        self.shelf = shelf
        self.clock = clock
        self.news = news
        self.limits = limits or IntakeLimits()
        self.voices = voices
        self.requires_second_factor = requires_second_factor
        self._loudness_lufs = loudness_lufs

    def ensure_chime(self) -> None:
        """Put the default chime on the shelf if it is not there yet. Raises Rejected where this machine cannot."""
        with self.database.read() as c:
            known = self.chime(c)
        if known is not None and self.shelf.has(known.sha256):
            return
        stored = intake.receive_chime(self.shelf)
        recording = self.recording(stored, "Nhạc hiệu", "hub")
        with self.database.write() as c:
            recordings.add(c, recording)
            waveforms.put(c, stored.sha256, stored.waveform)
            meta.put(c, CHIME_KEY, recording.sha256)

    def chime(self, c: Connection) -> Recording | None:
        return named(c, CHIME_KEY)

    def add_recording(
        self, path: Path, title: str, user: User, progress: Callable[[float], None] = lambda _fraction: None
    ) -> Recording:
        """Judge, level and keep an uploaded file; `progress` hears 0 to 1. The file is left to the caller.

        Raises Rejected (of hub.media) for a file that cannot be used, and Refused.
        """
        require(user, Act.ORDER)
        title = clean_title(title)
        return self.keep_stored(self.receive(path, progress), title, user)

    def keep_stored(self, stored: intake.Stored, title: str, user: User, text: Text | None = None) -> Recording:
        """Put a sound that was just stored into the library; `text` is what was typed behind it."""
        recording = self.recording(stored, title, user.name)
        with self.database.write() as c:
            known = recordings.locked(c, recording.sha256)
            if known is not None and not owns(user, known.uploaded_by):
                recording = replace(known, removed_at=None)
            recordings.add(c, recording)
            waveforms.put(c, stored.sha256, stored.waveform)
            if text is not None:
                texts.put(c, stored.sha256, text)
            people.note(c, self.clock(), user.name, "upload", recording.sha256, title)
        self.news.tell("recordings")
        return recording

    def receive(
        self, path: Path, progress: Callable[[float], None] = lambda _fraction: None, cut: Cut | None = None
    ) -> intake.Stored:
        """Put a file on the shelf, or what is left of it after a cut. Raises Rejected."""
        return intake.receive(path, self.shelf, self.limits, progress, self._loudness_lufs, cut)

    def recording(self, stored: intake.Stored, title: str, name: str) -> Recording:
        """The row of a sound that was just stored."""
        measured = {name: value for name, value in asdict(stored).items() if name != "waveform"}
        return Recording(**measured, title=title, uploaded_by=name, uploaded_at=self.clock())
