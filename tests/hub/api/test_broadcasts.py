"""From an order to what became of it, through the API: bound to what was seen, and ordered once."""

import pytest

from contract.reports import PlanReport
from contract.terms import Order, Outcome, Reason
from hub.store import orders
from tests.hub.api.conftest import Program, Programs
from tests.hub.web.world import VILLAGES, World

EAST, WEST, MIDDLE = VILLAGES
AT = "2026-11-23T05:00:00+07:00"
SPAN = "from=2026-11-22T00:00:00Z&until=2026-11-30T00:00:00Z"


def wish(world: World, **changes: object) -> dict[str, object]:
    sound = world.add_sound("Bản tin sáng")
    usual = {"title": "Bản tin sáng", "nodes": list(VILLAGES), "recording": sound.sha256, "starts_at": AT}
    return {**usual, "has_chime": False, **changes}


def test_an_order_waits_and_is_approved_as_it_was_seen(officer: Program, leader: Program, world: World) -> None:
    ordered = officer.post("/broadcasts", json=wish(world))
    assert ordered.status_code == 201, ordered.text
    told = ordered.json()
    assert (told["stage"], told["starts_at"], told["author"]) == ("submitted", "2026-11-22T22:00:00Z", "lan")
    place = ordered.headers["location"].removeprefix("/api/v1")
    seen = leader.get(place)
    assert seen.headers["etag"] == ordered.headers["etag"] == f'"{told["digest"]}"'
    approved = leader.post(f"{place}/approve", json={}, headers={"If-Match": seen.headers["etag"]})
    assert (approved.json()["stage"], approved.json()["approved_by"]) == ("approved", "hung")


def test_what_was_changed_meanwhile_is_not_approved(officer: Program, leader: Program, world: World) -> None:
    ordered = officer.post("/broadcasts", json=wish(world))
    place, seen = f"/broadcasts/{ordered.json()['id']}", {"If-Match": ordered.headers["etag"]}
    moved = officer.put(f"{place}/starts-at", json={"starts_at": "2026-11-23T06:00:00+07:00"}, headers=seen)
    assert moved.status_code == 200
    late = leader.post(f"{place}/approve", json={}, headers=seen)
    assert (late.status_code, late.json()["type"]) == (412, "/api/v1/docs#changed")
    again = officer.put(place, json=wish(world, title="Bản tin khác"), headers=seen)
    assert again.status_code == 412
    assert officer.get(place).json()["order"]["title"] == "Bản tin sáng"
    changed = officer.put(place, json=wish(world, title="Bản tin khác"), headers={"If-Match": moved.headers["etag"]})
    assert changed.json()["title"] == "Bản tin khác"


def test_approving_asks_what_was_seen(officer: Program, leader: Program, world: World) -> None:
    id = officer.post("/broadcasts", json=wish(world)).json()["id"]
    answer = leader.post(f"/broadcasts/{id}/approve", json={})
    assert answer.status_code == 422
    assert [e["place"] for e in answer.json()["errors"]] == ["header.If-Match"]


def test_a_request_that_is_repeated_is_one_order(officer: Program, program: Programs, world: World) -> None:
    key, wanted = {"Idempotency-Key": "bao-cao-1"}, wish(world)
    first = officer.post("/broadcasts", json=wanted, headers=key).json()["id"]
    second = officer.post("/broadcasts", json=wanted, headers=key)
    assert (second.status_code, second.json()["id"]) == (201, first)
    assert len(officer.get(f"/broadcasts?{SPAN}").json()["items"]) == 1
    other = officer.post("/broadcasts", json={**wanted, "starts_at": "2026-11-23T06:00:00+07:00"}, headers=key)
    assert other.json()["id"] != first, "another order"
    theirs = program("hung").post("/broadcasts", json=wanted, headers=key)
    assert theirs.status_code == 409, "another person's order, which is in the way of the first"


def test_what_stands_in_the_way_is_data_with_ways_out(officer: Program, world: World) -> None:
    first = officer.post("/broadcasts", json=wish(world)).json()
    answer = officer.post("/broadcasts", json=wish(world, title="Tin hai", nodes=[EAST]))
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "/api/v1/docs#conflicts")
    (found,) = problem["conflicts"]
    assert (found["node"], found["reason"], found["broadcast"]) == (EAST, "overlap", first["id"])
    assert found["times"] == ["2026-11-22T22:00:00Z"]
    assert problem["free_at"] == "2026-11-22T22:03:00Z"
    moved = officer.post("/broadcasts", json=wish(world, title="Tin hai", nodes=[EAST], starts_at=problem["free_at"]))
    assert moved.status_code == 201


def test_an_order_can_be_weighed_without_being_saved(officer: Program, world: World) -> None:
    wanted = wish(world)
    assert officer.post("/checks", json={"wish": wanted}).json()["is_free"]
    ordered = officer.post("/broadcasts", json=wanted).json()
    busy = officer.post("/checks", json={"wish": wanted}).json()
    assert (busy["is_free"], len(busy["conflicts"]), busy["free_at"]) == (False, 3, "2026-11-22T22:03:00Z")
    same = officer.post("/checks", json={"wish": wanted, "instead_of": ordered["id"]}).json()
    assert same["is_free"], "it does not stand in its own way"
    assert len(officer.get(f"/broadcasts?{SPAN}").json()["items"]) == 1


