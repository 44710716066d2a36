"""Bytes to messages: the golden bytes hold, round trips are exact, and bad bytes are refused, never half read."""

import json
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import codec
from contract.codec import Malformed
from contract.events import Playout
from contract.orders import Plan
from contract.reports import Heartbeat, State
from contract.samples import MESSAGES, PLAN

GOLDEN = Path(__file__).parent / "golden.json"


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_golden_bytes_stay_as_nodes_in_the_field_know_them(name: str) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert codec.encode(MESSAGES[name]).decode() == golden[name]
    assert codec.decode(golden[name].encode(), type(MESSAGES[name])) == MESSAGES[name]


def test_an_unknown_field_is_accepted_and_an_unknown_kind_is_not() -> None:
    assert codec.decode(b'{"v":1,"is_online":true,"colour":"red"}', State) == State(is_online=True)
    with pytest.raises(Malformed, match="unknown kind"):
        codec.decode_event(b'{"v":1,"kind":"song"}')


def test_events_are_told_apart_by_their_kind() -> None:
    for name in ("event playout", "event change", "event refusal"):
        assert codec.decode_event(codec.encode(MESSAGES[name])) == MESSAGES[name]


@pytest.mark.parametrize(
    "data",
    [b"", b"null", b"[]", b"{", b'{"v":2,"is_online":true}', b'{"v":1,"is_online":1}', b"\xff\xfe", b"[" * 5000],
)
def test_bad_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        codec.decode(data, State)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    for kind in (State, Heartbeat, Playout, Plan):
        try:
            codec.decode(data, kind)
        except Malformed:
            continue
    try:
        codec.decode_event(data)
    except Malformed:
        return


def test_a_node_that_knows_no_cause_yet_is_still_heard() -> None:
    raw = json.loads(codec.encode(MESSAGES["report"]))
    del raw["network"]
    for target in raw["targets"]:
        del target["rtt_p95_ms"], target["miss"]
    heard = codec.decode(json.dumps(raw).encode(), Heartbeat)
    assert heard.network is None
    assert [(t.rtt_p95_ms, t.miss) for t in heard.targets] == [(None, ""), (None, "")]


def test_a_naive_instant_is_refused() -> None:
    raw = json.loads(codec.encode(MESSAGES["report"]))
    raw["at"] = "2026-12-01T22:00:00"
    with pytest.raises(Malformed, match="time zone"):
        codec.decode(json.dumps(raw).encode(), Heartbeat)


def test_a_plan_travels_deflated_and_comes_back() -> None:
    assert codec.unpack(codec.pack(PLAN), Plan) == PLAN


def test_a_bomb_is_refused_before_it_is_inflated() -> None:
    bomb = zlib.compress(b" " * (codec.PLAN_UNPACKED_MAX + 1))
    assert len(bomb) < codec.PLAN_PACKED_MAX
    with pytest.raises(Malformed, match="unpacked"):
        codec.unpack(bomb, Plan)


def test_a_cut_or_padded_body_is_refused() -> None:
    packed = codec.pack(PLAN)
    for broken in (packed[:-3], b"", b"no deflate", packed[:10] + b"\0" + packed[11:]):
        with pytest.raises(Malformed):
            codec.unpack(broken, Plan)


def test_a_plan_must_list_each_sound_its_cues_name() -> None:
    raw = json.loads(codec.encode(PLAN))
    raw["audio"] = []
    with pytest.raises(Malformed, match="does not list"):
        codec.decode(json.dumps(raw).encode(), Plan)


class TestAPlanWithOneBadItem:
    """What is wrong in it costs itself alone."""

    def change(self, **changes: object) -> bytes:
        return zlib.compress(json.dumps({**json.loads(codec.encode(PLAN)), **changes}).encode())

    def test_keeps_the_others(self) -> None:
        good = json.loads(codec.encode(PLAN.cues[0]))
        bad = [
            {**good, "id": "a.b", "priority": "whim"},
            {**good, "id": "c d"},
            {**good, "id": "e.f", "duration_s": -1},
            {**good, "id": "g.h", "audio": ["b" * 64]},
            good,
            "cue",
            None,
        ]
        plan, faults = codec.unpack_plan(self.change(cues=[bad[0], good, *bad[1:]]))
        assert plan == PLAN
        assert len(faults) == len(bad)
        assert any("there twice" in fault for fault in faults)

    def test_loses_the_cues_of_a_bad_sound(self) -> None:
        plan, faults = codec.unpack_plan(self.change(audio=[{"sha256": "x", "size": 1, "duration_s": 1}]))
        assert (plan.audio, plan.cues, plan.keep) == ((), (), ())
        assert len(faults) == 2

    def test_is_as_it_was_where_nothing_is_wrong(self) -> None:
        assert codec.unpack_plan(codec.pack(PLAN)) == (PLAN, ())

    @pytest.mark.parametrize(
        "changes", [{"node": "a b"}, {"counter": 7}, {"v": 2}, {"cues": {}}, {"valid_until": "2020"}]
    )
    def test_is_refused_where_its_head_is_wrong(self, changes: dict[str, object]) -> None:
        with pytest.raises(Malformed):
            codec.unpack_plan(self.change(**changes))
