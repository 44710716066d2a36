"""What is wrong with a house's network, in sentences: the node's one cause and what to do, or what fails. Pure."""

from collections.abc import Iterator

from contract.reports import Heartbeat, TargetReport, Wifi
from contract.terms import NetworkCause
from hub.web.wording.phrases import Line, Tone, name_target
from hub.web.wording.words import mark

ADVICE = {
    NetworkCause.HUB: mark("Check that the hub runs and that its address and port can be reached from outside."),
    NetworkCause.DNS: mark("Restart the wifi router; if it stays so, enter 1.1.1.1 there as the name server (DNS)."),
    NetworkCause.CAPTIVE: mark("Switch the welcome page off for the node in the router, or agree to it once."),
    NetworkCause.PROVIDER: mark(
        "Look at the router's internet light, and restart it; if it stays so after five minutes, call the provider."
    ),
    NetworkCause.GATEWAY: mark("Check that the router has power, then unplug it for ten seconds."),
    NetworkCause.ACCESS_POINT: mark(
        "Check the network cable, or that the wifi is on and its password is still the same; if it gets no address all "
        "the same, restart the router."
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

GOOD_DBM, FAIR_DBM = -67, -75
"""What speech and pictures want of a wifi, and below which even pages load slowly."""


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


def strength(rssi_dbm: int) -> Line:
    """How strong a wifi is, in a word."""
    if rssi_dbm >= GOOD_DBM:
        return Line(mark("strong"), "wifi", Tone.GOOD)
    return Line(mark("fair"), "wifi", Tone.WARN) if rssi_dbm >= FAIR_DBM else Line(mark("weak"), "wifi", Tone.BAD)


def link(wifi: Wifi) -> Iterator[Line]:
    """The wifi link, a fact a line; of what the driver does not tell there is none."""
    if wifi.bitrate_mbps is not None:
        yield Line(mark("%(mbps)s Mbit/s"), "wifi", Tone.MUTED, {"mbps": round(wifi.bitrate_mbps)})
    if wifi.channel is not None:
        values = {"channel": wifi.channel, "mhz": wifi.frequency_mhz}
        yield Line(mark("channel %(channel)s (%(mhz)s MHz)"), "wifi", Tone.MUTED, values)
    if wifi.busy_pct is not None:
        yield Line(mark("channel busy %(percent)s%%"), "wifi", Tone.MUTED, {"percent": round(wifi.busy_pct)})
    if wifi.clients is not None:
        yield Line(mark("%(count)s connected"), "wifi", Tone.MUTED, {"count": wifi.clients})


def _beside(target: TargetReport) -> Line:
    values = {"name": name_target(target.id)}
    return Line(mark("Not reached: %(name)s"), "wifi", Tone.MUTED, values, target.since_at)


def _failing(target: TargetReport) -> Line:
    msgid = _TARGETS.get(target.id, mark("Not reached: %(name)s"))
    return Line(msgid, "wifi", Tone.BAD, {"name": name_target(target.id)}, target.since_at)
