"""/broadcasts: the list, and one of them: look at it, cancel it, leave one airing out, stop. Its way to the air is in
`stages`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response
from sqlalchemy import Connection

from hub.orders import admission, again, broadcasts, desk, life
from hub.orders.again import When
from hub.orders.broadcasts import Broadcast, Stage
from hub.people.accounts import Act, theirs
from hub.refusals import Conflicted, Refused
from hub.rules.calendar import Occurrence
from hub.store import alarms, day_sets, people, recordings
from hub.store import broadcasts as broadcast_rows
from hub.web import live, sight
from hub.web.board.page import ticked
from hub.web.live import Fragments
from hub.web.sight import Sight
from hub.web.visit import Looker, Orderer, Stopper, Visit
from hub.web.wording.airing import Airing
from hub.web.wording.times import day_span, read_instant

router = APIRouter()

LIST_DAYS_BACK = 14
LIST_DAYS_AHEAD = 45
UPCOMING_SHOWN = 5
PAST_SHOWN = 5


@router.get("/broadcasts")
def list_broadcasts(visit: Looker) -> Response:
    zone, now = visit.hub.pages.zone, visit.now
    start, _ = day_span(now - timedelta(days=LIST_DAYS_BACK), zone)
    _, end = day_span(now, zone, LIST_DAYS_AHEAD)
    with visit.desk.database.read() as c:
        seen = sight.look(c, now, visit.hub.online_since())
        found = broadcast_rows.between(c, start, end)
        airings = sight.follow(c, seen, found) + _last_airings(c, seen, found, start)
    today, _ = day_span(now, zone)
    airings = sorted((a for a in airings if not a.is_void), key=lambda a: (a.at is None, a.at or now))
    ahead = [a for a in airings if a.at is None or a.at >= today]
    past = [a for a in airings if a.at is not None and a.at < today][::-1]
    return visit.page("broadcasts.html", ahead=ahead, past=past, can_order=visit.may(Act.ORDER))


def _last_airings(c: Connection, seen: Sight, found: Sequence[Broadcast], since: datetime) -> list[Airing]:
    """Of those that recur and go on, also how they last went."""
    sets = day_sets.day_sets(c)
    told = []
    for broadcast in (b for b in found if b.rule is not None):
        last = broadcasts.last_airing(broadcast, seen.now, sets)
        is_more = last is not None and last != broadcasts.current_airing(broadcast, seen.now, sets)
        if last is not None and is_more and last.at >= since:
            told.append(sight.follow_airing(c, seen, broadcast, last, sets))
    return told


@router.get("/broadcasts/{id}")
def show_broadcast(visit: Looker, id: str) -> Response:
    return broadcast_page(visit, id)


@router.get("/broadcasts/{id}/live")
async def stream_broadcast(visit: Looker, id: str, seen: str = "") -> Response:
    """`seen` is the digest of what the page showed when it was opened: a change is told, and not slipped in."""
    return await live.stream(visit, lambda present: _fragments(present, id, seen))


@router.post("/broadcasts/{id}/cancel")
def cancel(visit: Orderer, id: str) -> Response:
    visit.desk.cancel(id, visit.person)
    return visit.go(f"/broadcasts/{id}")


@router.post("/broadcasts/{id}/drop")
def drop(visit: Orderer, id: str, at: Annotated[str, Form()] = "") -> Response:
    """Leave one airing out."""
    instant = read_instant(at)
    if instant is None:
        raise Refused("Hãy chọn lượt phát cần bỏ.", "Choose the airing to leave out.")
    visit.desk.drop(id, instant, visit.person)
    return visit.go(f"/broadcasts/{id}")


@router.post("/broadcasts/{id}/stop")
def stop(
    visit: Stopper, id: str, node: Annotated[Sequence[str], Form()] = (), some: Annotated[str, Form()] = ""
) -> Response:
    """In all its villages, or in `some`, those that were ticked."""
    visit.desk.stop(id, ticked(node) if some or node else None, visit.person)
    return visit.go(f"/broadcasts/{id}")


@router.post("/broadcasts/{id}/again")
def air_again(
    visit: Orderer,
    id: str,
    node: Annotated[Sequence[str], Form()] = (),
    at: Annotated[str, Form()] = "",
    when: Annotated[str, Form()] = When.NOW.value,
) -> Response:
    """A new broadcast of the same for those that missed it; `at` tells the airing of one that recurs."""
    try:
        chosen = When.FREE if when == When.FREE else When.NOW
        anew = again.air_again(visit.desk, id, ticked(node), visit.person, at=read_instant(at), when=chosen)
    except Conflicted as error:
        return broadcast_page(visit, id, 409, busy=error)
    return visit.go(f"/broadcasts/{anew.id}")


def broadcast_page(
    visit: Visit,
    id: str,
    status: int = 200,
    fault: str = "",
    busy: Conflicted | None = None,
) -> Response:
    """The page of one broadcast, and what was wrong with what was asked of it. Raises NotFound."""
    with visit.desk.database.read() as c:
        broadcast = desk.find(c, id)
        seen = sight.look(c, visit.now, visit.hub.online_since())
        found = [recordings.recording(c, a.sha256) for a in broadcasts.recorded(broadcast)]
        interruptions = admission.interruptions(c, broadcast, visit.now, day_sets.day_sets(c))
        is_alarm = alarms.alarm(c, id) is not None
    digest = broadcasts.digest(broadcast)
    return visit.page(
        "broadcast.html",
        status,
        fault=fault,
        digest=digest,
        is_alarm=is_alarm,
        broadcast=broadcast,
        titles={r.sha256: r.title for r in found if r is not None},
        fragments=_fragments(visit, id, digest),
        busy=busy,
        interruptions=interruptions,
        sight=seen,
    )


def _fragments(visit: Visit, id: str, seen: str) -> Fragments:
    """The state of the whole with what may be done now, and the villages one by one."""
    now = visit.now
    with visit.desk.database.read() as c:
        broadcast = desk.find(c, id)
        view = sight.look(c, now, visit.hub.online_since())
        (airing,) = sight.follow(c, view, [broadcast])
        upcoming, past = _occurrences(c, view, broadcast)
        repeats = {at: sight.follow(c, view, anew) for at, anew in again.repeats(c, id).items()}
        names = {u.name: u.title for u in people.users(c)}
        can_change = life.is_changeable(broadcast, now, day_sets.day_sets(c))
        is_alarm = alarms.alarm(c, id) is not None
    own = theirs(visit.person, broadcast.nodes)
    shared = {
        "own": own,
        "airing": airing,
        "now": now,
        "broadcast": broadcast,
        "names": names,
        "repeats": repeats,
        "is_alarm": is_alarm,
        "can_change": can_change,
    }
    is_changed = broadcast.stage is Stage.SUBMITTED and seen != broadcasts.digest(broadcast)
    may = {f"can_{act.value}": visit.may(act, broadcast.nodes) for act in (Act.APPROVE, Act.ORDER)}
    may |= {f"can_{act.value}_own": bool(own) and visit.may(act) for act in (Act.APPROVE, Act.ORDER, Act.STOP)}
    return Fragments(
        {
            "state": visit.render("broadcast/state.html", seen=seen, is_changed=is_changed, **may, **shared),
            "approval": visit.render("broadcast/approval.html", seen=seen, is_changed=is_changed, **may, **shared),
            "villages": visit.render("broadcast/villages.html", **may, **shared),
            "airings": visit.render("broadcast/airings.html", upcoming=upcoming, past=past, **may, **shared),
        }
    )


def _occurrences(c: Connection, seen: Sight, broadcast: Broadcast) -> tuple[list[Occurrence], list[Airing]]:
    """Of one that recurs: its next airings, and how the last ones went, the latest first."""
    if broadcast.rule is None:
        return [], []
    sets = day_sets.day_sets(c)
    upcoming: list[Occurrence] = []
    following = broadcasts.next_airing(broadcast, seen.now, sets)
    while following is not None and len(upcoming) < UPCOMING_SHOWN:
        upcoming.append(following)
        following = broadcasts.next_airing(broadcast, following.at + timedelta(seconds=1), sets)
    past: list[Airing] = []
    last = broadcasts.last_airing(broadcast, seen.now, sets)
    while last is not None and len(past) < PAST_SHOWN:
        past.append(sight.follow_airing(c, seen, broadcast, last, sets))
        last = broadcasts.last_airing(broadcast, last.at, sets)
    return ([] if broadcast.stage is Stage.CANCELLED else upcoming), past
