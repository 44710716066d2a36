"""Who may say a thing: only the daily key, to this node, in this epoch, for this use; only recovery replaces it."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.orders import Command, Counter, Envelope, Grant, Plan
from contract.samples import COMMAND, PLAN
from contract.signing import Keys, Refused, kid, sign
from contract.terms import Reason

DAILY, RECOVERY, STRANGER = (Ed25519PrivateKey.generate() for _ in range(3))


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


KEYS = Keys(daily=public(DAILY), recovery=public(RECOVERY))
NODE = PLAN.node


def reason_of(envelope: Envelope, node: str = NODE) -> Reason:
    with pytest.raises(Refused) as caught:
        KEYS.open(envelope, Plan, node)
    return caught.value.reason


def test_what_the_hub_signs_is_read() -> None:
    assert KEYS.open(sign(PLAN, DAILY), Plan, NODE) == PLAN
    assert KEYS.open(sign(COMMAND, DAILY), Command, NODE) == COMMAND


def test_a_stranger_is_refused_even_under_the_hubs_name() -> None:
    forged = sign(PLAN, STRANGER)
    assert reason_of(forged) is Reason.BAD_SIGNATURE
    assert reason_of(replace(forged, kid=kid(public(DAILY)))) is Reason.BAD_SIGNATURE


def test_a_plan_is_no_command_and_the_recovery_key_signs_no_plans() -> None:
    with pytest.raises(Refused):
        KEYS.open(sign(PLAN, DAILY), Command, NODE)
    assert reason_of(sign(PLAN, RECOVERY)) is Reason.BAD_SIGNATURE


def test_another_nodes_plan_is_refused() -> None:
    assert reason_of(sign(PLAN, DAILY), node="binhminh-thon-2") is Reason.OTHER_NODE


def test_another_epoch_is_refused() -> None:
    assert reason_of(sign(replace(PLAN, counter=Counter(1, 1)), DAILY)) is Reason.REPLAYED


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_any_flipped_bit_is_refused(position: int, bit: int) -> None:
    envelope = sign(PLAN, DAILY)
    body = bytearray(envelope.body)
    body[position % len(body)] ^= 1 << bit
    assert reason_of(replace(envelope, body=bytes(body))) is Reason.BAD_SIGNATURE


def test_a_grant_brings_the_next_daily_key_and_ends_the_old_one() -> None:
    successor = Ed25519PrivateKey.generate()
    grant = sign(Grant(epoch=1, daily_key=public(successor).hex()), RECOVERY)
    envelope = sign(replace(PLAN, counter=Counter(1, 1)), successor, grant)
    followed = KEYS.admit(envelope)
    assert followed.open(envelope, Plan, NODE).counter == Counter(1, 1)
    with pytest.raises(Refused):
        followed.open(sign(PLAN, DAILY), Plan, NODE)


def test_a_grant_by_anyone_else_or_of_an_old_epoch_changes_nothing() -> None:
    by_daily = sign(Grant(epoch=1, daily_key=public(STRANGER).hex()), DAILY)
    with pytest.raises(Refused):
        KEYS.admit(sign(PLAN, STRANGER, by_daily))
    old = sign(Grant(epoch=1, daily_key=public(STRANGER).hex()), RECOVERY)
    with pytest.raises(Refused):
        replace(KEYS, epoch=1).admit(sign(PLAN, STRANGER, old))
