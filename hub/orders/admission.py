"""Whether an order may be saved: its time, its villages, and what stands in its way. Raises Refused or Conflicted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from contract.limits import Limits
from hub.nodes import planning
from hub.orders import broadcasts, conflicts, openings
from hub.orders.broadcasts import Broadcast, Stage
from hub.orders.conflicts import Conflict, Interruption
from hub.refusals import Conflicted, Refused
from hub.rules import calendar
from hub.rules.rule import DaySets, Rule
from hub.store import alarms, ground, nodes, records
from hub.store import broadcasts as broadcast_rows

MAX_AHEAD = timedelta(days=366)
"""A date farther away than this is a slip of the finger."""
NEIGHBOURS = timedelta(days=2)
"""Broadcasts this close share a local day or a minute with the new one, in any zone."""


def check_time(starts_at: datetime | None, now: datetime) -> None:
    if starts_at is None:
        return
    if starts_at < now:
        raise Refused("Giờ phát đã qua. Hãy chọn giờ khác.", "That time has passed. Choose another one.")
    if starts_at > now + MAX_AHEAD:
        raise Refused("Ngày phát quá xa, hơn một năm nữa.", "That date is more than a year away.")


def first_airing(rule: Rule, now: datetime, sets: DaySets) -> datetime:
    """When the rule airs for the first time from now on."""
    first = calendar.next_occurrence(rule, now, sets)
    if first is None:
        raise Refused(
            "Theo quy tắc này không còn lượt phát nào sắp tới. Hãy xem lại ngày.",
            "By this rule nothing airs any more. Look at its dates again.",
        )
    return first.at


def with_replacement(rule: Rule, replacement: str) -> Rule:
    """The rule with one recording for all days that it leaves out, where one was chosen."""
    if not replacement:
        return rule
    if not rule.exemptions:
        raise Refused(
            "Bản thu thay thế chỉ dùng cùng những ngày trừ; hãy viết chẳng hạn: hằng ngày 5:00 trừ ngày lễ.",
            "A replacement goes with days left out; write for example: hằng ngày 5:00 trừ ngày lễ.",
        )
    return replace(rule, exemptions=tuple(replace(e, replacement=replacement) for e in rule.exemptions))


def known_nodes(c: Connection, wanted: Sequence[str]) -> tuple[str, ...]:
    known = fleet(c)
    if not wanted:
        raise Refused("Hãy chọn ít nhất một làng.", "Choose at least one village.")
    if not set(wanted) <= set(known):
        raise Refused("Có làng không còn trong danh sách. Hãy chọn lại.", "A village is no longer on the list.")
    return tuple(n for n in known if n in wanted)


def fleet(c: Connection) -> list[str]:
    return [n.id for n in nodes.nodes(c) if not n.is_revoked]


def check_conflicts(c: Connection, new: Broadcast, now: datetime, sets: DaySets) -> None:
    """Hold the broadcast against the villages' own limits and everything that is to sound around it.

    A draft without a time stands in nobody's way: it is held against the others when it is approved.
    """
    others = _around(c, new, now)
    limits: dict[str, Limits] = {node: birth.limits for node, birth in nodes.births(c).items()}
    over = _over(c, others, now)

    def hindrances(each: Broadcast, among: Sequence[Broadcast]) -> Sequence[Conflict]:
        return conflicts.conflicts(each, among, limits, now, sets, over)

    found = hindrances(new, others)
    if found:
        raise Conflicted(found, openings.ways_out(new, others, now, hindrances))
    full = planning.overfull(new, broadcast_rows.approved(c, now - NEIGHBOURS), now, ground.ground(c, now))
    if full:
        titles = ", ".join(n.title for n in nodes.nodes(c) if n.id in full)
        raise Refused(
            f"Lịch phát đã đầy ở: {titles}. Hãy bớt buổi phát hoặc dời ra sau 45 ngày.",
            f"The plan is full in: {titles}. Order fewer broadcasts, or later than 45 days from now.",
        )


def interruptions(c: Connection, broadcast: Broadcast, now: datetime, sets: DaySets) -> list[Interruption]:
    """What this broadcast will sound over, as far as it is still ahead."""
    is_over = broadcast.rule is None and broadcast.starts_at is not None and broadcast.starts_at < now
    if is_over or broadcast.stage is Stage.CANCELLED:
        return []
    return conflicts.interruptions(broadcast, _around(c, broadcast, now), now, sets)


def _around(c: Connection, new: Broadcast, now: datetime) -> list[Broadcast]:
    """All that may sound near any of its airings."""
    start = new.starts_at or now + broadcasts.NOW_LEAD
    end = start if new.rule is None else now + planning.HORIZON
    around = broadcast_rows.between(c, start - NEIGHBOURS, end + NEIGHBOURS)
    silenced = alarms.cleared(c, start - NEIGHBOURS)
    around = [b for b in around if b.id not in silenced]
    return [b for b in around if b.starts_at is not None and (b.stage is Stage.APPROVED or _is_ahead(b, now))]


def _over(c: Connection, others: Sequence[Broadcast], now: datetime) -> set[tuple[str, str]]:
    """Where what airs but once has ended already, be it before its time."""
    begun = [b for b in others if b.rule is None and b.starts_at is not None and b.starts_at <= now]
    return {(b.id, node) for b in begun for node in records.playouts(c, b.id)}


def _is_ahead(draft: Broadcast, now: datetime) -> bool:
    """A draft whose time has passed stands in nobody's way; one that recurs may still be approved."""
    return draft.rule is not None or (draft.starts_at is not None and draft.starts_at > now)