def test_a_draft_is_submitted_returned_and_withdrawn(officer: Program, leader: Program, world: World) -> None:
    id = officer.post("/broadcasts", json=wish(world, is_submitted=False)).json()["id"]
    assert officer.get(f"/broadcasts?{SPAN}&stage=submitted").json()["items"] == []
    assert officer.post(f"/broadcasts/{id}/submit").json()["stage"] == "submitted"
    returned = leader.post(f"/broadcasts/{id}/return", json={"reason": "Nói rõ giờ họp"}).json()
    assert (returned["stage"], returned["returned_for"]) == ("draft", "Nói rõ giờ họp")
    officer.post(f"/broadcasts/{id}/submit")
    assert officer.post(f"/broadcasts/{id}/withdraw").json()["stage"] == "draft"
    assert officer.post(f"/broadcasts/{id}/cancel").json()["stage"] == "cancelled"


def test_readiness_and_records_are_told_village_by_village(officer: Program, world: World) -> None:
    broadcast = world.approve(world.order(minutes=30))
    counter = world.issue(EAST, broadcast)
    world.beat(EAST, plan=PlanReport(accepted=counter))
    before = {v["node"]: v for v in officer.get(f"/broadcasts/{broadcast.id}").json()["villages"]}
    assert (before[EAST]["is_ready"], before[WEST]["readiness"]) == (True, "unreached")
    assert before[WEST]["trouble"]
    world.clock.pass_(minutes=40)
    world.report(EAST, broadcast)
    world.report(WEST, broadcast, Outcome.MISSED, Reason.NO_AUDIO)
    after = {v["node"]: v for v in officer.get(f"/broadcasts/{broadcast.id}").json()["villages"]}
    assert after[EAST]["playout"]["outcome"] == "aired"
    assert after[EAST]["playout"]["first_sample_at"] == "2026-11-22T22:00:00Z"
    assert (after[WEST]["playout"]["reason"], after[WEST]["playout"]["reason_words"]) == (
        "no_audio",
        "bản thu chưa về đến nút",
    )
    again = officer.post(f"/broadcasts/{broadcast.id}/again", json={"nodes": [WEST]})
    assert again.json()["nodes"] == [WEST]
    assert officer.post(f"/broadcasts/{broadcast.id}/again", json={"nodes": [WEST]}).json()["id"] == again.json()["id"]


def test_it_is_stopped_in_some_villages_and_everywhere(program: Programs, world: World) -> None:
    broadcast = world.approve(world.order(minutes=10))
    technician = program("tam")
    early = technician.post(f"/broadcasts/{broadcast.id}/stop", json={})
    assert (early.status_code, early.json()["detail"]) == (409, "Buổi phát này chưa bắt đầu.")
    world.clock.pass_(minutes=11)
    assert technician.post(f"/broadcasts/{broadcast.id}/stop", json={"nodes": [EAST]}).status_code == 204
    assert technician.post("/stops", json={}).status_code == 204
    with world.database.read() as c:
        stops = [o.node for o in orders.open_orders(c, world.clock()) if o.order is Order.STOP]
    assert stops.count(EAST) == 2
    assert stops.count(WEST) == 1


def test_a_rule_is_read_back_ordered_and_left_out_once(officer: Program, world: World) -> None:
    read = officer.get("/calendar/rule?words=hằng ngày 5h&most=2").json()
    assert read == {"words": "hằng ngày 5:00", "airings": ["2026-11-22T22:00:00Z", "2026-11-23T22:00:00Z"]}
    ordered = officer.post("/broadcasts", json=wish(world, starts_at=None, rule=read["words"])).json()
    assert ordered["rule"] == "hằng ngày 5:00"
    dropped = officer.post(f"/broadcasts/{ordered['id']}/drop", json={"at": read["airings"][1]}).json()
    assert dropped["dropped"] == [read["airings"][1]]
    airings = officer.get(f"/calendar?{SPAN}").json()
    assert [a["at"][8:10] for a in airings] == ["22", "24", "25", "26", "27", "28", "29"]
    days = officer.get("/calendar/days?first=2026-11-23&days=2").json()
    assert [(d["lunar_day"], d["minutes"]) for d in days] == [(15, dict.fromkeys(VILLAGES, 125 / 60)), (16, {})]
    assert officer.get("/calendar/rule?words=lúc nào cũng được").status_code == 409


@pytest.mark.parametrize("span", ["from=2026-11-22T00:00:00Z&until=2027-11-22T00:00:00Z", f"from={AT}&until={AT}"])
def test_a_span_has_its_bounds(officer: Program, span: str) -> None:
    assert officer.get(f"/calendar?{span.replace('+', '%2B')}").status_code == 409


def test_a_slip_in_a_name_is_said(officer: Program, world: World) -> None:
    answer = officer.get(f"/broadcasts?{SPAN}&stages=draft")
    assert [e["place"] for e in answer.json()["errors"]] == ["query.stages"]
    answer = officer.post("/broadcasts", json=wish(world, start="now"))
    assert [e["place"] for e in answer.json()["errors"]] == ["body.start"]
