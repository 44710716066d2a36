"""/broadcasts/new, /broadcasts/{id}/edit: the order form, once or by a rule in words, with what the rule means; and the
recordings to choose from."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from contract.terms import Priority
from hub.orders import broadcasts, desk, life, openings
from hub.orders.broadcasts import Broadcast, Recording
from hub.orders.programme import LONGEST_MIN
from hub.orders.wish import Replaced
from hub.people.accounts import Act, theirs
from hub.refusals import Conflicted, Refused, Stale
from hub.rules import calendar, wording
from hub.rules.calendar import Occurrence
from hub.rules.reading import Misread
from hub.rules.rule import Rule
from hub.store import broadcasts as broadcast_rows
from hub.store import day_sets, people, recordings
from hub.store import nodes as node_rows
from hub.titles import TITLE_MAX
from hub.web import sight
from hub.web.broadcasts.order_form import LATES, PATIENCES_MIN, YIELDS, OrderForm, filled, of_broadcast, read_rule
from hub.web.visit import Orderer, Visit
from hub.web.wording.times import day_span, read_instant

router = APIRouter()

USUAL_HOURS = (5, 17)
"""When communes usually broadcast; only what the form proposes."""
USUAL_RULES = ("hằng ngày 5:00 và 17:00", "thứ 2-6 16:45", "rằm và mùng một 6:00", "cuối tuần 6:30")
"""What the quick buttons fill in."""
PREVIEWED = 5
OFFERED = 60
"""Recordings to choose from, the newest; others are found by their words."""
FIND_MAX = 100


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule in words means: in the hub's own words, its next airings, or why it was not understood."""

    rule: Rule | None = None
    airings: tuple[Occurrence, ...] = ()
    fault: str = ""


@router.get("/broadcasts/new")
def show_form(
    visit: Orderer,
    recording: str = "",
    day: Annotated[str, Query(max_length=10)] = "",
    time: Annotated[str, Query(max_length=5)] = "",
    rule: Annotated[str, Query(max_length=wording.MAX_TEXT)] = "",
    title: Annotated[str, Query(max_length=TITLE_MAX)] = "",
    like: str = "",
) -> Response:
    """The empty form, or with what another page knows already; or with what the broadcast `like` says, to order it
    again. Raises NotFound."""
    at = _usual_time(visit)
    day, time = day or f"{at:%Y-%m-%d}", time or f"{at:%H:%M}"
    with visit.desk.database.read() as c:
        chime = visit.desk.chime(c)
        everywhere = tuple(theirs(visit.person, [n.id for n in node_rows.nodes(c) if not n.is_revoked]))
        former = desk.find(c, like) if like else None
    if former is not None:
        again = of_broadcast(former, chime, visit)
        return _form_page(visit, replace(again, when="repeat" if former.rule else "later", day=day, time=time))
    form = OrderForm(
        title=title,
        recording=recording,
        when="repeat" if rule else "later",
        day=day,
        time=time,
        rule=rule,
        nodes=everywhere,
        has_chime=chime is not None,
    )
    return _form_page(visit, form)


@router.get("/broadcasts/preview")
def show_preview(visit: Orderer, rule: str = "") -> Response:
    """A piece of the form: the next airings of the rule that is being typed, or what is wrong with it."""
    preview = _preview(visit, rule) if rule.strip() else Preview()
    return HTMLResponse(visit.render("broadcast/preview.html", preview=preview, now=visit.now))


@router.get("/broadcasts/recordings")
def find_recordings(visit: Orderer, find: Annotated[str, Query(max_length=FIND_MAX)] = "") -> Response:
    """A piece of the form: the recordings that have these words, to choose from."""
    with visit.desk.database.read() as c:
        found = _offered(c, find, set())
    piece = visit.render(
        "broadcast/recordings.html", library=found, chosen="", doubled=recordings.doubled(found), now=visit.now
    )
    return HTMLResponse(piece)


@dataclass(frozen=True, slots=True)
class Pressed:
    """Which button of the form. `is_search` saves nothing; `move` (2026-11-23T05:03) saves it for that time, and
    `replacing` in place of these ("b1 b2@2026-11-23T05:00:00+00:00")."""

    is_submitted: bool
    is_search: bool
    move: str
    replacing: str


def pressed(
    save: Annotated[str, Form()] = "",
    was: Annotated[str, Form()] = "",
    search: Annotated[str, Form()] = "",
    move: Annotated[str, Form()] = "",
    replacing: Annotated[str, Form()] = "",
) -> Pressed:
    return Pressed((save or was) != "draft", bool(search), move, replacing)


Filled = Annotated[OrderForm, Depends(filled)]
Button = Annotated[Pressed, Depends(pressed)]


@router.post("/broadcasts")
def order(visit: Orderer, form: Filled, button: Button) -> Response:
    return _answer(visit, form, button, None)


@router.get("/broadcasts/{id}/edit")
def show_edit(visit: Orderer, id: str) -> Response:
    """The form as the order stands. Raises NotFound, or Refused for what can no longer be changed."""
    with visit.desk.database.read() as c:
        broadcast, chime = desk.find_to(Act.ORDER, c, id, visit.person), visit.desk.chime(c)
        life.require_changeable(broadcast, visit.now, day_sets.day_sets(c))
    return _form_page(visit, _as_kept(visit, broadcast, chime), edited=broadcast)


@router.post("/broadcasts/{id}/edit")
def change(visit: Orderer, id: str, form: Filled, button: Button) -> Response:
    with visit.desk.database.read() as c:
        broadcast = desk.find_to(Act.ORDER, c, id, visit.person)
    return _answer(visit, form, button, broadcast)


