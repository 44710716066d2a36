"""The document of the API and the page made from it: complete, without a token, and without anything from elsewhere."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from hub.api import prose, site
from tests.hub.api.conftest import Program


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in site.built().state.schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_operation_says_its_job_its_errors_and_who_may_ask() -> None:
    for name, operation in operations():
        assert operation["description"], name
        assert operation["security"] == [{"token": []}], name
        assert {"400", "401", "403", "413", "422"} <= operation["responses"].keys(), name
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert list(answer["content"]) == ["application/problem+json"], name


def test_operations_are_told_apart() -> None:
    ids = [operation["operationId"] for _, operation in operations()]
    assert len(ids) == len(set(ids))


def test_every_shape_says_what_it_is() -> None:
    shapes = site.built().state.schema["components"]["schemas"]
    assert not [name for name, shape in shapes.items() if "properties" in shape and not shape.get("description")]


def test_the_document_needs_no_token(nobody: Program) -> None:
    answer = nobody.get("/openapi.json")
    assert answer.json()["openapi"].startswith("3.1")
    assert answer.json()["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_the_page_lists_every_operation_and_every_kind_of_problem(nobody: Program) -> None:
    page = nobody.get("/docs")
    assert page.headers["content-language"] == "vi"
    assert 'lang="en"' in nobody.get("/docs", headers={"Accept-Language": "en"}).text
    for name, operation in operations():
        assert f'id="{operation["operationId"]}"' in page.text, name
    for kind in ("conflicts", "changed", "wrong-pin", "out-of-scope"):
        assert f'id="{kind}"' in page.text


def test_the_page_shows_docstrings_as_words_not_as_they_stand_in_the_code(nobody: Program) -> None:
    page = nobody.get("/docs").text
    assert "`" not in page
    assert "<code>application/problem+json</code>" in page
    assert "<pre>Authorization: Bearer loa_…</pre>" in page, "what is indented stays as it is"
    for summary in re.findall(r'<summary><b class="method.*?<span>(.*?)</span></summary>', page, re.DOTALL):
        assert "\n" not in summary
        assert summary.endswith("."), "a whole sentence"


@pytest.mark.parametrize(
    ("text", "first", "shown"),
    [
        ("One\nline. Two `x`\nmore.", "One\nline.", "<p>Two <code>x</code> more.</p>"),
        ("One.\n\n    a  b\n    <c>", "One.", "<pre>a  b\n&lt;c&gt;</pre>"),
        ("Only `<b>` here, e.g. 3.5 of it", "Only `<b>` here, e.g. 3.5 of it", ""),
    ],
)
def test_a_docstring_becomes_a_sentence_and_paragraphs(text: str, first: str, shown: str) -> None:
    found, more = prose.parts(text)
    assert found == first
    assert prose.paragraphs(more) == shown


def test_the_page_asks_nobody_else_for_anything(nobody: Program) -> None:
    page = nobody.get("/docs")
    assert "unsafe" not in page.headers["content-security-policy"]
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)
    assert "<script" not in page.text
    assert "<style" not in page.text
    assert " style=" not in page.text


def test_every_link_on_the_page_leads_somewhere(nobody: Program) -> None:
    page = nobody.get("/docs").text
    places = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= places
