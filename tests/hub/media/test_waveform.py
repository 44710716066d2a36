"""The course of a sound: what is drawn is what was heard, and its silent ends are found."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.media import intake
from hub.media.shelf import Shelf
from hub.media.waveform import COLUMNS, LOUD_STEPS, MARGIN_S, STEP_S, Waveform, draw, heard
from tests.hub.media.conftest import RATE, Samples

SILENT, HISS, WORD = 0.0, 10**-6.0, 10**-2.0
"""Powers of -inf, -60 and -20 dBFS."""
steps = st.integers(0, 400)
noises = st.sampled_from([SILENT, HISS])
spoken = st.lists(st.sampled_from([HISS, 10**-4.5, WORD]), min_size=0, max_size=200).map(
    lambda inner: [WORD] * LOUD_STEPS + inner + [WORD] * LOUD_STEPS
)


@given(noises, steps, spoken, steps)
def test_silence_at_the_ends_is_found_to_the_step_and_a_breath_is_left(
    noise: float, before: int, words: list[float], after: int
) -> None:
    begins_s, ends_s = heard(np.array([noise] * before + words + [noise] * after))
    assert begins_s == pytest.approx(max(0.0, before * STEP_S - MARGIN_S))
    assert ends_s == pytest.approx(
        min((before + len(words) + after) * STEP_S, (before + len(words)) * STEP_S + MARGIN_S)
    )


@given(noises, steps, spoken, steps)
def test_what_was_cut_once_is_not_cut_again(noise: float, before: int, words: list[float], after: int) -> None:
    powers = np.array([noise] * before + words + [noise] * after)
    begins_s, ends_s = heard(powers)
    kept = powers[round(begins_s / STEP_S) : round(ends_s / STEP_S)]
    assert heard(kept) == pytest.approx((0.0, len(kept) * STEP_S))


@given(st.lists(st.floats(0, 1), max_size=300))
def test_no_syllable_is_ever_outside(powers: list[float]) -> None:
    begins_s, ends_s = heard(np.array(powers))
    assert 0 <= begins_s <= ends_s <= len(powers) * STEP_S + 1e-9
    for n in range(len(powers) - LOUD_STEPS + 1):
        if all(p >= WORD for p in powers[n : n + LOUD_STEPS]):
            assert begins_s <= n * STEP_S
            assert ends_s >= (n + LOUD_STEPS) * STEP_S - 1e-9


def test_a_click_is_no_word_and_a_word_that_dies_away_is_whole() -> None:
    click, fading = [WORD] * (LOUD_STEPS - 1), [10 ** -(2 + n / 10) for n in range(25)]
    begins_s, ends_s = heard(np.array(click + [HISS] * 100 + [WORD] * 50 + fading + [HISS] * 100))
    assert begins_s == pytest.approx(1.04 - MARGIN_S)
    assert ends_s == pytest.approx(1.04 + 0.5 + 0.25 + MARGIN_S)


def test_where_nothing_is_heard_nothing_is_silent_at_the_ends() -> None:
    assert heard(np.array([HISS] * 300)) == (0.0, 3.0)
    assert heard(np.array([])) == (0.0, 0.0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=2000))
def test_every_peak_is_in_the_drawing_and_no_mean_is_above_its_peak(peaks: list[float]) -> None:
    drawn = draw(np.array(peaks), np.square(peaks))
    assert max(drawn.peaks) == round(max(peaks) * 255)
    assert len(drawn.peaks) == COLUMNS
    assert all(mean <= peak for mean, peak in zip(drawn.means, drawn.peaks, strict=True))


def test_a_waveform_that_cannot_be_is_refused() -> None:
    for broken in ({"peaks": b""}, {"begins_s": 2.0}, {"begins_s": -1.0}):
        with pytest.raises(ValueError, match="a waveform"):
            Waveform(**{"peaks": b"0" * COLUMNS, "means": b"0" * COLUMNS, "begins_s": 0.0, "ends_s": 1.0, **broken})  # type: ignore[arg-type]


@pytest.mark.real
def test_what_is_stored_is_drawn_and_looks_the_same_when_it_is_drawn_later(
    encode: Callable[..., bytes], speech: Samples, shelf: Shelf, upload: Callable[[bytes], Path]
) -> None:
    silence = np.zeros(2 * RATE)
    stored = intake.receive(upload(encode(np.concatenate([silence, speech, silence]))), shelf)
    drawn = stored.waveform
    quiet = round(COLUMNS * 1.5 / stored.duration_s)
    assert max(drawn.peaks[:quiet] + drawn.peaks[-quiet:]) < 10 < max(drawn.means)
    assert drawn.begins_s == pytest.approx(2 - MARGIN_S, abs=0.3)
    assert drawn.ends_s == pytest.approx(stored.duration_s - 2 + MARGIN_S, abs=0.5)
    assert intake.survey(stored.sha256, shelf) == drawn
