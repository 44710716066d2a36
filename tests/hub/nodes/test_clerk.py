"""The hub's standing work forgets the small pictures of cameras when their time is over, and tells the open pages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from contract.orders import Counter
from contract.pictures import Pictures
from contract.terms import Order
from hub.alerts.reporter import Reporter
from hub.config import HistorySettings
from hub.history.roller import Roller
from hub.incidents.keeper import Keeper
from hub.news import News
from hub.nodes import clerk as clerks
from hub.nodes.broker import Broker
from hub.nodes.clerk import Clerk
from hub.nodes.dispatch import Dispatch
from hub.nodes.watch import Watch
from hub.security import keys
from hub.security.authority import Certificates
from hub.store import orders, thumbnails
from hub.store.database import Database
from hub.store.orders import LiveOrder
from tests.hub.conftest import until

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
NODE = "binhminh-thon-1"


class Silence:
    """Nothing is sent anywhere."""

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None: ...


@pytest.fixture
def clerk(tmp_path: Path, database: Database, certificates: Certificates) -> Iterator[Clerk]:
    news, now = News(), NOW + timedelta(hours=24)
    dispatch = Dispatch(database, keys.create(tmp_path), Silence(), lambda: now, news.tell)
    watch = Watch(database, lambda: now, lambda: None, news.tell)
    keeper = Keeper(database, lambda: now, news.tell, Reporter(UTC, lambda *_: None))
    broker = Broker(tmp_path, "127.0.0.1", 1, certificates)
    roller = Roller(database, lambda: now, ZoneInfo("Asia/Ho_Chi_Minh"), HistorySettings().keep)
    clerk = Clerk(database, news, dispatch, watch, keeper, roller, broker, lambda: now, lambda: True)
    yield clerk
    clerk.stop()


def test_pictures_whose_time_is_over_are_deleted(clerk: Clerk, database: Database) -> None:
    def keep(camera: str, n: int, hours: int) -> None:
        asked = LiveOrder(
            id=camera, node=NODE, order=Order.SHOW, broadcast="", created_at=NOW, until_at=NOW + timedelta(minutes=2),
            counter=Counter(0, n), camera=camera,
        )  # fmt: skip
        sent = Pictures(at=NOW, command=Counter(0, n), camera=camera, now=b"\xff\xd8\xff")
        with database.write() as c:
            orders.add(c, [asked])
            assert thumbnails.take(c, NODE, sent, NOW, timedelta(hours=hours))

    def held(camera: str) -> bool:
        with database.read() as c:
            return thumbnails.of_camera(c, NODE, camera, NOW) is not None

    keep("gate", 1, 24)
    keep("yard", 2, 25)
    clerk.start()
    until(lambda: not held("gate"))
    assert held("yard")


def test_figures_that_it_trips_over_do_not_end_all_rolling_up(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []

    def step(_: Roller) -> bool:
        steps.append(1)
        if len(steps) == 1:
            raise ValueError("a body that nobody can read")
        return False

    monkeypatch.setattr(Roller, "step", step)
    monkeypatch.setattr(clerks, "HUNG_S", 0.01)
    monkeypatch.setattr(clerks, "ROLL_UP_EVERY_S", 0.01)
    clerk.start()
    until(lambda: len(steps) > 1)
