"""What is heard where a recording is missing or a stream is lost: the commune's substitute, then chime and notice.

Beside `desk`. It is the commune's standing choice and no part of an approval; a change leaves a note. Nothing is longer
than what it stands in for, save for a stream. Emergencies have none: nothing else may be heard in their place.
"""

import logging

from sqlalchemy import Connection

from hub.media import intake
from hub.media.rejection import Rejected
from hub.orders.broadcasts import Recording
from hub.orders.desk import Desk
from hub.people.accounts import Act, User, require
from hub.people.deeds import DeedName
from hub.refusals import NotFound
from hub.store import meta, people, recordings, waveforms
from hub.store.ground import NOTICE_KEY, SUBSTITUTE_KEY, named

log = logging.getLogger(__name__)

NOTICE = "Chương trình không phát được, mong bà con thông cảm."
NOTICE_TITLE = "Báo chương trình không phát được"


def ensure_notice(desk: Desk) -> None:
    """Speak the notice once. Where this machine cannot, it is said in the log and villages do without."""
    with desk.database.read() as c:
        known = named(c, NOTICE_KEY)
    if known is not None and desk.shelf.has(known.sha256):
        return
    try:
        stored = intake.receive_speech(NOTICE, desk.shelf)
    except Rejected as rejected:
        log.warning("chưa có lời báo không phát được / no notice for what cannot be played: %s", rejected)
        return
    recording = desk.recording(stored, NOTICE_TITLE, "hub")
    with desk.database.write() as c:
        recordings.add(c, recording)
        waveforms.put(c, stored.sha256, stored.waveform)
        meta.put(c, NOTICE_KEY, recording.sha256)


def substitute(c: Connection) -> Recording | None:
    """The commune's substitute, where one was chosen."""
    return named(c, SUBSTITUTE_KEY)


def choose_substitute(desk: Desk, sha256: str, is_chosen: bool, user: User) -> None:
    """Let this recording be what every village plays in place of one that is not there, or no longer.

    There is one; another one chosen takes its place. Raises NotAllowed or NotFound.
    """
    require(user, Act.ORDER, None)
    with desk.database.write() as c:
        recording, former = recordings.offered(c, sha256), substitute(c)
        if recording is None or not desk.shelf.has(sha256):
            raise NotFound("Không có bản thu này.", "There is no such recording.")
        if is_chosen == (recording == former):
            return
        meta.put(c, SUBSTITUTE_KEY, sha256 if is_chosen else "")
        act: DeedName = "substitute" if is_chosen else "no-substitute"
        people.note(c, desk.clock(), user.name, act, sha256, recording.title)
    desk.news.tell("recordings")
