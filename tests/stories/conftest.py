"""A small commune on this machine, all real but the hardware: hub, broker, two houses, horns, cameras."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from contract.events import Playout
from hub.ports import free_port
from hub.store import records
from hub.store.database import Database
from simulator.commune import Commune, Ports, Village
from simulator.house import House
from simulator.listening import Wave
from simulator.officer import Person
from simulator.process import Process
from simulator.soundcard import Recording
from simulator.speech import speak

T = TypeVar("T")

VILLAGES = [Village("binhminh-thon-1", "Thôn 1"), Village("binhminh-thon-2", "Thôn 2")]
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
PATIENCE_S = 60.0
LOOK_S = 0.2
LIKE = 0.9
"""Correlation of what was heard with what was uploaded, after loudness, a limiter and Opus at 64 kbit/s."""


@dataclass
class Staff:
    """The commune with the people who use it."""

    commune: Commune
    officer: Person
    leader: Person
    passwords: dict[str, str]

    @property
    def nodes(self) -> list[str]:
        return [village.node for village in self.commune.villages]

    def is_everything_up(self) -> bool:
        """Whether the board says that every village works."""
        return f"{len(self.nodes)}/{len(self.nodes)} làng phát được" in self.officer.page("/")

    def mend(self) -> None:
        """Start what does not run, and wait until the board says that every village works."""
        if not self.commune.hub.is_running:
            self.start_hub()
        for house in self.commune.houses:
            self.commune.cameras.show(house.node, "live")
            for process in house.processes.values():
                if not process.is_running:
                    process.start()
        self.commune.internet.switch("up")
        eventually(self.is_everything_up)

    def start_hub(self) -> None:
        """Start the hub, and every link anew: one that was cut off several times waits up to half a minute."""
        self.commune.start_hub()
        for house in self.commune.houses:
            house.processes["link"].kill()
            house.processes["link"].start()

    def house(self, node: str) -> House:
        return next(house for house in self.commune.houses if house.node == node)

    def log_in(self) -> None:
        """Log in anew, with the same passwords."""
        self.log_out()
        address = self.commune.address
        self.officer, self.leader = (Person(address, name, password) for name, password in self.passwords.items())

    def log_out(self) -> None:
        self.officer.close()
        self.leader.close()

    def announce(self, recording: str, title: str = "Thông báo", **choices: str) -> str:
        """Order and approve a broadcast in all villages; returns its id."""
        broadcast = self.officer.order(title, recording, self.nodes, **choices)
        self.leader.approve(broadcast)
        return broadcast

    def announce_at(self, at: datetime, recording: str, title: str = "Thông báo", **choices: str) -> str:
        """Order and approve a broadcast without chime for that second; returns its id."""
        local = at.astimezone(HANOI)
        when = {"day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M:%S}"}
        return self.announce(recording, title, chime="", **when, **choices)

    def await_ready(self, broadcast: str) -> None:
        """Wait until the page says that every village could air it if the hub went away now."""
        everywhere = f"{len(self.nodes)}/{len(self.nodes)} làng đã sẵn sàng"
        eventually(lambda: everywhere in self.officer.page(f"/broadcasts/{broadcast}"))

    def await_aired(self, broadcast: str, within_s: float = PATIENCE_S) -> None:
        """Wait until the page says that every village has aired it."""
        everywhere = f"{len(self.nodes)}/{len(self.nodes)}"
        eventually(lambda: self.officer.aired(broadcast).endswith(everywhere), within_s)

    def records(self, *broadcasts: str) -> list[tuple[str, Playout]]:
        """Every row that the hub's database has of these broadcasts, each with its node."""
        database = Database(f"sqlite:///{self.commune.hub_home / 'hub.db'}")
        long_ago, far_away = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
        with database.read() as c:
            rows = records.playouts_between(c, long_ago, far_away)
        database.dispose()
        return [(node, playout) for node, playout in rows if playout.broadcast in broadcasts]


def soon(seconds: float) -> datetime:
    """A whole second at least so many seconds away: the form takes no finer time."""
    return (datetime.now(UTC) + timedelta(seconds=seconds + 1)).replace(microsecond=0)


def wait_until(at: datetime) -> None:
    time.sleep(max(0.0, (at - datetime.now(UTC)).total_seconds()))


def eventually(look: Callable[[], T], within_s: float = PATIENCE_S) -> T:
    """The first true answer of `look`. Fails the test where there is none in time."""
    deadline = time.monotonic() + within_s
    while not (answer := look()):
        assert time.monotonic() < deadline, f"still not so after {within_s:.0f} s; last answer: {answer!r}"
        time.sleep(LOOK_S)
    return answer


def restart(*processes: Process) -> None:
    for process in processes:
        process.stop()
        process.start()


@contextlib.contextmanager
def reconfigured(house: House, **texts: str) -> Iterator[None]:
    """The house with other settings of these processes, for a while."""
    former = {name: (house.etc / f"{name}.toml").read_text(encoding="utf-8") for name in texts}
    _configure(house, texts)
    try:
        yield
    finally:
        _configure(house, former)


def _configure(house: House, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        house.configure(name, text)
    restart(*(house.processes[name] for name in texts))


def loudest(heard: Wave) -> float:
    """The highest sample, full scale 1."""
    return float(np.abs(heard).max(initial=0.0))


def open_commune(root: Path) -> Iterator[Staff]:
    """Start a commune below `root`, both houses up on the page; stop it at the end."""
    ports = Ports(page=free_port(), mqtt=free_port(), media=free_port())
    with Commune(root, "binhminh", VILLAGES, ports) as commune:
        commune.start()
        passwords = {
            "canbo": commune.add_user("canbo", "officer", "Cán bộ"),
            "lanhdao": commune.add_user("lanhdao", "leader", "Lãnh đạo"),
        }
        officer, leader = (Person(commune.address, name, password) for name, password in passwords.items())
        staff = Staff(commune, officer, leader, passwords)
        eventually(staff.is_everything_up)
        yield staff
        staff.log_out()


@pytest.fixture
def recordings(staff: Staff, tmp_path: Path) -> Iterator[dict[str, Recording]]:
    """What each village's horn plays during the test."""
    with contextlib.ExitStack() as stack:
        yield {n: stack.enter_context(staff.commune.sound_card.record(n, tmp_path / f"{n}.wav")) for n in staff.nodes}


@pytest.fixture(scope="session")
def lasting_staff(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staff]:
    """One commune for all stories: it takes a while to start."""
    yield from open_commune(tmp_path_factory.mktemp("xa"))


@pytest.fixture
def staff(lasting_staff: Staff) -> Staff:
    """The commune with everything working, whatever became of the story before."""
    lasting_staff.mend()
    return lasting_staff


@pytest.fixture(scope="session")
def speeches(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two different pieces of Vietnamese speech: real recordings from the folder LOA_SPEECH, else espeak-ng's."""
    folder = os.environ.get("LOA_SPEECH")
    if folder:
        first, second = sorted(Path(folder).glob("*.wav"))[:2]
        return first, second
    target = tmp_path_factory.mktemp("speech")
    texts = (
        "Thông báo: sáng mai trạm y tế xã tiêm chủng cho trẻ em.",
        "Bão số ba đang vào đất liền. Bà con vào nhà ngay.",
    )
    first, second = (speak(text, target / f"{n}.wav") for n, text in enumerate(texts))
    return first, second
