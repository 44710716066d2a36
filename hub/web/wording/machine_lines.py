"""What is wrong with a node's machine, in sentences: supply, card, USB devices, battery, heat, room,
restarts. Pure."""

from collections.abc import Iterator

from contract.reports import UNDER_VOLTAGE_NOW, UNDER_VOLTAGE_SINCE_BOOT, Heartbeat, Vitals
from contract.terms import Ailment, Ending, NetworkCause
from hub.nodes.fleet import MACHINE, OK, Flip
from hub.web.wording.phrases import Line, Tone
from hub.web.wording.words import mark

HOT_C = 80.0
"""From here on a Raspberry Pi slows its processor down (its documentation, "Frequency management")."""
DISK_LOW_PCT = 10.0

_SUPPLY = mark("Bring a supply of 5.1 V and 3 A with a short cable, and change both.")
_CARD = mark("Bring a new card, made ready for this village, and change it.")
_USB = mark("Push it firmly into its socket, or into another one; if it stays so, bring another device.")
_MAINS = mark("Check fuse and socket; once its battery is empty this village will be silent.")
_HEAT = mark("Give the Pi air and shade: out of the closed cabinet, away from the amplifier.")
_DISK = mark("Delete what else lies on the card, or bring a larger one, made ready for this village.")
_MEMORY = mark("Restart the Pi; if it comes back, end the other programs on it, or bring a Pi with more memory.")
ADVICE = {
    Ailment.WEAK_POWER: _SUPPLY,
    Ailment.READ_ONLY: _CARD,
    Ailment.CARD_ERRORS: _CARD,
    Ailment.USB_GONE: _USB,
    Ailment.ON_BATTERY: _MAINS,
    Ailment.HOT: _HEAT,
    Ailment.DISK_FULL: _DISK,
    Ailment.MEMORY_LOW: _MEMORY,
}
"""What to do about each, and what to bring."""
INCIDENTS = {
    Ailment.WEAK_POWER: mark("%(village)s: the Pi's power is too weak: bring a 5.1 V, 3 A supply with a short cable"),
    Ailment.READ_ONLY: mark("%(village)s: the card takes no more writing: bring a new card"),
    Ailment.CARD_ERRORS: mark("%(village)s: the card has errors: bring a new card before it fails"),
    Ailment.USB_GONE: mark("%(village)s: gone from its USB socket: %(detail)s"),
    Ailment.ON_BATTERY: mark("%(village)s: no mains power, the node runs on its battery"),
    Ailment.HOT: mark("%(village)s: the Pi is too hot: give it air and shade"),
    Ailment.DISK_FULL: mark("%(village)s: the card is nearly full: delete what else lies on it, or bring a larger one"),
    Ailment.MEMORY_LOW: mark("%(village)s: the Pi's memory is nearly used up: restart it"),
}
"""An incident of each, in one sentence."""
_BACK = {
    "power": mark("The Pi's power is enough again"),
    "card": mark("The card takes writing again"),
    "usb": mark("The USB devices are all there again"),
    "ups": mark("Mains power is back"),
    "heat": mark("The Pi has cooled down"),
    "disk": mark("There is room on the card again"),
    "memory": mark("The Pi has enough memory again"),
}
_CHANGES = {
    Ailment.WEAK_POWER: mark("The Pi's power is too weak"),
    Ailment.READ_ONLY: mark("The card takes no more writing"),
    Ailment.CARD_ERRORS: mark("The card has errors"),
    Ailment.USB_GONE: mark("Gone from its USB socket: %(detail)s"),
    Ailment.ON_BATTERY: mark("No mains power: the node runs on its battery"),
    Ailment.HOT: mark("The Pi is too hot"),
    Ailment.DISK_FULL: mark("The card is nearly full"),
    Ailment.MEMORY_LOW: mark("The Pi's memory is nearly used up"),
}
_ICONS = {
    "power": "power",
    "card": "disk",
    "usb": "alert",
    "ups": "power",
    "heat": "heat",
    "disk": "disk",
    "memory": "alert",
}


def describe(heartbeat: Heartbeat) -> Iterator[Line]:
    """One line for each thing that is wrong now. A weak supply that is the network's cause is not told twice."""
    vitals = heartbeat.vitals
    is_told = heartbeat.network is not None and heartbeat.network.cause is NetworkCause.POWER
    throttled = 0 if is_told else vitals.throttled or 0
    if throttled & UNDER_VOLTAGE_NOW or (Ailment.WEAK_POWER in vitals.ailments and not is_told):
        yield Line(mark("Power too weak: check the supply and its cable"), "power", Tone.BAD, advice=_SUPPLY)
    elif throttled & UNDER_VOLTAGE_SINCE_BOOT:
        yield Line(mark("The power was too weak at some time since the start"), "power", Tone.WARN)
    if vitals.temperature_c is not None and vitals.temperature_c >= HOT_C:
        values = {"degrees": round(vitals.temperature_c)}
        yield Line(mark("Too hot: %(degrees)s °C"), "heat", Tone.BAD, values, advice=_HEAT)
    if vitals.disk_free_pct is not None and vitals.disk_free_pct < DISK_LOW_PCT:
        values = {"percent": round(vitals.disk_free_pct)}
        yield Line(mark("The card is nearly full: %(percent)s %% left"), "disk", Tone.WARN, values, advice=_DISK)
    for ailment in (a for a in _OTHERS if a in vitals.ailments):
        subject = next(s for s, ailments in MACHINE.items() if ailment in ailments)
        told: dict[str, object] = {"detail": ", ".join(vitals.usb_gone)}
        tone = Tone.WARN if ailment is Ailment.CARD_ERRORS else Tone.BAD
        yield Line(_CHANGES[ailment], _ICONS[subject], tone, told, advice=ADVICE[ailment])


_OTHERS = (Ailment.READ_ONLY, Ailment.CARD_ERRORS, Ailment.USB_GONE, Ailment.ON_BATTERY, Ailment.MEMORY_LOW)
"""Of the others the figures speak as well."""


def changed(flip: Flip) -> Line:
    """A change of the machine in the life of a node; a value this version does not know is a fault without a name."""
    if flip.value == OK:
        return Line(_BACK[flip.subject], "check", Tone.GOOD)
    if flip.value not in list(Ailment):
        values: dict[str, object] = {"subject": flip.subject, "value": flip.value}
        return Line(mark("%(subject)s: %(value)s"), _ICONS[flip.subject], Tone.BAD, values)
    return Line(_CHANGES[Ailment(flip.value)], _ICONS[flip.subject], Tone.BAD, {"detail": flip.detail})


def started_again(process: str, ending: str) -> Line:
    """A process that failed and was started again."""
    known = Ending(ending) if ending in list(Ending) else Ending.FAILED
    return Line(_PROCESSES.get(process, _PROCESSES["link"]), "alert", Tone.WARN, {"ending": known})


def card(vitals: Vitals) -> Line | None:
    """What a node says of its card besides the room on it; None where it does not."""
    if vitals.is_read_only:
        return Line(mark("takes no more writing"), "disk", Tone.BAD)
    if vitals.card_errors:
        return Line(mark("%(count)s errors"), "disk", Tone.WARN, {"count": vitals.card_errors})
    return None if vitals.is_read_only is None else Line(mark("no errors"), "disk", Tone.GOOD)


_PROCESSES = {
    "link": mark("The node's link to the hub was started again: %(ending)s"),
    "speaker": mark("The sound process on the node was started again: %(ending)s"),
    "camera": mark("The camera process on the node was started again: %(ending)s"),
    "netmon": mark("The network process on the node was started again: %(ending)s"),
}
