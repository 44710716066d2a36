"""What goes up to the hub next, and when: heartbeats, births, and the window of events that wait for receipts.

Pure: the link brings what it read and the time, and sends what it is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from contract.form import MAX_TEXT
from contract.orders import Counter, Receipt
from contract.reports import Birth, ClockReport, Heartbeat, PlanReport, Vitals
from contract.terms import Reason, Trust
from edge.outbox import Waiting
from edge.summary import CameraSummary, NetmonSummary, SpeakerSummary, Summary

WINDOW = 200
RECEIPT_WAIT_S = 30.0
HEARTBEAT_S = 60.0
HEARTBEAT_GAP_S = 1.0
SILENT_S = 15.0
BACKOFF_MAX_S = 30.0
STABLE_S = 30.0
"""A connection that held this long was a good one: the next attempt after it does not count as a repetition."""

_MISSING_MAX = 64
_PARTS_MAX = 64


@dataclass(slots=True)
class _Held:
    """An event on its way, and when it was last sent."""

    waiting: Waiting
    sent_s: float | None = None


class Window:
    """The events of one outbox between having been read and the hub's receipt.

    `cursor` is the highest place up to which everything is receipted. At most WINDOW events are unreceipted; one
    that the hub never receipts holds the cursor, not the events behind it.
    """

    def __init__(self, cursor: int = 0) -> None:
        self.cursor = cursor
        self.last_id = cursor
        self._held: dict[int, _Held] = {}
        self._receipted: set[int] = set()
        self._places: dict[tuple[str, int], int] = {}

    @property
    def room(self) -> int:
        return WINDOW - len(self._held)

    def hold(self, events: Iterable[Waiting]) -> None:
        """Take further events from the outbox, in its order."""
        for event in events:
            self._held[event.id] = _Held(event)
            self._places[event.key.stream, event.key.seq] = event.id
            self.last_id = event.id

    def due(self, now_s: float) -> list[Waiting]:
        """What to send now, in order: what was not sent yet, or has waited RECEIPT_WAIT_S for its receipt."""
        due = [h for h in self._held.values() if h.sent_s is None or now_s - h.sent_s >= RECEIPT_WAIT_S]
        for held in due:
            held.sent_s = now_s
        return [held.waiting for held in due]

    def resend(self) -> None:
        """What was sent on an earlier connection may be lost: all that is unreceipted is due again."""
        for held in self._held.values():
            held.sent_s = None

    def confirm(self, receipt: Receipt) -> bool:
        """Forget what the hub has committed; True where that moves the cursor."""
        for seq in receipt.seqs:
            place = self._places.pop((receipt.stream, seq), None)
            if place is not None:
                del self._held[place]
                self._receipted.add(place)
        before = self.cursor
        first_held = min(self._held, default=None)
        passed = [place for place in self._receipted if first_held is None or place < first_held]
        self.cursor = max(passed, default=before)
        self._receipted.difference_update(passed)
        return self.cursor != before


class Hearing:
    """Which processes still speak: a summary counts as news when its instant changed, whatever the wall clock does."""

    def __init__(self, names: Iterable[str], now_s: float) -> None:
        self._heard: dict[str, tuple[datetime | None, float]] = dict.fromkeys(names, (None, now_s))

    def silent(self, summaries: Mapping[str, Summary | None], now_s: float) -> tuple[str, ...]:
        """Names whose summary has not changed for more than SILENT_S."""
        for name, summary in summaries.items():
            if summary is not None and summary.at != self._heard[name][0]:
                self._heard[name] = (summary.at, now_s)
        return tuple(name for name, (_, heard_s) in self._heard.items() if now_s - heard_s > SILENT_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What the link knows of its node at one moment."""

    speaker: SpeakerSummary | None = None
    camera: CameraSummary | None = None
    netmon: NetmonSummary | None = None
    received: Counter | None = None
    silent: tuple[str, ...] = ()
    uptime_s: float = 0.0


