"""Nobody can do what they may not: every route, every role, and the things of others. What is refused changes nothing:
the whole database is compared before and after."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from hub.alarms import alarm
from hub.alerts.letter import Answer
from hub.alerts.place import Kind
from hub.api.site import built
from hub.cameras import asking
from hub.incidents.incident import About, Incident, Member
from hub.nodes import maintenance
from hub.people import tokens
from hub.people.accounts import Scope
from hub.store import alerts, incidents, people, recordings
from hub.store import tables as t
from hub.web.site import make_site
from hub.web.sounds.tus import PIECE_TYPE
from hub.web.sounds.uploads import router as _uploads
from tests.hub.alerts import course
from tests.hub.permissions import API, API_WHO_MAY, EVERY, THINGS, Route, Whose, page
from tests.hub.web.test_routes import ENDLESS
from tests.hub.web.world import ORIGIN, PEOPLE, VILLAGES, Browser, World

EAST, WEST, _ = VILLAGES
TUS = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}


@dataclass
class House:
    """One hub, and whoever asks it, by page or by program."""

    world: World
    client: TestClient
    has_changed: bool = False
    """Whether anything of what the hub has written down is another since the last question."""
    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    def ask(self, name: str, route: Route, things: dict[str, str], scope: Scope = Scope.FULL) -> httpx.Response:
        """Ask as this person: a page with a log-in, the API with a token."""
        method, path = route
        for place, thing in things.items():
            path = path.replace(place, thing)
        headers = {"Origin": ORIGIN, **TUS, **self._key(name, path, scope)}
        body: dict[str, object] = (
            {"json": _json(route)} if path.startswith(API) and method in ("POST", "PUT") else {"data": _form(things)}
        )
        if path.startswith(API) and route[1].endswith(("/approve", "/starts-at", "broadcasts/{id}")):
            headers["If-Match"] = '"' + "0" * 64 + '"'
        headers |= {"Content-Type": PIECE_TYPE} if method == "PATCH" else {}
        options = body if method in ("POST", "PUT") else {}
        before = self.digest()
        answer: httpx.Response = self.client.request(method, path, headers=headers, **options)  # type: ignore[arg-type]
        self.has_changed = self.digest() != before
        return answer

    def _key(self, name: str, path: str, scope: Scope) -> dict[str, str]:
        """What lets this person in there: the same at every question."""
        key = (name, scope if path.startswith(API) else "")
        if key not in self._known and path.startswith(API):
            _, secret = tokens.make(self.world.desk, self.world.user(name), "để hỏi", scope, 30)
            self._known[key] = secret
            self.client.get(f"{API}/me", headers={"Authorization": f"Bearer {secret}"})
        elif key not in self._known:
            self.world.clock.pass_(seconds=1)
            Browser(self.client).enter(self.world, name)
            self._known[key] = str(self.client.cookies["loa_session"])
        self.client.cookies.clear()
        known = self._known[key]
        return {"Authorization": f"Bearer {known}"} if path.startswith(API) else {"Cookie": f"loa_session={known}"}

    def digest(self) -> str:
        """Of everything the hub has written down."""
        with self.world.database.read() as c:
            rows = [(table.name, sorted(map(repr, c.execute(select(table))))) for table in t.metadata.sorted_tables]
        return hashlib.sha256(repr(rows).encode()).hexdigest()


def _form(things: dict[str, str]) -> dict[str, str]:
    """Of a page: what every form might ask for, so that nothing but the permission is in the way."""
    return {
        "id": things.get("{id}", ""), "title": "Tên", "phone": "0912 345 678", "language": "Tày",
        "position": "21.0, 105.8", "reason": "Sửa lại",
        "day": "2026-11-23", "time": "06:00", "was": "2026-11-22T22:00:00+00:00", "at": "2026-11-22T22:00:00+00:00",
        "from_day": "2026-11-24", "from_time": "06:00", "until_day": "2026-11-24", "until_time": "07:00",
        "waiver": "một mình", "is_kept": "1", "is_chosen": "1", "node": WEST, "some": "1",
        "person": "lan", "note": "Đã gọi", "hears": "all", "reach": "some", "nodes": WEST,
    }  # fmt: skip


def _json(route: Route) -> dict[str, object]:
    """Of a request to the API: the same."""
    wish: dict[str, object] = {"title": "Tên", "nodes": [WEST], "recording": "0" * 64}
    bodies: dict[str, dict[str, object]] = {
        "/broadcasts": wish, "/broadcasts/{id}": wish, "/checks": {"wish": wish},
        "/starts-at": {"starts_at": "2026-11-23T06:00:00+07:00"}, "/return": {"reason": "Sửa lại"},
        "/drop": {"at": "2026-11-22T22:00:00Z"}, "/again": {"nodes": [WEST]}, "/name": {"title": "Tên"},
        "/stop": {"nodes": [WEST]}, "/stops": {"nodes": [WEST]}, "/kept": {"is_kept": True},
        "/import/drafts": {"events": [{"title": "Tên"}], "nodes": [WEST], "recording": "0" * 64},
        "/undo-move": {"was": "2026-11-22T22:00:00Z"}, "/put-back": {"short": ""}, "scripts/{id}/words": {"values": {}},
        "/substitute": {"is_chosen": True}, "/phone": {"phone": "0912 345 678"}, "/language": {"language": "Tày"},
        "/position": {"latitude": 21.0, "longitude": 105.8},
        "/maintenance": {
            "starts_at": "2026-11-24T06:00:00+07:00", "ends_at": "2026-11-24T07:00:00+07:00", "reason": "Sửa lại",
        },
        "/cut": {"start_s": 1, "end_s": 2}, "/renew": {"recording": "0" * 64},
        "/speech/words": {"text": " "}, "/speech/sound": {"text": " "}, "/abbreviations": {"short": "", "said": ""},
        "/speech/recordings": {"text": " ", "title": "Tên"}, "/preparations": {},
        "/person": {"person": "lan"}, "/notes": {"text": "Đã gọi"},
        "/emergencies": {"id": "b" + "0" * 12, "recording": "0" * 64, "pin": ""},
    }  # fmt: skip
    path = route[1].removeprefix(API)
    return max(((end, body) for end, body in bodies.items() if path.endswith(end)), default=("", {}))[1]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    world = World(tmp_path)
    with TestClient(
        make_site(world.desk, lambda: world.online_since, send=lambda _letter: Answer()),
        base_url=ORIGIN,
        follow_redirects=False,
        raise_server_exceptions=False,
    ) as client:
        yield House(world, client)
    world.database.dispose()


def things_of(house: House, owner: str) -> dict[Route, dict[str, str]]:
    """For each route with a thing in it: such a thing, of this person's and in the western village."""
    world = house.world
    world.clock.pass_(hours=1)
    sound = replace(world.add_sound(f"Bản tin {owner}"), uploaded_by=owner)
    with world.database.write() as c:
        recordings.add(c, sound)
    broadcast = world.order(sound=sound, minutes=None, villages=(WEST,), author="lan")
    planned = world.order("Có giờ", 30, sound, (WEST,), author="lan")
    siren = alarm.send(
        world.desk, world.user("hung"), id=alarm.fresh_id(), recording=sound.sha256, villages=[WEST], repeat_for_s=0
    )
    token, _ = tokens.make(world.desk, world.user(owner), "của họ", Scope.FULL, 30)
    Browser(house.client).enter(world, owner)
    with world.database.read() as c:
        session = people.sessions(c, owner, world.clock())[0]
    upload = _upload(house, owner)
    world.beat(WEST)
    tam, hour = world.user("tam"), timedelta(hours=1)
    asking.show(world.desk, WEST, "cong", tam)
    for order in world.take_up(WEST):
        if order.camera:
            assert world.send_pictures(WEST, order)
    cut = Member(node=WEST, subject="node", value="down", detail="", since_at=world.clock())
    with world.database.write() as c:
        incidents.put(
            c, [Incident(id=1, about=About.CONTACT, since_at=cut.since_at, opened_at=cut.since_at, members=[cut])]
        )
        alerts.put_place(c, course.place("p1", kind=Kind.ZALO, villages=frozenset({WEST})))
    window = maintenance.plan(world.desk, WEST, "", world.clock(), world.clock() + hour, "thử", tam)

    def thing(route: Route) -> dict[str, str]:
        path = route[1]
        if "/nodes" in path:
            return {"{id}": WEST, "{camera}": "cong", "{which}": "now", "{window}": window.id}
        if "/incidents" in path:
            return {"{id}": "1"}
        if "/alerts" in path:
            return {"{id}": "p1"}
        if "/emergenc" in path:
            return {"{id}": siren.id}
        if "/people/" in path:
            return {"{name}": "khach"}
        if "/scripts/" in path:
            return {"{id}": "power"}
        if "tokens" in path:
            return {"{id}": token.id}
        if "sessions" in path:
            return {"{id}": session.id}
        if "/uploads/" in path:
            return {"{id}": upload}
        return {"{id}": planned.id if "move" in path else broadcast.id, "{sha256}": sound.sha256}

    return {route: thing(route) for route in THINGS}


