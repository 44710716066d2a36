"""Whom the speaker believes, and that nobody else is ever heard."""

import json
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contract import codec
from contract.orders import Envelope, Grant
from contract.signing import Refused, kid, sign
from contract.terms import Outcome, Reason
from edge.speaker.authority import NONCES_KEPT, Authority
from tests.edge.speaker.forger import Forger, remember_life
from tests.edge.speaker.house import NODE, House, Hub, at, cue, emergency


def authority(house: House) -> Authority:
    """Another process on the same files."""
    return Authority(NODE, house.node.keys, house.open_ledger(), house.clock)


def refusal(of: Authority, wire: bytes, kind: str = "plan") -> Reason:
    with pytest.raises(Refused) as caught:
        of.accept_plan(wire, at("00:00")) if kind == "plan" else of.accept_command(wire)
    return caught.value.reason


class TestPlans:
    def test_only_a_newer_one_is_accepted_and_the_same_one_is_no_refusal(self, house: House) -> None:
        judge = authority(house)
        first, second = (house.hub.seal(house.hub.plan([], at("00:00"))) for _ in range(2))
        assert judge.accept_plan(second, at("00:00")) is not None
        assert judge.accept_plan(second, at("00:00")) is None
        assert refusal(judge, first) is Reason.REPLAYED
        assert refusal(authority(house), first) is Reason.REPLAYED

    def test_another_one_of_the_same_counter_is_refused(self, house: House) -> None:
        judge = authority(house)
        plan = house.hub.plan([], at("00:00"))
        assert judge.accept_plan(house.hub.seal(plan), None) == plan
        other = replace(plan, cues=(), valid_until=plan.valid_until + timedelta(days=1))
        assert refusal(judge, house.hub.seal(other)) is Reason.REPLAYED

    def test_the_accepted_one_is_there_after_a_power_cut_and_verified_again(self, house: House) -> None:
        plan = house.hub.plan([cue("news", at("05:00"))], at("00:00"))
        authority(house).accept_plan(house.hub.seal(plan), None)
        again = authority(house)
        assert again.resume() == plan
        assert again.counter("plan") == plan.counter

    def test_validity_is_asked_only_of_a_believed_clock(self, house: House) -> None:
        wire = house.hub.seal(house.hub.plan([], at("00:00"), days=1))
        judge = authority(house)
        with pytest.raises(Refused, match="not_valid_now"):
            judge.accept_plan(wire, at("00:00", day=1))
        assert judge.accept_plan(wire, None) is not None


class TestKeys:
    def test_a_granted_key_takes_the_place_of_the_old_one_for_ever(self, house: House) -> None:
        old = replace(house.hub)
        judge = authority(house)
        judge.accept_plan(house.hub.seal(house.hub.plan([], at("00:00"))), None)
        house.hub.rotate()
        assert judge.accept_plan(house.hub.seal(house.hub.plan([], at("00:00"))), None) is not None
        again = authority(house)
        assert again.kid == kid(house.hub.daily.public_key())
        assert refusal(again, old.seal(old.plan([], at("00:00")))) is Reason.BAD_SIGNATURE

    def test_a_grant_alone_changes_nothing(self, house: House) -> None:
        judge = authority(house)
        before = judge.kid
        house.hub.rotate()
        misdirected = replace(house.hub.plan([], at("00:00")), node="binhminh-thon-2")
        assert refusal(judge, house.hub.seal(misdirected)) is Reason.OTHER_NODE
        assert (judge.kid, authority(house).kid) == (before, before)

    def test_a_live_order_with_a_new_key_leaves_the_plan_in_force_over_a_power_cut(self, house: House) -> None:
        judge = authority(house)
        plan = house.hub.plan([cue("news", at("05:00"))], at("00:00"))
        judge.accept_plan(house.hub.seal(plan), None)
        house.hub.rotate()
        judge.accept_command(house.hub.seal(house.hub.stop(judge.nonces.newest)))
        assert authority(house).resume() == plan

    def test_a_node_joined_to_another_hub_begins_anew(self, house: House, tmp_path: Path) -> None:
        for _ in range(5):
            authority(house).accept_plan(house.hub.seal(house.hub.plan([], at("00:00"))), None)
        other = House(tmp_path).hub
        judge = Authority(NODE, other.node_settings.keys, house.open_ledger(), house.clock)
        assert judge.counter("plan") is None
        assert judge.accept_plan(other.seal(other.plan([], at("00:00"))), None) is not None


