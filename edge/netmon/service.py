"""The netmon process: asks each target in its rhythm, tells changes once and the present every few seconds."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from contract.form import MAX_TEXT
from contract.reports import NetworkReport, Vitals
from contract.terms import Doubt
from edge import spool, summary
from edge.clock import Clock, ahead_s
from edge.config import Paths
from edge.diary import Diary, Note
from edge.netmon.config import NetmonSettings, Target
from edge.netmon.diagnosis import diagnose
from edge.netmon.doubt import doubt
from edge.netmon.house import Surroundings
from edge.netmon.opinion import Opinion, as_it_is_now, believe, is_news, redate_opinion, settle
from edge.netmon.probe import Answer, CannotMeasure, Probe
from edge.netmon.uptime import Sample, Uptime, follow, has_stalled, redate, report
from edge.summary import NetmonSummary

NAME = "netmon"
POST_S = 5.0
PRUNE_S = 60.0
OVERDUE_S = 10.0
"""A question that hangs (a host name that nobody resolves) counts as unanswered once in so many seconds."""
AGAIN_S = 10.0
"""A target that did not answer, and is not believed down yet, is asked again after so long at most."""
LOOK_S = 0.25
"""How soon an answer that is awaited is looked for."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Watch:
    """One target, what is believed of it, and its question under way (times are monotonic)."""

    target: Target
    due_s: float
    uptime: Uptime = field(default_factory=Uptime)
    pending: "Future[Answer] | None" = None
    asked_at: datetime | None = None
    asked_s: float = 0.0
    ahead_s: float = 0.0
    """By how much the wall clock was ahead of the monotonic one when it was asked."""
    is_spoilt: bool = False
    """Its answer does not count, because this process stood still meanwhile."""
    recorded: bool | None = field(init=False)
    """What was put on record last: it lags behind what is believed while the card takes no writing."""

    def __post_init__(self) -> None:
        self.recorded = self.uptime.is_up


