"""/broadcasts/new: the order form, once or by a rule in words, with a preview of what the rule means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import HTMLResponse, Response

from contract.terms import Late, Priority, Yielding
from hub import calendar, wording
from hub.accounts import Act, theirs
from hub.calendar import Occurrence
from hub.conflicts import Conflict
from hub.programme import LONGEST_MIN
from hub.reading import Misread
from hub.refusals import Conflicted, Refused
from hub.rule import Rule
from hub.store import broadcasts as broadcast_rows
from hub.store import day_sets, recordings
from hub.store import nodes as node_rows
from hub.titles import TITLE_MAX
from hub.web import sight
from hub.web.times import day_span, read_local
from hub.web.visit import Orderer, Visit
from hub.wish import Extras, Station, Wish

router = APIRouter()

USUAL_HOURS = (5, 17)
"""When communes usually broadcast; only what the form proposes."""
USUAL_RULES = ("hằng ngày 5:00 và 17:00", "thứ 2-6 16:45", "rằm và mùng một 6:00", "cuối tuần 6:30")
"""What the quick buttons fill in."""
PREVIEWED = 5
LATES = (Late.WHOLE, Late.JOIN, Late.SKIP)
PATIENCES_MIN = (0, 5, 10, 15)
"""How long a priority broadcast may let a routine one finish."""
YIELDS = (Yielding.DROP, Yielding.RESUME, Yielding.RESTART)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderForm:
    """What was filled in, as it came, so that a refused form comes back as it was."""

    title: str = ""
    recording: str = ""
    nodes: tuple[str, ...] = ()
    when: str = "later"
    day: str = ""
    time: str = ""
    rule: str = ""
    priority: str = Priority.ROUTINE.value
    has_chime: bool = True
    late: str = Late.WHOLE.value
    yields: str = Yielding.DROP.value
    replacement: str = ""
    intro: str = ""
    outro: str = ""
    source: str = "recording"
    stream: str = ""
    minutes: str = "30"
    variants: Mapping[str, str] = field(default_factory=dict)
    """By language, where another recording was chosen for it."""
    patience: str = "0"

    @property
    def has_extras(self) -> bool:
        """Whether anything was chosen that most orders do without: then it is shown at once."""
        usual = (Late.WHOLE, Yielding.DROP, "", "", "")
        return (self.late, self.yields, self.replacement, self.intro, self.outro) != usual

    def wish(self, visit: Visit) -> Wish:
        """Raises Misread or Refused."""
        return Wish(
            title=self.title,
            recording=self.recording,
            nodes=self.nodes,
            starts_at=self.starts_at(visit),
            rule=self.known_rule(visit),
            priority=self.known_priority(),
            has_chime=self.has_chime,
            late=self.known_late(),
            yields=self.known_yields(),
            extras=self.extras(),
            replacement=self.replacement if self.when == "repeat" else "",
            patience_s=self.patience_s(),
        )

    def extras(self) -> Extras:
        return Extras(intro=self.intro, outro=self.outro, station=self.station(), variants=tuple(self.variants.items()))

    def station(self) -> Station | None:
        """None where a recording is heard. A length that is no number is none at all, and will be refused."""
        if self.source != "stream":
            return None
        is_number = self.minutes.isascii() and self.minutes.isdigit()
        return Station(self.stream, int(self.minutes[:6]) if is_number else 0)

    def starts_at(self, visit: Visit) -> datetime | None:
        """None is "now", or by the rule. Raises Refused for no date."""
        if self.when in ("now", "repeat"):
            return None
        at = read_local(self.day, self.time, visit.hub.pages.zone)
        if at is None:
            raise Refused("Hãy chọn ngày và giờ phát.", "Choose the date and the time.")
        return at

    def known_rule(self, visit: Visit) -> Rule | None:
        """None where it airs but once. Raises Misread."""
        return read_rule(visit, self.rule) if self.when == "repeat" else None

    def known_priority(self) -> Priority:
        if self.priority not in list(Priority):
            raise Refused("Hãy chọn loại buổi phát.", "Choose the class.")
        return Priority(self.priority)

    def patience_s(self) -> float:
        return next((60.0 * m for m in PATIENCES_MIN if str(m) == self.patience), 0.0)

    def known_late(self) -> Late:
        return Late(self.late) if self.late in list(Late) else Late.WHOLE

    def known_yields(self) -> Yielding:
        return Yielding(self.yields) if self.yields in list(Yielding) else Yielding.DROP


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule in words means: in the hub's own words, its next airings, or why it was not understood."""

    rule: Rule | None = None
    airings: tuple[Occurrence, ...] = ()
    fault: str = ""


