"""A process that keeps incidents and sends alerts over one database until it is killed."""

import sys
import time
from datetime import UTC, datetime

from hub.alerts.delivery import Delivery
from hub.alerts.reporter import Reporter
from hub.alerts.sending import Sending
from hub.incidents.keeper import Keeper
from hub.news import News
from hub.store.database import Database
from hub.web.wording import words
from hub.web.wording.alert_words import AlertWords
from tests.hub.alerts.course import ZONE


def run(url: str) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    database, news = Database(url), News()
    keeper = Keeper(database, now, news.tell, Reporter(ZONE, AlertWords(words.load(), ZONE)))
    Delivery(database, news, now, lambda: "https://loa.test", Sending()).start()
    while True:
        keeper.look()
        time.sleep(0.05)


if __name__ == "__main__":
    run(sys.argv[1])
