"""Records of the nodes: one row an event for ever, and the questions the pages ask of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from contract.events import Change, Event, Key, Playout, Refusal
from contract.terms import Outcome, Reason
from hub.nodes.fleet import Flip
from hub.store import records
from hub.store import tables as t
from hub.store.database import Database

NOW = datetime(2026, 3, 2, 5, 0, 0, 123456, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
NODE, OTHER = "binhminh-thon-1", "binhminh-thon-2"


def playout(seq: int, at: datetime = NOW, outcome: Outcome = Outcome.AIRED, broadcast: str = "b1") -> Playout:
    return Playout(
        key=Key(stream="s1", seq=seq),
        at=at,
        cue=f"{broadcast}.20260302T050000.thon-1",
        broadcast=broadcast,
        outcome=outcome,
        planned_at=at,
        first_sample_at=at + SECOND / 1000,
        last_sample_at=at + 60 * SECOND,
        level_dbfs=-18.25,
    )


def change(seq: int, value: str, subject: str = "camera:gate", at: datetime = NOW) -> Change:
    return Change(key=Key(stream="s2", seq=seq), at=at, subject=subject, value=value, detail="đứng hình")


def refusal(seq: int) -> Refusal:
    return Refusal(key=Key(stream="s3", seq=seq), at=NOW, what="plan", reason=Reason.BAD_SIGNATURE, detail="?")


def keep(c: Connection, *events: Event, node: str = NODE, at: datetime = NOW) -> None:
    records.insert_events(c, [(node, event, at) for event in events])


def test_what_was_before_the_last_change(c: Connection) -> None:
    for n, value in enumerate(("up", "late", "down")):
        records.add_flips(c, [Flip(node=NODE, subject="node", value=value, at=NOW + n * SECOND)])
    records.add_flips(c, [Flip(node=OTHER, subject="node", value="down", at=NOW)])
    found = records.before_latest(c, "node", [NODE, OTHER])
    assert found == {NODE: Flip(node=NODE, subject="node", value="late", at=NOW + SECOND)}
    assert records.before_latest(c, "node", []) == {}


def test_a_playout_comes_back_as_the_node_said_it(c: Connection) -> None:
    missed = Playout(
        key=Key(stream="s1", seq=2),
        at=NOW,
        cue="b2.x",
        broadcast="b2",
        outcome=Outcome.MISSED,
        reason=Reason.CLOCK,
        planned_at=NOW,
    )
    keep(c, playout(1), missed)
    assert records.playouts(c, "b1") == {NODE: playout(1)}
    assert records.playouts(c, "b2") == {NODE: missed}
    assert records.playouts(c, "b3") == {}


def test_an_event_that_comes_again_changes_nothing(c: Connection) -> None:
    keep(c, playout(1), change(1, "frozen"), refusal(1))
    keep(c, playout(1, outcome=Outcome.CUT), change(1, ""), refusal(1), at=NOW + HOUR)
    assert records.playouts(c, "b1")[NODE].outcome is Outcome.AIRED
    assert [f.value for f in records.flips(c)] == ["frozen"]
    assert records.refusals(c) == [(NODE, refusal(1))]


def test_two_nodes_may_use_the_same_key(c: Connection) -> None:
    keep(c, playout(1))
    keep(c, playout(1), node=OTHER)
    assert set(records.playouts(c, "b1")) == {NODE, OTHER}


def test_of_several_records_of_a_node_the_latest_tells_how_it_went(c: Connection) -> None:
    keep(c, playout(2, NOW + HOUR, Outcome.CUT), playout(1, NOW, Outcome.AIRED))
    assert records.playouts(c, "b1")[NODE].outcome is Outcome.CUT


def test_a_span_lists_what_was_planned_in_it_in_order(c: Connection) -> None:
    keep(c, playout(1, NOW + HOUR), playout(2, NOW), playout(3, NOW + 2 * HOUR), playout(4, NOW - SECOND))
    found = records.playouts_between(c, NOW, NOW + 2 * HOUR)
    assert [(node, p.key.seq) for node, p in found] == [(NODE, 2), (NODE, 1)]


def test_changes_of_nodes_and_of_the_hub_stand_in_one_list_newest_first(c: Connection) -> None:
    keep(c, change(1, "frozen"))
    records.add_flips(c, [Flip(node=NODE, subject="node", value="down", at=NOW + HOUR)])
    keep(c, change(1, "dark", at=NOW + 2 * HOUR), node=OTHER, at=NOW + 2 * HOUR)
    assert [(f.node, f.value) for f in records.flips(c)] == [(OTHER, "dark"), (NODE, "down"), (NODE, "frozen")]
    assert [f.value for f in records.flips(c, NODE)] == ["down", "frozen"]
    assert [f.value for f in records.flips(c, limit=1)] == ["dark"]
    assert records.flips(c, OTHER) == [
        Flip(node=OTHER, subject="camera:gate", value="dark", at=NOW + 2 * HOUR, detail="đứng hình")
    ]


def test_the_hub_may_find_the_same_change_twice(c: Connection) -> None:
    down = Flip(node=NODE, subject="node", value="down", at=NOW)
    records.add_flips(c, [down, replace(down, value="up")])
    records.add_flips(c, [down])
    records.add_flips(c, [])
    assert [f.value for f in records.flips(c)] == ["down", "up", "down"]


def test_the_last_change_of_each_thing(c: Connection) -> None:
    keep(c, change(1, "frozen"), change(2, ""), change(3, "down", subject="target:wifi"))
    records.add_flips(c, [Flip(node=NODE, subject="node", value="late", at=NOW)])
    records.add_flips(c, [Flip(node=NODE, subject="node", value="down", at=NOW + SECOND)])
    latest = records.latest_flips(c)
    keep(c, change(1, "dark"), node=OTHER)
    keep(c, change(9, ""), node=OTHER, at=NOW + SECOND)
    assert records.latest_flips(c)[OTHER, "camera:gate"].value == ""
    assert {subject: f.value for subject, f in latest.items()} == {
        (NODE, "camera:gate"): "",
        (NODE, "target:wifi"): "down",
        (NODE, "node"): "down",
    }


def test_the_course_of_a_month_begins_with_what_was_before_it(c: Connection) -> None:
    def found(node: str, value: str, hours: int, subject: str = "node") -> Flip:
        return Flip(node=node, subject=subject, value=value, at=NOW + hours * HOUR)

    flips = [found(NODE, "up", -9), found(NODE, "down", -5), found(NODE, "up", 0), found(NODE, "late", 4)]
    more = [found(NODE, "ok", -7, "boot"), found(OTHER, "up", 2), found("hub", "down", 1, "hub")]
    records.add_flips(c, [*flips, *more, found(NODE, "silent", 1, "process:camera")])
    keep(c, change(1, "up", subject="node", at=NOW + HOUR), at=NOW + HOUR)
    told = records.courses(c, ("node", "boot", "hub"), NOW, NOW + 4 * HOUR)
    assert {(f.subject, f.value, f.at) for f in told[NODE]} == {
        (f.subject, f.value, f.at) for f in (*flips[1:3], more[0])
    }, "what a node says of itself under these names is not the hub's word"
    assert [f.value for f in told[OTHER]] == ["up"]
    assert [f.value for f in told["hub"]] == ["down"]


def test_refusals_are_listed_newest_first(c: Connection) -> None:
    keep(c, refusal(1))
    keep(c, refusal(2), at=NOW + HOUR)
    keep(c, refusal(1), node=OTHER, at=NOW - HOUR)
    assert [(node, r.key.seq) for node, r in records.refusals(c)] == [(NODE, 2), (NODE, 1), (OTHER, 1)]
    assert records.refusals(c, OTHER) == [(OTHER, refusal(1))]
    assert len(records.refusals(c, limit=2)) == 2


def test_refusals_are_counted_by_node_and_reason_from_an_instant_on(c: Connection) -> None:
    keep(c, refusal(1), replace(refusal(2), reason=Reason.REPLAYED), refusal(3), at=NOW)
    keep(c, refusal(4), at=NOW - HOUR)
    keep(c, refusal(1), node=OTHER, at=NOW + HOUR)
    assert records.count_refusals(c, NOW) == {
        NODE: {Reason.BAD_SIGNATURE: 2, Reason.REPLAYED: 1},
        OTHER: {Reason.BAD_SIGNATURE: 1},
    }
    assert records.count_refusals(c, NOW + 2 * HOUR) == {}


@given(st.lists(st.lists(st.integers(1, 12), max_size=6), max_size=6))
def test_however_events_come_again_each_is_one_row(batches: list[list[int]]) -> None:
    database = Database("sqlite://")
    with database.write() as c:
        t.metadata.create_all(c)
        for batch in batches:
            keep(c, *(playout(seq) for seq in batch))
        count = c.execute(select(func.count()).select_from(t.playouts)).scalar()
    database.dispose()
    assert count == len({seq for batch in batches for seq in batch})
