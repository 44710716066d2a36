"""A house's line to the world, in network namespaces: the node, its access point, the router, and all that lies beyond.

    node 192.168.1.20 ── access point (bridge) ── router 192.168.1.1 | 100.64.0.2 ── beyond 100.64.0.1

Beyond are a public resolver, two pages and the hub, each at an address of its own; the router passes names on. Needs
root, and a kernel with namespaces, veth and bridges (`is_possible`).
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from hub.security import authority
from simulator.process import Process
from simulator.servers import NAMES

NODE = "xa-thon-1"
HUB = "loa.xa.example"
ROUTER = "192.168.1.1"
RESOLVER = "1.1.1.1"
PAGES = (NAMES["connectivitycheck.gstatic.com"], NAMES["cp.cloudflare.com"])
PLACES = ("node", "access", "router", "beyond")
_FIRMWARE = "/sys/devices/platform/soc/soc:firmware"


def is_possible() -> bool:
    """Whether this machine lets us make such a line."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"loa{os.getpid()}try"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode == 0
    veth = ["link", "add", "name", "veth-a", "type", "veth", "peer", "name", "veth-b"]
    linked = subprocess.run(["ip", "-n", name, *veth], capture_output=True, check=False).returncode == 0
    subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    return made and linked


class Line:
    """Up and complete when entered; gone when left. `name` tells its namespaces from other lines'."""

    def __init__(self, name: str, folder: Path) -> None:
        self.folder = folder
        self._prefix = f"loa{os.getpid()}{name}"
        self.servers: dict[str, Process] = {}
        self.throttled = folder / "get_throttled"

    def __enter__(self) -> "Line":
        try:
            self._lay()
        except BaseException:
            self._take_up()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._take_up()

    def ip(self, place: str, command: str) -> None:
        """`ip` in one place. Raises CalledProcessError."""
        subprocess.run(["ip", "-n", self._prefix + place, *command.split()], check=True, capture_output=True)

    def set(self, place: str, key: str, value: int) -> None:
        """A setting of the kernel (sysctl) in one place."""
        self.run(place, ["sh", "-c", f"echo {value} > /proc/sys/net/{key}"])

    def run(self, place: str, command: Sequence[str]) -> None:
        subprocess.run([*self.into(place), *command], check=True, capture_output=True)

    def serve(self, name: str, place: str, *arguments: str) -> None:
        """Start a server (see `servers`) under this name."""
        command = [*self.into(place), sys.executable, "-m", "simulator.servers", *arguments]
        self.servers[name] = Process(f"{place} {name}", command, self.folder / f"{name}.log", _here())
        self.servers[name].start()

    def kill(self, name: str) -> None:
        """End a server: its port is closed."""
        self.servers.pop(name).kill()

    def hang(self, name: str) -> None:
        """Stop a server: the kernel still takes connections for it."""
        os.kill(self.servers[name].pid, signal.SIGSTOP)

    def process(self, root: Path, name: str) -> Process:
        """One of the node's processes, where the house's own resolver is the machine's, and the firmware says what
        stands in `throttled`."""
        resolv = self.folder / "resolv.conf"
        resolv.write_text(f"nameserver {ROUTER}\n", encoding="ascii")
        script = (
            f"mount --bind {resolv} /etc/resolv.conf && mount -t tmpfs none /sys/devices/platform && "
            f"mkdir -p {_FIRMWARE} && ln -s {self.throttled} {_FIRMWARE}/get_throttled && "
            f"exec {sys.executable} -m edge --root {root} {name}"
        )
        return Process(f"{NODE} {name}", [*self.into("node"), "sh", "-c", script], root / f"{name}.log", _here())

    def join(self, etc: Path) -> None:
        """Write what `loa-edge join` would have: who the node is, and its hub's CA."""
        etc.mkdir(parents=True, exist_ok=True)
        keys = "\n".join(f'{key} = "{"0" * 64}"' for key in ("daily_key", "recovery_key"))
        (etc / "node.toml").write_text(f'node = "{NODE}"\nhub_host = "{HUB}"\n{keys}\n', encoding="utf-8")
        (etc / "hub-ca.pem").write_text(self._certificates().ca_pem, encoding="ascii")

    def _certificates(self) -> authority.Certificates:
        folder = self.folder / "authority"
        folder.mkdir(exist_ok=True)
        return authority.ensure(folder, [HUB])

    def into(self, place: str) -> list[str]:
        """How a command is begun that is to run in this place."""
        return ["ip", "netns", "exec", self._prefix + place]

    def _lay(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.throttled.write_text("0\n", encoding="ascii")
        for place in PLACES:
            subprocess.run(["ip", "netns", "add", self._prefix + place], check=True, capture_output=True)
            self.ip(place, "link set lo up")
        for place, device, other, port in (
            ("node", "eth0", "access", "house"),
            ("router", "lan", "access", "uplink"),
            ("router", "wan", "beyond", "wan"),
        ):
            self.ip(place, f"link add {device} type veth peer name {port} netns {self._prefix}{other}")
        self.ip("access", "link add bridge type bridge")
        for port in ("house", "uplink"):
            self.ip("access", f"link set {port} master bridge up")
        self.ip("access", "link set bridge up")
        for place, device, address in (
            ("node", "eth0", "192.168.1.20/24"),
            ("router", "lan", f"{ROUTER}/24"),
            ("router", "wan", "100.64.0.2/30"),
            ("beyond", "wan", "100.64.0.1/30"),
            *(("beyond", "lo", f"{address}/32") for address in (RESOLVER, *NAMES.values())),
        ):
            self.ip(place, f"address add {address} dev {device}")
            self.ip(place, f"link set {device} up")
        self.ip("node", f"route add default via {ROUTER}")
        self.ip("router", "route add default via 100.64.0.1")
        self.ip("beyond", "route add 192.168.1.0/24 via 100.64.0.2")
        self.set("router", "ipv4/ip_forward", 1)
        self._serve_all()

    def _serve_all(self) -> None:
        known = self._certificates()
        pair = ("--certificate", str(known.certificate), "--key", str(known.key))
        self.serve("own-resolver", "router", "resolver", ROUTER, "--ask", RESOLVER)
        self.serve("welcome", "router", "page", "0.0.0.0", "--status", "302")
        self.serve("leases", "router", "leases", "lan")
        self.serve("resolver", "beyond", "resolver", RESOLVER)
        for number, address in enumerate(PAGES, 1):
            self.serve(f"page-{number}", "beyond", "page", address)
        self.serve("hub", "beyond", "hub", NAMES[HUB], *pair)

    def _take_up(self) -> None:
        for server in self.servers.values():
            server.kill()
        self.servers.clear()
        for place in PLACES:
            subprocess.run(["ip", "netns", "del", self._prefix + place], check=False, capture_output=True)


def _here() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(__file__).parent.parent), "MALLOC_ARENA_MAX": "1"}
