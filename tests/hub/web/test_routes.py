"""Who may open what: every route for every role. A route that is not in the table fails here."""

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from hub.people.accounts import Role
from hub.web import site as site_module
from tests.hub.web.world import PEOPLE, Browser, World

EVERYONE = frozenset(Role)
ORDERS = frozenset({Role.OFFICER, Role.LEADER})
APPROVES = frozenset({Role.LEADER})
STOPS = frozenset({Role.OFFICER, Role.LEADER, Role.TECHNICIAN})
ALARMS = frozenset({Role.LEADER})
TENDS = frozenset({Role.TECHNICIAN, Role.ADMIN})
AUDITS = frozenset({Role.LEADER, Role.ADMIN})
MANAGES = frozenset({Role.ADMIN})

OPEN = {
    *{
        ("GET", "/login"),
        ("POST", "/login"),
        *((method, f"/login/{step}") for method in ("GET", "POST") for step in ("code", "password", "factor")),
        ("POST", "/logout"),
        ("POST", "/language"),
    },
    ("GET", "/known/{token}"),
    ("POST", "/known/{token}"),
    ("GET", "/metrics"),
    *{("GET", path) for path in ("/trust", "/trust/ca.crt", "/trust/ca.mobileconfig", "/trust/seal")},
    *{("GET", path) for path in ("/manifest.webmanifest", "/icons/{name}", "/sw.js", "/offline")},
}
"""What strangers may ask."""

