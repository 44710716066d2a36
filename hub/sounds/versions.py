"""A recording is made anew and stays the same work: cut, uploaded again, spoken again. Beside `desk`.

The bytes of a version never change, since approvals and villages hold on to them: what is new is a version more, and
going back is choosing an earlier one.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from hub.media import intake
from hub.media.cut import Cut
from hub.media.intake import Stored
from hub.media.rejection import Cause, Rejected
from hub.orders.broadcasts import Recording
from hub.orders.desk import Desk
from hub.people.accounts import Act, User, owns, require
from hub.people.deeds import DeedName
from hub.refusals import NotFound, NotYours, Refused
from hub.store import people, recordings, texts, waveforms
from hub.store.texts import Text


def add(desk: Desk, path: Path, of: str, user: User, progress: Callable[[float], None]) -> Recording:
    """Let an uploaded file be the newer version of a recording (SHA-256). Takes as long as `Desk.add_recording`.

    Raises Rejected, Refused, NotFound or NotAllowed.
    """
    old = former(desk, of, user)
    return keep(desk, desk.receive(path, progress), old, user, "upload-version")


def check_cut(desk: Desk, sha256: str, wanted: Cut | None, user: User) -> None:
    """Whether `cut` makes sense, as far as that is known before it takes its time. Raises as that."""
    old = former(desk, sha256, user)
    if wanted is not None:
        _within(old, wanted)


def cut(desk: Desk, sha256: str, wanted: Cut | None, user: User, progress: Callable[[float], None]) -> Recording:
    """Make a version of what is left after a cut, or (None) without the silence at both ends.

    Takes seconds for each minute; `progress` hears 0 to 1. Raises as `add`.
    """
    old = former(desk, sha256, user)
    within = _within(old, wanted or _silence(desk, sha256))
    try:
        stored = desk.receive(desk.shelf.path(sha256), progress, within)
    except Rejected as rejected:
        if rejected.code not in (Cause.TOO_SHORT, Cause.SILENT):
            raise
        raise Refused("Phần còn lại quá ngắn hoặc không có tiếng.", "What is left is too short, or silent.") from None
    with desk.database.read() as c:
        behind = texts.text(c, sha256)
    return keep(desk, stored, old, user, "cut", behind)


def choose(desk: Desk, sha256: str, user: User) -> None:
    """Let this version be the one that the library shows and new orders take. Raises NotAllowed or NotFound."""
    with desk.database.write() as c:
        recording = _find(c, sha256, user)
        recordings.choose(c, sha256)
        people.note(c, desk.clock(), user.name, "choose-version", sha256, recording.title)
    desk.news.tell("recordings")


def keep(
    desk: Desk, stored: Stored, former: Recording, user: User, act: DeedName, text: Text | None = None
) -> Recording:
    """Put a sound that was just stored into the library as the newest version of a work; title and folder are the
    work's. Raises Refused where it is a recording of its own already."""
    made = replace(desk.recording(stored, former.title, user.name), folder=former.folder, work=former.work)
    with desk.database.write() as c:
        known = recordings.locked(c, stored.sha256)
        if known is not None and known.work != former.work:
            raise Refused(
                f"Âm thanh này đã có trong thư viện: “{known.title}”.",
                f"This sound is in the library already: “{known.title}”.",
            )
        if known is None:
            recordings.add(c, made)
        recordings.choose(c, stored.sha256)
        waveforms.put(c, stored.sha256, stored.waveform)
        if text is not None:
            texts.put(c, stored.sha256, text)
        people.note(c, desk.clock(), user.name, act, stored.sha256, former.title)
    desk.news.tell("recordings")
    return known or made


def former(desk: Desk, sha256: str, user: User) -> Recording:
    """The recording that is to get a newer version. Raises NotAllowed, NotFound, or Refused for what is in the bin."""
    with desk.database.read() as c:
        found = _find(c, sha256, user)
    if found.removed_at is not None or not desk.shelf.has(sha256):
        raise Refused("Bản thu đang ở thùng rác. Hãy khôi phục trước.", "It is in the bin. Put it back first.")
    return found


def _find(c: Connection, sha256: str, user: User) -> Recording:
    """The recording, for one who may change it."""
    require(user, Act.ORDER)
    recording = recordings.locked(c, sha256)
    if recording is None:
        raise NotFound("Không có bản thu này.", "There is no such recording.")
    if not owns(user, recording.uploaded_by):
        raise NotYours
    return recording


def _within(old: Recording, wanted: Cut) -> Cut:
    """The cut, no longer than the recording. Raises Refused where nothing of it would go, or nothing be left."""
    is_whole = wanted.start_s == 0 and wanted.end_s >= old.duration_s
    if wanted.start_s >= old.duration_s or (is_whole and not wanted.fade_in_s and not wanted.fade_out_s):
        raise Refused("Không có gì để cắt.", "There is nothing to cut.")
    return replace(wanted, end_s=min(wanted.end_s, old.duration_s))


def _silence(desk: Desk, sha256: str) -> Cut:
    """What cuts the silence at both ends off. Raises Rejected."""
    with desk.database.read() as c:
        drawn = waveforms.waveforms(c, [sha256]).get(sha256)
    course = drawn or intake.survey(sha256, desk.shelf)
    return Cut(start_s=course.begins_s, end_s=course.ends_s)
