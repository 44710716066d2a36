"""Every text on the pages exists in both languages, and nothing stands in the catalogs that no page says."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from hub.web.wording import words
from hub.web.wording.words import CATALOGS, LANGUAGES

WEB = CATALOGS.parent
PLACES = re.compile(r"%\((\w+)\)\w+|\{(\w+)\}")


def said() -> set[str | tuple[str, ...]]:
    """All msgids in modules and templates."""
    found: set[str | tuple[str, ...]] = set()
    python = {"mark": None, "gettext": None, "ngettext": (1, 2)}
    jinja = {"_": None, "gettext": None, "ngettext": (1, 2)}
    for path in sorted([*WEB.rglob("*.py"), *(WEB.parent / "api").rglob("*.py")]):
        found |= _extract("python", path, python)
    for path in sorted((WEB / "templates").rglob("*.html")):
        found |= _extract("jinja2.ext:babel_extract", path, jinja)
    return found


def _extract(method: str, path: Path, keywords: Mapping[str, tuple[int, ...] | None]) -> set[str | tuple[str, ...]]:
    with path.open("rb") as file:
        return {message for _, message, _, _ in extract(method, file, keywords=keywords)}


def catalog(language: str) -> Catalog:
    with (CATALOGS / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_pages_say_is_what_the_catalog_holds(language: str) -> None:
    held = {m.id if isinstance(m.id, str) else tuple(m.id) for m in catalog(language) if m.id}
    assert said() - held == set(), f"add to {language}.po"
    assert held - said() == set(), f"no longer said, remove from {language}.po"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_with_the_same_places_for_values(language: str) -> None:
    for message in catalog(language):
        if not message.id:
            continue
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        targets = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert all(targets), f"not translated: {message.id}"
        assert not message.fuzzy
        for target in targets:
            assert set(PLACES.findall(target)) == set(PLACES.findall(sources[-1])), message.id


def test_vietnamese_is_vietnamese_and_english_is_the_second_language() -> None:
    languages = words.load()
    assert languages["vi"].gettext("Board") == "Tình hình"
    assert languages["en"].gettext("Board") == "Board"
    assert languages["vi"].ngettext("%(num)s village", "%(num)s villages", 3) == "3 làng"
    assert languages["en"].ngettext("%(num)s village", "%(num)s villages", 1) == "1 village"
    assert languages["en"].ngettext("%(num)s village", "%(num)s villages", 3) == "3 villages"