WHO_MAY: dict[tuple[str, str], frozenset[Role]] = {
    ("GET", "/"): EVERYONE,
    ("GET", "/live"): EVERYONE,
    ("POST", "/stop"): STOPS,
    ("GET", "/audio"): EVERYONE,
    ("POST", "/audio"): ORDERS,
    ("GET", "/audio/uploads/{id}"): ORDERS,
    ("GET", "/audio/record"): ORDERS,
    ("OPTIONS", "/uploads"): ORDERS,
    ("GET", "/uploads"): ORDERS,
    ("POST", "/uploads"): ORDERS,
    ("HEAD", "/uploads/{id}"): ORDERS,
    ("PATCH", "/uploads/{id}"): ORDERS,
    ("DELETE", "/uploads/{id}"): ORDERS,
    ("POST", "/uploads/{id}/cancel"): ORDERS,
    ("GET", "/audio/{sha256}"): EVERYONE,
    ("GET", "/audio/{sha256}/sound"): EVERYONE,
    ("POST", "/audio/{sha256}/cut"): ORDERS,
    ("POST", "/audio/{sha256}/choose"): ORDERS,
    ("POST", "/audio/{sha256}/renew"): ORDERS,
    ("POST", "/audio/{sha256}/keep"): ORDERS,
    ("POST", "/audio/{sha256}/substitute"): ORDERS,
    ("GET", "/speech"): ORDERS,
    ("POST", "/speech"): ORDERS,
    ("POST", "/speech/words"): ORDERS,
    ("POST", "/speech/listen"): ORDERS,
    ("GET", "/speech/abbreviations"): ORDERS,
    ("POST", "/speech/abbreviations"): ORDERS,
    ("POST", "/speech/abbreviations/put-back"): ORDERS,
    ("GET", "/trust/invite"): TENDS,
    ("GET", "/people"): MANAGES,
    ("POST", "/people"): MANAGES,
    ("GET", "/people/{name}"): MANAGES,
    ("POST", "/people/{name}"): MANAGES,
    ("POST", "/people/{name}/password"): MANAGES,
    ("POST", "/people/{name}/second-factor"): MANAGES,
    ("POST", "/people/{name}/logout"): MANAGES,
    ("POST", "/people/{name}/off"): MANAGES,
    ("POST", "/people/{name}/on"): MANAGES,
    ("GET", "/audit"): AUDITS,
    ("GET", "/audit.csv"): AUDITS,
    ("GET", "/account/second-factor"): EVERYONE,
    ("POST", "/account/second-factor"): EVERYONE,
    ("POST", "/account/second-factor/codes"): EVERYONE,
    ("POST", "/account/second-factor/drop"): EVERYONE,
    ("GET", "/account"): EVERYONE,
    ("POST", "/account/sessions/end"): EVERYONE,
    ("POST", "/account/password"): EVERYONE,
    ("GET", "/account/tokens"): EVERYONE,
    ("POST", "/account/tokens"): EVERYONE,
    ("POST", "/account/tokens/{id}/revoke"): EVERYONE,
    ("GET", "/calendar"): EVERYONE,
    ("GET", "/calendar.ics"): EVERYONE,
    ("POST", "/calendar/move/{id}"): ORDERS,
    ("POST", "/calendar/move/{id}/undo"): ORDERS,
    ("GET", "/calendar/import"): ORDERS,
    ("POST", "/calendar/import"): ORDERS,
    ("POST", "/calendar/import/drafts"): ORDERS,
    ("GET", "/audio/bin"): ORDERS,
    ("POST", "/audio/{sha256}/rename"): ORDERS,
    ("POST", "/audio/{sha256}/remove"): ORDERS,
    ("POST", "/audio/{sha256}/put-back"): ORDERS,
    ("GET", "/broadcasts"): EVERYONE,
    ("GET", "/broadcasts/new"): ORDERS,
    ("GET", "/broadcasts/preview"): ORDERS,
    ("GET", "/broadcasts/recordings"): ORDERS,
    ("POST", "/broadcasts"): ORDERS,
    ("GET", "/broadcasts/{id}/edit"): ORDERS,
    ("POST", "/broadcasts/{id}/edit"): ORDERS,
    ("GET", "/broadcasts/{id}"): EVERYONE,
    ("GET", "/broadcasts/{id}/live"): EVERYONE,
    ("POST", "/broadcasts/{id}/approve"): APPROVES,
    ("POST", "/broadcasts/{id}/submit"): ORDERS,
    ("POST", "/broadcasts/{id}/withdraw"): ORDERS,
    ("POST", "/broadcasts/{id}/return"): APPROVES,
    ("POST", "/broadcasts/{id}/cancel"): ORDERS,
    ("POST", "/broadcasts/{id}/drop"): ORDERS,
    ("POST", "/broadcasts/{id}/stop"): STOPS,
    ("POST", "/broadcasts/{id}/again"): ORDERS,
    ("GET", "/emergency"): ALARMS,
    ("GET", "/emergency/recordings"): ALARMS,
    ("POST", "/emergency/prepare"): ALARMS,
    ("GET", "/emergency/confirm"): ALARMS,
    ("POST", "/emergency"): ALARMS,
    ("GET", "/emergency/{id}"): EVERYONE,
    ("GET", "/emergency/{id}/live"): EVERYONE,
    ("POST", "/emergency/{id}/cancel"): ORDERS,
    ("POST", "/emergency/{id}/all-clear"): ORDERS,
    ("GET", "/pin"): ALARMS,
    ("POST", "/pin"): ALARMS,
    ("GET", "/uptime"): EVERYONE,
    ("GET", "/uptime.csv"): EVERYONE,
    ("GET", "/nodes/{id}"): EVERYONE,
    **{("GET", f"/nodes/{{id}}/{form}"): EVERYONE for form in ("phone", "language", "position", "maintenance")},
    ("POST", "/nodes/{id}/phone"): TENDS,
    ("POST", "/nodes/{id}/language"): TENDS,
    ("POST", "/nodes/{id}/position"): TENDS,
    ("GET", "/nodes/{id}/live"): EVERYONE,
    ("GET", "/nodes/{id}/figures/{figure}"): EVERYONE,
    ("GET", "/nodes/{id}/figures.csv"): EVERYONE,
    ("POST", "/nodes/{id}/maintenance"): TENDS,
    ("POST", "/nodes/{id}/maintenance/{window}/end"): TENDS,
    ("GET", "/nodes/{id}/cameras/{camera}"): EVERYONE,
    ("GET", "/nodes/{id}/cameras/{camera}/live"): EVERYONE,
    ("POST", "/nodes/{id}/cameras/{camera}/show"): TENDS,
    ("POST", "/nodes/{id}/cameras/{camera}/right"): TENDS,
    ("GET", "/nodes/{id}/cameras/{camera}/pictures/{which}"): TENDS,
    ("GET", "/incidents"): EVERYONE,
    ("GET", "/incidents/live"): EVERYONE,
    ("GET", "/incidents/{id}"): EVERYONE,
    ("POST", "/incidents/{id}/photos"): TENDS,
    ("GET", "/incidents/{id}/photos/{photo}"): EVERYONE,
    ("POST", "/incidents/{id}/photos/{photo}/remove"): TENDS,
    ("POST", "/incidents/{id}/known"): TENDS,
    ("POST", "/incidents/{id}/assign"): TENDS,
    ("GET", "/incidents/{id}/note"): EVERYONE,
    ("POST", "/incidents/{id}/note"): TENDS,
    ("GET", "/alerts"): TENDS,
    ("GET", "/alerts/new"): TENDS,
    ("POST", "/alerts/new"): TENDS,
    ("GET", "/alerts/record"): TENDS,
    ("GET", "/alerts/{id}"): TENDS,
    ("POST", "/alerts/{id}"): TENDS,
    ("POST", "/alerts/{id}/test"): TENDS,
    ("POST", "/alerts/{id}/remove"): TENDS,
}
ENDLESS = {route for route in WHO_MAY if route[1].endswith("/live")}
"""Answers that never end by themselves; in process they are asked only where they are refused."""


