"""From what is believed of each target to what is told of the network: one cause, held long enough. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from contract.reports import NetworkReport, Wifi
from contract.terms import Doubt, NetworkCause
from edge.netmon.config import AUTO, Target, is_address, where_of_hub, where_of_resolver
from edge.netmon.diagnosis import Belief
from edge.netmon.uptime import Uptime

SETTLE_S = 10.0
"""A cause must hold this long before it is told: targets fall and rise one after the other."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is told of the network, and which other cause shows meanwhile, since when (monotonic)."""

    told: NetworkReport | None = None
    leaning: NetworkReport | None = None
    leaning_s: float = 0.0


def believe(target: Target, uptime: Uptime, auto: str = "") -> Belief:
    """What a target's answers can prove. `auto` is the host that this word leads to now; empty where nobody knows."""
    host = _host(target) if target.address != AUTO else auto
    is_named = bool(host) and not is_address(host)
    return Belief(
        kind=target.kind,
        is_up=uptime.is_surely_up,
        miss=uptime.miss,
        is_outside=_is_outside(target.kind, host, is_named),
        is_named=is_named,
        is_own=target.kind == "dns" and target.address == AUTO,
        has_answered=uptime.has_answered,
    )


def settle(opinion: Opinion, cause: NetworkCause, uptimes: Sequence[Uptime], now_s: float) -> Opinion:
    """Take the present cause into account. What is told changes once the same cause held for SETTLE_S; it is dated by
    the last change of a target, which completed the picture. Of targets of which nothing is known nothing is told.
    """
    changes = [u.since_at for u in uptimes if u.since_at is not None]
    if not changes:
        return opinion
    if opinion.told is not None and opinion.told.cause is cause:
        return Opinion(opinion.told)
    if opinion.leaning is None or opinion.leaning.cause is not cause:
        return Opinion(opinion.told, NetworkReport(cause=cause, since_at=max(changes)), now_s)
    return Opinion(opinion.leaning) if now_s - opinion.leaning_s >= SETTLE_S else opinion


def redate_opinion(opinion: Opinion, gained: timedelta) -> Opinion:
    """The clock was set: what is told, began by so much later."""
    told, leaning = (
        None if each is None else replace(each, since_at=each.since_at + gained)
        for each in (opinion.told, opinion.leaning)
    )
    return replace(opinion, told=told, leaning=leaning)


def as_it_is_now(report: NetworkReport | None, doubt: Doubt, wifi: Wifi | None) -> NetworkReport | None:
    """The same with what changes from moment to moment and is no news."""
    return None if report is None else replace(report, doubt=doubt, wifi=wifi)


def is_news(recorded: NetworkCause | None, told: NetworkReport | None) -> bool:
    """Whether what is told belongs on record: a cause that is known, and another than was recorded last."""
    return told is not None and told.cause not in (NetworkCause.UNKNOWN, recorded)


def _host(target: Target) -> str:
    """Whom a target's question goes to."""
    match target.kind:
        case "http204":
            return urlsplit(target.address).hostname or ""
        case "tls":
            return where_of_hub(target.address)[0]
        case "dns":
            return where_of_resolver(target.address)[0]
        case _:
            return target.address


def _is_outside(kind: str, host: str, is_named: bool) -> bool:
    """A page counts as the internet, as whoever wrote it there means it; a hub or resolver may stand in the house."""
    if kind in ("gateway", "http204", "dhcp"):
        return kind == "http204"
    return is_named or (bool(host) and ip_address(host).is_global)
