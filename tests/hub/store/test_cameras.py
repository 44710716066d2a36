"""Small pictures that were asked for, and maintenance: kept as they are, for their time, and of nobody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from contract.events import Change, Key
from contract.orders import Counter
from contract.pictures import Pictures
from contract.terms import CameraFault, Order
from hub.nodes.fleet import Flip
from hub.nodes.windows import Window
from hub.store import maintenance, orders, records, thumbnails
from hub.store.orders import LiveOrder

NOW = datetime(2026, 11, 23, 5, 0, 0, 123456, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NODE, OTHER = "binhminh-thon-1", "binhminh-thon-2"
JPEG = b"\xff\xd8\xff\xe0 grey \xff\xd9"
ASKED = LiveOrder(
    id="o1",
    node=NODE,
    order=Order.SHOW,
    broadcast="",
    created_at=NOW,
    until_at=NOW + timedelta(minutes=2),
    counter=Counter(0, 7),
    nonce="n-1",
    camera="gate",
    asked_by="tam",
)
SENT = Pictures(
    at=NOW, command=Counter(0, 7), camera="gate", now=JPEG, fault=CameraFault.DARK, fault_at=NOW - HOUR, after=JPEG
)
WINDOW = Window(
    id="m1", node=NODE, starts_at=NOW, ends_at=NOW + HOUR, reason="thay cáp", made_by="tam", made_at=NOW - HOUR
)


def take(c: Connection, sent: Pictures = SENT, node: str = NODE, at: datetime = NOW) -> bool:
    return thumbnails.take(c, node, sent, at, DAY)


def test_an_order_about_a_camera_comes_back_whole(c: Connection) -> None:
    orders.add(c, [ASKED, replace(ASKED, id="o2", camera="yard"), replace(ASKED, id="o3", order=Order.RIGHT)])
    assert orders.of_camera(c, NODE, "gate", Order.SHOW, NOW) == [ASKED]
    assert orders.of_camera(c, NODE, "gate", Order.SHOW, ASKED.until_at) == []


def test_what_was_asked_for_is_kept_as_it_came(c: Connection) -> None:
    orders.add(c, [ASKED])
    assert take(c)
    held = thumbnails.of_camera(c, NODE, "gate", NOW)
    assert held is not None
    assert (held.order, held.asked_by, held.at, held.fault, held.fault_at) == ("o1", "tam", NOW, "dark", NOW - HOUR)
    assert (held.now, held.before, held.after, held.expires_at) == (JPEG, b"", JPEG, NOW + DAY)
    assert orders.open_orders(c, NOW) == []


@pytest.mark.parametrize(
    ("sent", "node", "at"),
    [
        (replace(SENT, command=Counter(0, 8)), NODE, NOW),
        (replace(SENT, command=Counter(1, 7)), NODE, NOW),
        (replace(SENT, camera="yard"), NODE, NOW),
        (SENT, OTHER, NOW),
        (SENT, NODE, NOW + HOUR),
        (replace(SENT, before=b"<svg onload=alert(1)>"), NODE, NOW),
    ],
    ids=["another command", "another epoch", "another camera", "another node", "long over", "no picture"],
)
def test_what_was_not_asked_for_is_not_kept(c: Connection, sent: Pictures, node: str, at: datetime) -> None:
    orders.add(c, [ASKED])
    assert not take(c, sent, node, at)
    assert thumbnails.of_camera(c, node, sent.camera, at) is None


@pytest.mark.parametrize("unsent", [replace(ASKED, counter=None), replace(ASKED, order=Order.RIGHT)])
def test_an_order_that_never_went_out_or_asked_for_something_else_earns_no_pictures(
    c: Connection, unsent: LiveOrder
) -> None:
    orders.add(c, [unsent])
    assert not take(c)


def test_what_comes_twice_lives_no_longer_and_what_is_newer_takes_its_place(c: Connection) -> None:
    orders.add(c, [ASKED, replace(ASKED, id="o2", counter=Counter(0, 9))])
    assert take(c)
    assert take(c, replace(SENT, now=b""), at=NOW + timedelta(minutes=5))
    held = thumbnails.of_camera(c, NODE, "gate", NOW)
    assert held is not None
    assert (held.now, held.expires_at) == (JPEG, NOW + DAY)
    assert take(c, replace(SENT, command=Counter(0, 9), now=b""))
    held = thumbnails.of_camera(c, NODE, "gate", NOW)
    assert held is not None
    assert (held.order, held.now) == ("o2", b"")


def test_when_their_time_is_over_they_are_gone(c: Connection) -> None:
    orders.add(c, [ASKED, replace(ASKED, id="o2", camera="yard", counter=Counter(0, 8))])
    assert take(c)
    assert take(c, replace(SENT, camera="yard", command=Counter(0, 8)), at=NOW + timedelta(seconds=1))
    assert not thumbnails.has_expired(c, NOW + DAY - timedelta(seconds=1))
    assert thumbnails.has_expired(c, NOW + DAY)
    assert thumbnails.forget_expired(c, NOW + DAY) == 1
    assert thumbnails.of_camera(c, NODE, "gate", NOW) is None
    assert thumbnails.of_camera(c, NODE, "yard", NOW) is not None


def test_maintenance_comes_back_as_it_was_and_ends_when_somebody_says_so(c: Connection) -> None:
    later = replace(WINDOW, id="m2", camera="gate", starts_at=NOW + 2 * HOUR, ends_at=NOW + 3 * HOUR)
    maintenance.add(c, [later, WINDOW, replace(WINDOW, id="m3", node=OTHER)])
    assert maintenance.window(c, "m2") == later
    assert maintenance.window(c, "m9") is None
    assert maintenance.of_node(c, NODE, NOW) == [WINDOW, later]
    assert maintenance.of_node(c, NODE, NOW + HOUR) == [later]
    assert maintenance.present(c, NOW) == {NODE: [WINDOW], OTHER: [replace(WINDOW, id="m3", node=OTHER)]}
    assert maintenance.present(c, NOW + HOUR) == {}
    assert [w.id for w in maintenance.begun(c, NOW - HOUR, NOW)[NODE]] == ["m1"], "not the year that is still to come"
    assert [w.id for w in maintenance.begun(c, NOW, NOW + 2 * HOUR)[NODE]] == ["m1", "m2"]
    maintenance.end(c, "m1", NOW + HOUR / 2, "hoa")
    ended = maintenance.window(c, "m1")
    assert ended is not None
    assert (ended.until_at, ended.ended_by) == (NOW + HOUR / 2, "hoa")
    assert NODE not in maintenance.present(c, NOW + HOUR / 4), "what is ended is over"
    assert maintenance.of_node(c, NODE, NOW + HOUR / 2) == [later]


def test_the_course_of_a_thing_begins_with_its_last_change_before(c: Connection) -> None:
    def change(seq: int, value: str, at: datetime, subject: str = "camera:gate") -> None:
        event = Change(key=Key(stream="s", seq=seq), at=at, subject=subject, value=value)
        records.insert_events(c, [(NODE, event, at)])

    assert not records.has_changed(c, NODE, "camera:gate")
    for seq, (value, days) in enumerate([("ok", 95), ("dark", 91), ("ok", 40), ("frozen", 2)], 1):
        change(seq, value, NOW - days * DAY)
    change(9, "ok", NOW - DAY, "camera:yard")
    records.add_flips(c, [Flip(node=NODE, subject="node", value="up", at=NOW - 50 * DAY)])
    told = records.course(c, NODE, ["camera:gate", "node"], NOW - 90 * DAY)
    assert [flip.value for flip in told] == ["dark", "up", "ok", "frozen"]
    newest = records.course(c, NODE, ["camera:gate"], NOW - 90 * DAY, most=1)
    assert [flip.value for flip in newest] == ["dark", "frozen"]
    assert records.has_changed(c, NODE, "camera:gate")


def test_a_series_ends_with_what_has_not_begun(c: Connection) -> None:
    series = [
        replace(WINDOW, id=f"m{n}", series="m0", starts_at=NOW + n * DAY, ends_at=NOW + n * DAY + HOUR)
        for n in range(3)
    ]
    alone = replace(WINDOW, id="m9", starts_at=NOW + DAY, ends_at=NOW + DAY + HOUR)
    maintenance.add(c, [*series, alone])
    maintenance.end_series(c, "m0", NOW + HOUR / 2, "tam")
    assert [w.id for w in maintenance.of_node(c, NODE, NOW + HOUR / 2) if w.until_at > NOW + HOUR / 2] == ["m0", "m9"]
