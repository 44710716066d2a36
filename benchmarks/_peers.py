"""What others do for a scheduled start, on the same sink: MPD told to play at the instant, Liquidsoap by schedule."""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from simulator.soundcard import SoundCard

MPD_EVERY_S = 3.0
LIQUIDSOAP_EVERY_S = 4
_START_S = 10.0


def is_installed(program: str) -> bool:
    return shutil.which(program) is not None


def start_with_mpd(card: SoundCard, sink: str, sound: Path, folder: Path, starts: int) -> list[float]:
    """Tell MPD "play" at each instant, its output kept open: the best it can do. Gives the instants."""
    (folder / "music").mkdir(parents=True)
    shutil.copy(sound, folder / "music" / sound.name)
    config = folder / "mpd.conf"
    config.write_text(_mpd_config(folder, card.env(sink)["PULSE_SERVER"], sink), encoding="utf-8")
    mpd = _run(["mpd", "--no-daemon", "--stderr", str(config)], folder, {})
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
            _connect(control, folder / "mpd.sock")
            _ask(control, "update")
            _await(lambda: _ask(control, f"add {sound.name}").startswith("OK"), "MPD does not find the sound")
            return _tell_at_instants(lambda: _ask(control, "play 0"), starts)
    finally:
        mpd.terminate()
        mpd.wait()


def start_with_liquidsoap(card: SoundCard, sink: str, sound: Path, folder: Path, starts: int) -> list[float]:
    """Let Liquidsoap's own schedule play every four seconds. `sound` lasts one to four seconds."""
    folder.mkdir(parents=True)
    script = folder / "schedule.liq"
    script.write_text(
        f"settings.init.allow_root.set(true)\n"
        f"settings.frame.audio.samplerate.set(48000)\n"
        f'sound = single("{sound}")\n'
        f"due = fun() -> int_of_float(time()) mod {LIQUIDSOAP_EVERY_S} == 0\n"
        f"output.pulseaudio(fallible=true, mksafe(switch([(due, sound)])))\n",
        encoding="utf-8",
    )
    liquidsoap = _run(["liquidsoap", str(script)], folder, card.env(sink))
    try:
        time.sleep(_START_S)
        first = (int(time.time()) // LIQUIDSOAP_EVERY_S + 1) * LIQUIDSOAP_EVERY_S
        instants = [float(first + i * LIQUIDSOAP_EVERY_S) for i in range(starts)]
        time.sleep(max(0.0, instants[-1] + LIQUIDSOAP_EVERY_S - time.time()))
        return instants
    finally:
        liquidsoap.terminate()
        liquidsoap.wait()


def _mpd_config(folder: Path, server: str, sink: str) -> str:
    output = f'type "pulse"\nname "horn"\nserver "{server}"\nsink "{sink}"\nalways_on "yes"\n'
    return (
        f'music_directory "{folder}/music"\ndb_file "{folder}/db"\nbind_to_address "{folder}/mpd.sock"\n'
        f'zeroconf_enabled "no"\naudio_output {{\n{output}}}\n'
    )


def _run(command: Sequence[str], folder: Path, env: dict[str, str]) -> "subprocess.Popen[bytes]":
    with (folder / "log").open("wb") as log:
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command],
            stdout=log,
            stderr=log,
            env={"HOME": str(folder), "PATH": path, **env},
        )


def _connect(control: socket.socket, path: Path) -> None:
    def is_open() -> bool:
        return control.connect_ex(str(path)) == 0

    _await(is_open, "MPD does not start")
    control.recv(4096)


def _ask(control: socket.socket, command: str) -> str:
    control.sendall(command.encode() + b"\n")
    answer = ""
    while not answer.endswith("OK\n") and not answer.startswith("ACK"):
        answer += control.recv(4096).decode()
    return answer[answer.rfind("OK\n") :] if answer.endswith("OK\n") else answer


def _tell_at_instants(tell: Callable[[], object], starts: int) -> list[float]:
    instants = [time.time() + MPD_EVERY_S * (i + 1) for i in range(starts)]
    for instant in instants:
        time.sleep(max(0.0, instant - time.time()))
        tell()
    time.sleep(MPD_EVERY_S)
    return instants


def _await(is_so: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + _START_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(complaint)
        time.sleep(0.1)
