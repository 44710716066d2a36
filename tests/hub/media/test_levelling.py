"""Finding the gain: few trials, and a decent end where a limiter cannot help."""

from hypothesis import given
from hypothesis import strategies as st

from hub.media.levelling import Levelling, Trial, choose, is_level
from hub.media.loudness import Loudness

TARGET_LUFS = -16.0


def heard(integrated_lufs: float, true_peak_dbtp: float) -> Loudness:
    return Loudness(integrated_lufs=integrated_lufs, true_peak_dbtp=true_peak_dbtp, duration_s=10)


def store(source: Loudness, levelling: Levelling, slope: float, overshoot_db: float) -> Loudness:
    """A model of limiter and codec: each dB into the limiter wins `slope` LU, and the codec lifts the peaks."""
    peak_dbtp = source.true_peak_dbtp + levelling.gain_db
    driven_db = max(0.0, peak_dbtp - levelling.ceiling_dbtp) if levelling.has_limiter else 0.0
    loudness_lufs = source.integrated_lufs + levelling.gain_db - driven_db * (1 - slope)
    return heard(loudness_lufs, min(peak_dbtp, peak_dbtp - driven_db) + overshoot_db)


def level(source: Loudness, slope: float, overshoot_db: float) -> list[Trial]:
    trials: list[Trial] = []
    while len(trials) < 6 and (levelling := choose(source, TARGET_LUFS, trials)) is not None:
        trials.append(Trial(levelling=levelling, stored=store(source, levelling, slope, overshoot_db)))
        if is_level(trials[-1].stored, TARGET_LUFS):
            break
    return trials


def test_what_has_room_gets_a_plain_gain() -> None:
    first = choose(heard(-30, -18), TARGET_LUFS, [])
    assert first == Levelling(gain_db=14, ceiling_dbtp=-2, has_limiter=False)


def test_peaks_that_would_stick_out_are_limited() -> None:
    first = choose(heard(-20, -1), TARGET_LUFS, [])
    assert first is not None
    assert first.has_limiter


def test_a_codec_that_lifts_peaks_lowers_the_ceiling() -> None:
    trials = level(heard(-20, -1), slope=0.9, overshoot_db=1.6)
    assert len(trials) == 2
    assert trials[1].levelling.ceiling_dbtp < trials[0].levelling.ceiling_dbtp
    assert trials[1].stored.true_peak_dbtp <= -1


def test_mere_clicks_are_given_up() -> None:
    source = heard(-42, -1)
    trials = level(source, slope=0.05, overshoot_db=0)
    assert not is_level(trials[-1].stored, TARGET_LUFS)
    assert len(trials) < 6


@given(
    integrated_lufs=st.floats(-55, 0),
    crest_db=st.floats(1, 24),
    slope=st.floats(0.45, 1),
    overshoot_db=st.floats(0, 1.5),
)
def test_a_limiter_that_gives_way_is_led_to_the_target(
    integrated_lufs: float, crest_db: float, slope: float, overshoot_db: float
) -> None:
    source = heard(integrated_lufs, integrated_lufs + crest_db)
    trials = level(source, slope, overshoot_db)
    assert is_level(trials[-1].stored, TARGET_LUFS)
