"""A small commune on this machine, all real but the hardware: hub, broker, two houses, horns, cameras."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from hub.ports import free_port
from simulator.commune import Commune, Ports, Village
from simulator.officer import Person
from simulator.speech import speak

T = TypeVar("T")

VILLAGES = [Village("binhminh-thon-1", "Thôn 1"), Village("binhminh-thon-2", "Thôn 2")]
PATIENCE_S = 60.0
LOOK_S = 0.2


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

    def announce(self, recording: str, title: str = "Thông báo", **choices: str) -> str:
        """Order and approve a broadcast in all villages; returns its id."""
        broadcast = self.officer.order(title, recording, self.nodes, **choices)
        self.leader.approve(broadcast)
        return broadcast


def eventually(look: Callable[[], T], within_s: float = PATIENCE_S) -> T:
    """The first true answer of `look`. Fails the test where there is none in time."""
    deadline = time.monotonic() + within_s
    while not (answer := look()):
        assert time.monotonic() < deadline, f"still not so after {within_s:.0f} s; last answer: {answer!r}"
        time.sleep(LOOK_S)
    return answer


def open_commune(root: Path) -> Iterator[Staff]:
    """Start a commune below `root`, both houses up on the page; stop it at the end."""
    ports = Ports(page=free_port(), mqtt=free_port(), media=free_port())
    with Commune(root, "binhminh", VILLAGES, ports) as commune:
        commune.start()
        passwords = {
            "canbo": commune.add_user("canbo", "officer", "Cán bộ"),
            "lanhdao": commune.add_user("lanhdao", "leader", "Lãnh đạo"),
        }
        officer = Person(commune.address, "canbo", passwords["canbo"])
        leader = Person(commune.address, "lanhdao", passwords["lanhdao"])
        eventually(lambda: f"{len(VILLAGES)}/{len(VILLAGES)} làng hoạt động" in officer.page("/"))
        yield Staff(commune, officer, leader, passwords)
        officer.close()
        leader.close()


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staff]:
    yield from open_commune(tmp_path_factory.mktemp("xa"))


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vietnamese speech of a few seconds: a real recording from the folder LOA_SPEECH, else espeak-ng's."""
    folder = os.environ.get("LOA_SPEECH")
    if folder:
        return sorted(Path(folder).glob("*.wav"))[0]
    target = tmp_path_factory.mktemp("speech") / "thong-bao.wav"
    return speak("Thông báo: sáng mai trạm y tế xã tiêm chủng cho trẻ em.", target)
