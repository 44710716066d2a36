"""The documents: links lead somewhere, and the guides name buttons as the pages do."""

import ast
import re
from itertools import takewhile
from pathlib import Path
from urllib.parse import unquote

import pytest
from babel.messages.pofile import read_po
from markdown_it import MarkdownIt
from markdown_it.token import Token

TOP = Path(__file__).parents[1]
TEXTS = sorted([*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md")])
GUIDES = sorted((TOP / "docs" / "vi").glob("*.md"))
PLACE = re.compile(r"%\(\w+\)\w|\{\w+\}|%%")
HTML_LINK = re.compile(r'(?:src|href)="([^"]+)"')


def name(path: Path) -> str:
    return str(path.relative_to(TOP))


def pieces(path: Path) -> list[Token]:
    """A text as what stands in its lines."""
    blocks = MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8"))
    return [piece for block in blocks for piece in [block, *(block.children or [])]]


def links(path: Path) -> list[str]:
    named = [piece.attrs.get("href") or piece.attrs.get("src") for piece in pieces(path)]
    html = [
        link for piece in pieces(path) if piece.type.startswith("html") for link in HTML_LINK.findall(piece.content)
    ]
    return [unquote(str(each)) for each in (*named, *html) if each]


def anchors(path: Path) -> set[str]:
    """What a text's headings are called in a link, as GitHub and others do it."""
    tokens = pieces(path)
    heads = [tokens[i + 1].content for i, piece in enumerate(tokens) if piece.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def bold(path: Path) -> set[str]:
    tokens = pieces(path)
    starts = [i + 1 for i, piece in enumerate(tokens) if piece.type == "strong_open"]
    inner = [takewhile(lambda piece: piece.type != "strong_close", tokens[start:]) for start in starts]
    return {"".join(piece.content or " " for piece in each) for each in inner}


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    for link in links(path):
        if re.match(r"\w+:", link):
            continue
        file, _, anchor = link.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), link
        assert not anchor or anchor in anchors(there), link


def test_every_guide_is_reached_from_the_first_page() -> None:
    start = TOP / "docs" / "vi" / "bat-dau.md"
    reached = {(start.parent / link.partition("#")[0]).resolve() for link in links(start)}
    assert set(GUIDES) - reached == {start}
    assert "docs/vi/bat-dau.md" in links(TOP / "README.md")


def test_what_is_bold_in_a_guide_stands_on_a_page_in_the_same_words() -> None:
    """Other emphasis is *slanted*; so a page that calls a button otherwise has its guide put right."""
    with (TOP / "hub/web/locale/vi.po").open("rb") as file:
        catalog = read_po(file, locale="vi")
    said = {
        str(text) for m in catalog if m.id for text in ([m.string] if isinstance(m.string, str) else m.string or ())
    }
    forms = [re.compile(".+".join(map(re.escape, PLACE.split(text)))) for text in said if PLACE.search(text)]
    for module in (TOP / "hub").rglob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        said |= {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    unknown = {
        f"{path.name}: {words}"
        for path in GUIDES
        for words in bold(path)
        if words not in said and not any(form.fullmatch(words) for form in forms)
    }
    assert unknown == set()


def test_each_decision_has_a_number_of_its_own() -> None:
    records = sorted((TOP / "docs" / "decisions").glob("*.md"))
    numbers = [int(path.name[:4]) for path in records]
    assert sorted(set(numbers)) == numbers
    for path, number in zip(records, numbers, strict=True):
        assert path.read_text(encoding="utf-8").startswith(f"# {number}. "), path.name
