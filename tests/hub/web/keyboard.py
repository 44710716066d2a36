"""A person who has a keyboard and no pointer: goes from place to place, and sees where the focus is."""

from playwright.sync_api import Page

HERE = """() => {
    const e = document.activeElement;
    const label = e.labels && e.labels[0] ? e.labels[0].textContent : '';
    return [label, e.getAttribute('aria-label') ?? '', e.textContent].join(' ').replace(/\\s+/g, ' ').trim();
}"""
IS_SEEN = """() => {
    const e = document.activeElement;
    const shown = e.matches('.cover') ? e.parentElement : e;
    const box = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    const hasRing = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const spots = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.8], [0.1, 0.8], [0.9, 0.2]];
    const isUncovered = spots.some(([x, y]) => {
        const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
        return top && (e.contains(top) || top.contains(e) || shown.contains(top));
    });
    return hasRing && isUncovered;
}"""
MOST_STEPS = 150


def go_to(page: Page, *names: str, key: str = "Tab") -> None:
    """Press Tab until the focus is on what bears all these words; it must be seen wherever it goes."""
    for _ in range(MOST_STEPS):
        page.keyboard.press(key)
        here = page.evaluate(HERE)
        assert page.evaluate(IS_SEEN), f"the focus cannot be seen on: {here}"
        if all(name in here for name in names):
            return
    raise AssertionError(f"no key leads to {names}")


def press(page: Page, *names: str) -> None:
    """Go there and press Enter."""
    go_to(page, *names)
    page.keyboard.press("Enter")


def follow(page: Page, *names: str) -> None:
    """Go there, press Enter, and wait for the page it leads to."""
    go_to(page, *names)
    with page.expect_navigation():
        page.keyboard.press("Enter")