def _upload(house: House, owner: str) -> str:
    """A file that is still coming in."""
    headers = {"Origin": ORIGIN, **TUS, "Upload-Length": "100", "Upload-Metadata": "title VA=="}
    began = house.client.post(_uploads.prefix, headers=headers)
    return str(began.headers.get("location", "0" * 32)).rpartition("/")[2]


def test_every_operation_has_its_line() -> None:
    operations = {(m.upper(), path) for path, methods in built().state.schema["paths"].items() for m in methods}
    assert operations == API_WHO_MAY.keys(), "the pages' own table is held in tests/hub/web/test_routes.py"


def test_every_route_with_a_thing_in_it_says_whose() -> None:
    assert {route for route in EVERY if "{" in route[1]} <= THINGS.keys()
    assert THINGS.keys() <= EVERY.keys()


def test_the_page_that_says_who_may_what_is_made_from_the_table() -> None:
    written = Path(__file__).parents[2] / "docs" / "permissions.md"
    assert written.read_text(encoding="utf-8") == page(), "python -m tests.hub.permissions > docs/permissions.md"


@pytest.mark.parametrize("name", PEOPLE)
def test_what_a_role_does_not_include_is_refused_and_changes_nothing(house: House, name: str) -> None:
    things = things_of(house, name)
    wrong = []
    for route, roles in EVERY.items():
        if PEOPLE[name][1] not in roles:
            answer = house.ask(name, route, things.get(route, {}))
            if answer.status_code != 403 or house.has_changed:
                wrong.append((route, answer.status_code, house.has_changed))
    assert not wrong


