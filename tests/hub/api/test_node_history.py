"""A node's past through the API: its limits, what changed there and what it refused, in words."""

from datetime import timedelta

from contract.events import Change, Key, Refusal
from contract.limits import Limits
from contract.terms import Reason
from hub.store import records
from tests.hub.api.conftest import Programs
from tests.hub.web.world import MORNING, VILLAGES, World

EAST, WEST, _ = VILLAGES


def test_what_a_node_allows_itself_and_what_happened_there(program: Programs, world: World) -> None:
    world.be_born(EAST, Limits(minutes_a_day=45, volumes=((300, 60), (420, 100))))
    frozen = Change(key=Key(stream="s1", seq=1), at=MORNING, subject="camera:cong", value="frozen")
    forged = Refusal(
        key=Key(stream="s1", seq=2), at=MORNING + timedelta(minutes=1), what="plan", reason=Reason.BAD_SIGNATURE
    )
    with world.database.write() as c:
        records.insert_events(c, [(EAST, frozen, MORNING), (EAST, forged, MORNING)])
    told = program("khach").get(f"/nodes/{EAST}/history").json()
    assert told["birth"]["hardware"] == "Raspberry Pi 4 Model B"
    limits = told["birth"]["limits"]
    assert (limits["minutes_a_day"], limits["volumes"][0]) == (45, {"from_min": 300, "percent": 60})
    (change,) = told["changes"]
    assert (change["subject"], change["value"], change["tone"]) == ("camera:cong", "frozen", "bad")
    assert "cong" in change["text"]
    (refusal,) = told["refusals"]
    assert (refusal["what"], refusal["reason"]) == ("plan", "bad_signature")
    assert refusal["reason_words"]


def test_a_node_that_never_spoke_and_one_that_is_none(program: Programs) -> None:
    guest = program("khach")
    assert guest.get(f"/nodes/{WEST}/history").json() == {"birth": None, "changes": [], "refusals": []}
    assert guest.get("/nodes/la/history").status_code == 404
