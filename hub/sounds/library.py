"""The library as people keep it: names, folders, the bin. Beside `desk`; each act is a transaction and leaves a note.

Nothing that is still to be heard can be removed, and what was removed can be put back. Recordings are the commune's:
who answers for some villages alone changes those they added.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hub.orders import life
from hub.orders.broadcasts import Broadcast, Recording, Stage
from hub.orders.desk import Desk
from hub.people.accounts import Act, User, owns, require
from hub.refusals import NotFound, NotYours, Refused
from hub.rules.rule import DaySets
from hub.store import broadcasts as broadcast_rows
from hub.store import day_sets, meta, people, recordings
from hub.store.ground import ALL_CLEAR_KEY, CHIME_KEY, NOTICE_KEY, SUBSTITUTE_KEY
from hub.titles import clean_title

FOLDER_MAX = 60
PAST_SHOWN = 10
_IN_USE = (CHIME_KEY, NOTICE_KEY, SUBSTITUTE_KEY, ALL_CLEAR_KEY)


@dataclass(frozen=True, slots=True)
class Uses:
    """Where a sound is in use: what is still to be heard, the soonest first, and what is over, the latest first."""

    ahead: tuple[Broadcast, ...]
    past: tuple[Broadcast, ...]


def uses(desk: Desk, c: Connection, sounds: Collection[str]) -> Uses:
    """The broadcasts with any of these sounds (SHA-256) in them; of those that are over the last PAST_SHOWN."""
    now, sets = desk.clock(), day_sets.day_sets(c)
    found = [b for b in broadcast_rows.using(c, sounds) if b.stage is not Stage.CANCELLED]
    ahead = [b for b in found if _is_ahead(b, now, sets)]
    past = [b for b in found if b not in ahead and b.stage is Stage.APPROVED]
    return Uses(tuple(ahead), tuple(past[::-1][:PAST_SHOWN]))


def rename(desk: Desk, sha256: str, title: str, folder: str, user: User) -> None:
    """Raises NotAllowed, NotFound or Refused."""
    require(user, Act.ORDER)
    title, folder = clean_title(title), " ".join(folder.split())
    if len(folder) > FOLDER_MAX or not folder.isprintable():
        raise Refused(
            f"Tên thư mục dài nhất {FOLDER_MAX} ký tự.", f"The name of a folder has at most {FOLDER_MAX} characters."
        )
    with desk.database.write() as c:
        _find(c, sha256, user)
        recordings.name(c, sha256, title, folder)
        people.note(c, desk.clock(), user.name, "rename", sha256, f"{folder}/{title}")
    desk.news.tell("recordings")


def remove(desk: Desk, sha256: str, user: User) -> None:
    """Put a recording into the bin, with all its versions. Raises NotAllowed, NotFound, and Refused where one of them
    is still to be heard."""
    with desk.database.write() as c:
        recording = _find(c, sha256, user)
        versions = recordings.versions(c, recording.work)
        if not all(owns(user, v.uploaded_by) for v in versions):
            raise NotYours
        held = {meta.get(c, key) for key in _IN_USE} | {r.sha256 for r in recordings.kept(c)}
        if held & {r.sha256 for r in versions}:
            raise Refused(
                "Bản thu này đang được dùng (nhạc hiệu, thay thế hoặc khẩn cấp). Hãy bỏ chọn trước khi xoá.",
                "It is in use (chime, substitute or emergency). Choose another one before you remove it.",
            )
        for waiting in uses(desk, c, [r.sha256 for r in versions]).ahead[:1]:
            raise Refused(
                f"Buổi phát “{waiting.title}” còn dùng bản thu này. Hãy huỷ buổi phát trước khi xoá.",
                f"The broadcast “{waiting.title}” still needs it. Cancel that before you remove it.",
            )
        recordings.set_removed(c, sha256, desk.clock())
        people.note(c, desk.clock(), user.name, "remove", sha256, recording.title)
    desk.news.tell("recordings")


def put_back(desk: Desk, sha256: str, user: User) -> None:
    """Take a recording out of the bin. Raises NotAllowed or NotFound."""
    with desk.database.write() as c:
        recording = _find(c, sha256, user)
        recordings.set_removed(c, sha256, None)
        people.note(c, desk.clock(), user.name, "put-back", sha256, recording.title)
    desk.news.tell("recordings")


def _is_ahead(broadcast: Broadcast, now: datetime, sets: DaySets) -> bool:
    """Whether it waits for approval, or has an airing that is not over."""
    if broadcast.stage is Stage.APPROVED:
        return not life.is_over(broadcast, now, sets)
    return broadcast.rule is not None or broadcast.starts_at is None or broadcast.starts_at >= now


def _find(c: Connection, sha256: str, user: User) -> Recording:
    """The recording, for one who may change it."""
    require(user, Act.ORDER)
    recording = recordings.locked(c, sha256)
    if recording is None:
        raise NotFound("Không có bản thu này.", "There is no such recording.")
    if not owns(user, recording.uploaded_by):
        raise NotYours
    return recording
