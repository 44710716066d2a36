"""The board of 1,000 and of 10,000 villages in real Chromium: how soon it is all there, what came over the wire, and
what it costs to keep open while every village speaks once a minute.

The pages run in a process of their own over a real database, with the hub's ingest and watch. Each visit has a fresh
window (nothing cached, no service worker) and ends when the page has loaded and two pictures were drawn after that.
    python -m benchmarks.board [--visits 12] [--live-s 20]
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from benchmarks import _fleet
from benchmarks._result import report, say
from benchmarks._usage import cpu_s, memory_mb
from tests.hub.web.chromium import CHROMIUM, PC, give_password
from tests.hub.web.world import PASSWORD

SIZES = (1000, 10_000)
TARGET_MS, TARGET_KB = 1000.0, 100.0
LIVE_CPU_PCT, LIVE_KB_S = 10.0, 5.0
OPEN_PAGES = (0, 1, 5)
HEARTBEAT_S = 60.0
SETTLE_S = 3.0
PATIENCE_MS = 60_000
SHOWN = """() => new Promise(done => {
    const drawn = () => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
    document.readyState === "complete" ? drawn() : addEventListener("load", drawn); })"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One cold visit: until all was shown, and the bytes of the page with all it names, as they came."""

    shown_ms: float
    page_kb: float
    whole_kb: float
    tiles: int


@contextmanager
def served(folder: Path, count: int) -> Iterator[tuple[int, str]]:
    """The pages of so many villages; yields the process and the address."""
    command = [sys.executable, "-m", "benchmarks._fleet", str(folder), str(count), str(count / HEARTBEAT_S)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            yield child.pid, child.stdout.readline().strip()
        finally:
            child.stdin.close()
            child.wait(60)


def weigh(page: Page) -> dict[str, float]:
    """Count what comes over the wire from now on, by address; the stream, which does not end, is not in it."""
    session, bytes_of, address_of = page.context.new_cdp_session(page), dict[str, float](), dict[str, str]()
    session.on("Network.requestWillBeSent", lambda e: address_of.update({e["requestId"]: e["request"]["url"]}))

    def add(event: dict[str, object]) -> None:
        address, size = address_of[str(event["requestId"])], event["encodedDataLength"]
        assert isinstance(size, int | float)
        bytes_of[address] = bytes_of.get(address, 0.0) + size

    session.on("Network.loadingFinished", add)
    session.send("Network.enable")
    return bytes_of


@contextmanager
def window(chromium: Browser, address: str, state: StorageState | None = None) -> Iterator[Page]:
    size = {"width": PC[0], "height": PC[1]}
    context = chromium.new_context(base_url=address, viewport=size, service_workers="block", storage_state=state)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def visit(chromium: Browser, address: str, state: StorageState) -> Visit:
    """After a pause: by then nothing is left of what the window before asked for."""
    time.sleep(SETTLE_S)
    with window(chromium, address, state) as page:
        bytes_of = weigh(page)
        page.goto("/", wait_until="commit")
        shown_ms = page.evaluate(SHOWN)
        tiles = page.locator(".tiles a").count()
        html = sum(size for url, size in bytes_of.items() if url == f"{address}/")
        return Visit(shown_ms, html / 1000, sum(bytes_of.values()) / 1000, tiles)


def ask(web: httpx.Client) -> float:
    """Milliseconds of the server and the wire alone."""
    began_s = time.perf_counter()
    web.get("/").raise_for_status()
    return (time.perf_counter() - began_s) * 1000


def measure_visits(chromium: Browser, address: str, state: StorageState, count: int, visits: int) -> None:
    with httpx.Client(base_url=address, headers={"Origin": address}, timeout=60) as web:
        web.post("/login", data={"name": "hung", "password": PASSWORD})
        ask(web)
        server_ms = [ask(web) for _ in range(visits)]
    found = [visit(chromium, address, state) for _ in range(visits)]
    shown_ms = [each.shown_ms for each in found]
    whole_kb = max(each.whole_kb for each in found)
    say(f"{count:6} villages, {found[0].tiles} tiles: shown {_spread(shown_ms)}, of that the hub {_spread(server_ms)}; "
        f"page {found[0].page_kb:.1f} kB, with all it names {whole_kb:.1f} kB")  # fmt: skip
    report(f"board_{count}_ms", round(float(np.percentile(shown_ms, 95))), "ms", TARGET_MS)
    report(f"board_{count}_kb", round(whole_kb, 1), "kB", TARGET_KB)


def _spread(took_ms: list[float]) -> str:
    return f"p50 {np.percentile(took_ms, 50):.0f}, p95 {np.percentile(took_ms, 95):.0f} ms"


def measure_live(address: str, pid: int, count: int, seconds: float) -> None:
    """What open pages cost: processor of the hub, and bytes to each."""
    alone_pct = 0.0
    for pages in OPEN_PAGES:
        readers = [Reader(address) for _ in range(pages)]
        time.sleep(SETTLE_S)
        before_s, before, began_s = cpu_s(pid), sum(r.heard for r in readers), time.monotonic()
        time.sleep(seconds)
        took_s = time.monotonic() - began_s
        used_pct = (cpu_s(pid) - before_s) / took_s * 100
        kb_s = (sum(r.heard for r in readers) - before) / took_s / 1000 / max(pages, 1)
        for reader in readers:
            reader.close()
        alone_pct = used_pct if pages == 0 else alone_pct
        say(f"{count:6} villages, {count / HEARTBEAT_S:.0f} heartbeats/s, {pages} open pages: hub {used_pct:.1f} % of "
            f"a core, {kb_s:.2f} kB/s a page; memory {memory_mb(pid):.0f} MB")  # fmt: skip
        if pages == 1 and count == SIZES[0]:
            report("board_live_cpu_pct", round(used_pct - alone_pct, 1), "%", LIVE_CPU_PCT)
            report("board_live_kb_s", round(kb_s, 2), "kB/s", LIVE_KB_S)


class Reader:
    """One open page, as far as the hub sees it: a log-in and a stream that is read. `heard` are its bytes so far."""

    def __init__(self, address: str) -> None:
        self.heard = 0
        self._web = httpx.Client(base_url=address, headers={"Origin": address}, timeout=60)
        self._web.post("/login", data={"name": "hung", "password": PASSWORD})
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()
        self._web.close()

    def _read(self) -> None:
        with self._web.stream("GET", "/live") as answer:
            for piece in answer.iter_raw():
                self.heard += len(piece)
                if self._is_over.is_set():
                    return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=12)
    parser.add_argument("--live-s", type=float, default=20.0)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for count in SIZES:
            with tempfile.TemporaryDirectory(prefix="loa-board-") as name:
                _fleet.fill(Path(name), count)
                with served(Path(name), count) as (pid, address):
                    with window(chromium, address) as page:
                        give_password(page, "hung")
                        page.wait_for_url("**/")
                        state = page.context.storage_state()
                    measure_visits(chromium, address, state, count, options.visits)
                    measure_live(address, pid, count, options.live_s)
        chromium.close()


if __name__ == "__main__":
    main()
