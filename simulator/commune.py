"""A whole commune on one machine: hub, cultural houses, horns, cameras and an internet, all real but the hardware."""

import contextlib
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hub.ports import PortTaken, free_port, require_free
from simulator.camera import Cameras
from simulator.horn import Horn
from simulator.house import House
from simulator.internet import Internet
from simulator.process import Died, Process
from simulator.soundcard import SoundCard

LOA_HUB = str(Path(sys.executable).with_name("loa-hub"))


@dataclass(frozen=True, slots=True)
class Village:
    node: str
    title: str


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the hub listens, all on loopback."""

    page: int
    mqtt: int
    media: int

    @classmethod
    def above(cls, page: int) -> "Ports":
        """Those of a demo, of which only the page's is asked for: 8000 goes with 8443 and 8883."""
        return cls(page=page, mqtt=page + 883, media=page + 443)

    @classmethod
    def free_above(cls) -> "Ports":
        """Three of them that are free. Raises OSError where no port is."""
        while True:
            ports = cls.above(free_port())
            with contextlib.suppress(PortTaken, OverflowError):
                for port in (ports.mqtt, ports.media):
                    require_free("127.0.0.1", port)
                return ports


class Commune:
    """Starts everything below `root` in order and stops it in reverse. Used as a context manager."""

    def __init__(self, root: Path, commune: str, villages: list[Village], ports: Ports) -> None:
        self.root = root
        self.villages = villages
        self.commune = commune
        self.ports = ports
        self.address = f"http://127.0.0.1:{ports.page}"
        self.hub_home = root / "hub"
        """Where the hub keeps everything. Written into its settings whenever it is started."""
        self.hub_file = root / "hub.toml"
        self.hub = Process("hub", [LOA_HUB, "--config", str(self.hub_file), "serve"], root / "log/hub.log")
        self.sound_card = SoundCard(root / "sound", [v.node for v in villages])
        self.cameras = Cameras([v.node for v in villages], root / "cameras", scene="yard")
        self.internet = Internet()
        self.houses: list[House] = []
        self.horns: dict[str, Horn] = {}
        self._running = contextlib.ExitStack()

    def __enter__(self) -> "Commune":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, say: Callable[[str], None] = lambda _: None) -> None:
        """Bring everything up; `say` is told what is being done.

        Raises RuntimeError (NoSoundCard, Died and others) or OSError with what is missing; `stop` is due then too.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        say("card âm thanh, camera, internet / sound cards, cameras, internet")
        for each in (self.sound_card, self.cameras, self.internet):
            self._running.enter_context(each)
        say("hub")
        self._running.callback(self.hub.stop)
        self.start_hub()
        for village in self.villages:
            say(village.title)
            self.houses.append(self._open(village))
        for house in self.houses:
            house.start()

    def listen(self) -> dict[str, Path]:
        """Keep what each village's horn plays from now on; returns the WAV files by village."""
        for village in self.villages:
            path = self.root / "horns" / f"{village.node}.wav"
            path.parent.mkdir(exist_ok=True)
            horn = Horn(village.node, self.sound_card.env(village.node), path)
            self._running.callback(horn.close)
            self.horns[village.title] = horn
        return {title: horn.path for title, horn in self.horns.items()}

    def check(self) -> None:
        """Raise Died where something ended that should be running."""
        self.hub.check()
        for house in self.houses:
            house.check()

    def stop(self) -> None:
        """End everything: the houses together, then the hub, then what is around them."""
        for house in self.houses:
            house.ask_to_stop()
        for house in self.houses:
            house.stop()
        self._running.close()

    def start_hub(self, within_s: float = 30.0) -> None:
        """Start the hub and wait until its pages answer. Raises Died where it ends, TimeoutError."""
        self._write_hub_settings()
        self.hub.start()
        deadline = time.monotonic() + within_s
        while not self._answers():
            self.hub.check()
            if time.monotonic() > deadline:
                raise TimeoutError(f"the hub did not answer within {within_s:.0f} s, see {self.hub.log}")
            time.sleep(0.1)

    def run_hub(self, *arguments: str, said: str = "") -> str:
        """Run one `loa-hub` command, its hub running or not, and return what it printed.

        Raises Died with what it complained of.
        """
        self._write_hub_settings()
        done = subprocess.run(
            [LOA_HUB, "--config", str(self.hub_file), *arguments],
            input=said,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Died(f"loa-hub {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def add_user(self, name: str, role: str, title: str) -> str:
        """Add a user with a random password (or reset it where the user is there already); returns the password."""
        password = secrets.token_urlsafe(12)
        try:
            self.run_hub("user", "add", name, "--role", role, "--title", title, "--password-stdin", said=password)
        except Died:
            self.run_hub("user", "reset", name, "--password-stdin", said=password)
        return password

    def _write_hub_settings(self) -> None:
        self.hub_file.write_text(
            f'data_dir = "{self.hub_home}"\npublic_host = "127.0.0.1"\nnode_host = "127.0.0.1"\n'
            f'page_host = "127.0.0.1"\npage_port = {self.ports.page}\n'
            f"mqtt_port = {self.ports.mqtt}\nmedia_port = {self.ports.media}\n"
            f'links_address = "{self.address}"\n',
            encoding="utf-8",
        )

    def _open(self, village: Village) -> House:
        house = House(village.node, village.title, self.root / village.node, self.sound_card.env(village.node))
        if not house.is_joined_at(self.ports.mqtt):
            bundle = self.root / f"{village.node}.loa"
            bundle.unlink(missing_ok=True)
            name = village.node.removeprefix(f"{self.commune}-")
            address = f"{self.commune}/{name}"
            self.run_hub("node", "add", address, "--title", village.title, "--out", str(bundle), "--again")
            house.join(bundle)
            bundle.unlink()
        house.configure("speaker", SPEAKER)
        house.configure("camera", CAMERA.format(url=self.cameras.url(village.node)))
        house.configure("netmon", self.internet.settings())
        house.trust_the_clock()
        return house

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/login", timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False


CAMERA = """\
[[cameras]]
id = "cong"
title = "Cổng"
url = "{url}"
every_s = 10
"""
SPEAKER = """\
[amplifier]
pin = 17
pin_factory = "mock"
warm_up_s = 0.5

# A demo must be heard at any hour, and often.
[limits]
quiet_from = "00:00"
quiet_until = "00:00"
sessions_a_day = 1440
minutes_a_day = 1440
"""
