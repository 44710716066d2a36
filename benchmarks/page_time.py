"""How long the hub works at each page, with fifty villages and a year of history, as their reader waits for it.

Real HTTP to a real server in this process, one reader, every page asked many times in turn; the slowest page counts.
    python -m benchmarks.page_time [--times 40]
"""

import argparse
import tempfile
import time
from pathlib import Path

import httpx
import numpy as np

from benchmarks._result import report, say
from benchmarks._year import DAYS, VILLAGES, lived
from hub.store import broadcasts
from tests.hub.web.world import PASSWORD, World, served

TARGET_MS = 100.0


def main() -> None:
    parser = argparse.ArgumentParser(description="server time of every page")
    parser.add_argument("--times", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="loa") as folder, lived(Path(folder)) as world:
        say(f"{VILLAGES} villages, {DAYS} days, database {(Path(folder) / 'hub.db').stat().st_size / 1e6:.0f} MB")
        pages = the_pages(world)
        with served(world) as (address, _), httpx.Client(base_url=address, headers={"Origin": address}) as web:
            web.post("/login", data={"name": "hung", "password": PASSWORD})
            took_ms = {name: [ask(web, path) for _ in range(options.times)] for name, path in pages.items()}
    for name, each in took_ms.items():
        say(
            f"{name:14} p50 {np.percentile(each, 50):6.1f}  p95 {np.percentile(each, 95):6.1f}  max {max(each):6.1f} ms"
        )
    report("page_p95_ms", round(max(float(np.percentile(each, 95)) for each in took_ms.values()), 1), "ms", TARGET_MS)


def the_pages(world: World) -> dict[str, str]:
    with world.database.read() as c:
        first = broadcasts.approved(c, world.clock())[0]
    village = first.nodes[0]
    return {
        "board": "/", "list": "/broadcasts", "week": "/calendar", "month": "/calendar?view=month",
        "day": "/calendar?view=day", "next": "/calendar?view=next", "ics": "/calendar.ics",
        "broadcast": f"/broadcasts/{first.id}", "form": "/broadcasts/new",
        "library": "/audio", "search": "/audio?q=thong bao 7", "bin": "/audio/bin", "speech": "/speech",
        "emergency": "/emergency", "node": f"/nodes/{village}", "uptime": "/uptime",
    }  # fmt: skip


def ask(web: httpx.Client, path: str) -> float:
    """Milliseconds until the whole page is there."""
    began_s = time.perf_counter()
    answer = web.get(path)
    answer.raise_for_status()
    return (time.perf_counter() - began_s) * 1000


if __name__ == "__main__":
    main()
