"""Orders about cameras: judged as strictly as those that sound, handed on, and of no consequence for the sound."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import codec
from contract.orders import Command
from contract.signing import sign
from contract.terms import Order, Reason
from edge import errand
from edge.errand import WAITING_MAX, Errand
from tests.edge.speaker.house import NODE, House, at, cue


def ask(house: House, order: Order, nonce: str = "", ttl_s: float = 60.0) -> Command:
    return Command(
        node=NODE, counter=house.hub.counter(), nonce=nonce or house.nonce, ttl_s=ttl_s, order=order, camera="cong"
    )


def handed_on(house: House) -> list[Errand]:
    return list(errand.take(house.paths.run))


@pytest.mark.parametrize("order", [Order.SHOW, Order.RIGHT])
def test_an_accepted_order_is_handed_on_once_with_how_long_it_is_good(house: House, order: Order) -> None:
    command = ask(house, order)
    issued_s = house.clock.monotonic()
    house.run(5)
    wire = house.hub.seal(command)
    for _ in range(2):
        house.put_command(wire)
        house.run(5)
    (handed,) = handed_on(house)
    assert handed == Errand(counter=command.counter, order=order, camera="cong", until_s=handed.until_s)
    assert handed.until_s == pytest.approx(issued_s + 60, abs=2)
    assert house.summary().command == command.counter
    assert house.refusals() == []


def test_what_another_key_has_signed_is_not(house: House) -> None:
    house.put_command(codec.encode(sign(ask(house, Order.SHOW), Ed25519PrivateKey.generate())))
    house.run(5)
    assert handed_on(house) == []
    assert [r.reason for r in house.refusals()] == [Reason.BAD_SIGNATURE]


def test_what_quotes_no_nonce_of_this_speaker_or_comes_too_late_is_not(house: House) -> None:
    stale = ask(house, Order.RIGHT, nonce="ffffffffffffffff")
    late = ask(house, Order.RIGHT, ttl_s=10)
    house.put_command(house.hub.seal(stale))
    house.run(15)
    house.put_command(house.hub.seal(late))
    house.run(5)
    assert handed_on(house) == []
    assert [r.reason for r in house.refusals()] == [Reason.STALE_NONCE, Reason.EXPIRED]


def test_an_older_order_comes_too_late_once_a_newer_one_was_taken(house: House) -> None:
    first, second = ask(house, Order.RIGHT), ask(house, Order.SHOW)
    for command in (second, first):
        house.put_command(house.hub.seal(command))
        house.run(2)
    assert [each.counter for each in handed_on(house)] == [second.counter]
    assert [r.reason for r in house.refusals()] == [Reason.REPLAYED]


def test_nothing_of_it_is_heard_and_what_sounds_sounds_on(house: House) -> None:
    house.put_plan(cue("news", at("05:00"), 60))
    house.run_until(at("05:00:20"))
    for order in (Order.SHOW, Order.RIGHT):
        house.put_command(house.hub.seal(ask(house, order)))
        house.run(5)
    house.run(60)
    assert house.heard_names() == ["news"]
    assert house.heard()[0].last_at - at("05:01:00") < timedelta(seconds=1)
    assert len(handed_on(house)) == 2


def test_where_nobody_fetches_them_they_do_not_pile_up_and_the_speaker_is_well(house: House) -> None:
    for _ in range(WAITING_MAX + 4):
        house.put_command(house.hub.seal(ask(house, Order.SHOW)))
        house.run(2)
    assert len(handed_on(house)) == WAITING_MAX
    assert house.summary().sound_fault == ""