@pytest.mark.parametrize("name", PEOPLE)
def test_what_a_role_includes_is_not_refused_through_the_api(house: House, name: str) -> None:
    things = things_of(house, name)
    wrong = []
    for (method, path), roles in API_WHO_MAY.items():
        if PEOPLE[name][1] in roles:
            answer = house.ask(name, (method, API + path), things.get((method, API + path), {}))
            is_known = answer.status_code == 403 and answer.json()["type"].endswith(("no-pin", "wrong-pin"))
            if (answer.status_code in (401, 403) and not is_known) or answer.status_code >= 500:
                wrong.append((method, path, answer.status_code, answer.text))
    assert not wrong


@pytest.mark.parametrize("name", PEOPLE)
def test_a_token_for_looking_changes_nothing(house: House, name: str) -> None:
    things = things_of(house, name)
    for route in EVERY:
        if route[1].startswith(API) and route[0] != "GET":
            house.ask(name, route, things.get(route, {}), Scope.READ)
            assert not house.has_changed, route


@pytest.mark.parametrize("name", ["lan", "hung", "tam"])
def test_who_answers_for_other_villages_changes_nothing_here(house: House, name: str) -> None:
    things = things_of(house, "quantri")
    house.world.bind(name, EAST)
    wrong = []
    for route, whose in THINGS.items():
        if whose in (Whose.VILLAGES, Whose.PARTLY, Whose.MAKER) and PEOPLE[name][1] in EVERY[route]:
            answer = house.ask(name, route, things[route])
            if house.has_changed or answer.status_code < 400:
                wrong.append((route, answer.status_code, house.has_changed))
    assert not wrong


@pytest.mark.parametrize("name", PEOPLE)
def test_what_is_anothers_alone_is_nobody_elses(house: House, name: str) -> None:
    others = things_of(house, "hung" if name != "hung" else "lan")
    for route, whose in THINGS.items():
        if whose is Whose.OWN and PEOPLE[name][1] in EVERY[route]:
            answer = house.ask(name, route, others[route])
            assert not house.has_changed, route
            assert answer.status_code == 404 or route[1] in ("/account/sessions/end", "/uploads/{id}/cancel"), route


@pytest.mark.parametrize("name", ["lan", "hung"])
def test_ones_own_log_ins_and_tokens_are_ones_own_to_end(house: House, name: str) -> None:
    for route, whose in THINGS.items():
        if whose is Whose.OWN and "uploads" not in route[1]:
            own = things_of(house, name)
            assert house.ask(name, route, own[route]).status_code in (204, 303)
            assert house.has_changed, route


def test_strangers_reach_nothing_of_the_api(house: House) -> None:
    things = things_of(house, "lan")
    house.client.cookies.clear()
    before = house.digest()
    for method, path in API_WHO_MAY:
        for place, thing in things.get((method, API + path), {}).items():
            path = path.replace(place, thing)
        assert house.client.request(method, API + path).status_code == 401, path
    assert house.digest() == before


def test_no_answer_without_an_end_is_asked_here() -> None:
    assert not [route for route in ENDLESS if EVERY[route] != frozenset(EVERY[("GET", "/")])]
