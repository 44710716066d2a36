"""What a node writes to its card in a day of normal running: its four processes and their children, from /proc.
    python -m benchmarks.sd_writes [--seconds 180]

Measured are: running idle with the hub there, one airing, and one new recording of three minutes. A day is reckoned as
idle all day, twelve airings and four new recordings. What lies on the tmpfs of a Pi (`run/`) lies on one here too.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks._processes import whole_tree
from benchmarks._result import report, say
from hub.ports import free_port
from simulator.commune import Commune, Ports, Village
from simulator.officer import Person
from simulator.speech import speak

VILLAGE = Village("binhminh-thon-1", "Thôn 1")
SETTLE_S = 100.0
"""Until the events of the start are committed and forgotten."""
WITHIN_S = 90.0
AIRINGS, RECORDINGS = 12, 4
SAMPLES = 3
SENTENCE = "Thông báo của Ủy ban nhân dân xã: sáng mai, trạm y tế tiêm chủng cho trẻ em dưới năm tuổi."
SENTENCE_S = 7.0
"""What espeak-ng takes for it, about."""
MB = 1e6
TARGET_MB = 20
DAY_S = 86_400


def main() -> None:
    parser = argparse.ArgumentParser(description="bytes a node writes to its card")
    parser.add_argument("--seconds", type=float, default=180.0, help="how long to look while idle (%(default)s)")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="loa") as name, tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
        root = Path(name)
        (root / VILLAGE.node / "run").mkdir(parents=True)
        (root / VILLAGE.node / "run/loa").symlink_to(memory)
        with Commune(root, "binhminh", [VILLAGE], Ports(free_port(), free_port(), free_port())) as commune:
            commune.start()
            officer = Person(commune.address, "canbo", commune.add_user("canbo", "officer", "Cán bộ"))
            leader = Person(commune.address, "lanhdao", commune.add_user("lanhdao", "leader", "Lãnh đạo"))
            time.sleep(SETTLE_S)
            idle = measure_idle(commune, seconds)
            short = officer.upload(speak(SENTENCE, root / "short.wav"), "Ngắn")
            air(officer, leader, short)
            airing = measure_airing(commune, officer, leader, short)
            recording = measure_recording(commune, officer, leader, root) - airing
            officer.close()
            leader.close()
    day = idle * DAY_S + AIRINGS * airing + RECORDINGS * recording
    say(f"idle: {idle * DAY_S / MB:.2f} MB a day")
    say(f"one airing: {airing / 1e3:.0f} kB; one new recording of three minutes: {recording / MB:.2f} MB")
    say(f"a day of {AIRINGS} airings and {RECORDINGS} new recordings")
    report("sd_mb_per_day", round(day / MB, 2), "MB", TARGET_MB)


def measure_idle(commune: Commune, seconds: float) -> float:
    """Bytes a second."""
    before = written(commune)
    time.sleep(seconds)
    return (written(commune) - before) / seconds


def measure_airing(commune: Commune, officer: Person, leader: Person, recording: str) -> float:
    """Bytes of one airing of a recording that is there, its order, its plan and its record included."""
    before = written(commune)
    for _ in range(SAMPLES):
        air(officer, leader, recording)
    return (written(commune) - before) / SAMPLES


def measure_recording(commune: Commune, officer: Person, leader: Person, root: Path) -> float:
    """Bytes of a recording of three minutes that has to be fetched, and of its airing, which is stopped early."""
    text = " ".join([SENTENCE] * round(180 / SENTENCE_S))
    long = officer.upload(speak(text, root / "long.wav"), "Dài")
    before = written(commune)
    broadcast = officer.order("Dài", long, [VILLAGE.node], chime="")
    leader.approve(broadcast)
    wait_for(lambda: "Đang phát ở 1/1" in officer.page(f"/broadcasts/{broadcast}"))
    leader.stop(broadcast)
    time.sleep(10)
    return written(commune) - before


def air(officer: Person, leader: Person, recording: str) -> None:
    broadcast = officer.order("Đo", recording, [VILLAGE.node], chime="")
    leader.approve(broadcast)
    wait_for(lambda: officer.aired(broadcast) != "")
    time.sleep(3)


def wait_for(look: Callable[[], bool]) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + WITHIN_S
    while not look():
        if time.monotonic() > deadline:
            raise TimeoutError("the page does not say what was waited for")
        time.sleep(0.5)


def written(commune: Commune) -> int:
    """Bytes that all of the node's processes have sent towards the card so far."""
    os.sync()
    pids = {pid for process in commune.houses[0].processes.values() for pid in whole_tree(process.pid)}
    return sum(_write_bytes(pid) for pid in pids)


def _write_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/io").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):  # an errand that is over; none of them writes
        return 0
    numbers = dict(line.split(": ") for line in lines)
    return int(numbers["write_bytes"]) - int(numbers["cancelled_write_bytes"])


if __name__ == "__main__":
    main()
