"""Messages of alerts in the words of the place that they go to."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from contract.reports import Heartbeat
from hub.alerts.content import ITEMS_MOST, Content, Item
from hub.alerts.message import Message
from hub.alerts.place import Place
from hub.incidents.incident import Incident, Kept
from hub.store import incidents
from hub.web.wording import incident_words
from hub.web.wording.incident_advice import advise
from hub.web.wording.incident_names import read_heartbeats, read_names
from hub.web.wording.incident_words import Names
from hub.web.wording.phrases import say
from hub.web.wording.times import Times
from hub.web.wording.words import Words, mark

DAY = timedelta(hours=24)
PAST_MOST = 500
NAMES_MOST = 8
_PREFIXES = {"again": mark("Again: %(sentence)s"), "back": mark("Well again: %(sentence)s")}
_PREFIXES["over"] = _PREFIXES["back"]


class AlertWords:
    """Puts messages into words while they are decided on: what they say stays what was so then."""

    def __init__(self, languages: Mapping[str, Words], zone: ZoneInfo) -> None:
        self._times = {name: Times(zone, words) for name, words in languages.items()}

    def __call__(self, c: Connection, message: Message, place: Place, found: Mapping[int, Incident]) -> Content | None:
        """None for a digest with nothing to say, where the place wants none such."""
        if message.is_digest:
            return self._digest(c, message, place)
        turns = [("gone", message.gone), ("again", message.again), ("back", message.back)]
        told = [(turn, _theirs_of(i, turn, place)) for turn, ids in turns for i in _look_up(c, ids, found)]
        return self._content(c, place, told, message)

    def test(self, place: Place) -> Content:
        """What the test button sends."""
        words = self._times[place.language].words
        remark = words.gettext("This is a test for “%(place)s”. Alerts arrive here.", place=place.title)
        return Content(subject=words.gettext("Loa Làng: a test"), remarks=(remark,))

    def _digest(self, c: Connection, message: Message, place: Place) -> Content | None:
        since = message.at - DAY
        past = [k for k in incidents.past(c, PAST_MOST) if k.incident.closed_at and k.incident.closed_at > since]
        lasting = sorted(incidents.lasting(c), key=incident_words.severity)
        told = [("open", kept.incident) for kept in _theirs(lasting, place)]
        told += [("over", kept.incident) for kept in _theirs(past, place)]
        return self._content(c, place, told, message) if told or place.has_empty_digest else None

    def _content(self, c: Connection, place: Place, told: list[tuple[str, Incident]], message: Message) -> Content:
        times = self._times[place.language]
        words, shown = times.words, told[:ITEMS_MOST]
        names = read_names(c, [incident for _, incident in shown])
        beats = read_heartbeats(c, [incident for _, incident in shown])
        rest = len(told) - len(shown)
        return Content(
            subject=_digest_subject(words, told) if message.is_digest else _subject(words, told, names),
            items=tuple(_item(times, turn, i, names, beats, message.at) for turn, i in shown),
            remarks=tuple(_remarks(words, told, message)),
            more=words.ngettext("and %(num)s more incident", "and %(num)s more incidents", rest) if rest else "",
            know=words.gettext("I know of it:"),
            look=words.gettext("All incidents:"),
            is_frozen=message.is_frozen,
        )


def _subject(words: Words, told: list[tuple[str, Incident]], names: Names) -> str:
    if len(told) == 1:
        (turn, incident), *_ = told
        villages = _villages(incident)
        where = names.village(villages[0]) if len(villages) == 1 else ""
        if where:
            msgid = (
                mark("Loa Làng: well again, %(where)s") if turn == "back" else mark("Loa Làng: trouble in %(where)s")
            )
            return words.gettext(msgid, where=where)
    new = sum(turn != "back" for turn, _ in told)
    back = len(told) - new
    parts = [words.ngettext("%(num)s incident", "%(num)s incidents", new)] if new else []
    parts += [words.ngettext("%(num)s well again", "%(num)s well again", back)] if back else []
    return words.gettext("Loa Làng: %(what)s", what=", ".join(parts))


def _digest_subject(words: Words, told: list[tuple[str, Incident]]) -> str:
    lasting = sum(turn == "open" for turn, _ in told)
    if not lasting:
        return words.gettext("Loa Làng today: nothing is open any more")
    return words.ngettext("Loa Làng today: %(num)s still open", "Loa Làng today: %(num)s still open", lasting)


def _remarks(words: Words, told: list[tuple[str, Incident]], message: Message) -> Iterable[str]:
    if message.is_frozen:
        yield words.gettext(
            "Many villages went at once: the hub itself or its line may be the trouble. Look there first."
        )
    if message.is_digest and not told:
        yield words.gettext("Nothing is wrong, and nothing was in the last 24 hours.")


def _item(
    times: Times, turn: str, incident: Incident, names: Names, beats: Mapping[str, Heartbeat], now: datetime
) -> Item:
    words, villages = times.words, _villages(incident)
    sentence = say(words, incident_words.describe(incident, names))
    if turn in _PREFIXES:
        sentence = words.gettext(_PREFIXES[turn], sentence=sentence)
    advice = advise(incident, beats)
    told = [say(words, advice.cause)] if advice.cause else []
    return Item(
        incident=incident.id,
        turn=turn,
        sentence=sentence,
        facts=_facts(times, incident, [names.village(v) for v in villages], now),
        villages=tuple((v, names.village(v)) for v in villages),
        since_at=incident.since_at,
        until_at=incident.closed_at,
        action=". ".join([*told, words.gettext(advice.action)]) if advice.action else "",
    )


def _facts(times: Times, incident: Incident, villages: list[str], now: datetime) -> str:
    """Which villages, where the sentence only counts them; since when, and for how long."""
    words, parts = times.words, []
    if len(villages) > 1:
        rest = len(villages) - NAMES_MOST
        parts += [", ".join(villages[:NAMES_MOST]) + (f" +{rest}" if rest > 0 else "")]
    start = times.moment(incident.since_at, now)
    if incident.closed_at is None:
        parts.append(words.gettext("since %(time)s", time=start))
    else:
        length = times.duration((incident.closed_at - incident.since_at).total_seconds())
        end = times.moment(incident.closed_at, now)
        parts.append(words.gettext("from %(start)s to %(end)s (%(length)s)", start=start, end=end, length=length))
    return "; ".join(parts)


def _villages(incident: Incident) -> list[str]:
    return sorted({m.node for m in (incident.away or incident.members)})


def _theirs(found: Iterable[Kept], place: Place) -> list[Kept]:
    return [kept for kept in found if place.is_about(kept.incident.nodes)]


def _theirs_of(incident: Incident, turn: str, place: Place) -> Incident:
    """Where it is well again here and still lasts elsewhere: this place's part, as one that is over."""
    members = [m for m in incident.members if place.is_about([m.node])]
    left = [m.left_at for m in members if m.left_at is not None]
    if turn != "back" or incident.is_closed or not left:
        return incident
    since_at = min(m.since_at for m in members)
    return replace(incident, members=members, since_at=since_at, closed_at=max(left), is_wide=False)


def _look_up(c: Connection, ids: Iterable[int], found: Mapping[int, Incident]) -> Iterable[Incident]:
    for id in ids:
        kept = None if id in found else incidents.one(c, id)
        if id in found:
            yield found[id]
        elif kept is not None:
            yield kept.incident
