"""One cultural house in virtual time: hub, link and horns on one side, the real Speaker with its files on the other."""

import contextlib
import hashlib
import os
import sqlite3
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from gpiozero.pins.mock import MockFactory

from contract import codec
from contract.events import Event, Playout, Refusal
from contract.orders import Audio, Command, Counter, Cue, Envelope, Grant, Plan
from contract.reports import ClockReport
from contract.rules import Span
from contract.signing import kid, sign
from contract.terms import Order, Outcome, Priority, Reason, Trust
from edge import summary
from edge.clock import VirtualClock
from edge.config import Paths
from edge.identity import NodeSettings
from edge.outbox import Outbox, OutboxReader
from edge.speaker.amplifier import Amplifier
from edge.speaker.config import SpeakerSettings
from edge.speaker.ledger import Ledger
from edge.speaker.mixer import OpenMixer
from edge.speaker.service import Speaker
from edge.speaker.silent import SilentSound
from edge.speaker.sound import Feed
from edge.speaker.track import Track
from edge.spool import Spool
from edge.summary import SpeakerSummary

NODE = "binhminh-thon-1"
MONDAY = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
"""Monday, 23 November 2026, 00:00 in Vietnam."""


def memory_folder() -> str | None:
    shm = Path("/dev/shm")
    return str(shm) if os.access(shm, os.W_OK) else None


def at(clock: str, day: int = 0) -> datetime:
    """An hour of the day in Vietnam, `day` days after MONDAY."""
    hours, minutes, *seconds = (float(part) for part in clock.split(":"))
    return MONDAY + timedelta(days=day, hours=hours, minutes=minutes, seconds=sum(seconds))


def opus(name: str, duration_s: float) -> bytes:
    """As much of an Ogg Opus file as tells its duration; `name` makes its content its own."""
    head = b"OggS" + bytes(24) + b"OpusHead" + bytes(2) + struct.pack("<H", 312) + bytes(40)
    last = b"OggS" + bytes(2) + struct.pack("<q", round(duration_s * 48_000) + 312)
    return head + name.encode() + last


def sound(name: str, duration_s: float = 20.0) -> Audio:
    data = opus(name, duration_s)
    return Audio(sha256=hashlib.sha256(data).hexdigest(), size=len(data), duration_s=duration_s)


def cue(
    name: str,
    begin: datetime,
    duration_s: float = 20.0,
    priority: Priority = Priority.ROUTINE,
    grace_s: float = 60.0,
    volume_pct: int = 100,
) -> Cue:
    """A cue of one sound of its own, of the broadcast of the same name."""
    return Cue(
        id=f"{name}.cue",
        broadcast=name,
        title=name,
        at=begin,
        duration_s=duration_s,
        priority=priority,
        audio=(sound(name, duration_s).sha256,),
        grace_s=grace_s,
        volume_pct=volume_pct,
    )


def emergency(name: str, begin: datetime, duration_s: float = 20.0, grace_s: float = 60.0) -> Cue:
    return cue(name, begin, duration_s, Priority.EMERGENCY, grace_s)


def sounds_of(cues: Sequence[Cue]) -> tuple[Audio, ...]:
    """The sounds that `cue` and `with_fallbacks` made."""
    own = [sound(c.broadcast, c.duration_s) for c in cues]
    fallbacks = [sound(f"{c.broadcast}-{n}") for c in cues for n, _ in enumerate(c.fallbacks, 1)]
    return tuple({s.sha256: s for s in (*own, *fallbacks)}.values())


def with_fallbacks(programme: Cue, count: int = 2) -> Cue:
    """The same with a ladder: `<name>-1` sounds where the programme is missing, then `<name>-2`."""
    rungs = tuple((sound(f"{programme.broadcast}-{n}").sha256,) for n in range(1, count + 1))
    return replace(programme, fallbacks=rungs)


@dataclass
class Hub:
    """Whoever holds the keys: signs plans and live orders, each with the next counter."""

    daily: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    recovery: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    epoch: int = 0
    n: int = 0
    grant: Envelope | None = None

    @property
    def node_settings(self) -> NodeSettings:
        return NodeSettings(
            node=NODE,
            hub_host="hub.example",
            daily_key=self.daily.public_key().public_bytes_raw().hex(),
            recovery_key=self.recovery.public_key().public_bytes_raw().hex(),
            epoch=self.epoch,
        )

    @property
    def grant_kid(self) -> str:
        """The name of the key that signs now."""
        return kid(self.daily.public_key())

    def counter(self) -> Counter:
        self.n += 1
        return Counter(self.epoch, self.n)

    def plan(self, cues: Sequence[Cue], now: datetime, keep: Sequence[Audio] = (), days: float = 45) -> Plan:
        audio = {s.sha256: s for s in (*sounds_of(cues), *keep)}
        return Plan(
            node=NODE,
            counter=self.counter(),
            issued_at=now,
            valid_until=now + timedelta(days=days),
            audio=tuple(audio.values()),
            cues=tuple(cues),
            keep=tuple(s.sha256 for s in keep),
        )

    def play(self, wanted: Cue, nonce: str, ttl_s: float = 120.0) -> Command:
        return Command(
            node=NODE,
            counter=self.counter(),
            nonce=nonce,
            ttl_s=ttl_s,
            order=Order.PLAY,
            cue=wanted,
            audio=sounds_of([wanted]),
        )

    def stop(self, nonce: str, broadcast: str = "", ttl_s: float = 120.0) -> Command:
        return Command(node=NODE, counter=self.counter(), nonce=nonce, ttl_s=ttl_s, order=Order.STOP, stop=broadcast)

    def seal(self, body: Plan | Command) -> bytes:
        return codec.encode(sign(body, self.daily, self.grant))

    def rotate(self) -> None:
        """A new daily key in a new epoch, granted by the recovery key."""
        self.daily = Ed25519PrivateKey.generate()
        self.epoch += 1
        self.n = 0
        daily_key = self.daily.public_key().public_bytes_raw().hex()
        self.grant = sign(Grant(epoch=self.epoch, daily_key=daily_key), self.recovery)


