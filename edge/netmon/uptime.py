"""Whether a target is up, and how well it answers. Pure: samples come in, a judgement comes out.

A sample is one question and its answer. What was asked while this process itself stood still is not counted: the
delay would be ours. What may have been slow for a reason of this machine's own (`doubt`) counts, but not its time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from contract.reports import TargetReport
from contract.terms import Doubt, Miss
from edge.netmon.config import Rule

STALL_S = 3.0
"""The process looks about itself every second; a gap above this means that it was kept from running."""

P95_OF = 20


@dataclass(frozen=True, slots=True)
class Sample:
    """One question: when it was asked, and after how long it was answered (None: not, or wrongly).

    One in doubt (`doubt` says why) counts as answered or not like any other; its time is left out of all figures.
    """

    at: datetime
    rtt_ms: float | None
    detail: str = ""
    miss: Miss = Miss.NONE
    doubt: Doubt = Doubt.NONE


@dataclass(frozen=True, slots=True)
class Uptime:
    """What is believed of one target. `is_up` is None until enough was seen to say anything; `detail` and `miss`
    are the latest failure's while it is down. `seen` are the samples since the belief changed: those before it have had
    their say. `was_up`: it is down, and was up before."""

    is_up: bool | None = None
    since_at: datetime | None = None
    detail: str = ""
    samples: tuple[Sample, ...] = ()
    miss: Miss = Miss.NONE
    seen: int = 0
    was_up: bool = False

    @property
    def has_answered(self) -> bool:
        """It is believed up, or was before this outage, or answered within the window."""
        return bool(self.is_up) or self.was_up or any(sample.rtt_ms is not None for sample in self.samples)

    @property
    def is_surely_up(self) -> bool | None:
        """The belief, or None while the last samples speak against it: two failures of what is believed up, or one
        answer of what is believed down."""
        last = [sample.rtt_ms is not None for sample in self.samples[-2:]]
        if self.is_up and last == [False, False]:
            return None
        return None if self.is_up is False and last[-1:] == [True] else self.is_up


def has_stalled(gap_s: float) -> bool:
    """Whether so long a gap (monotonic) between two looks of this process spoils what was under way."""
    return gap_s > STALL_S


def follow(uptime: Uptime, sample: Sample, rule: Rule) -> Uptime:
    """Take one more sample into account.

    Down when `opens_after` of the last `of` failed, since the first of these; up again when the last `clears_after`
    were answered, since the first of those. A target never judged before is believed up at its first answer.
    The detail is the latest failure's: a cable put back may lead to a wifi that wants its welcome page agreed to.
    """
    samples, seen = (*uptime.samples, sample)[-rule.window :], uptime.seen + 1
    first = _turning_point(uptime.is_up, samples[-seen:], rule)
    if first is None:
        latest = sample if uptime.is_up is False and sample.rtt_ms is None else uptime
        return replace(uptime, detail=latest.detail, samples=samples, miss=latest.miss, seen=seen)
    is_up = first.rtt_ms is not None
    was_up = not is_up and uptime.is_up is True
    return Uptime(is_up, first.at, sample.detail, samples, sample.miss, was_up=was_up)


def redate(uptime: Uptime, gained: timedelta) -> Uptime:
    """The clock was set: all that was seen, happened by so much later."""
    since_at = None if uptime.since_at is None else uptime.since_at + gained
    samples = tuple(replace(sample, at=sample.at + gained) for sample in uptime.samples)
    return replace(uptime, since_at=since_at, samples=samples)


def report(id: str, uptime: Uptime) -> TargetReport | None:
    """Put the belief and the figures of the window into the heartbeat's form; None while nothing is known."""
    if uptime.is_up is None or uptime.since_at is None:
        return None
    return TargetReport(
        id=id,
        is_up=uptime.is_up,
        since_at=uptime.since_at,
        loss_pct=loss_pct(uptime.samples),
        rtt_ms=rtt_ms(uptime.samples),
        jitter_ms=jitter_ms(uptime.samples),
        detail=uptime.detail,
        rtt_p95_ms=rtt_p95_ms(uptime.samples),
        miss=uptime.miss,
    )


def loss_pct(samples: Sequence[Sample]) -> float:
    """How many of the samples failed, in per cent; 0 of none."""
    lost = sum(s.rtt_ms is None for s in samples)
    return round(100 * lost / len(samples), 1) if samples else 0.0


def rtt_ms(samples: Sequence[Sample]) -> float | None:
    """The median time to an answer; None where there was none."""
    times = sorted(_times(samples))
    middle = len(times) // 2
    return round((times[middle] + times[~middle]) / 2, 2) if times else None


def rtt_p95_ms(samples: Sequence[Sample]) -> float | None:
    """The time that 95 of 100 answers did not exceed (nearest rank); None below 20, where it would be the slowest."""
    times = sorted(_times(samples))
    return round(times[-(-95 * len(times) // 100) - 1], 2) if len(times) >= P95_OF else None


def jitter_ms(samples: Sequence[Sample]) -> float | None:
    """The mean difference between an answer's time and that of the answer before; None below two answers."""
    steps = [abs(after - before) for before, after in pairwise(_times(samples))]
    return round(sum(steps) / len(steps), 2) if steps else None


def _times(samples: Sequence[Sample]) -> list[float]:
    return [s.rtt_ms for s in samples if s.rtt_ms is not None and s.doubt is Doubt.NONE]


def _turning_point(is_up: bool | None, samples: tuple[Sample, ...], rule: Rule) -> Sample | None:
    """The sample with which another state began, once it is believed."""
    newest = samples[-1]
    if newest.rtt_ms is None and is_up is not False:
        failed = [s for s in samples[-rule.of :] if s.rtt_ms is None]
        return failed[0] if len(failed) >= rule.opens_after else None
    if newest.rtt_ms is not None and is_up is None:
        return newest
    if newest.rtt_ms is not None and is_up is False:
        last = samples[-rule.clears_after :]
        is_back = len(last) == rule.clears_after and all(s.rtt_ms is not None for s in last)
        return last[0] if is_back else None
    return None
