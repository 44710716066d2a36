"""What others take to ping the same targets: prometheus-blackbox-exporter, asked by a small loop in the place of
Prometheus (which would come on top), and SmokePing."""

import http.client
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from benchmarks._peers import is_installed
from benchmarks._result import say
from hub.ports import free_port
from simulator.process import Process

BLACKBOX = "prometheus-blackbox-exporter"
SMOKEPING = "smokeping"
_START_S = 15.0


def installed() -> list[str]:
    """Those that are here; says of the others how to get them."""
    found = [name for name in (BLACKBOX, SMOKEPING) if is_installed(name)]
    for name in {BLACKBOX, SMOKEPING} - set(found):
        say(f"{name}: not installed: apt install {name}")
    return found


@contextmanager
def running(name: str, targets: Sequence[str], every_s: float, folder: Path) -> Iterator[Process]:
    """The peer at work on these addresses."""
    folder.mkdir(parents=True)
    with _blackbox(targets, every_s, folder) if name == BLACKBOX else _smokeping(targets, every_s, folder) as peer:
        yield peer


@contextmanager
def _blackbox(targets: Sequence[str], every_s: float, folder: Path) -> Iterator[Process]:
    port = free_port()
    config = folder / "blackbox.yml"
    config.write_text("modules:\n  icmp:\n    prober: icmp\n    timeout: 3s\n", encoding="ascii")
    listen = f"--web.listen-address=127.0.0.1:{port}"
    peer = Process(BLACKBOX, [BLACKBOX, f"--config.file={config}", listen], folder / "log")
    peer.start()
    is_over, failed = threading.Event(), list[str]()
    scraper = threading.Thread(target=_scrape, args=(port, targets, every_s, is_over, failed), daemon=True)
    try:
        _await_port(port)
        scraper.start()
        yield peer
    finally:
        is_over.set()
        scraper.join()
        peer.stop()
    if failed:
        raise RuntimeError(f"{BLACKBOX}: {len(failed)} questions without an answer")


def _scrape(port: int, targets: Sequence[str], every_s: float, is_over: threading.Event, failed: list[str]) -> None:
    """Ask for each target in turn, spread over the interval, as Prometheus does."""
    number = 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    while not is_over.wait(every_s / len(targets)):
        target = targets[number % len(targets)]
        connection.request("GET", f"/probe?module=icmp&target={quote(target)}")
        if b"probe_success 1" not in connection.getresponse().read():
            failed.append(target)
        number += 1
    connection.close()


@contextmanager
def _smokeping(targets: Sequence[str], every_s: float, folder: Path) -> Iterator[Process]:
    config = folder / "config"
    (folder / "data").mkdir()
    for name in ("page.html", "mail", "image"):
        (folder / name).write_text("", encoding="ascii")
    config.write_text(_smokeping_config(targets, every_s, folder), encoding="ascii")
    peer = Process(SMOKEPING, [SMOKEPING, f"--config={config}", "--nodaemon"], folder / "log")
    peer.start()
    try:
        deadline = time.monotonic() + _START_S
        while not any((folder / "data").rglob("*.rrd")):
            peer.check()
            if time.monotonic() > deadline:
                raise TimeoutError(f"{SMOKEPING} does not start: {(folder / 'log').read_text()[-500:]}")
            time.sleep(0.2)
        yield peer
    finally:
        peer.stop()


def _smokeping_config(targets: Sequence[str], every_s: float, folder: Path) -> str:
    general = {
        "owner": "benchmark",
        "contact": "nobody@example.invalid",
        "mailhost": "127.0.0.1",
        "sendmail": "/bin/true",
        "imgcache": folder,
        "imgurl": "image",
        "datadir": folder / "data",
        "piddir": folder,
        "cgiurl": "http://127.0.0.1/smokeping.cgi",
        "smokemail": folder / "mail",
        "tmail": folder / "mail",
    }
    lines = ["*** General ***", *(f"{key} = {value}" for key, value in general.items())]
    lines += ["*** Database ***", f"step = {every_s:.0f}", "pings = 3", "AVERAGE 0.5 1 1008"]
    lines += ["*** Presentation ***", f"template = {folder / 'page.html'}"]
    lines += ["+ overview", "width = 100", "height = 50", "range = 1h", "+ detail", "width = 100", "height = 50"]
    lines += ['"Hour" 1h']
    lines += ["*** Probes ***", "+ FPing", "binary = /usr/bin/fping"]
    lines += ["*** Targets ***", "probe = FPing", "menu = Top", "title = Top"]
    for number, target in enumerate(targets):
        lines += [f"+ t{number}", f"menu = t{number}", f"title = t{number}", f"host = {target}"]
    return "\n".join(lines) + "\n"


def _await_port(port: int) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("nobody listens")
