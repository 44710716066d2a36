"""What watching four cameras takes: processor a camera, and memory of the camera process with its decoding child, over
real RTSP at 1080p, H.264, a look every 20 s. motion from Debian, watching the same cameras at one picture a second,
beside it where it is installed.
    python -m benchmarks.camera_cost [--seconds 60] [--codec h264] [--transport tcp]

The pictures are a moving test card with grain over it, at ten a second and a key picture a second; how many Mbit/s a
camera sends is said. Memory is PSS alone: what these processes would take if nothing else ran here.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks._processes import look, sum_alone_mb, whole_tree
from benchmarks._result import report, say
from edge.config import Paths
from simulator.camera import LIVE_S, PICTURES_PER_S, Cameras

CAMERAS = ("cong", "san", "cho", "truong")
SIZE = (1920, 1080)
GRAIN = "alls=3:allf=t"
SETTLE_S = 25.0
CPU_TARGET_PCT = 0.5
PSS_TARGET_MB = 90
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def main() -> None:
    options = _read_options()
    with tempfile.TemporaryDirectory(prefix="loa") as name:
        folder = Path(name)
        with Cameras(CAMERAS, folder / "clips", codec=options.codec, size=SIZE, grain=GRAIN) as cameras:
            rate = (folder / f"clips/live.{options.codec}").stat().st_size * 8 / 1e6 / LIVE_S
            say(f"{len(CAMERAS)} cameras, {SIZE[0]}x{SIZE[1]}, {options.codec} over {options.transport}, "
                f"{PICTURES_PER_S} pictures/s, {rate:.1f} Mbit/s each")  # fmt: skip
            with _running(_start_ours(cameras, folder, options.transport), folder) as ours:
                time.sleep(SETTLE_S)
                cpu_pct, pss_mb = _measure("loa-edge camera", ours.pid, options.seconds)
            if shutil.which("motion", path=PATH):
                with _running(_start_motion(cameras, folder), folder) as motion:
                    time.sleep(SETTLE_S)
                    _measure("motion", motion.pid, options.seconds)
            else:
                say("motion: not installed: apt install motion")
    report("camera_cpu_pct", round(cpu_pct, 3), "% of a core a camera", CPU_TARGET_PCT)
    report("camera_pss_mb", round(pss_mb, 1), "MB", PSS_TARGET_MB)


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="processor and memory of watching four cameras")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to look each time (%(default)s)")
    parser.add_argument("--codec", choices=["h264", "h265"], default="h264")
    parser.add_argument("--transport", choices=["tcp", "udp"], default="tcp")
    return parser.parse_args()


def _start_ours(cameras: Cameras, folder: Path, transport: str) -> list[str]:
    paths = Paths(folder / "node")
    paths.make()
    tables = (
        f'[[cameras]]\nid = "{name}"\nurl = "{cameras.url(name)}"\ntransport = "{transport}"\n' for name in CAMERAS
    )
    (paths.etc / "camera.toml").write_text("".join(tables), encoding="utf-8")
    return [sys.executable, "-m", "edge", "--root", str(paths.root), "camera"]


def _start_motion(cameras: Cameras, folder: Path) -> list[str]:
    """motion, watching the same cameras at a picture a second, keeping nothing."""
    lines = ["daemon off", "webcontrol_port 0", "log_level 4", f"target_dir {folder}"]
    for number, name in enumerate(CAMERAS, 1):
        each = folder / f"camera-{number}.conf"
        each.write_text(
            f"camera_id {number}\nnetcam_url {cameras.url(name)}\nwidth {SIZE[0]}\nheight {SIZE[1]}\nframerate 1\n"
            "picture_output off\nmovie_output off\nstream_port 0\n",
            encoding="utf-8",
        )
        lines.append(f"camera {each}")
    config = folder / "motion.conf"
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ["motion", "-n", "-c", str(config)]


def _measure(title: str, pid: int, seconds: float) -> tuple[float, float]:
    """Per cent of a core a camera, and MB of PSS that the processes would have alone. Raises RuntimeError."""
    processes = dict.fromkeys(whole_tree(pid), title)
    before = look(processes)
    time.sleep(seconds)
    after = look(processes)
    if set(after) != set(before):
        raise RuntimeError(f"{title}: a process ended while it was measured")
    used_s = sum(use.cpu_s - before[each].cpu_s for each, use in after.items())
    cpu_pct = 100 * used_s / seconds / len(CAMERAS)
    pss_mb = sum_alone_mb(after)
    for use in after.values():
        say(f"  {title} ({use.pid}): {use.pss_mb:.1f} MB PSS beside all that runs here, {use.uss_mb:.1f} its own")
    say(f"{title}: {cpu_pct:.3f} % of a core a camera, {pss_mb:.1f} MB PSS alone")
    return cpu_pct, pss_mb


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    env: Mapping[str, str] = {"HOME": str(folder), "PATH": PATH, "PYTHONPATH": str(Path.cwd())}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command], stdout=log, stderr=log, env=env)
    try:
        yield process
        if process.poll() is not None:
            say((folder / "log").read_text(errors="replace")[-500:])
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
