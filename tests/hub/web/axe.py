"""axe-core in a page: what stands in the way of people who cannot see, point or hear well (WCAG 2.2 A and AA)."""

import functools
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] }).then(found =>
    found.violations.flatMap(v => v.nodes.map(n =>
        `${v.id}: ${n.html.slice(0, 160)} | ${(n.any[0] ?? n.all[0] ?? n.none[0] ?? {}).message ?? ''}`)))"""


@functools.cache
def _script() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def hindrances(page: Page) -> list[str]:
    """What axe finds on the page as it stands; empty where nothing does."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(_script())
    found: list[str] = page.evaluate(RUN, RULES)
    return found
