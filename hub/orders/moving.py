"""To move an order in the calendar, and to take the move back. Beside `desk`; each act leaves a note."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hub.orders import admission, broadcasts
from hub.orders.broadcasts import Broadcast, Stage
from hub.orders.desk import Desk, find_to
from hub.people.accounts import Act, User
from hub.refusals import Refused
from hub.store import broadcasts as broadcast_rows
from hub.store import day_sets, people
from hub.store.people import Note

UNDO_WITHIN = timedelta(minutes=10)
_ORDERING = ("order", "draft", "change", "move")
_APPROVING = ("approve", "approve-again")


def move(desk: Desk, id: str, at: datetime, was: datetime | None, user: User) -> Broadcast:
    """Let it begin at `at`, if it still is to begin when this person saw it: at `was`. Raises as `Desk.move` does."""
    with desk.database.read() as c:
        if find_to(Act.ORDER, c, id, user).starts_at != was:
            raise _changed_since()
    return desk.move(id, at, user)


def undo(desk: Desk, id: str, was: datetime, user: User) -> Broadcast:
    """Let it stand as it did before this person moved it from `was`, its approval too.

    That is no new decision: an approval is bound to all that is heard, where and when, and the digest proves that the
    order says just this again. Raises Refused where it is too late or something else was done to it since, and
    Conflicted where its time is taken by now.
    """
    now = desk.clock()
    with desk.database.write() as c:
        moved, sets = find_to(Act.ORDER, c, id, user), day_sets.day_sets(c)
        deeds = people.deeds(c, id)
        if not deeds or (deeds[-1].act, deeds[-1].who) != ("move", user.name) or now - deeds[-1].at > UNDO_WITHIN:
            raise _changed_since()
        restored = _restored(moved, was, deeds[:-1], deeds[-1])
        admission.check_time(was, now)
        admission.check_conflicts(c, restored, now, sets)
        if not broadcast_rows.move(c, restored, moved.stage):
            raise _changed_since()
        people.note(c, now, user.name, "undo-move", id, restored.approval)
    desk.news.tell("broadcasts")
    return restored


def _restored(moved: Broadcast, was: datetime, before: Sequence[Note], move: Note) -> Broadcast:
    """What it said before. The note of the move ends with the approval that ended with it, if there was one."""
    authors = [note.who for note in before if note.act in _ORDERING]
    old = replace(moved, starts_at=was, author=authors[-1] if authors else moved.author)
    lost = move.detail.rpartition("; ")[2]
    given = [note for note in before if note.act in _APPROVING and note.detail.startswith(lost)]
    if lost != broadcasts.digest(old) or not given:
        return old
    by = given[-1]
    return replace(old, stage=Stage.APPROVED, approved_by=by.who, approved_at=by.at, approval=lost)


def _changed_since() -> Refused:
    return Refused(
        "Buổi phát vừa thay đổi, hoặc đã quá lâu. Hãy xem lại.",
        "It has changed meanwhile, or too much time has passed. Look at it again.",
    )
