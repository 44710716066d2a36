"""Rebroadcasts end to end: a real Icecast or HLS server, the link's child, the audio child, a card, an ear."""

from pathlib import Path

import numpy as np
import pytest

from edge.speaker import feed
from edge.speaker.sound import Phase
from simulator.icecast import Icecast, Studio
from simulator.listening import find, hear
from simulator.radio import RATE_HZ, Hls, WebServer
from simulator.sounds import make_noise, make_sweep, write_opus
from tests.edge.speaker.stage import name_by_content
from tests.stories.studio import find_end_s, listen, open_house

pytestmark = pytest.mark.real

PIECE = RATE_HZ // 20
"""The audio child may drop or double a sample between two of these, to keep to the clock."""
LIKE = 0.8
EAR_S = 0.1
"""What the ear takes for one run at least; its clock is a line through arrivals, and a busy machine bends it."""

LONG_S = 45.0
"""Of the cue. A quiet machine has the stream back after 20 s. A busy one may take 4 s between two tries, some to start
the child, and as many again until 5 s of sound lie there: with 30 s it once was over before."""


def test_a_server_that_dies_is_covered_for_and_taken_back(tmp_path: Path) -> None:
    write_opus(tmp_path / "chime", make_sweep(1.0))
    write_opus(tmp_path / "instead", make_sweep(1.5, 900, 1100))
    chime, instead = (name_by_content(tmp_path / name) for name in ("chime", "instead"))
    with (
        open_house(tmp_path) as (horn, recording),
        Icecast(tmp_path / "icecast") as icecast,
        Studio(icecast, "vov1", make_noise(7.3, 1)),
    ):
        at = horn.play(icecast.url("vov1"), LONG_S, [chime], 1.0, [instead])
        over = horn.follow(at, {3.0: icecast.kill, 15.0: icecast.start})
        ended_s = find_end_s(recording, at)
        runs = [run for run in listen(recording, at) if run.until_s > EAR_S]

    assert over.phase is Phase.DONE, over
    assert [run.kind for run in runs[:5]] == ["tone", "noise", "silence", "tone", "noise"]
    _, first, gap, instead_run, again = runs[:5]
    assert first.from_s == pytest.approx(1.0, abs=0.05)
    assert 4.0 < gap.from_s < 11.0
    assert 13.0 <= instead_run.from_s <= 15.0
    assert 15.0 < again.from_s < LONG_S - 3.0
    assert ended_s == pytest.approx(LONG_S, abs=0.02)
    assert [value for _, value, _ in horn.told] == ["lost", "back"]
    assert icecast.url("vov1") in horn.told[0][2]
    assert feed.rung(over.feed) == 0


def test_an_hls_stream_is_heard_as_it_is(tmp_path: Path) -> None:
    noise = make_noise(24.0, 2)
    with open_house(tmp_path) as (horn, recording), WebServer(Hls(noise)) as web:
        at = horn.play(web.url("/master.m3u8"), 6.0, [], 0.0, [])
        over = horn.follow(at)
        ended_s = find_end_s(recording, at)
        heard = hear(recording)
        runs = [run for run in listen(recording, at) if run.kind == "noise"]
    (run,) = runs
    assert over.phase is Phase.DONE, over
    assert run.from_s == pytest.approx(0.0, abs=0.05)
    assert ended_s == pytest.approx(6.0, abs=0.02)
    begin = np.flatnonzero(np.abs(heard) > 0.01)[0] + 2 * RATE_HZ
    pieces = [heard[start : start + PIECE] for start in range(begin, begin + 8 * PIECE, PIECE)]
    like = [find(piece, noise.astype(np.float64) / 32768).likeness for piece in pieces]
    assert np.median(like) > LIKE, like
    assert over.feed is not None
    assert over.feed.stream_s == pytest.approx(6.0, abs=0.05)
