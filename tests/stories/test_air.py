"""From upload to horn: what the officer uploads is what the villages hear, whole and at its instant."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract.terms import Outcome
from simulator.listening import Wave, find, find_instant, hear, read_audio
from simulator.soundcard import RATE_HZ, Recording
from tests.stories.conftest import LIKE, Staff, loudest, soon

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

PIECE_S = 0.25
SHIFT_S = 0.1
"""A long item follows the card's clock, which is not quite this machine's: so it is compared piece by piece."""
QUIET = 0.02
WHOLE = 0.9
"""A busy machine without a sound card may stumble once."""


def test_what_was_uploaded_is_heard_whole_at_its_instant_in_every_village(
    staff: Staff, speeches: tuple[Path, Path], recordings: dict[str, Recording]
) -> None:
    sha256 = staff.officer.upload(speeches[0], "Tiêm chủng")
    at = soon(12)
    broadcast = staff.announce_at(at, sha256)

    staff.await_ready(broadcast)
    assert datetime.now(UTC) < at, "both villages should have been ready before air time"
    staff.await_aired(broadcast)

    original = read_audio(speeches[0])
    for node, recording in recordings.items():
        heard = hear(recording)
        begins = find(original, heard).offset
        assert find_instant(recording, begins) == pytest.approx(at.timestamp(), abs=0.05), node
        assert count_like(original, heard, begins) >= WHOLE, node
    for node, playout in staff.records(broadcast):
        assert playout.outcome is Outcome.AIRED, node
        assert playout.first_sample_at is not None
        assert abs((playout.first_sample_at - at).total_seconds()) < 0.05, node


def count_like(original: Wave, heard: Wave, begins: int) -> float:
    """The share of the original's pieces (its pauses left out) that are heard, each in its place."""
    size, shift = round(PIECE_S * RATE_HZ), round(SHIFT_S * RATE_HZ)
    likes: list[bool] = []
    for start in range(0, len(original) - size, size):
        piece = original[start : start + size]
        around = heard[max(0, begins + start - shift) : begins + start + size + shift]
        if loudest(piece) > QUIET:
            likes.append(len(around) > size and find(piece, around).likeness > LIKE)
    return sum(likes) / len(likes)
