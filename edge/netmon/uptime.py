"""Whether a target is up, and how well it answers. Pure: samples come in, a judgement comes out.

A sample is one question and its answer. What was asked while this process itself stood still is not counted: the
delay would be ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from contract.reports import TargetReport
from edge.netmon.config import Rule

STALL_S = 3.0
"""The process looks about itself every second; a gap above this means that it was kept from running."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One question: when it was asked, and after how long it was answered (None: not, or wrongly)."""

    at: datetime
    rtt_ms: float | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Uptime:
    """What is believed of one target. `is_up` is None until enough was seen to say anything."""

    is_up: bool | None = None
    since_at: datetime | None = None
    detail: str = ""
    samples: tuple[Sample, ...] = ()


def has_stalled(gap_s: float) -> bool:
    """Whether so long a gap (monotonic) between two looks of this process spoils what was under way."""
    return gap_s > STALL_S


def follow(uptime: Uptime, sample: Sample, rule: Rule) -> Uptime:
    """Take one more sample into account.

    Down when `opens_after` of the last `of` failed, since the first of these; up again when the last `clears_after`
    were answered, since the first of those. A target never judged before is believed up at its first answer.
    The detail is the latest failure's: a cable put back may lead to a wifi that wants its welcome page agreed to.
    """
    samples = (*uptime.samples, sample)[-rule.window :]
    first = _turning_point(uptime.is_up, samples, rule)
    if first is None:
        is_still_down = uptime.is_up is False and sample.rtt_ms is None
        return Uptime(uptime.is_up, uptime.since_at, sample.detail if is_still_down else uptime.detail, samples)
    return Uptime(first.rtt_ms is not None, first.at, first.detail, samples)


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


def jitter_ms(samples: Sequence[Sample]) -> float | None:
    """The mean difference between an answer's time and that of the answer before; None below two answers."""
    steps = [abs(after - before) for before, after in pairwise(_times(samples))]
    return round(sum(steps) / len(steps), 2) if steps else None


def _times(samples: Sequence[Sample]) -> list[float]:
    return [s.rtt_ms for s in samples if s.rtt_ms is not None]


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