def filled(
    title: Annotated[str, Form()] = "",
    recording: Annotated[str, Form()] = "",
    nodes: Annotated[Sequence[str], Form()] = (),
    when: Annotated[str, Form()] = "later",
    day: Annotated[str, Form()] = "",
    time: Annotated[str, Form()] = "",
    rule: Annotated[str, Form()] = "",
    priority: Annotated[str, Form()] = Priority.ROUTINE.value,
    chime: Annotated[str, Form()] = "",
    late: Annotated[str, Form()] = Late.WHOLE.value,
    yields: Annotated[str, Form()] = Yielding.DROP.value,
    replacement: Annotated[str, Form()] = "",
    intro: Annotated[str, Form()] = "",
    outro: Annotated[str, Form()] = "",
    source: Annotated[str, Form()] = "recording",
    stream: Annotated[str, Form()] = "",
    minutes: Annotated[str, Form()] = "30",
    languages: Annotated[Sequence[str], Form()] = (),
    variants: Annotated[Sequence[str], Form()] = (),
    patience: Annotated[str, Form()] = "0",
) -> OrderForm:
    return OrderForm(
        title=title,
        recording=recording,
        nodes=tuple(nodes),
        when=when,
        day=day,
        time=time,
        rule=rule,
        priority=priority,
        has_chime=bool(chime),
        late=late,
        yields=yields,
        replacement=replacement,
        intro=intro,
        outro=outro,
        source=source,
        stream=stream,
        minutes=minutes,
        variants={language: sha256 for language, sha256 in zip(languages, variants, strict=False) if sha256},
        patience=patience,
    )


@router.get("/broadcasts/new")
def show_form(
    visit: Orderer,
    recording: str = "",
    day: Annotated[str, Query(max_length=10)] = "",
    time: Annotated[str, Query(max_length=5)] = "",
    rule: Annotated[str, Query(max_length=wording.MAX_TEXT)] = "",
    title: Annotated[str, Query(max_length=TITLE_MAX)] = "",
) -> Response:
    """The empty form, or with what another page knows already."""
    at = _usual_time(visit)
    form = OrderForm(
        title=title,
        recording=recording,
        when="repeat" if rule else "later",
        day=day or f"{at:%Y-%m-%d}",
        time=time or f"{at:%H:%M}",
        rule=rule,
        nodes=_everywhere(visit),
    )
    return _form_page(visit, form)


@router.get("/broadcasts/preview")
def show_preview(visit: Orderer, rule: str = "") -> Response:
    """A piece of the form: the next airings of the rule that is being typed, or what is wrong with it."""
    preview = _preview(visit, rule) if rule.strip() else Preview()
    return HTMLResponse(visit.render("broadcast/preview.html", preview=preview, now=visit.now))


@router.post("/broadcasts")
def order(
    visit: Orderer,
    form: Annotated[OrderForm, Depends(filled)],
    move: Annotated[str, Form()] = "",
    save: Annotated[str, Form()] = "submit",
) -> Response:
    """Save it, submitted or as a draft; with `move` (2026-11-23T05:03) only fill the form in anew for that time, to be
    looked over."""
    day, _, time = move.partition("T")
    moved_to = read_local(day, time, visit.hub.pages.zone)
    if moved_to is not None:
        return _form_page(visit, replace(form, when="later", day=day, time=time), moved_to=moved_to)
    try:
        saved = visit.desk.order(form.wish(visit), visit.person, is_submitted=save != "draft")
    except Conflicted as error:
        return _form_page(visit, form, 409, conflicts=error.conflicts, free_at=error.free_at)
    except Misread:
        return _form_page(visit, form, 422)
    except Refused as error:
        return _form_page(visit, form, 422, fault=visit.words.pick(error.message_vi, error.message_en))
    return visit.go(f"/broadcasts/{saved.id}")


def read_rule(visit: Visit, text: str) -> Rule:
    """The rule that was typed, in the zone of this hub. Raises Misread."""
    return wording.parse(text, _today(visit), visit.hub.pages.zone.key)


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
    fault: str = "",
    conflicts: Sequence[Conflict] = (),
    free_at: datetime | None = None,
    moved_to: datetime | None = None,
) -> Response:
    with visit.desk.database.read() as c:
        seen = sight.look(c, visit.now, visit.hub.online_since())
        named = (form.recording, form.intro, form.outro, form.replacement, *form.variants.values())
        library, chime = recordings.recordings(c, besides=named), visit.desk.chime(c)
        stations = broadcast_rows.stations(c)
        languages = {language.casefold(): language for language in reversed(node_rows.languages(c).values())}
    return visit.page(
        "broadcast_form.html",
        status,
        form=form,
        fault=fault,
        conflicts=conflicts,
        free_at=free_at,
        moved_to=moved_to,
        sight=seen,
        choice=[v for v in seen.choice if visit.may(Act.ORDER, [v.node.id])],
        library=library,
        doubled=recordings.doubled(library),
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


def _today(visit: Visit) -> date:
    return visit.now.astimezone(visit.hub.pages.zone).date()


def _everywhere(visit: Visit) -> tuple[str, ...]:
    with visit.desk.database.read() as c:
        return tuple(theirs(visit.person, [n.id for n in node_rows.nodes(c) if not n.is_revoked]))


def _usual_time(visit: Visit) -> datetime:
    """The next of the usual hours that is at least ten minutes away."""
    zone = visit.hub.pages.zone
    earliest = visit.now.astimezone(zone) + timedelta(minutes=10)
    midnight, _ = day_span(earliest, zone)
    hours = [midnight + timedelta(days=d, hours=h) for d in (0, 1) for h in USUAL_HOURS]
    return next(at for at in hours if at >= earliest)
