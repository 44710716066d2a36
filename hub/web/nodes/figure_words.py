"""What figures of a node's past are called, and how they are written. Pure."""

from dataclasses import dataclass

from hub.history.figures import Figure
from hub.web.wording.words import mark


@dataclass(frozen=True, slots=True)
class Told:
    """A name to be translated, a unit, and how many decimals are worth reading."""

    name: str
    unit: str = ""
    decimals: int = 1


FIGURES = {
    Figure.TEMPERATURE: Told(mark("Temperature"), "°C"),
    Figure.LOSS: Told(mark("Questions without an answer"), "%"),
    Figure.RTT: Told(mark("Time to an answer"), "ms"),
    Figure.JITTER: Told(mark("Jitter"), "ms"),
    Figure.RTT_P95: Told(mark("Slow answers (95 of 100 are faster)"), "ms"),
    Figure.MEMORY_FREE: Told(mark("Free memory"), "MB", 0),
    Figure.DISK_FREE: Told(mark("Free space on the card"), "%"),
    Figure.LOAD: Told(mark("Load"), decimals=2),
    Figure.WRITTEN: Told(mark("Written to the card a day"), "MB", 0),
    Figure.RSSI: Told(mark("Wifi signal of the node"), "dBm", 0),
    Figure.BUSY: Told(mark("Wifi channel busy"), "%", 0),
    Figure.CLIENTS: Told(mark("Devices on the wifi"), decimals=0),
}
FIRST = (Figure.TEMPERATURE, Figure.LOSS, Figure.RTT)
"""What a technician looks at; the others by choice."""
MORE = tuple(figure for figure in FIGURES if figure not in FIRST)
