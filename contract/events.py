"""What happened on a node, told once and for ever: playouts, changes and refusals, each valid by construction."""

from dataclasses import dataclass
from datetime import datetime

from contract.form import VERSION, require, require_aware, require_id, require_text, require_version
from contract.terms import Outcome, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Names an event for ever: the node's topic says who, `stream` is drawn at random whenever a process of the
    node starts, and `seq` rises by one in it. No image, backup or lost disk can make two events share a key."""

    stream: str
    seq: int

    def __post_init__(self) -> None:
        require_id("stream", self.stream)
        require(0 < self.seq < 2**53, "seq: above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Playout:
    """The as-run record of one cue: what was really heard, and when, by the sound card's own clock.

    `level_dbfs` is the RMS level of what went to the card; None where nothing did. `rung` counts down the ladder of
    fallbacks: 0 is the programme itself. `offset_s` is how far into the programme it was joined, `interruptions` how
    often it was silenced and went on, `repeats` how often it was repeated.
    """

    v: int = VERSION
    kind: str = "playout"
    key: Key
    at: datetime
    cue: str
    broadcast: str
    outcome: Outcome
    reason: Reason = Reason.NONE
    planned_at: datetime
    first_sample_at: datetime | None = None
    last_sample_at: datetime | None = None
    level_dbfs: float | None = None
    rung: int = 0
    offset_s: float = 0.0
    interruptions: int = 0
    repeats: int = 0

    def __post_init__(self) -> None:
        require_version(self.v)
        require(0 <= self.rung <= 2, "rung: 0 to 2")
        require(0 <= self.offset_s <= 86_400, "offset_s: 0 to a day")
        for name in ("interruptions", "repeats"):
            require(0 <= getattr(self, name) < 2**31, f"{name}: not below 0")
        require(self.kind == "playout", "kind: playout")
        require_id("cue", self.cue)
        require_id("broadcast", self.broadcast)
        require_aware(
            at=self.at,
            planned_at=self.planned_at,
            first_sample_at=self.first_sample_at,
            last_sample_at=self.last_sample_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something the node watches changed: `subject` is `camera:<id>`, `target:<id>`, `network` (its cause), `clock`,
    `sound` or `stream`. `view:<id>` tells that a camera's view is held to be right from then on; `detail` is the
    command's counter, as in `0.7`."""

    v: int = VERSION
    kind: str = "change"
    key: Key
    at: datetime
    subject: str
    value: str
    detail: str = ""

    def __post_init__(self) -> None:
        require_version(self.v)
        require(self.kind == "change", "kind: change")
        require_id("subject", self.subject)
        require_aware(at=self.at)
        require_text("value", self.value)
        require_text("detail", self.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A plan or command that the speaker did not accept, and why."""

    v: int = VERSION
    kind: str = "refusal"
    key: Key
    at: datetime
    what: str
    reason: Reason
    detail: str = ""

    def __post_init__(self) -> None:
        require_version(self.v)
        require(self.kind == "refusal", "kind: refusal")
        require(self.what in ("plan", "command"), "what: plan or command")
        require_aware(at=self.at)
        require_text("detail", self.detail)


Event = Playout | Change | Refusal