def _answer(visit: Visit, form: OrderForm, button: Pressed, edited: Broadcast | None) -> Response:
    """Save it as a new order, or as what the `edited` one says now; or fill it in anew."""
    if button.is_search:
        return _form_page(visit, form, edited=edited)
    if button.move:
        day, _, time = button.move.partition("T")
        form = replace(form, when="later", day=day, time=time)
    try:
        saved = _save(visit, form, button, edited)
    except Conflicted as error:
        return _form_page(visit, form, 409, edited=edited, busy=error, is_submitted=button.is_submitted)
    except Stale:
        assert edited is not None
        return _outdated(visit, form, edited.id)
    except Misread:
        return _form_page(visit, form, 422, edited=edited)
    except Refused as error:
        fault = visit.words.pick(error.message_vi, error.message_en)
        return _form_page(visit, form, 422, edited=edited, fault=fault)
    return visit.go(f"/broadcasts/{saved.id}")


def _save(visit: Visit, form: OrderForm, button: Pressed, edited: Broadcast | None) -> Broadcast:
    """Raises Misread, Conflicted or Refused."""
    wish, replacing = form.wish(visit), _replaced(button.replacing)
    if edited is None:
        return visit.desk.order(wish, visit.person, button.is_submitted, replacing=replacing)
    return visit.desk.change(edited.id, wish, visit.person, button.is_submitted, seen=form.seen, replacing=replacing)


def _outdated(visit: Visit, form: OrderForm, id: str) -> Response:
    """What was typed, with what the order says by now beside it; saved from here, it replaces that knowingly."""
    with visit.desk.database.read() as c:
        broadcast, chime = desk.find_to(Act.ORDER, c, id, visit.person), visit.desk.chime(c)
    kept = _as_kept(visit, broadcast, chime)
    return _form_page(visit, replace(form, seen=kept.seen), 409, edited=broadcast, kept=kept)


def _as_kept(visit: Visit, broadcast: Broadcast, chime: Recording | None) -> OrderForm:
    return replace(of_broadcast(broadcast, chime, visit), seen=broadcasts.digest(broadcast))


def _replaced(told: str) -> list[Replaced]:
    """Raises Refused."""
    found = []
    for each in told.split():
        id, _, at = each.partition("@")
        instant = read_instant(at)
        if at and instant is None:
            raise Refused("Hãy chọn lượt phát cần bỏ.", "Choose the airing to leave out.")
        found.append(Replaced(id, instant))
    return found


def _preview(visit: Visit, text: str) -> Preview:
    try:
        rule = read_rule(visit, text)
    except Misread as error:
        return Preview(fault=visit.words.pick(error.message_vi, error.message_en))
    with visit.desk.database.read() as c:
        sets = day_sets.day_sets(c)
    found: list[Occurrence] = []
    following = calendar.next_occurrence(rule, visit.now, sets)
    while following is not None and len(found) < PREVIEWED:
        found.append(following)
        following = calendar.next_occurrence(rule, following.at + timedelta(seconds=1), sets)
    return Preview(rule, tuple(found))


def _form_page(
    visit: Visit,
    form: OrderForm,
    status: int = 200,
    *,
    edited: Broadcast | None = None,
    fault: str = "",
    busy: Conflicted | None = None,
    is_submitted: bool = True,
    kept: OrderForm | None = None,
) -> Response:
    chosen = form.chosen | (kept.chosen if kept else set())
    with visit.desk.database.read() as c:
        seen = sight.look(c, visit.now, visit.hub.online_since())
        library, chime = _offered(c, form.find, chosen), visit.desk.chime(c)
        kept_by = (
            {u.name: u.title for u in people.users(c)}.get(edited.author, edited.author) if edited and kept else ""
        )
        stations = broadcast_rows.stations(c)
        languages = {language.casefold(): language for language in reversed(node_rows.languages(c).values())}
    return visit.page(
        "broadcast_form.html",
        status,
        form=form,
        edited=edited,
        fault=fault,
        busy=busy,
        ways_out=openings.allowed(busy.ways_out, lambda b: visit.may(Act.ORDER, b.nodes)) if busy else None,
        is_submitted=is_submitted,
        kept=kept,
        kept_by=kept_by,
        sight=seen,
        choice=[v for v in seen.choice if visit.may(Act.ORDER, [v.node.id])],
        library=library,
        doubled=recordings.doubled(library),
        is_long=len(library) >= OFFERED or bool(form.find),
        chime=chime,
        stations=stations,
        spoken=[languages[key] for key in sorted(languages)],
        longest_min=LONGEST_MIN,
        priorities=list(Priority),
        lates=LATES,
        patiences=PATIENCES_MIN,
        yields=YIELDS,
        usual_rules=USUAL_RULES,
        preview=_preview(visit, form.rule) if form.when == "repeat" else Preview(),
        today=f"{_today(visit):%Y-%m-%d}",
    )


def _offered(c: Connection, find: str, chosen: set[str]) -> list[Recording]:
    """The newest recordings with these words, and the chosen ones whatever they are called, be they in the bin."""
    found = recordings.recordings(c, find, besides=chosen, most=OFFERED)
    others = (recordings.recording(c, sha256) for sha256 in sorted(chosen - {r.sha256 for r in found}))
    return [*(r for r in others if r is not None), *found]


def _today(visit: Visit) -> date:
    return visit.now.astimezone(visit.hub.pages.zone).date()


def _usual_time(visit: Visit) -> datetime:
    """The next of the usual hours that is at least ten minutes away."""
    zone = visit.hub.pages.zone
    earliest = visit.now.astimezone(zone) + timedelta(minutes=10)
    midnight, _ = day_span(earliest, zone)
    hours = [midnight + timedelta(days=d, hours=h) for d in (0, 1) for h in USUAL_HOURS]
    return next(at for at in hours if at >= earliest)
