"""/trust and the plain door: phones learn to trust the hub there, and nothing that is secret passes."""

import plistlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from starlette.testclient import TestClient

from hub.security import page_authority
from hub.security.page_authority import PageCertificates
from hub.web.doors import Doors
from hub.web.site import make_site
from hub.web.trust.page import device_of
from hub.web.trust.plain import make_plain_door
from hub.web.trust.steps import Device
from tests.hub.web.world import MORNING, Browser, World

HOST, LAN = "loa.test", "192.168.1.10"
AGENTS = {
    Device.ANDROID: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36",
    Device.IPHONE: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/26.0 Safari/604.1",
    Device.WINDOWS: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36",
    Device.MAC: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15",
    Device.LINUX: "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36",
    Device.FIREFOX: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0",
}


@pytest.fixture
def made(tmp_path: Path) -> PageCertificates:
    return page_authority.ensure(tmp_path / "pages", HOST, ["localhost", "127.0.0.1", LAN], MORNING)


@pytest.fixture
def doors(made: PageCertificates) -> Doors:
    return Doors(HOST, lambda: made.names, 8000, 8080, made.ca_der)


@pytest.fixture
def pages(world: World, doors: Doors) -> Iterator[TestClient]:
    """By HTTPS."""
    app = make_site(world.desk, lambda: world.online_since, is_https=True, doors=doors)
    origin = f"https://{HOST}:8000"
    with TestClient(app, base_url=origin, headers={"Origin": origin}, follow_redirects=False) as client:
        yield client


@pytest.fixture
def plain(world: World, doors: Doors) -> Iterator[TestClient]:
    site = make_site(world.desk, lambda: world.online_since, is_https=True, doors=doors)
    with TestClient(make_plain_door(site), base_url=f"http://{HOST}:8080", follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize("device", Device)
def test_each_device_gets_its_own_steps(plain: TestClient, device: Device) -> None:
    assert device_of(AGENTS[device]) is device
    text = plain.get("/trust", headers={"User-Agent": AGENTS[device]}).text
    assert f'href="/trust?device={device}" aria-current="true"' in text
    assert ("/trust/ca.mobileconfig" in text) is (device is Device.IPHONE)
    assert text.count('class="picture"') >= 3
    assert plain.get(f"/trust?device={device}").text.count("<h1>") == 1


def test_the_certificate_is_the_one_whose_fingerprint_is_shown(plain: TestClient, made: PageCertificates) -> None:
    answer = plain.get("/trust/ca.crt")
    assert answer.headers["content-type"] == "application/x-x509-ca-cert"
    ca = x509.load_der_x509_certificate(answer.content)
    assert answer.content == made.ca_der
    assert ca.fingerprint(hashes.SHA256()).hex(":").upper() in plain.get("/trust").text


def test_an_iphone_gets_a_profile_with_the_same_certificate(plain: TestClient, made: PageCertificates) -> None:
    answer = plain.get("/trust/ca.mobileconfig")
    assert answer.headers["content-type"] == "application/x-apple-aspen-config"
    profile = plistlib.loads(answer.content)
    (root,) = profile["PayloadContent"]
    assert root["PayloadType"] == "com.apple.security.root"
    assert root["PayloadContent"] == made.ca_der
    assert len({profile["PayloadUUID"], root["PayloadUUID"]}) == 2
    assert plain.get("/trust/ca.mobileconfig").content == answer.content


@pytest.mark.parametrize("path", ["/", "/login", "/broadcasts/b1", "/nothing", "/sw.js", "/trust/invite"])
def test_all_else_is_led_to_https(plain: TestClient, path: str) -> None:
    answer = plain.get(path)
    assert answer.status_code == 307
    assert answer.headers["location"] == f"https://{HOST}:8000{path}"


def test_the_way_and_the_question_are_kept_and_the_name_somebody_asked_under(plain: TestClient) -> None:
    answer = plain.get("/calendar?view=day&day=2026-11-23", headers={"Host": f"{LAN}:8080"})
    assert answer.headers["location"] == f"https://{LAN}:8000/calendar?view=day&day=2026-11-23"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "loa.test.evil.example"])
def test_nobody_is_led_to_a_name_that_is_not_ours(plain: TestClient, host: str) -> None:
    assert plain.get("/", headers={"Host": host}).headers["location"] == f"https://{HOST}:8000/"
    assert "evil" not in plain.get("/trust", headers={"Host": host}).text


def test_nothing_can_be_sent_through_the_plain_door(plain: TestClient) -> None:
    for path in ("/login", "/trust", "/stop"):
        answer = plain.post(path, data={"name": "hung"}, headers={"Origin": f"http://{HOST}:8080"})
        assert answer.status_code in (404, 405)


def test_no_cookie_is_read_or_set_there(plain: TestClient, world: World) -> None:
    Browser(plain).enter(world, "hung")
    answers = [plain.get(path) for path in ("/trust", "/trust/ca.crt", "/", "/static/app.css")]
    assert not any("set-cookie" in answer.headers for answer in answers)
    assert "Trần Văn Hùng" not in answers[0].text


def test_the_other_language_is_asked_for_without_a_cookie(plain: TestClient) -> None:
    assert "Tải chứng chỉ" in plain.get("/trust").text
    assert "Download the certificate" in plain.get("/trust?language=en").text


def test_the_page_may_knock_at_the_https_door_and_nowhere_else(plain: TestClient) -> None:
    policy = plain.get("/trust").headers["content-security-policy"]
    assert f"connect-src 'self' https://{HOST}:8000;" in policy
    assert plain.get("/trust/seal").headers["cross-origin-resource-policy"] == "cross-origin"


def test_browsers_are_not_locked_out_should_the_authority_change(pages: TestClient) -> None:
    assert "strict-transport-security" not in pages.get("/login").headers


def test_the_technician_shows_a_picture_of_the_address(pages: TestClient, world: World, made: PageCertificates) -> None:
    Browser(pages).enter(world, "tam")
    text = pages.get("/trust/invite").text
    assert f"http://{HOST}:8080/trust" in text
    assert re.search(r"<svg[^>]*viewBox[^>]*>.*<path", text, re.DOTALL)
    assert made.fingerprint in text


def test_a_picture_never_leads_a_phone_to_itself(made: PageCertificates) -> None:
    doors = Doors("localhost", lambda: ("localhost", "tramloa", "127.0.0.1", LAN), 8000, 8080, made.ca_der)
    for asked in ("localhost", "127.0.0.1", "elsewhere"):
        assert doors.invitation(asked) == f"http://{LAN}:8080"
    assert doors.invitation("tramloa") == "http://tramloa:8080"


def test_on_this_computer_alone_nothing_has_to_be_trusted(browser: Browser, world: World) -> None:
    assert "Không phải làm gì" in browser.get("/trust").text
    assert browser.get("/trust/ca.crt").status_code == 404
    browser.enter(world, "tam")
    assert browser.get("/trust/invite").status_code == 404