class TestLiveOrders:
    def test_time_to_live_counts_from_the_nonce_on_a_clock_that_cannot_be_set(self, house: House) -> None:
        judge = authority(house)
        wire = house.hub.seal(house.hub.stop(judge.nonces.newest, ttl_s=60))
        late = house.hub.seal(house.hub.stop(judge.nonces.newest, ttl_s=60))
        house.clock.advance(60)
        house.clock.step(-86_400)
        taken = judge.accept_command(wire)
        assert taken is not None
        assert taken.until_s == 60
        house.clock.advance(0.1)
        assert refusal(judge, late, "command") is Reason.EXPIRED

    def test_a_nonce_of_an_hour_ago_is_still_known(self, house: House) -> None:
        judge = authority(house)
        first = judge.nonces.newest
        for _ in range(60):
            house.clock.advance(60)
            judge.nonces.refresh()
        assert judge.accept_command(house.hub.seal(house.hub.stop(first, ttl_s=3600))) is not None
        assert NONCES_KEPT >= 3600 / 60

    def test_a_stale_nonce_earns_a_fresh_one_but_not_a_hundred(self, house: House) -> None:
        judge = authority(house)
        house.clock.advance(1)
        nonces = set()
        for _ in range(100):
            assert refusal(judge, house.hub.seal(house.hub.stop("made-up")), "command") is Reason.STALE_NONCE
            nonces.add(judge.nonces.newest)
        assert len(nonces) == 1

    def test_one_is_taken_up_once_even_over_a_power_cut(self, house: House) -> None:
        judge = authority(house)
        wire = house.hub.seal(house.hub.play(emergency("flood", at("00:00")), judge.nonces.newest))
        assert judge.accept_command(wire) is not None
        assert judge.accept_command(wire) is None
        assert authority(house).accept_command(wire) is None
        ((open_cue,),) = [house.open_ledger().open_cues()]
        assert (open_cue.broadcast, open_cue.is_intended) == ("flood", False)

    def test_a_signature_for_a_plan_is_none_for_a_command(self, house: House) -> None:
        judge = authority(house)
        plan = sign(house.hub.plan([], at("00:00")), house.hub.daily)
        assert refusal(judge, codec.encode(plan), "command") is Reason.BAD_SIGNATURE


def attack(root: Path, count: int, seed: int) -> None:
    """Every forgery goes into the spool as a plan and as a command; now and then the hub speaks, and is obeyed."""
    house = House(root)
    forger = Forger(house, seed)
    remember_life(house, forger)
    house.hub.rotate()
    remember_life(house, forger)
    life = house.heard_names()
    assert life == [f"live{i}" for i in range(5)]
    for i, (trick, wire) in enumerate(forger.wires(count)):
        counters = house.summary().plan, house.summary().command
        house.put_wire(wire)
        house.put_command(wire)
        house.run(0.1)
        told = house.summary()
        assert (told.plan, told.command, told.on_air) == (*counters, ""), trick
        if i % 50 == 49:
            house.restart()
            house.run(30)
            assert house.heard_names() == life, trick
    house.play_now(emergency("real", house.clock.now(), 2))
    house.run(10)
    assert house.heard_names() == [*life, "real"]
    assert house.outcomes()["real"] == (Outcome.AIRED, Reason.NONE)
    assert set(house.outcomes()) == {*life, "real"}


def test_nothing_forged_replayed_misdirected_or_rolled_back_is_heard(root: Path) -> None:
    attack(root, 2000, seed=1)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_nothing_of_a_hundred_thousand_forgeries_is_heard(root: Path) -> None:
    attack(root, 100_000, seed=2)


def test_a_plan_with_one_bad_item_keeps_the_others_and_says_so(house: House) -> None:
    news, market = cue("news", at("05:00")), cue("market", at("05:05"))
    plan = house.put_plan(news, market)
    body = json.loads(codec.encode(replace(plan, counter=house.hub.counter())))
    body["cues"][1]["priority"] = "whim"
    packed = zlib.compress(json.dumps(body).encode())
    signature = house.hub.daily.sign(b"loa/v1/plan\0" + packed)
    house.put_wire(codec.encode(Envelope(kid=house.hub.grant_kid, body=packed, sig=signature)))
    house.leap_to(at("04:59"))
    house.run_until(at("05:06"))
    assert house.heard_names() == ["news"]
    (refusal,) = house.refusals()
    assert refusal.reason is Reason.MALFORMED
    assert "whim" in refusal.detail
    house.restart()
    house.run(5)
    assert house.summary().refused is Reason.NONE


class TestAKeyOnAStick:
    """A node without a network is brought the new key by hand; the recovery key's word is all it needs."""

    def bring(self, house: House, wire: bytes) -> None:
        house.spool.put_grant(wire)
        house.run(1)

    def test_shuts_out_the_stolen_one_at_once(self, house: House) -> None:
        house.put_plan(cue("news", at("05:00")))
        house.run(1)
        thief = replace(house.hub)
        house.hub.rotate()
        assert house.hub.grant is not None
        self.bring(house, codec.encode(house.hub.grant))
        house.know([cue("lies", at("05:10"))])
        house.put_wire(thief.seal(thief.plan([cue("lies", at("05:10"))], house.clock.now())))
        house.put_command(thief.seal(thief.play(emergency("panic", at("00:01")), house.nonce)))
        house.run(5)
        assert {r.reason for r in house.refusals()} == {Reason.BAD_SIGNATURE}
        house.leap_to(at("04:59"))
        house.run_until(at("05:12"))
        assert house.heard_names() == ["news"], "what was approved before goes on air"

    def test_is_remembered_over_a_power_cut_and_taken_once(self, house: House) -> None:
        house.hub.rotate()
        assert house.hub.grant is not None
        self.bring(house, codec.encode(house.hub.grant))
        believed = house.summary().kid
        assert house.spool.grant() is None
        house.restart()
        assert house.summary().kid == believed == house.hub.grant_kid
        self.bring(house, codec.encode(house.hub.grant))
        assert house.spool.grant() is None

    @pytest.mark.parametrize("forge", ["rubbish", "by_the_thief", "by_another_system"])
    def test_of_nobodys_is_thrown_away(self, house: House, forge: str) -> None:
        before = house.summary().kid
        grant = Grant(epoch=5, daily_key="c" * 64)
        wires = {
            "rubbish": b"rubbish",
            "by_the_thief": codec.encode(sign(grant, house.hub.daily)),
            "by_another_system": codec.encode(sign(grant, Hub().recovery)),
        }
        self.bring(house, wires[forge])
        assert house.summary().kid == before
        assert house.spool.grant() is None