class Trusting:
    """What the kernel would say of its clock."""

    def __init__(self, trust: Trust) -> None:
        self.trust = trust

    def read(self) -> ClockReport:
        return ClockReport(trust=self.trust)


class WatchedSound(SilentSound):
    """Insists that the intent is on disk, for another process to read, before anything is armed."""

    def __init__(self, clock: VirtualClock, ledger: Path, names: dict[str, str]) -> None:
        super().__init__(clock)
        self.broadcast = ""
        """What was armed last, and from how far into it."""
        self.offset_s = 0.0
        self._ledger = ledger
        self._names = names

    def arm(
        self,
        tracks: Sequence[Track],
        start_at: datetime | None,
        volume_pct: int,
        offset_s: float = 0.0,
        *,
        feed: Feed | None = None,
    ) -> None:
        self.broadcast = self._names[tracks[0].sha256]
        self.offset_s = offset_s
        with contextlib.closing(sqlite3.connect(self._ledger)) as db:
            rows = db.execute("SELECT broadcast FROM cue WHERE is_intended AND record IS NULL").fetchall()
        assert (self.broadcast.partition("-")[0],) in rows, "sound without an intent on disk"
        super().arm(tracks, start_at, volume_pct, offset_s, feed=feed)


@dataclass(frozen=True)
class Sounded:
    """What a villager heard: which broadcast, from when to when, how loud."""

    broadcast: str
    first_at: datetime
    last_at: datetime
    volume_pct: int
    offset_s: float = 0.0

    @property
    def span(self) -> Span:
        return Span(self.first_at, (self.last_at - self.first_at).total_seconds(), Priority.ROUTINE)


