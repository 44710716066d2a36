"""A node that wakes up with a card that takes no more writing: whoever has to tell the hub that starts all the same;
the speaker, which must put on record what it means to play before a sound is heard, does not."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract.orders import Receipt
from contract.reports import Heartbeat, Vitals
from contract.terms import Ailment
from edge import starts, summary
from edge.checkup import Checkup
from edge.clock import VirtualClock
from edge.config import Paths
from edge.forward import Forwarder
from edge.netmon.config import NetmonSettings
from edge.netmon.probe import ScriptedProbe
from edge.netmon.service import NetmonService
from edge.report import Reporter
from edge.speaker.ledger import Ledger
from edge.spool import Spool
from edge.summary import NetmonSummary
from edge.uplink import SILENT_S

pytestmark = pytest.mark.real

DAWN = datetime(2026, 5, 1, 22, tzinfo=UTC)


@pytest.fixture(params=[False, True], ids=["a card that was used", "a card without a file"])
def paths(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Paths]:
    """Folders of a node whose card is a file system of its own, mounted read-only."""
    paths = Paths(tmp_path)
    paths.state.mkdir(parents=True)
    if os.geteuid() != 0 or _mount("-t", "tmpfs", "none", str(paths.state)) != 0:
        pytest.skip("file systems are mounted by root alone")
    try:
        paths.make()
        Spool(paths.spool)
        if not request.param:
            _node(paths, VirtualClock(DAWN)).close()
            Forwarder(paths.state).close()
            Ledger(paths.state / "ledger.db").close()
        assert _mount("-o", "remount,ro", str(paths.state)) == 0
        yield paths
    finally:
        subprocess.run(["umount", "-l", str(paths.state)], check=True)


def _mount(*options: str) -> int:
    return subprocess.run(["mount", *options], check=False, capture_output=True).returncode


def _node(paths: Paths, clock: VirtualClock) -> NetmonService:
    return NetmonService(NetmonSettings(), paths, ScriptedProbe(), clock, Checkup(paths, Path("/"), clock))


def test_netmon_tells_that_the_card_takes_no_more_writing(paths: Paths) -> None:
    paths.make()
    clock = VirtualClock(DAWN)
    netmon = _node(paths, clock)
    for _ in range(120):
        netmon.step()
        clock.advance(1)
    netmon.close()
    said = summary.read(paths.run, "netmon", NetmonSummary)
    assert said is not None
    assert said.vitals.is_read_only is True
    assert Ailment.READ_ONLY in said.vitals.ailments


def test_the_link_starts_and_its_heartbeat_names_the_speaker_that_does_not(paths: Paths) -> None:
    with starts.life(paths, "link"):
        paths.make()
        Spool(paths.spool)
        forwarder = Forwarder(paths.state)
    assert list(forwarder.due(0.0)) == []
    forwarder.confirm(Receipt(stream="none", seqs=(1,)))
    clock = VirtualClock(DAWN)
    reporter = Reporter(paths.run, clock)
    summary.post(paths.run, "netmon", NetmonSummary(at=DAWN, vitals=Vitals(uptime_s=9, is_read_only=True)))
    (early,) = reporter.due(None)
    clock.advance(SILENT_S + 1)
    summary.post(paths.run, "netmon", NetmonSummary(at=clock.now(), vitals=Vitals(uptime_s=99, is_read_only=True)))
    (beat,) = reporter.due(None)
    forwarder.close()
    assert isinstance(early, Heartbeat)
    assert isinstance(beat, Heartbeat)
    assert beat.silent == ("speaker", "camera")
    assert beat.vitals.is_read_only is True


def test_the_speaker_does_not_start_without_a_ledger_that_it_can_write(paths: Paths) -> None:
    with pytest.raises((sqlite3.Error, OSError)):
        Ledger(paths.state / "ledger.db")
