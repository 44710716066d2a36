"""The hub is gone, broker and all: the villages air on, and when it comes back it learns everything, once."""

import socket
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.terms import Outcome
from simulator.listening import find, find_instant, hear, read_audio
from simulator.soundcard import RATE_HZ, Recording
from tests.stories.conftest import Staff, eventually, soon, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

LENGTH_S = 8.0
GAP_S = 14.0
"""The longer speech, and the pause that the hub keeps between two broadcasts."""
AFTERTHOUGHT_S = 3.0
"""Long enough for a record to be sent again, if any were."""


def test_planned_broadcasts_air_without_the_hub_and_their_records_arrive_once(
    staff: Staff, speeches: tuple[Path, Path], recordings: dict[str, Recording]
) -> None:
    sounds = [staff.officer.upload(speech, speech.stem) for speech in speeches]
    first_at = soon(10)
    instants = [first_at, first_at + timedelta(seconds=GAP_S)]
    broadcasts = [staff.announce_at(at, sound) for at, sound in zip(instants, sounds, strict=True)]
    for broadcast in broadcasts:
        staff.await_ready(broadcast)

    staff.commune.hub.kill()
    eventually(lambda: not is_broker_up(staff), within_s=5)
    assert datetime.now(UTC) < first_at, "the hub should have been gone before air time"
    wait_until(instants[-1] + timedelta(seconds=LENGTH_S))
    for node, recording in recordings.items():
        for speech, at in zip(speeches, instants, strict=True):
            assert when_heard(speech, recording) == pytest.approx(at.timestamp(), abs=0.05), node
    assert not is_broker_up(staff)

    staff.commune.start_hub()
    for broadcast in broadcasts:
        staff.await_aired(broadcast, within_s=90)
    time.sleep(AFTERTHOUGHT_S)
    records = staff.records(*broadcasts)
    assert Counter((node, playout.broadcast) for node, playout in records) == {
        (node, broadcast): 1 for node in staff.nodes for broadcast in broadcasts
    }
    for node, playout in records:
        assert playout.outcome is Outcome.AIRED, node
        assert playout.first_sample_at is not None
        assert abs((playout.first_sample_at - playout.planned_at).total_seconds()) < 0.05, node


def is_broker_up(staff: Staff) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", staff.commune.ports.mqtt)) == 0


def when_heard(speech: Path, recording: Recording) -> float:
    """The instant of its beginning, in seconds since 1970."""
    beginning = read_audio(speech)[: 2 * RATE_HZ]
    return find_instant(recording, find(beginning, hear(recording)).offset)
