"""Doors that are shut for every request."""

import pytest
from starlette.testclient import TestClient

from hub.web.site import make_site
from tests.hub.web.world import ORIGIN, PASSWORD, Browser, World

LOG_IN = {"name": "lan", "password": PASSWORD}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "https://hub.test"},
        {"Origin": "http://hub.test:8000"},
        {"Origin": "null"},
        {"Origin": "http://hub.test.evil.example"},
        {"Origin": ""},
        {"Origin": "http://[", "Host": "hub.test"},
    ],
)
def test_another_site_cannot_post_for_us(browser: Browser, headers: dict[str, str]) -> None:
    answer = browser.post("/login", data=LOG_IN, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_post_that_hides_where_it_comes_from_needs_the_browsers_word(world: World) -> None:
    with TestClient(make_site(world.desk, lambda: None), base_url=ORIGIN, follow_redirects=False) as client:
        assert client.post("/login", data=LOG_IN).status_code == 403
        assert client.post("/login", data=LOG_IN, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert client.post("/login", data=LOG_IN, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


@pytest.mark.parametrize("path", ["/login", "/nothing", "/static/app.css", "/"])
def test_every_answer_shuts_the_doors(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin", "stricter, and browsers would hide the origin of our own forms"


def test_a_page_is_not_kept_in_caches_and_a_marked_file_is(officer: Browser) -> None:
    page = officer.get("/")
    assert page.headers["cache-control"] == "no-store"
    (style,) = (part.split('"')[0] for part in page.text.split('href="')[1:] if part.startswith("/static/app.css"))
    assert "immutable" in officer.get(style).headers["cache-control"]
    assert officer.get("/static/app.css").headers["cache-control"] == "no-cache"


def test_no_page_has_a_script_or_a_style_inside(officer: Browser, world: World) -> None:
    sound = world.add_sound("Bản tin")
    broadcast = world.order(sound=sound)
    world.beat("binhminh-thon-1")
    for path in (
        "/",
        "/audio",
        "/broadcasts",
        "/broadcasts/new",
        f"/broadcasts/{broadcast.id}",
        "/nodes/binhminh-thon-1",
    ):
        text = officer.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        assert all('src="/static/' in tag for tag in text.split("<script")[1:])


def test_a_large_form_is_refused_before_it_is_read(browser: Browser) -> None:
    assert browser.post("/login", data={"name": "x" * 70_000}).status_code == 413


def test_a_form_of_unsaid_length_is_refused(browser: Browser) -> None:
    answer = browser.post("/login", content=iter([b"name=lan"]))
    assert answer.status_code == 413


def test_over_https_the_browser_is_told_to_stay_there(world: World) -> None:
    site = make_site(world.desk, lambda: None, is_https=True)
    with TestClient(
        site, base_url="https://hub.test", headers={"Origin": "https://hub.test"}, follow_redirects=False
    ) as client:
        answer = client.post("/login", data=LOG_IN)
    assert "max-age" in answer.headers["strict-transport-security"]
    assert "Secure" in answer.headers["set-cookie"]