def routes() -> set[tuple[str, str]]:
    found = [route for page in site_module.PAGES for route in page.router.routes]
    assert all(isinstance(route, APIRoute) for route in found)
    return {(method, r.path) for r in found if isinstance(r, APIRoute) for method in r.methods or ()}


def test_every_route_has_its_line() -> None:
    assert routes() == OPEN | WHO_MAY.keys()


def test_the_site_has_no_other_way_in(site: TestClient) -> None:
    app = site.app
    assert isinstance(app, FastAPI)
    assert len(app.routes) == len(site_module.PAGES) + 2, "the pages, the API, and the static files"
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert site.get(path).status_code == 404


def _path(path: str, broadcast: str, sha256: str) -> str:
    id = "binhminh-thon-1" if path.startswith("/nodes") else broadcast
    id = "1" if path.startswith("/incidents") else "p1" if path.startswith("/alerts") else id
    path = (
        path.replace("{figure}", "rtt_ms")
        .replace("{camera}", "cong")
        .replace("{which}", "now")
        .replace("{window}", "m0")
    )
    return path.replace("{id}", id).replace("{sha256}", sha256).replace("{name}", "khach")


@pytest.mark.parametrize("route", sorted(WHO_MAY), ids=" ".join)
def test_strangers_are_sent_to_the_log_in(browser: Browser, route: tuple[str, str]) -> None:
    method, path = route
    answer = browser.ask(method, _path(path, "b1", "0" * 64))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize("name", PEOPLE)
def test_each_role_may_what_the_table_says(browser: Browser, world: World, name: str) -> None:
    browser.enter(world, name)
    wrong = [" ".join(r) for r in sorted(WHO_MAY) if not _is_as_said(browser, world, r, PEOPLE[name][1])]
    assert not wrong


def _is_as_said(browser: Browser, world: World, route: tuple[str, str], role: Role) -> bool:
    method, path = route
    is_allowed = role in WHO_MAY[route]
    if is_allowed and route in ENDLESS:
        return True
    world.clock.pass_(hours=1)
    sound = world.add_sound("Bản tin")
    broadcast = world.order(sound=sound)
    answer = browser.ask(method, _path(path, broadcast.id, sound.sha256))
    is_refused = answer.status_code == 403 and (method == "HEAD" or "không có quyền" in answer.text)
    return is_refused is not is_allowed and answer.status_code < 500
