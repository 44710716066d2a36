"""For how long each level is kept: what a technician may set, and what would break the levels above."""

from datetime import timedelta

import pytest

from contract.settings import BadSettings, parse
from hub.config import HubSettings
from hub.history.levels import FINER, ROLLED


def test_each_level_outlives_the_one_that_it_is_made_of() -> None:
    keep = HubSettings().history.keep
    assert all(keep[level] > keep[FINER[level]] for level in ROLLED)
    set_by_hand = parse("[history]\nsamples_days = 7\ndays_years = 10\n", HubSettings, "hub.toml").history.keep
    assert sorted(set_by_hand.values()) == [timedelta(days=n) for n in (7, 14, 100, 3650)]


@pytest.mark.parametrize(
    "wrong", ["samples_days = 2", "samples_days = 14", "five_minutes_days = 100", "hours_days = 400\ndays_years = 1"]
)
def test_lengths_that_would_lose_what_comes_late_are_refused(wrong: str) -> None:
    with pytest.raises(BadSettings, match=r"_days|_years"):
        parse(f"[history]\n{wrong}\n", HubSettings, "hub.toml")
