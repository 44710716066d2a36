"""What goes down to a node: plan, command, grant and receipt, each valid by construction.

Instants are aware UTC and end in `_at`; units stand in the names. Who may say a thing is `signing`'s matter.
"""

from dataclasses import dataclass
from datetime import datetime

from contract.form import (
    VERSION,
    require,
    require_aware,
    require_id,
    require_sha256,
    require_stream,
    require_text,
    require_version,
)
from contract.terms import Late, Order, Priority, Yielding

MAX_CUES = 5000
MAX_AUDIO = 2000
MAX_AUDIO_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, order=True)
class Counter:
    """What only rises. `epoch` is raised by the recovery key alone, `n` by every new issue."""

    epoch: int
    n: int

    def __post_init__(self) -> None:
        require(0 <= self.epoch < 2**31 and 0 <= self.n < 2**53, "counter out of range")


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """One stored sound: Ogg Opus, mono, 48 kHz, named by its content."""

    sha256: str
    size: int
    duration_s: float

    def __post_init__(self) -> None:
        require_sha256(self.sha256)
        require(0 < self.size <= MAX_AUDIO_BYTES, f"size: 1 to {MAX_AUDIO_BYTES} bytes")
        require(0 < self.duration_s <= 86_400, "duration_s: above 0, at most a day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One planned airing on one node: the sounds named in `audio`, back to back, the first sample at `at`.

    `id` derives from broadcast, occurrence and node alone, so it survives every new issue of the plan.
    With `stream` (a rebroadcast) that address follows the sounds until `duration_s` after `at`.
    `fallbacks` are tried in order where what goes before cannot be played: a substitute, then a chime with a notice.
    `late` and `grace_s` say how it may begin after its instant, `yields` what becomes of it when it was silenced.
    `patience_s` is how long it waits for something of a lower class to end before it silences that.
    `repeat_for_s`, above 0, repeats it, with `repeat_gap_s` of silence between, until that long after its first sample.
    """

    id: str
    broadcast: str
    title: str
    at: datetime
    duration_s: float
    priority: Priority
    audio: tuple[str, ...]
    stream: str = ""
    fallbacks: tuple[tuple[str, ...], ...] = ()
    volume_pct: int = 100
    grace_s: float = 60.0
    late: Late = Late.WHOLE
    yields: Yielding = Yielding.DROP
    patience_s: float = 0.0
    repeat_for_s: float = 0.0
    repeat_gap_s: float = 0.0

    def __post_init__(self) -> None:
        require_id("id", self.id)
        require_id("broadcast", self.broadcast)
        require_text("title", self.title)
        require_aware(at=self.at)
        require(0 < self.duration_s <= 86_400, "duration_s: above 0, at most a day")
        require(0 <= self.volume_pct <= 100, "volume_pct: 0 to 100")
        for name in ("grace_s", "patience_s", "repeat_for_s", "repeat_gap_s"):
            require(0 <= getattr(self, name) <= 86_400, f"{name}: 0 to a day")
        require(bool(self.audio or self.stream), "audio: at least one sound, or a stream")
        require(len(self.fallbacks) <= 2, "fallbacks: at most 2")
        for ladder in (self.audio, *self.fallbacks):
            require(len(ladder) <= 16, "audio: at most 16 sounds")
            for sha in ladder:
                require_sha256(sha)
        require(all(self.fallbacks), "fallbacks: none is empty")
        if self.stream:
            require_stream("stream", self.stream)

    @property
    def sounds(self) -> tuple[str, ...]:
        """Every sound it may need, each once, what is played first standing first."""
        return tuple(dict.fromkeys(sha for ladder in (self.audio, *self.fallbacks) for sha in ladder))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a node is to air, whole. `keep` names sounds to hold ready for emergencies."""

    v: int = VERSION
    node: str
    counter: Counter
    issued_at: datetime
    valid_until: datetime
    audio: tuple[Audio, ...] = ()
    cues: tuple[Cue, ...] = ()
    keep: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_version(self.v)
        require_id("node", self.node)
        require_aware(issued_at=self.issued_at, valid_until=self.valid_until)
        require(self.issued_at < self.valid_until, "valid_until: after issued_at")
        require(len(self.cues) <= MAX_CUES, f"cues: at most {MAX_CUES}")
        require(len(self.audio) <= MAX_AUDIO, f"audio: at most {MAX_AUDIO}")
        known = {a.sha256 for a in self.audio}
        require(len(known) == len(self.audio), "audio: each sound once")
        require(len({c.id for c in self.cues}) == len(self.cues), "cues: each id once")
        require(known.issuperset(self.keep), "keep: names a sound that audio does not list")
        for cue in self.cues:
            require(known.issuperset(cue.sounds), f"cue {cue.id}: names a sound that audio does not list")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A live order to one node. `ttl_s` counts on the node's monotonic clock from the issue of `nonce`.

    PLAY airs `cue` at once (its `at` is when the hub wished it). STOP ends `stop` (a broadcast id), or
    whatever sounds where `stop` is empty, and then airs `cue` where one is given: the all-clear after a false alarm.
    TIME tells the hub's clock as of its signing, in `at`. SHOW asks for small pictures of `camera`; RIGHT says that
    what it shows now is what it is meant to show.
    """

    v: int = VERSION
    node: str
    counter: Counter
    nonce: str
    ttl_s: float
    order: Order
    cue: Cue | None = None
    audio: tuple[Audio, ...] = ()
    stop: str = ""
    at: datetime | None = None
    camera: str = ""

    def __post_init__(self) -> None:
        require_version(self.v)
        require_id("node", self.node)
        require_id("nonce", self.nonce)
        require(0 < self.ttl_s <= 3600, "ttl_s: above 0, at most an hour")
        require_aware(at=self.at)
        if self.order is Order.PLAY:
            require(self.cue is not None, "play: needs a cue")
        if self.order is Order.TIME:
            require(self.at is not None and self.cue is None, "time: needs an instant, and no cue")
        if self.cue is not None:
            known = {a.sha256 for a in self.audio}
            require(known.issuperset(self.cue.sounds), "cue: names a sound that audio does not list")
        if self.stop:
            require_id("stop", self.stop)
        require(bool(self.camera) is self.order.is_camera, "camera: with show and right, and only there")
        if self.camera:
            require_id("camera", self.camera)
            require(self.cue is None and not self.audio and not self.stop, "camera: nothing that is to be heard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Signed by the recovery key: from now on `daily_key` (Ed25519, hex) signs, and counters start in `epoch`."""

    v: int = VERSION
    epoch: int
    daily_key: str

    def __post_init__(self) -> None:
        require_version(self.v)
        require(0 < self.epoch < 2**31, "epoch: above 0")
        require_sha256(self.daily_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A signed body. `grant` is the recovery key's envelope for a `kid` the node may not know yet."""

    v: int = VERSION
    alg: str = "Ed25519"
    kid: str
    body: bytes
    sig: bytes
    grant: "Envelope | None" = None

    def __post_init__(self) -> None:
        require_version(self.v)
        require(self.alg == "Ed25519", "alg: only Ed25519")
        require_id("kid", self.kid)
        require(len(self.sig) == 64, "sig: 64 bytes")
        require(self.grant is None or self.grant.grant is None, "grant: not nested")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The hub has committed these events of one stream, or can never use them; the outbox may forget them."""

    v: int = VERSION
    stream: str
    seqs: tuple[int, ...]

    def __post_init__(self) -> None:
        require_version(self.v)
        require_id("stream", self.stream)
        require(0 < len(self.seqs) <= 10_000, "seqs: 1 to 10000")
