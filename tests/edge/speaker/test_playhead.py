"""The card's callback, played through by hand: which sample leaves when."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.speaker.playhead import FADE, SETTLE_S, Playhead
from edge.speaker.timeline import RATE_HZ, Timeline

EPOCH = 1_800_000_000.0
BLOCK = 960
LAG_S = 0.06


class Counting:
    """Samples 1, 2, 3, … up to `length`, so that each tells its place. Starved, it has none just now."""

    def __init__(self, length: int) -> None:
        self.left = range(1, length + 1)
        self.is_starved = False

    def take(self, frames: int) -> "array[int]":
        if self.is_starved:
            return array("h")
        taken, self.left = self.left[:frames], self.left[frames:]
        return array("h", [place % 30_000 for place in taken])

    @property
    def is_over(self) -> bool:
        return not self.left


class FakeCard:
    """Asks the playhead as a card would, its frame 0 at `origin`, its clock off by `ppm`."""

    def __init__(self, playhead: Playhead, origin: float = EPOCH, ppm: float = 0.0) -> None:
        self.playhead = playhead
        self.origin = origin
        self.pace = 1 - ppm / 1e6
        self.heard = array("h")

    def at(self, frame: int) -> float:
        return self.origin + frame * self.pace / RATE_HZ

    def run(self, seconds: float, frames: int = BLOCK) -> None:
        for _ in range(round(seconds * RATE_HZ / frames)):
            dac_at = self.at(len(self.heard))
            self.heard.extend(self.playhead.fill(frames, dac_at - LAG_S, dac_at))

    def first_heard(self) -> int:
        return next(i for i, sample in enumerate(self.heard) if sample)


@given(start_ms=st.integers(2_000, 4_000), frames=st.sampled_from([64, 480, 960, 1440]))
def test_the_first_sample_leaves_at_its_instant_to_the_sample(start_ms: int, frames: int) -> None:
    playhead = Playhead(Counting(RATE_HZ // 10), EPOCH + start_ms / 1000, Timeline())
    card = FakeCard(playhead)
    card.run(4.5, frames)
    assert card.first_heard() == start_ms * RATE_HZ // 1000
    assert playhead.first_at() == pytest.approx(EPOCH + start_ms / 1000, abs=1 / RATE_HZ)
    assert playhead.end_at() == pytest.approx(EPOCH + start_ms / 1000 + 0.1, abs=1 / RATE_HZ)


def test_every_sample_is_played_once_and_in_order() -> None:
    card = FakeCard(Playhead(Counting(5_000), EPOCH + 1, Timeline()))
    card.run(2)
    assert [s for s in card.heard if s] == list(range(1, 5_001))


def test_as_soon_as_possible_means_the_very_first_frame() -> None:
    card = FakeCard(Playhead(Counting(5_000), None, Timeline()))
    card.run(0.1)
    assert card.heard[0] == 1


def test_an_instant_that_has_passed_starts_at_once() -> None:
    card = FakeCard(Playhead(Counting(5_000), EPOCH - 10, Timeline()))
    card.run(0.1)
    assert card.heard[0] == 1


def test_the_wrong_times_of_the_first_second_are_forgotten() -> None:
    playhead = Playhead(Counting(RATE_HZ), EPOCH + 3, Timeline())
    card = FakeCard(playhead)
    card.origin = EPOCH - 0.7
    card.run(0.5)
    card.origin = EPOCH
    card.run(4)
    assert card.first_heard() == 3 * RATE_HZ


def test_what_was_reported_too_early_is_put_right_once_the_card_settles() -> None:
    playhead = Playhead(Counting(10 * RATE_HZ), None, Timeline())
    card = FakeCard(playhead, origin=EPOCH - 0.7)
    card.run(0.3)
    card.origin = EPOCH
    card.run(3)
    assert playhead.first_at() == pytest.approx(EPOCH, abs=1e-6)


@pytest.mark.parametrize("ppm", [-100.0, 100.0, 170.0])
def test_a_long_item_keeps_to_the_wall_clock_though_the_card_drifts(ppm: float) -> None:
    duration_s = 60
    playhead = Playhead(Counting(duration_s * RATE_HZ), EPOCH + 2, Timeline())
    FakeCard(playhead, ppm=ppm).run(duration_s + 3)
    end_at = playhead.end_at()
    assert end_at is not None
    assert abs(end_at - (EPOCH + 2 + duration_s)) < 0.0005


def test_a_clock_that_is_set_while_it_sounds_does_not_bend_the_sound() -> None:
    playhead = Playhead(Counting(20_000 * 10), EPOCH + 2, Timeline())
    card = FakeCard(playhead)
    card.run(3)
    card.origin += 3600
    card.run(5)
    sounded = card.heard[card.first_heard() : card.first_heard() + 29_000]
    assert list(sounded) == list(range(1, 29_001))


def test_stop_fades_out_within_twenty_milliseconds() -> None:
    playhead = Playhead(Counting(10 * RATE_HZ), None, Timeline())
    card = FakeCard(playhead)
    card.run(0.1)
    before = len(card.heard)
    playhead.stop()
    card.run(0.2)
    assert playhead.end == before + FADE
    assert not any(card.heard[before + FADE :])
    assert 0 < card.heard[before + FADE // 2] < card.heard[before]


def test_stop_before_the_first_sample_leaves_silence() -> None:
    playhead = Playhead(Counting(RATE_HZ), EPOCH + 1, Timeline())
    card = FakeCard(playhead)
    card.run(0.5)
    playhead.stop()
    card.run(2)
    assert not any(card.heard)
    assert playhead.is_over(EPOCH + 1)
    assert playhead.first_at() is None


def test_stop_ends_even_an_item_whose_decoder_hangs() -> None:
    samples = Counting(RATE_HZ)
    playhead = Playhead(samples, None, Timeline())
    card = FakeCard(playhead)
    card.run(0.1)
    samples.is_starved = True
    playhead.stop()
    card.run(0.1)
    assert playhead.is_over(EPOCH + 10)


def test_a_slow_decoder_makes_a_gap_and_loses_nothing() -> None:
    samples = Counting(20_000)
    card = FakeCard(Playhead(samples, EPOCH + SETTLE_S, Timeline()))
    card.run(2.1)
    samples.is_starved = True
    card.run(0.1)
    samples.is_starved = False
    card.run(1)
    assert [s for s in card.heard if s] == list(range(1, 20_001))


def test_it_is_over_only_when_the_last_sample_has_left() -> None:
    playhead = Playhead(Counting(RATE_HZ // 2), EPOCH + 2, Timeline())
    card = FakeCard(playhead)
    card.run(4)
    assert not playhead.is_over(EPOCH + 2.49)
    assert playhead.is_over(EPOCH + 2.51)


def test_the_level_is_the_rms_of_what_sounded_and_not_of_the_silence_before() -> None:
    class Square(Counting):
        def take(self, frames: int) -> "array[int]":
            return array("h", [16_384 for _ in super().take(frames)])

    playhead = Playhead(Square(RATE_HZ), EPOCH + 1, Timeline())
    assert playhead.level_dbfs() is None
    FakeCard(playhead).run(3)
    level_dbfs = playhead.level_dbfs()
    assert level_dbfs == pytest.approx(-6.02, abs=0.01)
