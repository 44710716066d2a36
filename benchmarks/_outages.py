"""Outages made for real on a simulated line (`simulator.line`), each with the cause that a node should tell."""

from collections.abc import Callable
from dataclasses import dataclass

from contract.terms import NetworkCause
from simulator.line import PAGES, RESOLVER, ROUTER, Line
from simulator.servers import NAMES


@dataclass(frozen=True, slots=True)
class Outage:
    """What is done to a line. `is_cut`: the node cannot reach its hub meanwhile, so the hub tells that it is gone."""

    title: str
    cause: NetworkCause
    make: Callable[[Line], None]
    is_cut: bool = True


def _lie(line: Line) -> None:
    """A welcome page by its resolver: every name leads to it, and nothing else passes."""
    line.kill("own-resolver")
    line.set("router", "ipv4/ip_forward", 0)
    line.serve("own-resolver", "router", "resolver", ROUTER, "--lie", ROUTER)


def _take_pages(line: Line) -> None:
    """A welcome page in the path: the router answers for every page, and lets all else pass."""
    for address in PAGES:
        line.ip("router", f"address add {address}/32 dev lo")


def _swallow(line: Line) -> None:
    """The provider's line is up and carries nothing: no answer, and no word that there is none."""
    for address in (RESOLVER, *NAMES.values()):
        line.ip("beyond", f"address del {address}/32 dev lo")


def _brown_out(line: Line) -> None:
    """The supply gives in under load: the firmware says so, and what hangs at USB (here the network) is gone."""
    line.throttled.write_text("50005\n", encoding="ascii")
    line.ip("node", "link set eth0 down")


OUTAGES = (
    Outage("supply too weak, network gone", NetworkCause.POWER, _brown_out),
    Outage("network device gone", NetworkCause.PI, lambda line: line.ip("node", "link del eth0")),
    Outage(
        "access point off or cable out",
        NetworkCause.ACCESS_POINT,
        lambda line: line.ip("access", "link set house down"),
    ),
    Outage("no lease", NetworkCause.ACCESS_POINT, lambda line: line.ip("node", "address flush dev eth0")),
    Outage("router off behind its bridge", NetworkCause.GATEWAY, lambda line: line.ip("router", "link set lan down")),
    Outage(
        "router was reset to another address",
        NetworkCause.GATEWAY,
        lambda line: line.ip("router", "address flush dev lan"),
    ),
    Outage("provider's line down", NetworkCause.PROVIDER, lambda line: line.ip("router", "link set wan down")),
    Outage("provider's line swallows all", NetworkCause.PROVIDER, _swallow),
    Outage("router's resolver ended", NetworkCause.DNS, lambda line: line.kill("own-resolver"), is_cut=False),
    Outage("router's resolver hangs", NetworkCause.DNS, lambda line: line.hang("own-resolver"), is_cut=False),
    Outage("welcome page by its resolver", NetworkCause.CAPTIVE, _lie),
    Outage("welcome page in the path", NetworkCause.CAPTIVE, _take_pages, is_cut=False),
    Outage("hub ended", NetworkCause.HUB, lambda line: line.kill("hub")),
    Outage("hub hangs", NetworkCause.HUB, lambda line: line.hang("hub")),
)
HARMLESS = (
    Outage("one page of two gone", NetworkCause.NONE, lambda line: line.kill("page-1"), is_cut=False),
    Outage(
        "router takes no pings",
        NetworkCause.NONE,
        lambda line: line.set("router", "ipv4/icmp_echo_ignore_all", 1),
        is_cut=False,
    ),
)
"""What fails beside a network that works: no cause may be told."""
