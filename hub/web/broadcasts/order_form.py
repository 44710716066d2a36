"""What was filled in on the order form, as it came: read, put back, and filled in with what an order says already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated

from fastapi import Form

from contract.terms import Late, Priority, Yielding
from hub.orders.broadcasts import Broadcast, Recording
from hub.orders.wish import Extras, Station, Wish
from hub.refusals import Refused
from hub.rules import wording
from hub.rules.rule import Rule
from hub.web.visit import Visit
from hub.web.wording.times import read_local

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
    find: str = ""
    """Words that the recordings to choose from must have."""
    seen: str = ""
    """The digest of the order that this form was filled in with; empty where there was none."""

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

    @property
    def chosen(self) -> set[str]:
        """The recordings that it names."""
        return {self.recording, self.intro, self.outro, self.replacement, *self.variants.values()} - {""}

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
    find: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
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
        find=find,
        seen=seen,
    )


def of_broadcast(broadcast: Broadcast, chime: Recording | None, visit: Visit) -> OrderForm:
    """The form as it would have been filled in for this order; saved as it is, it says the same.

    A chime that is no longer the commune's becomes the one that is.
    """
    before = broadcast.audio if broadcast.stream else broadcast.audio[:-1]
    is_chimed = chime is not None and before[:1] == (chime.audio,)
    has_chime = is_chimed or len(before) > 1
    rule = broadcast.rule
    local = (broadcast.starts_at or visit.now).astimezone(visit.hub.pages.zone)
    is_now = broadcast.is_for_now
    return OrderForm(
        title=broadcast.title,
        recording="" if broadcast.stream else broadcast.audio[-1].sha256,
        nodes=broadcast.nodes,
        when="repeat" if rule is not None else "now" if is_now else "later",
        day=f"{local:%Y-%m-%d}",
        time=f"{local:%H:%M:%S}".removesuffix(":00"),
        rule="" if rule is None else _bare_words(rule),
        priority=broadcast.priority.value,
        has_chime=has_chime,
        late=broadcast.late.value,
        yields=broadcast.yields.value,
        replacement="" if rule is None else next((e.replacement for e in rule.exemptions if e.replacement), ""),
        intro="" if len(before) == has_chime else before[-1].sha256,
        outro=broadcast.outro[0].sha256 if broadcast.outro else "",
        source="stream" if broadcast.stream else "recording",
        stream=broadcast.stream,
        minutes=f"{broadcast.stream_s / 60:.0f}" if broadcast.stream else "30",
        variants={v.language: v.audio.sha256 for v in broadcast.variants},
        patience=f"{broadcast.patience_s / 60:.0f}",
    )


def _bare_words(rule: Rule) -> str:
    """In words that are read back; the recording for the days left out is chosen beside them."""
    return wording.words(replace(rule, exemptions=tuple(replace(e, replacement="") for e in rule.exemptions)))


def read_rule(visit: Visit, text: str) -> Rule:
    """The rule that was typed, in the zone of this hub. Raises Misread."""
    return wording.parse(text, visit.now.astimezone(visit.hub.pages.zone).date(), visit.hub.pages.zone.key)
