"""Why the network of a house does not work: one cause out of all that was asked. Pure.

A table read from above: the first line that holds is the cause. No line contradicts a target that answers, and none
holds where the samples do not carry it: then the cause is UNKNOWN, which is a result too
(docs/decisions/0038-network-causes.md).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from contract.reports import UNDER_VOLTAGE_NOW, Vitals
from contract.terms import Miss, NetworkCause

UNTELLING = "dhcp"
"""Whoever gives out addresses may do so in a house that is cut off, and is asked too seldom to be a witness."""
WITNESSES = 2
"""So many targets beyond the router must fail before it is the provider's line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What is believed of one target: up, down, or None for not known.

    `is_outside`: it lies beyond the house's router, so that its answer proves the line. `is_named`: it is asked by
    name, so that its answer proves that names are found. `is_own`: the resolver that guests are given here.
    `has_answered`: it did so before this outage, so that its silence now means something.
    """

    kind: str
    is_up: bool | None
    miss: Miss = Miss.NONE
    is_outside: bool = False
    is_named: bool = False
    is_own: bool = False
    has_answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the machine itself says of its network; None where it does not say.

    A network device that is there, one that has a link (cable or wifi), a default route (so a lease), and a router
    that answers on the wire, be it that it takes no pings.
    """

    has_device: bool | None = None
    has_link: bool | None = None
    has_route: bool | None = None
    is_router_near: bool | None = None


@dataclass(frozen=True, slots=True)
class _Evidence:
    beliefs: tuple[Belief, ...]
    house: House
    is_power_weak: bool

    def of(self, kind: str) -> tuple[Belief, ...]:
        return tuple(b for b in self.beliefs if b.kind == kind)

    @property
    def is_cut_off(self) -> bool:
        """Something failed, and nothing at all is reached."""
        return _any_down(self.beliefs) and not _any_up(self.beliefs)

    @property
    def outside(self) -> tuple[Belief, ...]:
        return tuple(b for b in self.beliefs if b.is_outside)

    @property
    def has_router(self) -> bool:
        return _any_up(self.of("gateway")) or self.is_router_seen

    @property
    def is_router_seen(self) -> bool:
        """The kernel knows it on the wire. That counts for one that takes no pings alone: of another the kernel goes
        on knowing for most of a minute after it is gone, and would have the provider blamed meanwhile."""
        takes_pings = any(b.has_answered for b in self.of("gateway"))
        return self.house.is_router_near is True and not takes_pings

    @property
    def are_names_lost(self) -> bool:
        """The house's own resolvers are down (all, where none is its own), and no name was found all the same."""
        resolvers = self.of("dns")
        own = tuple(b for b in resolvers if b.is_own) or resolvers
        is_named_reached = any(b.is_up and b.is_named for b in self.beliefs)
        return _any_down(own) and not _any_up(own) and not is_named_reached


def diagnose(beliefs: Iterable[Belief], house: House, vitals: Vitals) -> NetworkCause:
    """The one cause that all of it together shows."""
    telling = tuple(b for b in beliefs if b.kind != UNTELLING)
    evidence = _Evidence(telling, house, bool((vitals.throttled or 0) & UNDER_VOLTAGE_NOW))
    return next((cause for cause, holds in _TABLE if holds(evidence)), NetworkCause.UNKNOWN)


def _is_captive(seen: _Evidence) -> bool:
    pages = seen.of("http204")
    return not _any_up(pages) and any(b.is_up is False and b.miss is Miss.CAPTIVE for b in pages)


def _is_power(seen: _Evidence) -> bool:
    return seen.is_cut_off and seen.is_power_weak


def _is_pi(seen: _Evidence) -> bool:
    return seen.is_cut_off and seen.house.has_device is False


def _is_access_point(seen: _Evidence) -> bool:
    return seen.is_cut_off and (seen.house.has_link is False or seen.house.has_route is False)


def _is_gateway(seen: _Evidence) -> bool:
    return seen.is_cut_off and _any_down(seen.of("gateway")) and not seen.is_router_seen


def _is_provider(seen: _Evidence) -> bool:
    """Two witnesses, one of which was really asked and got no answer: where no name is found, no page was asked, and
    a wrong answer came from somewhere."""
    down = [b for b in seen.outside if b.is_up is False]
    is_silent = any(b.miss is Miss.NONE for b in down)
    return seen.has_router and not _any_up(seen.outside) and len(down) >= WITNESSES and is_silent


def _is_dns(seen: _Evidence) -> bool:
    return _any_up(seen.outside) and seen.are_names_lost


def _is_hub(seen: _Evidence) -> bool:
    hubs = seen.of("tls")
    return _any_up(seen.of("http204")) and _any_down(hubs) and not _any_up(hubs)


def _is_nothing(seen: _Evidence) -> bool:
    """The internet answers. What fails beside it (one page of two, a router that takes no pings) is no outage."""
    is_all_well = _any_up(seen.outside) and not _any_down(seen.beliefs)
    return is_all_well or _any_up(seen.of("http204"))


_TABLE: tuple[tuple[NetworkCause, Callable[[_Evidence], bool]], ...] = (
    (NetworkCause.CAPTIVE, _is_captive),
    (NetworkCause.POWER, _is_power),
    (NetworkCause.PI, _is_pi),
    (NetworkCause.ACCESS_POINT, _is_access_point),
    (NetworkCause.GATEWAY, _is_gateway),
    (NetworkCause.PROVIDER, _is_provider),
    (NetworkCause.DNS, _is_dns),
    (NetworkCause.HUB, _is_hub),
    (NetworkCause.NONE, _is_nothing),
)


def _any_up(beliefs: Sequence[Belief]) -> bool:
    return any(b.is_up for b in beliefs)


def _any_down(beliefs: Sequence[Belief]) -> bool:
    return any(b.is_up is False for b in beliefs)
