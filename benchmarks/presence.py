"""When the hub shows that a village is gone, and that it is back: real nodes, a real hub, and faults made for real.

A node's link killed and stopped, the whole node killed, its line silent without a word (half-open TCP), the power cut;
then the hub itself killed while one node loses its power. Every node reaches the hub through a line that can be cut.
    python -m benchmarks.presence
"""

import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from os import kill
from pathlib import Path
from typing import Any

import httpx

from benchmarks._result import report, say
from hub.nodes.fleet import Status
from hub.ports import free_port
from simulator.commune import Commune, Ports, Village
from simulator.house import House
from simulator.officer import Person
from simulator.soundcard import NoSoundCard
from simulator.wire import Wire

LATE_S, DOWN_S, RESTART_S = 30.0, 90.0, 60.0
LOOK_S = 0.2
PATIENCE_S = 240.0
AT_ONCE = 2
"""So many villages fail at a time: three within two minutes would be one incident, power or provider."""
REST_S = 125.0
"""Between two rounds: what fails within two minutes may have one cause."""
GONE = (Status.LATE, Status.DOWN)


@dataclass(frozen=True)
class Place:
    """A house and its line to the hub."""

    house: House
    wire: Wire

    @property
    def node(self) -> str:
        return self.house.node

    def signal(self, number: signal.Signals) -> None:
        kill(self.house.processes["link"].pid, number)

    def kill(self, *names: str) -> None:
        for name in names or self.house.processes:
            self.house.processes[name].kill()

    def start(self, *names: str) -> None:
        for name in names or self.house.processes:
            self.house.processes[name].start()

    def cut_power(self) -> None:
        """The line first: nobody says goodbye for it."""
        self.wire.cut()
        self.kill()

    def restore_power(self) -> None:
        self.wire.mend()
        self.start()


@dataclass(frozen=True)
class Fault:
    name: str
    make: Callable[[Place], None]
    mend: Callable[[Place], None]


FAULTS = (
    Fault("link killed", lambda p: p.kill("link"), lambda p: p.start("link")),
    Fault("link stopped", lambda p: p.signal(signal.SIGSTOP), lambda p: p.signal(signal.SIGCONT)),
    Fault("node killed", lambda p: p.kill(), lambda p: p.start()),
    Fault("line silent", lambda p: p.wire.cut(), lambda p: p.wire.mend()),
    Fault("power cut", lambda p: p.cut_power(), lambda p: p.restore_power()),
)


@dataclass(frozen=True)
class Seen:
    """What the hub says at one instant: each village's status, and how many incidents about contact it has had."""

    status: Mapping[str, str]
    alerts: Mapping[str, int]


