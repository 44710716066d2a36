"""One cultural house: the four real processes of a node, below a folder of their own."""

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from simulator.process import Process

PROCESSES = ("link", "speaker", "camera", "netmon")
UNIT_ENV = {"MALLOC_ARENA_MAX": "1"}
"""What the systemd units of the node set too."""
LOA_EDGE = str(Path(sys.executable).with_name("loa-edge"))


class House:
    """Joins by its bundle and runs its node's processes with the given sound card."""

    def __init__(self, node: str, title: str, root: Path, sound_env: Mapping[str, str]) -> None:
        self.node = node
        self.title = title
        self.root = root
        self.processes = {
            name: Process(
                f"{node} {name}",
                [LOA_EDGE, "--root", str(root), name],
                root / f"var/log/{name}.log",
                {**UNIT_ENV, **(sound_env if name == "speaker" else {})},
            )
            for name in PROCESSES
        }

    @property
    def etc(self) -> Path:
        return self.root / "etc/loa"

    def is_joined_at(self, mqtt_port: int) -> bool:
        """Whether a bundle of the hub at this port is installed here."""
        file = self.etc / "node.toml"
        return file.exists() and tomllib.loads(file.read_text(encoding="utf-8")).get("mqtt_port") == mqtt_port

    def join(self, bundle: Path) -> None:
        """Install the bundle as a technician would."""
        joining = Process(f"{self.node} join", [LOA_EDGE, "--root", str(self.root), "join", str(bundle)], self._log)
        joining.start()
        joining.wait()

    def configure(self, name: str, text: str) -> None:
        """Write one of the technician's files: speaker, camera or netmon."""
        (self.etc / f"{name}.toml").write_text(text, encoding="utf-8")

    def trust_the_clock(self) -> None:
        """Say that this machine's host keeps the clock, as it does for a container."""
        file = self.etc / "node.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('clock_trust = "kernel"', 'clock_trust = "trusted"'), encoding="utf-8")

    def start(self) -> None:
        for process in self.processes.values():
            process.start()

    def ask_to_stop(self) -> None:
        for process in self.processes.values():
            process.ask_to_stop()

    def stop(self) -> None:
        for process in reversed(list(self.processes.values())):
            process.stop()

    def check(self) -> None:
        for process in self.processes.values():
            process.check()

    @property
    def _log(self) -> Path:
        return self.root / "var/log/join.log"
