"""What a first visit to each page loads through the village's uplink: the page and all it names, as sent (gzip).

A busy morning with three villages; the heaviest page counts. Sounds load only when somebody listens.
    python -m benchmarks.page_weight
"""

import re
import tempfile
from pathlib import Path

import httpx

from benchmarks._result import report, say
from tests.hub.web.morning import furnish
from tests.hub.web.world import PASSWORD, World, served

TARGET_KB = 100.0
_NAMED = re.compile(r'(?:src|href)="(/static/[^"#]+)')


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="loa") as folder:
        world = World(Path(folder))
        pages = furnish(world)
        with served(world) as (address, _), httpx.Client(base_url=address, headers={"Origin": address}) as web:
            weights = {"login": weigh(web, pages.pop("login"))}
            web.post("/login", data={"name": "hung", "password": PASSWORD})
            weights |= {name: weigh(web, path) for name, path in pages.items()}
        world.database.dispose()
    for name, (page, assets) in weights.items():
        say(f"{name:14} page {page / 1000:6.1f} kB, with all it names {(page + assets) / 1000:6.1f} kB")
    report("page_weight_max_kb", round(max(sum(each) for each in weights.values()) / 1000, 1), "kB", TARGET_KB)


def weigh(web: httpx.Client, path: str) -> tuple[int, int]:
    """Bytes of the page, and of everything it names."""
    page = web.get(path)
    named = set(_NAMED.findall(page.text))
    return size(page), sum(size(web.get(each)) for each in named)


def size(answer: httpx.Response) -> int:
    """As it came over the wire."""
    return answer.num_bytes_downloaded


if __name__ == "__main__":
    main()
