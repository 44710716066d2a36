"""From a typed text to ten villages: put into words, spoken, levelled, ordered for now, approved, fetched and heard.

All is real but the hardware and the typing. The clock starts when the text is sent to the page, and stops when the
first sample has left the last village's card, by the nodes' own records.
    python -m benchmarks.thought_to_air [--villages 10] [--runs 3]
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks._result import report, say
from hub.ports import free_port
from hub.store import records
from hub.store.database import Database
from simulator.commune import Commune, Ports, Village
from simulator.officer import Person

TEXT = (
    "UBND xã thông báo: từ 7h30-11h ngày 30/12, tại NVH các thôn, trạm y tế tiêm vắc xin sởi cho trẻ từ 18 đến 24 "
    "tháng tuổi. Phụ huynh mang theo sổ tiêm chủng. Liên hệ 0912 345 678."
)
SPEAKER = """\
[limits]
quiet_from = "00:00"
quiet_until = "00:00"
sessions_a_day = 1440
minutes_a_day = 1440
"""
TARGET_S = 60.0
WITHIN_S = 120.0


def main() -> None:
    parser = argparse.ArgumentParser(description="from a typed text to the first sample in every village")
    parser.add_argument("--villages", type=int, default=10)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    villages = [Village(f"binhminh-thon-{n}", f"Thôn {n}") for n in range(1, options.villages + 1)]
    ports = Ports(page=free_port(), mqtt=free_port(), media=free_port())
    with tempfile.TemporaryDirectory(prefix="loa") as name, Commune(Path(name), "binhminh", villages, ports) as commune:
        commune.start()
        open_hours(commune)
        officer = Person(commune.address, "canbo", commune.add_user("canbo", "officer", "Cán bộ"))
        leader = Person(commune.address, "lanhdao", commune.add_user("lanhdao", "leader", "Lãnh đạo"))
        wait_for(lambda: f"{len(villages)}/{len(villages)} làng phát được" in officer.page(), "every village is up")
        took_s = [air(commune, officer, leader, n) for n in range(options.runs)]
    report("thought_to_air_s", round(max(took_s), 1), "s", TARGET_S)


def open_hours(commune: Commune) -> None:
    """Let the villages play at whatever hour this is measured."""
    for house in commune.houses:
        house.configure("speaker", SPEAKER)
        house.processes["speaker"].stop()
        house.processes["speaker"].start()


def air(commune: Commune, officer: Person, leader: Person, run: int) -> float:
    """Seconds from the text to the first sample in the last village."""
    nodes = [village.node for village in commune.villages]
    began_at = datetime.now(UTC)
    recording = officer.type(f"{TEXT} Lần {run + 1}.", f"Tiêm chủng {run + 1}")
    spoken_s = (datetime.now(UTC) - began_at).total_seconds()
    broadcast = officer.order(f"Tiêm chủng {run + 1}", recording, nodes, chime="")
    leader.approve(broadcast)
    approved_s = (datetime.now(UTC) - began_at).total_seconds()
    wait_for(lambda: officer.aired(broadcast).endswith(f"{len(nodes)}/{len(nodes)}"), "it aired everywhere")
    first = [at for at in heard(commune, broadcast) if at is not None]
    took_s = (max(first) - began_at).total_seconds()
    say(f"run {run + 1}: spoken and levelled {spoken_s:.1f} s, approved {approved_s:.1f} s, "
        f"heard in {len(first)} villages {took_s:.1f} s")  # fmt: skip
    return took_s


def heard(commune: Commune, broadcast: str) -> list[datetime | None]:
    database = Database(f"sqlite:///{commune.hub_home / 'hub.db'}")
    with database.read() as c:
        found = [playout.first_sample_at for playout in records.playouts(c, broadcast).values()]
    database.dispose()
    return found


def wait_for(look: Callable[[], bool], what: str) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + WITHIN_S
    while not look():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not in time: {what}")
        time.sleep(0.3)


if __name__ == "__main__":
    main()
