"""Sound cards without hardware: a private PulseAudio daemon with one null sink a card, paced in real time.

Needs Debian's `pulseaudio`, `pulseaudio-utils` and `libasound2-plugins`; works as any user, root too, touches no other
daemon, and ends with the process that started it.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import wave
from array import array
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

RATE_HZ = 48_000
TOOLS = ("pulseaudio", "parec", "setpriv")
BUCKET_S = 0.5

_START_S = 10.0
_REALTIME_PRIORITY = 8
_PATH_MAX = 107
_NEW_BLOCK_S = 0.001


class NoSoundCard(RuntimeError):
    """The daemon cannot be started here; the text says what is missing."""


class SoundCard:
    """One daemon with a null sink for each name, its socket and files in `folder` (created, 0700)."""

    def __init__(self, folder: Path, sinks: Sequence[str]) -> None:
        self._folder = folder
        self._sinks = tuple(sinks)
        self._socket = folder / "pulse.sock"
        self._daemon: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the daemon and wait until it answers. Raises NoSoundCard."""
        missing = [tool for tool in TOOLS if shutil.which(tool) is None]
        if missing:
            raise NoSoundCard(f"not installed: {', '.join(missing)} (apt install pulseaudio pulseaudio-utils)")
        if len(str(self._socket)) > _PATH_MAX:
            raise NoSoundCard(f"path too long for a socket: {self._socket}")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for sink in self._sinks:
            self._config(sink).write_text(self._alsa(sink), encoding="utf-8")
        with (self._folder / "pulse.log").open("wb") as log:
            # In a session of its own, Ctrl-C in the terminal does not end it before us.
            self._daemon = subprocess.Popen(
                self._command(), stdout=log, stderr=log, env=self._private_env(), start_new_session=True
            )
        self._await_daemon(self._daemon)
        _put_first(self._daemon.pid)

    def close(self) -> None:
        """End the daemon: for those who play on it, the card is gone."""
        if self._daemon is not None:
            self._daemon.terminate()
            self.thaw()
            self._daemon.wait()
            self._daemon = None

    def freeze(self) -> None:
        """Hang the card, as a USB card does whose power went: whoever plays on it waits for ever."""
        self._signal(signal.SIGSTOP)

    def mute(self, sink: str, is_muted: bool = True) -> None:
        """Turn the card's mixer down, as somebody may who looks for the hum of an amplifier."""
        subprocess.run(
            ["pactl", "set-sink-mute", sink, str(int(is_muted))], env={**os.environ, **self.env(sink)}, check=True
        )

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def env(self, sink: str) -> dict[str, str]:
        """Give the environment in which this sink is the only sound card of a process."""
        self._require(sink)
        return {
            "ALSA_CONFIG_PATH": str(self._config(sink)),
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_SINK": sink,
        }

    def record(self, sink: str, path: Path, piece_ms: int = 5) -> "Recording":
        """Start to keep what the sink plays as a WAV file. Small pieces time it better and cost more."""
        self._require(sink)
        form = ["--raw", "--format=s16le", "--channels=1", f"--rate={RATE_HZ}", f"--latency-msec={piece_ms}"]
        command = ["setpriv", "--pdeathsig", "TERM", "parec", "-d", f"{sink}.monitor", *form]
        return Recording(command, {**os.environ, **self.env(sink)}, path)

    def _signal(self, number: signal.Signals) -> None:
        if self._daemon is not None:
            self._daemon.send_signal(number)

    def _require(self, sink: str) -> None:
        if sink not in self._sinks:
            raise ValueError(f"no sink {sink!r}, only {', '.join(self._sinks)}")

    def _config(self, sink: str) -> Path:
        return self._folder / f"{sink}.alsa"

    def _alsa(self, sink: str) -> str:
        """An ALSA configuration with nothing but this sink, by its own name and as the default."""
        target = f'server "unix:{self._socket}"'
        pcm = f'{{ type pulse {target} device "{sink}" hint {{ show on description "{sink}" }} }}'
        return f'pcm.default {pcm}\npcm.{sink} {pcm}\nctl.default {{ type pulse {target} device "{sink}" }}\n'

    def _command(self) -> list[str]:
        command = ["setpriv", "--pdeathsig", "TERM", "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no"]
        command += ["--exit-idle-time=-1", "--disable-shm=yes", "--log-target=stderr"]
        for sink in self._sinks:
            # norewinds: else an idle sink has rendered two seconds ahead, and a new stream starts that late
            command += ["-L", f"module-null-sink sink_name={sink} rate={RATE_HZ} format=s16le channels=1 norewinds=1"]
        socket_module = f"module-native-protocol-unix socket={self._socket} auth-anonymous=1 auth-cookie-enabled=0"
        return [*command, "-L", socket_module]

    def _private_env(self) -> dict[str, str]:
        private = {name: str(self._folder) for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME")}
        return {**os.environ, **private}

    def _await_daemon(self, daemon: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and daemon.poll() is None:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                if probe.connect_ex(str(self._socket)) == 0:
                    return
            time.sleep(0.02)
        self.close()
        said = (self._folder / "pulse.log").read_text(encoding="utf-8", errors="replace")
        raise NoSoundCard(f"pulseaudio does not start: {said[-500:]}")


def _put_first(pid: int) -> None:
    """Where allowed, schedule a process before all others: a real card keeps its time however busy the machine is."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.sched_setscheduler(int(task.name), os.SCHED_RR, os.sched_param(_REALTIME_PRIORITY))


class Recording:
    """What a sink plays, as a WAV file that is whole at any time, with the instants of its samples.

    PulseAudio renders a null sink in blocks, each at the instant its first sample is due, and `parec` hands them over
    at once; so the earliest arrival of a block's head in each half second tells when that sample sounded.
    """

    def __init__(self, command: Sequence[str], env: dict[str, str], path: Path) -> None:
        self.path = path
        self.heads: list[tuple[int, float]] = []
        """(sample, wall-clock second it sounded at), one for each half second."""
        self._parec = subprocess.Popen(command, stdout=subprocess.PIPE, env=env, start_new_session=True)
        self._thread = threading.Thread(target=self._read, name="recording", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._parec.terminate()
        self._thread.join()
        self._parec.wait()

    def samples(self) -> "array[int]":
        """Read back everything recorded so far, mono at 48 kHz."""
        with wave.open(str(self.path), "rb") as file:
            return array("h", file.readframes(file.getnframes()))

    def _read(self) -> None:
        pipe = self._parec.stdout
        assert pipe is not None
        count, before = 0, 0.0
        with pipe, wave.open(str(self.path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            while piece := os.read(pipe.fileno(), 65_536):
                at = time.time()
                if at - before > _NEW_BLOCK_S:
                    self._note(count, at)
                before = at
                count += len(piece) // 2
                file.writeframes(piece)

    def _note(self, sample: int, at: float) -> None:
        """Keep the earliest head of each half second."""
        if self.heads and sample // int(BUCKET_S * RATE_HZ) == self.heads[-1][0] // int(BUCKET_S * RATE_HZ):
            kept_sample, kept_at = self.heads[-1]
            if at - sample / RATE_HZ < kept_at - kept_sample / RATE_HZ:
                self.heads[-1] = (sample, at)
        else:
            self.heads.append((sample, at))