class NetmonService:
    """Call `step` again and again, once a second at least: it never waits for an answer.

    Each target has a thread of its own while it is asked, so that one which hangs delays no other. `look` says what
    lies around the node, `hub_host` where a TLS target's `auto` leads.
    """

    def __init__(
        self,
        settings: NetmonSettings,
        paths: Paths,
        probe: Probe,
        clock: Clock,
        read_vitals: Callable[[], Vitals],
        look: Callable[[], Surroundings] = Surroundings,
        hub_host: str = "",
    ) -> None:
        self._rule = settings.rule
        self._paths = paths
        self._probe = probe
        self._clock = clock
        self._read_vitals = read_vitals
        self._vitals = read_vitals()
        self._look = look
        self._around = look()
        self._hub_host = hub_host
        self._doubt = Doubt.NONE
        self._diary = Diary(paths, NAME, clock)
        self._threads = ThreadPoolExecutor(max_workers=max(1, len(settings.targets)), thread_name_prefix="ask")
        now_s = clock.monotonic()
        last = summary.read(paths.run, NAME, NetmonSummary)
        self._opinion = Opinion(last.network if last is not None else None)
        self._recorded = self._opinion.told.cause if self._opinion.told is not None else None
        known = _known(last)
        self._watches = [_Watch(t, now_s, known.get(t.id, Uptime())) for t in settings.targets]
        self._looked_s = now_s
        self._post_due_s = now_s
        self._prune_due_s = now_s
        self._has_news = False
        self._plaints: set[str] = set()

    def step(self) -> float:
        """Do what is due. Returns the seconds until something is."""
        now_s = self._clock.monotonic()
        self._notice_stall(now_s)
        self._notice_set_clock()
        for watch in self._watches:
            self._collect(watch, now_s)
            self._ask(watch, now_s)
        if self._has_news or now_s >= self._post_due_s:
            self._post(now_s)
        if now_s >= self._prune_due_s:
            self._diary.prune()
            self._prune_due_s = now_s + PRUNE_S
        waits = [LOOK_S if w.pending is not None else w.due_s - now_s for w in self._watches]
        return max(0.0, min([*waits, self._post_due_s - now_s]))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._diary.close()

    def _notice_stall(self, now_s: float) -> None:
        gap_s = now_s - self._looked_s
        self._looked_s = now_s
        if has_stalled(gap_s):
            log.warning("stood still for %.1f s: the questions under way do not count", gap_s)
            for watch in self._watches:
                watch.is_spoilt = watch.pending is not None

    def _notice_set_clock(self) -> None:
        """What was seen since the boot moves with the clock."""
        gained = self._diary.notice_set_clock()
        if gained is None:
            return
        self._opinion = redate_opinion(self._opinion, gained)
        for watch in self._watches:
            watch.uptime = redate(watch.uptime, gained)
            watch.asked_at = None if watch.asked_at is None else watch.asked_at + gained

    def _ask(self, watch: _Watch, now_s: float) -> None:
        if watch.pending is None and now_s >= watch.due_s:
            watch.due_s = now_s + watch.target.every_s
            self._begin(watch, now_s)
            watch.pending = self._threads.submit(self._probe.ask, watch.target)

    def _collect(self, watch: _Watch, now_s: float) -> None:
        """Take an answer that has come, or give up waiting for it."""
        if watch.pending is None or watch.asked_at is None:
            return
        if watch.pending.done():
            answer = self._answer(watch.pending)
            watch.pending = None
        elif now_s - watch.asked_s > OVERDUE_S:
            answer = Answer(None, "không trả lời (no answer)")
        else:
            return
        if answer is not None and not watch.is_spoilt:
            gained_s = ahead_s(self._clock) - watch.ahead_s
            self._doubt = doubt(
                self._around.is_saving_power, self._vitals.throttled, gained_s, self._diary.is_clock_set
            )
            detail = answer.detail[:MAX_TEXT]  # a name in it may be as long as the message may be
            self._follow(watch, Sample(watch.asked_at, answer.rtt_ms, detail, answer.miss, self._doubt))
        self._begin(watch, now_s)

    def _begin(self, watch: _Watch, now_s: float) -> None:
        """From now on an answer is waited for."""
        watch.asked_at, watch.asked_s, watch.is_spoilt = self._clock.now(), now_s, False
        watch.ahead_s = ahead_s(self._clock)

    def _answer(self, pending: "Future[Answer]") -> Answer | None:
        """None where this machine does not let us ask: each reason is said once, and counts for nothing."""
        try:
            return pending.result()
        except CannotMeasure as error:
            if str(error) not in self._plaints:
                self._plaints.add(str(error))
                log.error("%s", error)
            return None

    def _follow(self, watch: _Watch, sample: Sample) -> None:
        watch.uptime = follow(watch.uptime, sample, self._rule)
        if watch.uptime.is_up is not watch.recorded and self._tell(watch.target, watch.uptime):
            watch.recorded = watch.uptime.is_up
        if sample.rtt_ms is None and watch.uptime.is_up is not False:
            watch.due_s = min(watch.due_s, watch.asked_s + AGAIN_S)

    def _tell(self, target: Target, uptime: Uptime) -> bool:
        """Put a change on record. False where the disk refuses: the next sample tries again."""
        assert uptime.since_at is not None
        return self._record(f"target:{target.id}", "up" if uptime.is_up else "down", uptime.since_at, uptime.detail)

    def _record(self, subject: str, value: str, at: datetime, detail: str = "") -> bool:
        is_kept = self._diary.put(Note(subject, value, at, detail))
        self._has_news = self._has_news or is_kept
        return is_kept

    def _diagnose(self, now_s: float) -> NetworkReport | None:
        """Look about, and say what is believed of the network as a whole."""
        self._vitals, self._around = self._read_vitals(), self._look()
        auto = {"dns": self._around.resolver, "tls": self._hub_host}
        beliefs = [believe(w.target, w.uptime, auto.get(w.target.kind, "")) for w in self._watches]
        cause = diagnose(beliefs, self._around.house, self._vitals)
        opinion = settle(self._opinion, cause, [w.uptime for w in self._watches], now_s)
        if opinion.told is not None and opinion.told != self._opinion.told:
            self._has_news = True
        self._opinion = opinion
        if opinion.told is not None and is_news(self._recorded, opinion.told):
            cause = opinion.told.cause
            if self._record("network", cause.value, opinion.told.since_at):
                self._recorded = cause
        return as_it_is_now(opinion.told, self._doubt, self._around.wifi)

    def _post(self, now_s: float) -> None:
        network = self._diagnose(now_s)
        self._has_news = self._diary.look_at_clock(self._vitals.uptime_s) or self._has_news
        reports = tuple(r for w in self._watches if (r := report(w.target.id, w.uptime)) is not None)
        said = NetmonSummary(at=self._clock.now(), vitals=self._vitals, targets=reports, network=network)
        summary.post(self._paths.run, NAME, said)
        self._post_due_s = now_s + POST_S
        if self._has_news:
            spool.ring(self._paths.run / "link.bell")
            self._has_news = False


def _known(last: NetmonSummary | None) -> dict[str, Uptime]:
    """What this process said before it was restarted, so that a restart tells nothing twice."""
    reports = last.targets if last is not None else ()
    return {r.id: Uptime(is_up=r.is_up, since_at=r.since_at, detail=r.detail, miss=r.miss) for r in reports}
