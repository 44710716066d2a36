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
from hub.incidents.incident import About, Incident
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
_ENDS = frozenset({"back", "over"})
_PREFIXES = {"again": mark("Again: %(sentence)s"), **dict.fromkeys(_ENDS, mark("Over: %(sentence)s"))}


class AlertWords:
    """Puts messages into words while they are decided on: what they say stays what was so then."""

    def __init__(self, languages: Mapping[str, Words], zone: ZoneInfo) -> None:
        self._times = {name: Times(zone, words) for name, words in languages.items()}

    def __call__(self, c: Connection, message: Message, place: Place, found: Mapping[int, Incident]) -> Content | None:
        """None for a digest with nothing to say, where the place wants none such."""
        if message.is_digest:
            return self._digest(c, message, place)
        turns = [("gone", message.gone), ("again", message.again), ("back", message.back)]
        told = [(turn, _part(i, place)) for turn, ids in turns for i in _look_up(c, ids, found)]
        return self._content(c, place, told, message)

    def test(self, place: Place) -> Content:
        """What the test button sends."""
        words = self._times[place.language].words
        remark = words.gettext("This is a test for “%(place)s”. Alerts arrive here.", place=place.title)
        return Content(subject=words.gettext("Loa Làng: a test"), remarks=(remark,))

    def _digest(self, c: Connection, message: Message, place: Place) -> Content | None:
        since = message.at - DAY
        kept = [*sorted(incidents.lasting(c), key=incident_words.severity), *incidents.past(c, PAST_MOST)]
        parts = [_part(k.incident, place) for k in kept if place.is_about(k.incident.nodes)]
        told = [("open", part) for part in parts if part.closed_at is None]
        told += [("over", part) for part in parts if part.closed_at is not None and part.closed_at > since]
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
    if told and all(turn == "back" and incident.about is About.CONTACT for turn, incident in told):
        returned = replace(told[0][1], members=[m for _, incident in told for m in incident.members])
        end = incident_words.describe_end(returned, names)
        if end is not None:
            return words.gettext("Loa Làng: %(sentence)s", sentence=say(words, end))
    if len(told) == 1:
        (turn, incident), *_ = told
        if incident_words.is_growing(incident):
            return words.gettext("Loa Làng: trouble in several villages")
        villages = _villages(incident)
        if len(villages) == 1:
            well, bad = mark("Loa Làng: well again, %(where)s"), mark("Loa Làng: trouble in %(where)s")
            return words.gettext(well if turn == "back" else bad, where=names.village(villages[0]))
    return words.gettext("Loa Làng: %(what)s", what=", ".join(_counts(words, told)))


def _counts(words: Words, told: list[tuple[str, Incident]]) -> Iterable[str]:
    back = sum(turn == "back" for turn, _ in told)
    if len(told) > back:
        yield words.ngettext("%(num)s incident", "%(num)s incidents", len(told) - back)
    if back:
        yield words.ngettext("%(num)s incident is over", "%(num)s incidents are over", back)


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
    advice = advise(incident, beats)
    told = [say(words, advice.cause)] if advice.cause else []
    return Item(
        incident=incident.id,
        turn=turn,
        sentence=_sentence(words, turn, incident, names),
        facts=_facts(times, incident, [names.village(v) for v in villages], now),
        villages=tuple((v, names.village(v)) for v in villages),
        since_at=incident.since_at,
        until_at=incident.closed_at,
        action=". ".join([*told, words.gettext(advice.action)]) if advice.action else "",
    )


def _sentence(words: Words, turn: str, incident: Incident, names: Names) -> str:
    end = incident_words.describe_end(incident, names) if turn in _ENDS else None
    if end is not None:
        return say(words, end)
    sentence = say(words, incident_words.describe(incident, names))
    return words.gettext(_PREFIXES[turn], sentence=sentence) if turn in _PREFIXES else sentence


def _facts(times: Times, incident: Incident, villages: list[str], now: datetime) -> str:
    """Which villages, where the sentence only counts them; since when, and for how long."""
    parts: list[str] = []
    if len(villages) > 1 and not incident_words.is_growing(incident):
        rest = len(villages) - NAMES_MOST
        parts += [", ".join(villages[:NAMES_MOST]) + (f" +{rest}" if rest > 0 else "")]
    parts.append(_span(times, incident, now))
    return "; ".join(parts)


def _span(times: Times, incident: Incident, now: datetime) -> str:
    """Of one that was over in between no length is told: it would count the good time too."""
    words, start = times.words, times.moment(incident.since_at, now)
    if incident.again_at is not None:
        again = times.moment(incident.again_at, now)
        return words.gettext("again since %(time)s, first at %(first)s", time=again, first=start)
    if incident.closed_at is None:
        return words.gettext("since %(time)s", time=start)
    end = times.moment(incident.closed_at, now)
    if incident.reopenings:
        return words.ngettext(
            "trouble from %(start)s to %(end)s, %(num)s time",
            "trouble from %(start)s to %(end)s, %(num)s times",
            incident.reopenings + 1,
            start=start,
            end=end,
        )
    length = times.duration((incident.closed_at - incident.since_at).total_seconds())
    return words.gettext("trouble from %(start)s to %(end)s (%(length)s)", start=start, end=end, length=length)


def _villages(incident: Incident) -> list[str]:
    return sorted({m.node for m in (incident.away or incident.members)})


def _part(incident: Incident, place: Place) -> Incident:
    """This place's villages of it alone: as one that is over where these are well again, though others are not."""
    members = [m for m in incident.members if place.is_about([m.node])]
    if not members or len(members) == len(incident.members):
        return incident
    left = [m.left_at for m in members if m.left_at is not None]
    closed_at = max(left) if len(left) == len(members) else None
    since_at = min(m.since_at for m in members)
    return replace(incident, members=members, since_at=since_at, closed_at=closed_at, reopenings=0)


def _look_up(c: Connection, ids: Iterable[int], found: Mapping[int, Incident]) -> Iterable[Incident]:
    for id in ids:
        kept = None if id in found else incidents.one(c, id)
        if id in found:
            yield found[id]
        elif kept is not None:
            yield kept.incident
