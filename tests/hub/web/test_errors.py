"""Nobody ever sees a trace: what happened, and what to do, in their language."""

import logging

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.hub.web.world import ORIGIN, Browser


def test_what_is_not_there_says_so(officer: Browser) -> None:
    for path in ("/nothing", "/broadcasts/b0", "/audio/" + "0" * 64, "/static/nothing.css"):
        answer = officer.get(path)
        assert answer.status_code == 404
        assert "Về bảng tình hình" in answer.text


def test_what_was_refused_is_no_dead_end(officer: Browser, browser: Browser) -> None:
    page = officer.get("/broadcasts/b0", headers={"Referer": f"{ORIGIN}/calendar?view=week"}).text
    assert 'class="places"' in page, "the way to the other pages"
    assert 'href="/calendar?view=week"' in page
    assert "Quay lại trang trước" in page
    for elsewhere in ("https://evil.example/", f"{ORIGIN}/broadcasts/b0", f"{ORIGIN}/", ""):
        assert "Quay lại trang trước" not in officer.get("/broadcasts/b0", headers={"Referer": elsewhere}).text
    browser.post("/logout")
    assert 'class="places"' not in browser.get("/nothing").text


def test_in_english_it_is_english(officer: Browser) -> None:
    officer.post("/language", data={"language": "en"})
    assert "There is no such broadcast." in officer.get("/broadcasts/b0").text


def test_a_method_that_is_none_and_a_form_that_is_none(officer: Browser) -> None:
    assert officer.get("/logout").status_code == 405
    answer = officer.post("/login", content=b"\xff\xfe", headers={"Content-Type": "multipart/form-data"})
    assert answer.status_code in (400, 422)
    assert "Traceback" not in answer.text


def test_scripts_get_a_sentence_instead_of_a_page(browser: Browser, officer: Browser) -> None:
    answer = officer.get("/audio/uploads/none", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert "xin tải lên lần nữa" in answer.json()["message"]


def test_a_stream_for_nobody_is_no_page(browser: Browser) -> None:
    answer = browser.get("/live", headers={"Accept": "text/event-stream"})
    assert answer.status_code == 401


def test_a_mistake_of_ours_shows_no_trace_and_shuts_the_doors(
    site: TestClient, officer: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    app = site.app
    assert isinstance(app, FastAPI)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("secret of the inside")

    with caplog.at_level(logging.CRITICAL):
        answer = officer.get("/broken")
    assert answer.status_code == 500
    assert "Máy chủ gặp lỗi" in answer.text
    assert "secret" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
