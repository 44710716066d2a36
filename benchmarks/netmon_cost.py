"""What it takes to ask 20 targets every 10 s: netmon with pings alone, and with a mix of pings, names, pages and TLS
handshakes; beside it prometheus-blackbox-exporter and SmokePing with the same pings, where they are installed.
    python -m benchmarks.netmon_cost [--seconds 300]

All run at the same time, so under the same load. SmokePing pings three times a target. Netmon
also reads the Pi's health and writes what the node says of it, which the others do not.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import _network_peers
from benchmarks._processes import look, sum_alone_mb, whole_tree
from benchmarks._result import report, say
from edge import summary
from edge.config import Paths
from edge.summary import NetmonSummary
from hub.security import authority
from simulator.house import UNIT_ENV
from simulator.internet import Internet
from simulator.process import Process

TARGETS = 20
EVERY_S = 10.0
SETTLE_S = 30.0
CPU_TARGET_PCT = 0.2
MB_TARGET = 30
ADDRESSES = tuple(f"127.0.1.{n}" for n in range(1, TARGETS + 1))
_HUB = "127.0.2.1"
_MIX = ("gateway", "dns", "http204", "gateway", "http204", "gateway", "dns", "http204", "gateway", "tls")
"""Twice over: four pings, two names, three pages, one handshake."""


def main() -> None:
    parser = argparse.ArgumentParser(description="processor and memory of asking 20 targets")
    parser.add_argument("--seconds", type=float, default=300.0, help="how long to look (%(default)s)")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="loa") as name, ExitStack() as stack:
        folder = Path(name)
        internet = stack.enter_context(Internet())
        known = _hub_certificates(folder)
        stack.enter_context(_started(_hub(known, folder)))
        ours = ("netmon, 20 pings", "netmon, a mix")
        nodes = {ours[0]: Paths(folder / "pings"), ours[1]: Paths(folder / "mix")}
        _write(nodes[ours[0]], [("gateway", address) for address in ADDRESSES], known)
        _write(nodes[ours[1]], _mix(internet), known)
        watched = {title: stack.enter_context(_started(_netmon(paths))) for title, paths in nodes.items()}
        for peer in _network_peers.installed():
            running = _network_peers.running(peer, ADDRESSES, EVERY_S, folder / peer)
            watched[f"{peer}, 20 pings"] = stack.enter_context(running)
        time.sleep(SETTLE_S)
        for paths in nodes.values():
            _check(paths)
        used = _measure(watched, seconds)
    report("netmon_cpu_pct", round(max(used[title][0] for title in ours), 3), "% of a core", CPU_TARGET_PCT)
    report("netmon_mb_added", round(max(used[title][1] for title in ours), 1), "MB", MB_TARGET)


def _measure(watched: dict[str, Process], seconds: float) -> dict[str, tuple[float, float]]:
    """Per cent of a core, children that ended included, and MB of PSS that each would have alone."""
    before = {title: look(dict.fromkeys(whole_tree(p.pid), title)) for title, p in watched.items()}
    began_s = time.monotonic()
    time.sleep(seconds)
    took_s = time.monotonic() - began_s
    found: dict[str, tuple[float, float]] = {}
    say(f"{'':42} {'% of a core':>12} {'MB':>6}")
    for title, process in watched.items():
        process.check()
        after = look(dict.fromkeys(whole_tree(process.pid), title))
        used_s = sum(
            use.cpu_s - (before[title][pid].cpu_s if pid in before[title] else 0) for pid, use in after.items()
        )
        found[title] = 100 * used_s / took_s, sum_alone_mb(after)
        say(f"{title:42} {found[title][0]:12.3f} {found[title][1]:6.1f}")
    return found


def _mix(internet: Internet) -> list[tuple[str, str]]:
    addresses = {"dns": internet.resolver, "http204": internet.page, "tls": f"{_HUB}:8883"}
    return [
        (kind, addresses.get(kind, ping)) for kind, ping in zip(_MIX * (TARGETS // len(_MIX)), ADDRESSES, strict=True)
    ]


def _write(paths: Paths, targets: list[tuple[str, str]], known: authority.Certificates) -> None:
    paths.make()
    tables = (
        f'[[targets]]\nid = "t{n}"\nkind = "{kind}"\naddress = "{address}"\nevery_s = {EVERY_S}\n'
        for n, (kind, address) in enumerate(targets)
    )
    (paths.etc / "netmon.toml").write_text("".join(tables), encoding="utf-8")
    keys = "".join(f'{key} = "{"0" * 64}"\n' for key in ("daily_key", "recovery_key"))
    (paths.etc / "node.toml").write_text(f'node = "xa-thon-1"\nhub_host = "{_HUB}"\n{keys}', encoding="utf-8")
    paths.hub_ca.write_text(known.ca_pem, encoding="ascii")


def _netmon(paths: Paths) -> Process:
    command = [sys.executable, "-OO", "-m", "edge", "--root", str(paths.root), "netmon"]
    return Process("netmon", command, paths.root / "log", UNIT_ENV)


def _hub_certificates(folder: Path) -> authority.Certificates:
    (folder / "authority").mkdir()
    return authority.ensure(folder / "authority", [_HUB])


def _hub(known: authority.Certificates, folder: Path) -> Process:
    command = [sys.executable, "-m", "simulator.servers", "hub", _HUB]
    return Process("hub", [*command, "--certificate", str(known.certificate), "--key", str(known.key)], folder / "log")


@contextmanager
def _started(process: Process) -> Iterator[Process]:
    process.start()
    try:
        yield process
    finally:
        process.stop()


def _check(paths: Paths) -> None:
    """Raise RuntimeError where not every target answers: an idle netmon costs nothing."""
    said = summary.read(paths.run, "netmon", NetmonSummary)
    up = [] if said is None else [target for target in said.targets if target.is_up]
    if len(up) != TARGETS:
        raise RuntimeError(f"{len(up)} of {TARGETS} targets answer: {(paths.root / 'log').read_text()[-500:]}")


if __name__ == "__main__":
    main()
