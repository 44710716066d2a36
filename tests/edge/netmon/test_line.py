"""Real outages on a line of network namespaces: the whole list is `benchmarks/outage_detection`, this is a sample."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks._outages import OUTAGES, Outage
from contract.terms import NetworkCause
from edge import summary
from edge.config import Paths
from edge.netmon.config import STANDARD
from edge.summary import NetmonSummary
from simulator.line import Line, is_possible

SAMPLE = ("network device gone", "welcome page by its resolver", "hub ended")


@pytest.mark.real
def test_outages_made_for_real_are_told_with_their_cause(tmp_path: Path) -> None:
    if not is_possible():
        pytest.skip("network namespaces need root, and a kernel that has them")
    outages = [each for each in OUTAGES if each.title in SAMPLE]
    with ThreadPoolExecutor(len(outages)) as pool:
        told = list(pool.map(lambda n: _cause_told(outages[n], f"t{n}", tmp_path / str(n)), range(len(outages))))
    assert told == [each.cause for each in outages]


def _cause_told(outage: Outage, name: str, folder: Path) -> NetworkCause | None:
    """The first cause that is known to a node which is started in the middle of this outage, and asks often."""
    paths = Paths(folder / "house")
    with Line(name, folder / "line") as line:
        line.join(paths.etc)
        targets = (
            f'[[targets]]\nid = "{t.id}"\nkind = "{t.kind}"\naddress = "{t.address}"\nevery_s = 0.3\n' for t in STANDARD
        )
        (paths.etc / "netmon.toml").write_text("".join(targets), encoding="utf-8")
        outage.make(line)
        netmon = line.process(paths.root, "netmon")
        netmon.start()
        try:
            until_s = time.monotonic() + 60
            while time.monotonic() < until_s:
                said = summary.read(paths.run, "netmon", NetmonSummary)
                if said is not None and said.network is not None and said.network.cause is not NetworkCause.UNKNOWN:
                    return said.network.cause
                netmon.check()
                time.sleep(0.2)
        finally:
            netmon.stop()
    return None