class House:
    """`start` and `crash` are the speaker process; files, horns and time go on."""

    def __init__(self, root: Path, now: datetime = MONDAY, settings: SpeakerSettings | None = None) -> None:
        self.paths = Paths(root)
        self.paths.make()
        self.clock = VirtualClock(now)
        self.trust = Trusting(Trust.TRUSTED)
        self.hub = Hub()
        self.stolen = self.hub.daily
        """A daily key that is out of force once `hub.rotate` was followed."""
        self.node = self.hub.node_settings
        self.settings = settings or SpeakerSettings()
        self.spool = Spool(self.paths.spool)
        self.pins = MockFactory()
        self.mixer = OpenMixer()
        self.reader = OutboxReader(self.paths.state / "speaker.db")
        self._heard: list[Sounded] = []
        self._names: dict[str, str] = {}
        self._order = 0
        self._sent: list[tuple[Callable[[bytes], object], bytes]] = []
        self.start()

    def start(self) -> None:
        self.sound = self.new_sound()
        self.ledger = self.open_ledger()
        self.speaker = Speaker(
            self.node,
            self.settings,
            paths=self.paths,
            spool=self.spool,
            outbox=self.open_outbox(),
            ledger=self.ledger,
            sound=self.sound,
            mixer=self.mixer,
            amplifier=Amplifier(self.settings.amplifier, self.clock, self.pins),
            clock=self.clock,
            trust=self.trust,
        )

    def new_sound(self) -> WatchedSound:
        return WatchedSound(self.clock, self.paths.state / "ledger.db", self._names)

    def open_ledger(self) -> Ledger:
        return Ledger(self.paths.state / "ledger.db")

    def open_outbox(self) -> Outbox:
        return Outbox(self.paths.state / "speaker.db")

    @property
    def has_power(self) -> bool:
        """Whether the relay is closed."""
        return bool(self.pins.pin(self.settings.amplifier.pin).state)

    def crash(self) -> None:
        """The power fails: whatever sounds falls silent, nothing is said goodbye to."""
        self.pins.reset()
        self._heard = self.heard()
        self.sound = self.new_sound()
        del self.speaker, self.ledger

    def restart(self) -> None:
        self.crash()
        self.start()

    def run(self, seconds: float, least_s: float = 0.05, most_s: float = 1.0) -> None:
        """Let time pass, stepping as the process's loop would."""
        end_s = self.clock.monotonic() + seconds
        while (left_s := end_s - self.clock.monotonic()) > 1e-6:
            due_s = self.speaker.step()
            self.clock.advance(min(max(due_s, least_s), most_s, left_s))
        self.speaker.step()

    def run_until(self, instant: datetime, most_s: float = 1.0) -> None:
        self.run((instant - self.clock.now()).total_seconds(), most_s=most_s)

    def leap_to(self, instant: datetime) -> None:
        """Let quiet hours pass at once."""
        self.clock.advance((instant - self.clock.now()).total_seconds())
        self.speaker.step()

    def deliver(self, *sounds: Audio) -> None:
        """The link has fetched these sounds (made by `sound` of their names)."""
        for each in sounds:
            name = self._names[each.sha256]
            self.spool.audio_path(each.sha256).write_bytes(opus(name, each.duration_s))

    def know(self, cues: Sequence[Cue]) -> None:
        self._names.update({sound(c.broadcast, c.duration_s).sha256: c.broadcast for c in cues})
        for each in cues:
            self._names.update({rung[0]: f"{each.broadcast}-{n}" for n, rung in enumerate(each.fallbacks, 1)})

    def put_plan(self, *cues: Cue, is_delivered: bool = True) -> Plan:
        """A plan signed by the hub arrives, and its sounds with it."""
        self.know(cues)
        plan = self.hub.plan(cues, self.clock.now())
        if is_delivered:
            self.deliver(*(s for s in plan.audio if not self.spool.audio_path(s.sha256).exists()))
        self.put_wire(self.hub.seal(plan))
        return plan

    def put_wire(self, wire: bytes) -> None:
        self._sent.append((self.spool.put_plan, wire))
        self.spool.put_plan(wire)

    def deliver_again(self, back: int) -> None:
        """A network that holds back, doubles and reorders brings what was sent `back` messages ago once more."""
        if back <= len(self._sent):
            put, wire = self._sent[-back]
            put(wire)

    def play_now(self, wanted: Cue, ttl_s: float = 120.0, is_delivered: bool = True) -> Command:
        """A live order arrives, for the nonce the speaker shows."""
        self.know([wanted])
        command = self.hub.play(wanted, self.nonce, ttl_s)
        if is_delivered:
            self.deliver(*command.audio)
        self.put_command(self.hub.seal(command))
        return command

    def stop_now(self, broadcast: str = "", all_clear: Cue | None = None) -> Command:
        """A stop arrives; with an all-clear it is followed by that, whose sound is there."""
        command = self.hub.stop(self.nonce, broadcast)
        if all_clear is not None:
            self.know([all_clear])
            command = replace(command, cue=all_clear, audio=sounds_of([all_clear]))
            self.deliver(*command.audio)
        self.put_command(self.hub.seal(command))
        return command

    def put_command(self, wire: bytes) -> None:
        def put(again: bytes) -> None:
            self._order += 1
            self.spool.put_command(again, self._order)

        self._sent.append((put, wire))
        put(wire)

    def summary(self) -> SpeakerSummary:
        self.speaker.step()
        found = summary.read(self.paths.run, "speaker", SpeakerSummary)
        assert found is not None
        return found

    @property
    def nonce(self) -> str:
        """The freshest nonce, as the heartbeat shows it to everyone."""
        return self.summary().nonce

    def heard(self) -> list[Sounded]:
        """Everything that left the horns so far, in order; what sounds now as far as it got."""
        now = self.clock.now()
        present = self.sound.poll()
        items = [
            Sounded(self._names[h.tracks[0].sha256], h.first_sample_at, h.last_sample_at, h.volume_pct, h.offset_s)
            for h in self.sound.heard
        ]
        if present.first_sample_at is not None and present.last_sample_at is None:
            items.append(Sounded(self.sound.broadcast, present.first_sample_at, now, 100, self.sound.offset_s))
        return self._heard + items

    def heard_as(self) -> list[tuple[str, float, float]]:
        """What was heard, from how many seconds into it, and for how long."""
        return [(h.broadcast, h.offset_s, h.span.duration_s) for h in self.heard()]

    def heard_names(self) -> list[str]:
        return [each.broadcast for each in self.heard()]

    def events(self) -> Iterator[Event]:
        return (codec.decode_event(each.body) for each in self.reader.after(0, limit=1_000_000))

    def playouts(self) -> list[Playout]:
        return [e for e in self.events() if isinstance(e, Playout)]

    def refusals(self) -> list[Refusal]:
        return [e for e in self.events() if isinstance(e, Refusal)]

    def outcomes(self) -> dict[str, tuple[Outcome, Reason]]:
        """How each broadcast ended; there must not be two records of one."""
        playouts = self.playouts()
        assert len({p.cue for p in playouts}) == len(playouts), "two records of one cue"
        return {p.broadcast: (p.outcome, p.reason) for p in playouts}

    def playout(self, broadcast: str) -> Playout:
        (found,) = [p for p in self.playouts() if p.broadcast == broadcast]
        return found