def heartbeat(node: Node, now: datetime) -> Heartbeat:
    """Build the heartbeat. What a silent process said last is no news of now, and is left out.

    Only the clock is the machine's, and what was last said of it stands.
    """
    speaker = None if "speaker" in node.silent else node.speaker
    camera = None if "camera" in node.silent else node.camera
    netmon = None if "netmon" in node.silent else node.netmon
    return Heartbeat(
        at=now,
        plan=_plan(node.received, speaker),
        clock=node.speaker.clock if node.speaker else ClockReport(trust=Trust.UNTRUSTED),
        vitals=netmon.vitals if netmon else Vitals(uptime_s=node.uptime_s),
        command=speaker.command if speaker else None,
        on_air=speaker.on_air[:MAX_TEXT] if speaker else "",
        nonce=speaker.nonce if speaker else "",
        sound_fault=speaker.sound_fault[:MAX_TEXT] if speaker else "",
        cameras=camera.cameras[:_PARTS_MAX] if camera else (),
        targets=netmon.targets[:_PARTS_MAX] if netmon else (),
        silent=node.silent,
        network=netmon.network if netmon else None,
    )


def birth(speaker: SpeakerSummary, now: datetime, started_at: datetime, software: str, hardware: str) -> Birth:
    """Build the birth. It needs the speaker's word: limits that nobody stated must not be planned by."""
    return Birth(
        at=now,
        software=software[:MAX_TEXT],
        hardware=hardware[:MAX_TEXT],
        started_at=started_at,
        limits=speaker.limits,
        plan=speaker.plan,
        command=speaker.command,
        kid=speaker.kid[:MAX_TEXT],
    )


@dataclass(slots=True)
class Pulse:
    """When the next heartbeat goes: every HEARTBEAT_S, and at a change that matters at most every HEARTBEAT_GAP_S."""

    _sent_s: float | None = None
    _sent: object = None

    def is_due(self, beat: Heartbeat, now_s: float) -> bool:
        """Whether to send `beat` now. Says yes once: the caller sends it."""
        passed_s = HEARTBEAT_S if self._sent_s is None else now_s - self._sent_s
        gist = what_matters(beat)
        is_due = passed_s >= HEARTBEAT_S or (passed_s >= HEARTBEAT_GAP_S and gist != self._sent)
        if is_due:
            self._sent_s, self._sent = now_s, gist
        return is_due

    def renew(self) -> None:
        """Somebody new listens: the next look is due."""
        self._sent_s = None


def what_matters(beat: Heartbeat) -> object:
    """The part of a heartbeat whose change cannot wait a minute: no measurements, no fresh nonces unless one is
    being asked for."""
    return (
        beat.plan,
        beat.command,
        beat.on_air,
        beat.sound_fault,
        beat.clock.trust,
        [(camera.id, camera.fault) for camera in beat.cameras],
        [(target.id, target.is_up) for target in beat.targets],
        beat.network.cause if beat.network else None,
        beat.vitals.ailments,
        beat.silent,
        beat.nonce if beat.plan.refused is Reason.STALE_NONCE else "",
    )


def backoff_s(failures: int, chance: float) -> float:
    """How long to wait before the next attempt: 1 to 30 s, doubled by each failure, give or take a quarter by
    `chance` (0 to 1), so that villages do not come back in step after a power cut."""
    return min(BACKOFF_MAX_S, 2.0 ** min(failures, 10)) * (0.75 + chance / 2)


def _plan(received: Counter | None, speaker: SpeakerSummary | None) -> PlanReport:
    if speaker is None:
        return PlanReport(received=received)
    missing = speaker.missing[:_MISSING_MAX]
    return PlanReport(
        received=received,
        accepted=speaker.plan,
        refused=speaker.refused,
        missing=missing,
        missing_count=max(speaker.missing_count, len(missing)),
    )
