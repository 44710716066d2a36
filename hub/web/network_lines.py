"""What is wrong with a house's network, in sentences: the node's one cause and what to do, or what fails. Pure."""

from collections.abc import Iterator

from contract.reports import Heartbeat, TargetReport
from contract.terms import NetworkCause
from hub.web.phrases import Line, Tone, name_target
from hub.web.words import mark

ADVICE = {
    NetworkCause.HUB: mark("Check that the hub runs and that its address and port can be reached from outside."),
    NetworkCause.DNS: mark("Restart the wifi router; if it stays so, enter 1.1.1.1 there as the name server (DNS)."),
    NetworkCause.CAPTIVE: mark("Switch the welcome page off for the node in the router, or agree to it once."),
    NetworkCause.PROVIDER: mark(
        "Look at the router's internet light, and restart it; if it stays so after five minutes, call the provider."
    ),
    NetworkCause.GATEWAY: mark("Check that the router has power, then unplug it for ten seconds."),
    NetworkCause.ACCESS_POINT: mark(
        "Check the network cable, or that the wifi is on and its password is still the same."
    ),
    NetworkCause.PI: mark("Unplug the node for ten seconds; if it stays so, bring another Pi or a USB wifi adapter."),
    NetworkCause.POWER: mark("Bring another supply with a short cable for the Pi, and change it first."),
}
"""What to do about each cause that is one."""

_TARGETS = {
    "gateway": mark("The wifi router does not answer"),
    "dns": mark("Names on the internet cannot be looked up (DNS)"),
    "internet": mark("No internet"),
}


def describe(heartbeat: Heartbeat) -> Iterator[Line]:
    """One line for the cause where the node tells one; else one for each target that does not answer.

    Where the node finds that its network works all the same (one page of two, a router that takes no pings), a target
    that fails is worth a look and no fault.
    """
    network = heartbeat.network
    if network is not None and network.cause in ADVICE:
        yield Line(network.cause, "wifi", Tone.BAD, since_at=network.since_at, advice=ADVICE[network.cause])
        return
    is_working = network is not None and network.cause is NetworkCause.NONE
    for target in (t for t in heartbeat.targets if not t.is_up):
        yield _beside(target) if is_working else _failing(target)


def _beside(target: TargetReport) -> Line:
    values = {"name": name_target(target.id)}
    return Line(mark("Not reached: %(name)s"), "wifi", Tone.MUTED, values, target.since_at)


def _failing(target: TargetReport) -> Line:
    msgid = _TARGETS.get(target.id, mark("Not reached: %(name)s"))
    return Line(msgid, "wifi", Tone.BAD, {"name": name_target(target.id)}, target.since_at)
