"""Who comes in, who does not, and how long it holds."""

import hashlib

import pytest
from starlette.testclient import TestClient

from hub.people.accounts import SESSION_LENGTH
from hub.store import people
from hub.web.site import CROWD_DELAY_S, CROWD_FREE_TRIES, make_site
from tests.hub.web.world import ORIGIN, PASSWORD, Browser, World


def test_a_stranger_is_sent_to_the_log_in_and_comes_back_to_the_page(browser: Browser) -> None:
    assert browser.get("/").headers["location"] == "/login"
    assert browser.get("/broadcasts/new").headers["location"] == "/login?next=/broadcasts/new"
    assert 'value="/broadcasts/new"' in browser.get("/login?next=/broadcasts/new").text
    answer = browser.post("/login", data={"name": "lan", "password": PASSWORD, "next": "/broadcasts/new"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/broadcasts/new")
    assert browser.get("/broadcasts/new").status_code == 200


@pytest.mark.parametrize(
    ("referer", "sent_to"),
    [
        (f"{ORIGIN}/nodes/binhminh-thon-1", "/login?next=/nodes/binhminh-thon-1"),
        (f"{ORIGIN}/alerts/new?kind=zalo", "/login?next=/alerts/new%3Fkind%3Dzalo"),
        (f"{ORIGIN}/", "/login"),
        (f"{ORIGIN}//evil.example", "/login"),
        ("https://evil.example/nodes/x", "/login"),
        ("http://[broken", "/login"),
        ("", "/login"),
    ],
)
def test_a_form_of_a_session_that_ended_leads_back_to_its_page(browser: Browser, referer: str, sent_to: str) -> None:
    answer = browser.post("/nodes/binhminh-thon-1/phone", data={"phone": "0912"}, headers={"Referer": referer})
    assert (answer.status_code, answer.headers["location"]) == (303, sent_to)


def test_the_cookie_is_for_this_site_and_no_script(browser: Browser, world: World) -> None:
    cookie = browser.log_in("lan").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Secure" not in cookie, "plain HTTP on 127.0.0.1: the browser would drop it"
    token = cookie.split("=", 1)[1].split(";")[0]
    assert len(token) >= 43, "256 random bits"
    with world.database.read() as c:
        assert people.session(c, token, world.clock()) is None, "only its SHA-256 is kept"
        assert people.session(c, hashlib.sha256(token.encode()).hexdigest(), world.clock()) is not None


@pytest.mark.parametrize(("name", "password"), [("lan", "sai"), ("nobody", PASSWORD), ("", ""), ("lan", "x" * 9000)])
def test_a_wrong_name_and_a_wrong_password_look_the_same(browser: Browser, name: str, password: str) -> None:
    answer = browser.log_in(name, password)
    assert answer.status_code == 401
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in answer.text
    assert "set-cookie" not in answer.headers
    assert browser.get("/").status_code == 303


def test_guessing_slows_down_and_the_next_address_is_free(world: World) -> None:
    waited: list[float] = []

    async def note_wait(seconds: float) -> None:
        waited.append(seconds)

    def browser_at(address: str) -> Browser:
        return Browser(
            TestClient(site, base_url=ORIGIN, headers={"Origin": ORIGIN}, client=(address, 1), follow_redirects=False)
        )

    site = make_site(world.desk, lambda: None, wait=note_wait)
    guesser, lan = browser_at("10.0.0.66"), browser_at("10.0.0.5")
    answers = [guesser.log_in("lan", f"đoán {n}") for n in range(10)]
    assert {a.status_code for a in answers} == {401, 429}
    assert "Xin đợi" in answers[-1].text
    assert waited[0] == 0
    assert max(waited) > 3
    assert lan.log_in("lan").status_code == 303
    assert waited[-1] == 0


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/\n"])
def test_the_way_back_never_leads_to_another_site(browser: Browser, next: str) -> None:
    answer = browser.post("/login", data={"name": "lan", "password": PASSWORD, "next": next})
    assert answer.headers["location"] == "/"


def test_a_log_in_ends_by_logging_out_by_time_and_by_a_new_password(browser: Browser, world: World) -> None:
    browser.log_in("lan")
    assert browser.post("/logout").headers["location"] == "/login"
    assert browser.get("/").status_code == 303

    browser.log_in("lan")
    world.clock.now += SESSION_LENGTH
    assert browser.get("/").status_code == 303

    browser.log_in("lan")
    with world.database.write() as c:
        people.set_password(c, "lan", "another")
    assert browser.get("/").status_code == 303


def test_a_token_after_logging_out_opens_nothing(browser: Browser, site: TestClient) -> None:
    browser.log_in("lan")
    token = site.cookies["loa_session"]
    browser.post("/logout")
    assert browser.get("/", headers={"Cookie": f"loa_session={token}"}).status_code == 303


def test_pages_are_vietnamese_until_one_asks_for_english(browser: Browser) -> None:
    assert "Đăng nhập" in browser.get("/login", headers={"Accept-Language": "en"}).text
    answer = browser.post("/language", data={"language": "en", "next": "/login"})
    assert answer.headers["location"] == "/login"
    page = browser.get("/login").text
    assert '<html lang="en">' in page
    assert "Log in" in page
    browser.post("/language", data={"language": "xx", "next": "/login"})
    assert '<html lang="en">' in browser.get("/login").text


def test_who_is_logged_in_is_not_asked_again(officer: Browser) -> None:
    assert officer.get("/login").headers["location"] == "/"


def test_nobody_slows_the_log_in_of_another_from_elsewhere_and_a_stop_waits_for_nothing(world: World) -> None:
    """Thirty names tried from one address slow that address alone, and never by more than a few seconds a try."""
    waited: list[float] = []

    async def note_wait(seconds: float) -> None:
        waited.append(seconds)

    def browser_at(address: str) -> Browser:
        return Browser(
            TestClient(site, base_url=ORIGIN, headers={"Origin": ORIGIN}, client=(address, 1), follow_redirects=False)
        )

    site = make_site(world.desk, lambda: None, wait=note_wait)
    guesser, neighbour, lan = browser_at("2001:db8::66"), browser_at("2001:db8::67"), browser_at("10.0.0.5")
    lan.enter(world, "lan")
    for n in range(CROWD_FREE_TRIES + 3):
        guesser.log_in(f"ten-{n}", "đoán")
    assert 0 < max(waited) <= CROWD_DELAY_S
    waited.clear()
    assert lan.post("/stop").status_code == 303
    assert waited == [], "who is logged in is asked nothing before a stop"
    assert browser_at("10.0.0.6").log_in("hung").status_code == 303
    assert waited == [0.0]
    neighbour.log_in("hung")
    assert waited[-1] > 0, "a house has a whole network of IPv6"
