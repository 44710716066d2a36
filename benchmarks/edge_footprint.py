"""What a node takes: memory (PSS) and processor of its four processes with their children, idle and on air, with one
camera. MPD playing the same sound and motion watching the same camera beside it, where they are installed.
    python -m benchmarks.edge_footprint [--seconds 20]

Here a hub, a benchmark and perhaps more run beside the node and map the same libraries; the kernel's PSS spares the
node their part of them. On a Pi nobody does, so the result is the PSS that the node would have alone.
"""

import argparse
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks._processes import Use, look, sum_alone_mb, whole_tree
from benchmarks._result import report, say
from hub.ports import free_port
from simulator.camera import HEIGHT, WIDTH
from simulator.commune import Commune, Ports, Village
from simulator.officer import Person
from simulator.speech import speak

VILLAGE = Village("binhminh-thon-1", "Thôn 1")
SETTLE_S = 20.0
ON_AIR_WITHIN_S = 60.0
SPEECH_S = 7.0
"""What espeak-ng takes for SENTENCE, about."""
SENTENCE = "Thông báo của Ủy ban nhân dân xã: sáng mai, trạm y tế tiêm chủng cho trẻ em dưới năm tuổi."
TARGET_MB = 150
MPD_SOCKET = "mpd.sock"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def main() -> None:
    options = _read_options()
    ports = Ports(free_port(), free_port(), free_port())
    with (
        tempfile.TemporaryDirectory(prefix="loa") as name,
        Commune(Path(name), "binhminh", [VILLAGE], ports) as commune,
    ):
        commune.start()
        speech = speak(" ".join([SENTENCE] * (1 + int((options.seconds + SETTLE_S) / SPEECH_S))), Path(name, "loa.wav"))
        time.sleep(SETTLE_S)
        idle_mb = _measure("idle", _node(commune), options.seconds)
        _go_on_air(commune, speech)
        on_air_mb = _measure("on air", _node(commune), options.seconds)
        _measure_peers(commune, speech, options.seconds)
    report("edge_pss_mb", round(max(idle_mb, on_air_mb), 1), "MB", TARGET_MB)


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="memory and processor of a node")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to look each time (%(default)s)")
    return parser.parse_args()


def _node(commune: Commune) -> dict[int, str]:
    """Every process of the node by its number."""
    found: dict[int, str] = {}
    for name, process in commune.houses[0].processes.items():
        for pid in whole_tree(process.pid):
            found[pid] = name if pid == process.pid else f"{name}'s child"
    return found


def _go_on_air(commune: Commune, speech: Path) -> None:
    """Order the speech for now and wait until it sounds. Raises TimeoutError."""
    officer = Person(commune.address, "canbo", commune.add_user("canbo", "officer", "Cán bộ"))
    leader = Person(commune.address, "lanhdao", commune.add_user("lanhdao", "leader", "Lãnh đạo"))
    broadcast = officer.order("Đo", officer.upload(speech, "Đo"), [VILLAGE.node], chime="")
    leader.approve(broadcast)
    deadline = time.monotonic() + ON_AIR_WITHIN_S
    while "Đang phát ở 1/1" not in officer.page(f"/broadcasts/{broadcast}"):
        if time.monotonic() > deadline:
            raise TimeoutError("the broadcast did not go on air")
        time.sleep(0.5)
    time.sleep(SETTLE_S / 2)
    officer.close()
    leader.close()


def _measure(title: str, processes: Mapping[int, str], seconds: float) -> float:
    """Print a row for each process and the sum; returns the PSS they would have alone on a machine."""
    before = look(processes)
    time.sleep(seconds)
    after = {pid: use for pid, use in look(processes).items() if pid in before}
    say(f"{title}:")
    for pid, use in after.items():
        _print_row(use, (use.cpu_s - before[pid].cpu_s) / seconds)
    alone_mb = sum_alone_mb(after)
    cpu = sum(use.cpu_s - before[pid].cpu_s for pid, use in after.items()) / seconds
    pss_mb = sum(use.pss_mb for use in after.values())
    say(f"  {'together':16} {pss_mb:6.1f} MB PSS beside all that runs here, {alone_mb:.1f} alone; CPU {cpu:.2%}")
    return alone_mb


def _print_row(use: Use, cpu: float) -> None:
    say(f"  {use.name:16} {use.pss_mb:6.1f} MB PSS, {use.uss_mb:6.1f} its own, CPU {cpu:.2%}")


def _measure_peers(commune: Commune, speech: Path, seconds: float) -> None:
    for name, start in (("mpd", _start_mpd), ("motion", _start_motion)):
        if shutil.which(name, path=PATH) is None:
            say(f"{name}: not installed: apt install {name}")
            continue
        folder = commune.root / name
        folder.mkdir()
        with _running(start(commune, speech, folder), folder, commune.sound_card.env(VILLAGE.node)) as peer:
            time.sleep(SETTLE_S / 2)
            if name == "mpd":
                _tell_mpd(folder)
            if peer.poll() is not None:
                say(f"{name}: did not stay: {(folder / 'log').read_text(errors='replace')[-300:]}")
                continue
            _measure(name, dict.fromkeys(whole_tree(peer.pid), name), seconds)


def _start_mpd(_commune: Commune, speech: Path, folder: Path) -> list[str]:
    """MPD, which plays the same speech over and over as soon as it is told."""
    (folder / "music").mkdir()
    shutil.copy(speech, folder / "music/loa.wav")
    config = folder / "mpd.conf"
    config.write_text(
        f'music_directory "{folder}/music"\ndb_file "{folder}/db"\nbind_to_address "{folder}/{MPD_SOCKET}"\n'
        'zeroconf_enabled "no"\naudio_output {\ntype "pulse"\nname "horn"\n}\n',
        encoding="utf-8",
    )
    return ["mpd", "--no-daemon", "--stderr", str(config)]


def _tell_mpd(folder: Path) -> None:
    """Let it find the speech and play. Raises OSError where it does not listen."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
        control.connect(str(folder / MPD_SOCKET))
        for command in ("update", "add loa.wav", "repeat 1", "play"):
            control.sendall(command.encode() + b"\n")
            time.sleep(1)


def _start_motion(commune: Commune, _speech: Path, folder: Path) -> list[str]:
    """motion, watching the same camera at a picture a second, keeping nothing."""
    config = folder / "motion.conf"
    config.write_text(
        f"daemon off\nnetcam_url {commune.cameras.url(VILLAGE.node)}\nwidth {WIDTH}\nheight {HEIGHT}\nframerate 1\n"
        f"picture_output off\nmovie_output off\nwebcontrol_port 0\nstream_port 0\ntarget_dir {folder}\nlog_level 4\n",
        encoding="utf-8",
    )
    return ["motion", "-n", "-c", str(config)]


@contextmanager
def _running(command: list[str], folder: Path, env: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command],
            stdout=log,
            stderr=log,
            env={"HOME": str(folder), "PATH": PATH, **env},
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