class Hub:
    """The hub, asked as a program would ask it."""

    def __init__(self, address: str, token: str) -> None:
        self._web = httpx.Client(base_url=f"{address}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def look(self) -> Seen:
        status = {node["id"]: node["status"] for node in self._items("/nodes")}
        incidents = [i for which in ("lasting", "past") for i in self._items(f"/incidents?which={which}")]
        lost = [{m["node"] for m in i["members"]} for i in incidents if i["about"] == "contact"]
        return Seen(status, {node: sum(node in nodes for nodes in lost) for node in status})

    def _items(self, path: str) -> list[dict[str, Any]]:
        answer = self._web.get(path)
        answer.raise_for_status()
        return list(answer.json()["items"])


@dataclass
class Course:
    """Seconds from a fault until its village was shown as gone at all, as down, with an incident; and, from the moment
    it was mended, until it was shown as up."""

    late_s: float | None = None
    down_s: float | None = None
    alert_s: float | None = None
    back_s: float | None = None

    def note_fault(self, status: str, alerts: int, passed_s: float) -> bool:
        """Returns whether all of the fault has been seen."""
        if self.late_s is None and status in GONE:
            self.late_s = passed_s
        if self.down_s is None and status == Status.DOWN:
            self.down_s = passed_s
        if self.alert_s is None and alerts:
            self.alert_s = passed_s
        return None not in (self.down_s, self.alert_s)

    def note_end(self, status: str, _alerts: int, passed_s: float) -> bool:
        if self.back_s is None and status == Status.UP:
            self.back_s = passed_s
        return self.back_s is not None


def main() -> None:
    villages = [Village(f"binhminh-thon-{n}", f"Thôn {n}") for n in range(1, len(FAULTS) + 2)]
    ports = Ports(page=free_port(), mqtt=free_port(), media=free_port())
    try:
        with tempfile.TemporaryDirectory(prefix="presence") as name, ExitStack() as stack:
            commune = stack.enter_context(Commune(Path(name), "binhminh", villages, ports))
            commune.start()
            places = [_wired(house, stack.enter_context(Wire(ports.mqtt)), ports.mqtt) for house in commune.houses]
            hub = _ask(commune)
            _await_up(hub)
            courses = _measure_faults(hub, places)
            alerts = hub.look().alerts
            restart_s, wrong = _measure_restart(commune, hub, places)
    except NoSoundCard as error:
        raise SystemExit(f"presence: {error}") from None
    _tell(courses, alerts, restart_s, wrong)


def _wired(house: House, wire: Wire, port: int) -> Place:
    """From now on the node reaches the hub's broker over this line."""
    settings = house.etc / "node.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace(f"mqtt_port = {port}", f"mqtt_port = {wire.port}"), encoding="utf-8")
    house.processes["link"].stop()
    house.processes["link"].start()
    return Place(house, wire)


def _ask(commune: Commune) -> Hub:
    password = commune.add_user("ky-thuat", "technician", "Kỹ thuật")
    return Hub(commune.address, Person(commune.address, "ky-thuat", password).make_token(password))


def _await_up(hub: Hub) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while set(hub.look().status.values()) != {Status.UP}:
        if time.monotonic() > deadline:
            sys.exit(f"presence: not all villages came up: {hub.look().status}")
        time.sleep(LOOK_S)


def _measure_faults(hub: Hub, places: Sequence[Place]) -> dict[str, Course]:
    """Each fault in a village of its own; the last village stays well."""
    courses = {fault.name: Course() for fault in FAULTS}
    pairs = list(zip(FAULTS, places, strict=False))
    for begin in range(0, len(pairs), AT_ONCE):
        some = pairs[begin : begin + AT_ONCE]
        _follow(hub, [(place, fault.make, courses[fault.name].note_fault) for fault, place in some])
        _follow(hub, [(place, fault.mend, courses[fault.name].note_end) for fault, place in some])
        _await_up(hub)
        time.sleep(REST_S)
    return courses


def _follow(hub: Hub, some: Sequence[tuple[Place, Callable[[Place], None], Callable[[str, int, float], bool]]]) -> None:
    """Do something to each, and note what is shown of it until there is no more to see."""
    began_s = []
    for place, do, _ in some:
        do(place)
        began_s.append(time.monotonic())
    deadline = time.monotonic() + PATIENCE_S
    is_done = False
    while not is_done:
        if time.monotonic() > deadline:
            sys.exit(f"presence: it never showed in {[place.node for place, _, _ in some]}")
        time.sleep(LOOK_S)
        seen, now_s = hub.look(), time.monotonic()
        noted = [
            note(seen.status[place.node], seen.alerts[place.node], now_s - since_s)
            for (place, _, note), since_s in zip(some, began_s, strict=True)
        ]
        is_done = all(noted)


def _measure_restart(commune: Commune, hub: Hub, places: Sequence[Place]) -> tuple[float, int]:
    """The hub is killed, and one village loses its power meanwhile. Returns the seconds from the hub's start until all
    the others were shown as up and that one was not, and how often a living village was shown as gone."""
    gone = places[0]
    commune.hub.kill()
    gone.cut_power()
    commune.hub.start()
    began_s, wrong, right_s = time.monotonic(), 0, None
    while time.monotonic() - began_s < DOWN_S:
        time.sleep(LOOK_S)
        try:
            status = hub.look().status
        except httpx.HTTPError:
            continue
        others = {shown for node, shown in status.items() if node != gone.node}
        wrong += len(others & set(GONE))
        if right_s is None and others == {Status.UP} and status[gone.node] != Status.UP:
            right_s = time.monotonic() - began_s
    return right_s or PATIENCE_S, wrong


def _tell(courses: Mapping[str, Course], alerts: Mapping[str, int], restart_s: float, wrong: int) -> None:
    say(f"{'':14} {'gone':>8} {'down':>8} {'incident':>9} {'back':>8}   seconds")
    for name, course in courses.items():
        say(f"{name:14} {course.late_s:8.1f} {course.down_s:8.1f} {course.alert_s:9.1f} {course.back_s:8.1f}")
    most = max(alerts.values())
    say(f"incidents about contact: {sum(alerts.values())}, faults {len(FAULTS)}; most in one village {most}")
    say(f"hub killed and started: right after {restart_s:.1f} s; living villages shown as gone {wrong} times")
    report("presence_late_s", _most(course.late_s for course in courses.values()), "s", LATE_S)
    report("presence_down_s", _most(course.alert_s for course in courses.values()), "s", DOWN_S)
    report("presence_alerts_per_fault", sum(alerts.values()) / len(FAULTS), "", 1)
    report("presence_after_restart_s", round(restart_s, 1), "s", RESTART_S)
    report("presence_wrongly_gone", wrong, "", 0)


def _most(seconds: Iterable[float | None]) -> float:
    return round(max(each or PATIENCE_S for each in seconds), 1)


if __name__ == "__main__":
    main()
