"""Every cause of an outage made for real in network namespaces around the node's own netmon process: is it told, and
how soon; and 30 virtual days in which one packet in a hundred is lost and nothing else happens.
    python -m benchmarks.outage_detection [--days 30] [--seeds 5]

Told means: in the heartbeat, and no other cause before it; of what is no outage, nothing, and no incident either.
Where the node cannot reach its hub any more, the hub's own alert counts as well: that the village is gone, 85 s after
the last sign of life. Where it can, the incident counts that the hub opens by its own rules of what the node put on
record. The weak supply is the firmware's word alone: only that file is made up.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import _random_loss
from benchmarks._outages import HARMLESS, OUTAGES, Outage
from benchmarks._result import report, say
from contract import codec
from contract.events import Change
from contract.terms import NetworkCause
from edge import summary
from edge.config import Paths
from edge.outbox import OutboxReader
from edge.summary import NetmonSummary
from hub.incidents.book import Book, Setting
from hub.incidents.fold import Heard, advance
from hub.incidents.incident import Turn
from hub.nodes.fleet import DOWN_AFTER_S, Flip, Status
from simulator.line import NODE, Line, is_possible

WELL_S = 45.0
PATIENCE_S = 150.0
HARMLESS_S = 100.0
LOSS = 0.01


@dataclass(frozen=True, slots=True)
class Told:
    """What came of an outage: the causes that were told, and after how many seconds the last of them, by the node and
    by an alert at the hub (None: not). `was_well`: the line had worked before, so that what was told came of it."""

    outage: Outage
    was_well: bool
    causes: tuple[str, ...]
    node_s: float | None
    hub_s: float | None

    @property
    def is_right(self) -> bool:
        if not self.was_well:
            return False
        if self.outage.cause is NetworkCause.NONE:
            return self.causes == () and self.hub_s is None
        return self.causes == (self.outage.cause.value,)

    @property
    def alert_s(self) -> float | None:
        """The later of the two; the hub's own end, of which nobody can be told by it, is the node's word alone."""
        if self.outage.cause is NetworkCause.HUB:
            return self.node_s
        return None if self.node_s is None or self.hub_s is None else max(self.node_s, self.hub_s)


def main() -> None:
    parser = argparse.ArgumentParser(description="outages made for real, and days without one")
    parser.add_argument("--days", type=float, default=30.0)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    if is_possible():
        _show(_make_all([*OUTAGES, *HARMLESS]))
    else:
        say("outages are not made here: that needs root, and a kernel with network namespaces and veth")
    report("outage_false_alerts", _false_alerts(options.days, options.seeds), "alerts", 0)


def _make_all(outages: Sequence[Outage]) -> list[Told]:
    """Each on a line of its own, all at the same time."""
    with tempfile.TemporaryDirectory(prefix="loa") as name, ThreadPoolExecutor(len(outages)) as pool:
        return list(pool.map(lambda each: _make(each[1], f"n{each[0]}", Path(name, str(each[0]))), enumerate(outages)))


def _make(outage: Outage, name: str, folder: Path) -> Told:
    paths = Paths(folder / "house")
    with Line(name, folder / "line") as line:
        line.join(paths.etc)
        (paths.etc / "netmon.toml").write_text("", encoding="utf-8")
        netmon = line.process(paths.root, "netmon")
        netmon.start()
        try:
            was_well = _await(paths, NetworkCause.NONE, WELL_S)
            time.sleep(_phase(name))
            before = len(_recorded(paths))
            began_at, began_s = datetime.now(UTC), time.monotonic()
            outage.make(line)
            if outage.cause is NetworkCause.NONE:
                time.sleep(HARMLESS_S)
                node_s: float | None = 0.0
            else:
                node_s = time.monotonic() - began_s if _await(paths, outage.cause, PATIENCE_S) else None
            netmon.check()
            changes = _recorded(paths)[before:]
        finally:
            netmon.stop()
    causes = tuple(change.value for change in changes if change.subject == "network")
    return Told(outage, was_well, causes, node_s, _alerted_s(outage, changes, began_at))


def _phase(name: str) -> float:
    """When within the rhythm of its questions a line's outage begins: each at another moment."""
    return 7.0 * int(name[1:]) % 20


def _await(paths: Paths, cause: NetworkCause, within_s: float) -> bool:
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s:
        said = summary.read(paths.run, "netmon", NetmonSummary)
        if said is not None and said.network is not None and said.network.cause is cause:
            return True
        time.sleep(0.2)
    return False


def _recorded(paths: Paths) -> list[Change]:
    with closing(OutboxReader(paths.state / "netmon.db")) as reader:
        events = [codec.decode_event(waiting.body) for waiting in reader.after(0)]
    return [event for event in events if isinstance(event, Change)]


def _alerted_s(outage: Outage, changes: Sequence[Change], began_at: datetime) -> float | None:
    """When the hub's incident opens, by its rules; of a node that is cut off, 90 s after its last sign of life. None
    for what the hub cannot tell: its own end."""
    if outage.cause is NetworkCause.HUB:
        return None
    if outage.is_cut:
        return DOWN_AFTER_S
    flips = [Flip(node=NODE, subject=c.subject, value=c.value, at=c.at, detail=c.detail) for c in changes]
    well = (("node", Status.UP), ("network", NetworkCause.NONE))
    known = [Heard(Flip(node=NODE, subject=s, value=v, at=began_at), began_at) for s, v in well]
    known += [Heard(flip, flip.at) for flip in flips]
    steps = advance(Book(), known, Setting(frozenset({NODE})), began_at + timedelta(seconds=2 * PATIENCE_S))
    opened = [step.at for step in steps if step.turn is Turn.OPENED]
    return (opened[0] - began_at).total_seconds() if opened else None


def _show(told: Sequence[Told]) -> None:
    say(f"{'outage':36} {'cause':13} {'told':13} {'node, s':>8} {'hub, s':>8}")
    for each in told:
        causes = (", ".join(each.causes) or "none") if each.was_well else "never well"
        said = [f"{s:8.1f}" if s is not None else f"{'-':>8}" for s in (each.node_s, each.hub_s)]
        say(f"{each.outage.title:36} {each.outage.cause.value or 'none':13} {causes:13} {' '.join(said)}")
    real = [each for each in told if each.outage.cause is not NetworkCause.NONE]
    alerts = [PATIENCE_S if each.alert_s is None else each.alert_s for each in real]
    report("outage_diagnosed_pct", 100 * sum(e.is_right for e in told) / len(told), "%", 100, better="higher")
    report("outage_alert_s", round(max(alerts), 1), "s", 90)


def _false_alerts(days: float, seeds: int) -> int:
    """Causes told and incidents opened without one, over all seeds."""
    with ProcessPoolExecutor() as pool:
        courses = list(pool.map(_random_loss.live, [days] * seeds, [LOSS] * seeds, range(seeds)))
    say(f"{LOSS:.0%} of all packets lost at random, {days:g} days each:")
    say(f"{'seed':>4} {'questions':>10} {'unanswered':>11} {'target flips':>13} {'causes told':>12} {'incidents':>10}")
    for seed, c in enumerate(courses):
        lost = f"{c.unanswered / c.asked:.2%}"
        say(f"{seed:4} {c.asked:10} {lost:>11} {c.target_changes:13} {len(c.causes_told):12} {c.incidents:10}")
    return sum(len(c.causes_told) + c.incidents for c in courses)


if __name__ == "__main__":
    main()
