"""A hub that is killed while its alert is under way: it arrives when the hub runs again, with the same id."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.nodes.fleet import Flip, Node
from hub.store import alerts, nodes, records
from hub.store.database import Database
from tests.hub.alerts.course import place
from tests.hub.alerts.webhook import webhook
from tests.hub.conftest import until

pytestmark = pytest.mark.real


@contextmanager
def half_hub(url: str) -> Iterator[None]:
    """Killed at the end, whatever it is doing."""
    process = subprocess.Popen([sys.executable, "-m", "tests.hub.alerts.half_hub", url])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def test_an_alert_outlives_its_hub(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    database = Database(url)
    database.migrate()
    now = datetime.now(UTC) - timedelta(minutes=10)
    with webhook() as server:
        with database.write() as c:
            nodes.add_node(c, Node(id="a", title="Thôn Đông", added_at=now), "a" * 64, "hash")
            alerts.put_place(c, place("tam", url=server.url, added_at=now))
            records.add_flips(c, [Flip(node="a", subject="node", value="down", at=now)])
        server.let_go.clear()
        with half_hub(url):
            until(lambda: server.asked == 1)
        server.status = 500  # what was under way comes to nothing
        server.let_go.set()
        with database.read() as c:
            (posted,) = alerts.recent(c, 9)
        assert posted.sent_at is None
        until(lambda: server.answered == 1)
        server.status = 200
        with database.write() as c:
            alerts.claim(c, posted.id, datetime.now(UTC))  # nobody waits here for the minute to pass
        with half_hub(url):
            until(lambda: len(server.got) == 1)
            until(lambda: is_sent(database))
    assert server.got[0]["id"] == posted.id
    database.dispose()


def is_sent(database: Database) -> bool:
    with database.read() as c:
        return alerts.recent(c, 9)[0].sent_at is not None
