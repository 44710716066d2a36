"""/audio: the library of recordings."""

from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from hub.media.rejection import say_duration, say_size
from hub.orders import fallback
from hub.people.accounts import Act, owns
from hub.sounds import library as library_of
from hub.store import recordings, waveforms
from hub.titles import TITLE_MAX
from hub.web import sight
from hub.web.emergency import alarm_view
from hub.web.sounds.recording import filter_of
from hub.web.visit import Looker, Orderer

router = APIRouter()

SHOWN = 40
"""Recordings at first, and with each press for more."""


@router.get("/audio")
def show_library(
    visit: Looker, new: str = "", q: str = "", folder: str | None = None, removed: str = "", most: int = SHOWN
) -> Response:
    limits, incoming = visit.desk.limits, visit.hub.incoming
    folder = "".join(filter(str.isprintable, folder)) if folder is not None else None
    most = max(most, SHOWN)
    with visit.desk.database.read() as c:
        library, chime = recordings.recordings(c, q, folder), visit.desk.chime(c)
        shown = sorted(library, key=lambda r: r.sha256 != new)[:most]
        counts = recordings.counts(c, [r.work for r in shown])
        outdated = {r.work for r in recordings.kept(c)} - {r.work for r in shown if r.is_kept}
        drawn = waveforms.waveforms(c, [r.sha256 for r in shown])
        folders, gone = recordings.folders(c), recordings.recording(c, removed) if removed.isalnum() else None
        stand_in = fallback.substitute(c)
        seen = sight.look(c, visit.now, visit.hub.online_since())
        held = {r.sha256: alarm_view.count_held(c, seen, r) for r in shown if r.is_kept}
    return visit.page(
        "audio.html",
        library=shown,
        waveforms=drawn,
        counts=counts,
        outdated=outdated,
        rest=len(library) - most,
        next=most + SHOWN,
        looked="?" + urlencode(filter_of(visit)),
        chime=chime,
        stand_in=stand_in,
        held=held,
        villages=len(seen.present),
        new=new,
        q=q,
        folder=folder,
        folders=folders,
        gone=gone if gone is not None and gone.removed_at is not None else None,
        title_max=TITLE_MAX,
        folder_max=library_of.FOLDER_MAX,
        max_bytes=limits.max_bytes,
        max_size=visit.words.pick(*say_size(limits.max_bytes)),
        max_duration=visit.words.pick(*say_duration(limits.max_duration_s)),
        can_upload=visit.may(Act.ORDER),
        can_keep=visit.may(Act.ORDER, None),
        own={r.sha256 for r in library if owns(visit.person, r.uploaded_by)},
        unfinished=[(a, incoming.received(a) / a.size) for a in incoming.unfinished(visit.person.name)],
    )


@router.get("/audio/bin")
def show_bin(visit: Orderer) -> Response:
    with visit.desk.database.read() as c:
        removed = [r for r in recordings.removed(c) if owns(visit.person, r.uploaded_by)]
    return visit.page("audio_bin.html", removed=removed)
