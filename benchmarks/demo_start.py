"""How long a newcomer waits for `make demo`, once it is installed: for the first sound in all three villages, and for
the page when it is started a second time.
    python -m benchmarks.demo_start [--runs 3]
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._result import report, say
from simulator.commune import Ports

AIRED = re.compile(r"Đã phát [0-9:]+, 3/3")
PAGE = re.compile(r"Loa Làng: http")
FIRST_AIR_TARGET_S = 60.0
SECOND_START_TARGET_S = 30.0


def main() -> None:
    parser = argparse.ArgumentParser(description="from starting the demo to its first sound")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    first, second = [], []
    for run in range(options.runs):
        with tempfile.TemporaryDirectory(prefix="loa") as name:
            first.append(wait_until(AIRED, Path(name)))
            second.append(wait_until(PAGE, Path(name)))
        say(f"run {run + 1}: aired in 3/3 after {first[-1]:.1f} s; second start, page after {second[-1]:.1f} s")
    report("demo_first_air_s", round(max(first), 1), "s", FIRST_AIR_TARGET_S)
    report("demo_second_start_s", round(max(second), 1), "s", SECOND_START_TARGET_S)


def wait_until(said: re.Pattern[str], root: Path) -> float:
    """Start it, wait for what it is to say, and end it as Ctrl-C does. Returns seconds."""
    began_s = time.monotonic()
    command = [sys.executable, "-m", "simulator", "--root", str(root), "--port", str(Ports.free_above().page)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as demo:
        assert demo.stdout is not None
        try:
            if not any(said.search(line) for line in demo.stdout):
                raise SystemExit("the demo ended before it said so")
            return time.monotonic() - began_s
        finally:
            os.killpg(demo.pid, signal.SIGINT)
            demo.stdout.read()


if __name__ == "__main__":
    main()
