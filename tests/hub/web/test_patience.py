"""Guessing gets slow, for the one who guesses alone, and nobody is ever locked out."""

import pytest

from hub.web.patience import FORGET_AFTER_S, LONGEST_DELAY_S, LONGEST_WAIT_S, MAX_KEYS, Patience, TooEager

GUESSER = ("lan", "10.0.0.66")
LAN = ("lan", "10.0.0.5")


def test_a_slip_or_two_cost_nothing() -> None:
    patience = Patience()
    for _ in range(2):
        assert patience.wait_s(LAN, 0.0) == 0.0
        patience.note_failure(LAN, 0.0)
    assert patience.wait_s(LAN, 0.0) == 0.0


def test_a_guesser_is_slowed_to_a_few_tries_a_minute() -> None:
    patience, now, tries = Patience(), 0.0, 0
    while now < 3600:
        now += patience.wait_s(GUESSER, now)
        patience.note_failure(GUESSER, now)
        tries += 1
    assert tries < 3600 / LONGEST_DELAY_S + 10


def test_the_same_name_from_elsewhere_is_not_slowed() -> None:
    patience = Patience()
    for _ in range(50):
        patience.note_failure(GUESSER, 0.0)
    assert patience.wait_s(LAN, 0.0) == 0.0


def test_many_tries_at_once_queue_up_and_the_rest_is_sent_away() -> None:
    patience = Patience()
    for _ in range(6):
        patience.note_failure(GUESSER, 0.0)
    waits: list[float] = []

    def try_often() -> None:
        for _ in range(100):
            waits.append(patience.wait_s(GUESSER, 0.0))

    with pytest.raises(TooEager):
        try_often()
    assert waits == sorted(waits)
    assert waits[-1] <= LONGEST_WAIT_S


def test_it_is_forgotten_in_time_or_by_the_right_password() -> None:
    patience = Patience()
    for key in (LAN, GUESSER):
        for _ in range(8):
            patience.note_failure(key, 0.0)
    patience.note_success(LAN)
    assert patience.wait_s(LAN, 0.0) == 0.0
    assert patience.wait_s(GUESSER, FORGET_AFTER_S + 1) == 0.0


def test_an_attacker_cannot_fill_the_memory() -> None:
    patience = Patience()
    for number in range(MAX_KEYS + 500):
        patience.note_failure(("x", str(number)), 0.0)
    assert len(patience._records) == MAX_KEYS
