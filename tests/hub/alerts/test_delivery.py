"""From a village that goes silent to a phone that knows: decided, laid into the outbox, sent by real apprise to a real
server, and tried again where that fails; by virtual time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from hub.alerts import delivery, knowing
from hub.alerts.content import Content
from hub.alerts.delivery import Delivery
from hub.alerts.letter import Answer, Fault, Letter
from hub.alerts.place import Hears
from hub.alerts.reporter import Reporter
from hub.alerts.sending import Interrupted, Sending
from hub.incidents.keeper import Keeper
from hub.nodes.fleet import Flip
from hub.store import alerts, incidents, people, records
from hub.store.alerts import Posted
from hub.web.wording import words
from hub.web.wording.alert_words import AlertWords
from tests.hub.alerts.course import ZONE, place
from tests.hub.alerts.webhook import Webhook, webhook
from tests.hub.conftest import until
from tests.hub.web.world import VILLAGES, World

EAST, WEST, MIDDLE = VILLAGES
PAGE = "https://loa.test"
real = pytest.mark.real


class Post:
    """Stands where the sending child is, for what is not about apprise."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.faults: dict[str, Fault | None] = {}

    def __call__(self, letter: Letter) -> Answer:
        self.sent.append(letter)
        return Answer(self.faults.get(letter.url))


class Hub:
    """The part of a hub that keeps incidents and sends alerts, over the world's database."""

    def __init__(self, world: World, send: Any) -> None:
        self.world = world
        self.send = send
        self.start()
        self.look()
        world.clock.pass_(minutes=5)

    def start(self) -> None:
        clock, database = self.world.clock, self.world.database
        reporter = Reporter(ZONE, AlertWords(words.load(), ZONE))
        self.keeper = Keeper(database, clock, self.world.news.tell, reporter)
        self.delivery = Delivery(database, self.world.news, clock, lambda: PAGE, self.send)

    def go(self, *places: Any) -> None:
        with self.world.database.write() as c:
            for each in places:
                alerts.put_place(c, each)

    def find(self, village: str, value: str) -> None:
        with self.world.database.write() as c:
            records.add_flips(c, [Flip(node=village, subject="node", value=value, at=self.world.clock())])

    def look(self, **later: float) -> None:
        """One look of the keeper, then all that is due goes out."""
        self.world.clock.pass_(**later)
        self.keeper.look()
        self.deliver()

    def deliver(self, **later: float) -> None:
        self.world.clock.pass_(**later)
        self.delivery.look()
        self.delivery.settle()

    @property
    def record(self) -> list[Posted]:
        with self.world.database.read() as c:
            return alerts.recent(c, 50)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.database.dispose()


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def hub(world: World, post: Post) -> Hub:
    return Hub(world, post)


@pytest.fixture
def server() -> Iterator[Webhook]:
    with webhook() as server:
        yield server


@real
def test_a_village_goes_silent_and_comes_back_and_a_webhook_hears_of_both(world: World, server: Webhook) -> None:
    hub = Hub(world, Sending())
    hub.go(place("tam", url=server.url))
    hub.find(EAST, "down")
    hub.look()
    (got,) = server.got
    incident = got["incidents"][0]
    assert got["kind"] == "alert"
    assert got["title"] == "Loa Làng: sự cố ở Thôn Đông"
    assert incident["sentence"] in got["message"]
    assert (incident["id"], incident["turn"], incident["until"]) == (1, "gone", None)
    assert incident["villages"] == [{"id": EAST, "title": "Thôn Đông"}]
    assert incident["url"].startswith(f"{PAGE}/known/")
    assert incident["url"] in got["message"]

    world.clock.pass_(minutes=10)
    hub.find(EAST, "up")
    hub.look()
    hub.look(minutes=3)
    assert [i["turn"] for i in server.got[1]["incidents"]] == ["back"]
    assert "Thôn Đông đã có liên lạc lại\nsự cố từ 04:35 đến 04:45 (10 phút 00 giây)" in server.got[1]["message"]
    assert server.got[1]["id"] != got["id"]


@real
def test_a_server_that_fails_is_tried_again_and_hears_the_same_message(world: World, server: Webhook) -> None:
    hub = Hub(world, Sending())
    hub.go(place("tam", url=server.url))
    server.status = 500
    hub.find(EAST, "down")
    hub.look()
    (posted,) = hub.record
    assert (posted.fault, posted.tries, posted.next_at) == (Fault.BROKEN, 1, world.clock() + timedelta(minutes=1))
    server.status = 401
    hub.deliver(minutes=1)
    assert hub.record[0].fault == Fault.LOGIN
    server.status = 200
    hub.deliver(minutes=4)
    assert server.got == [], "five minutes, not four"
    hub.deliver(minutes=1)
    assert [got["id"] for got in server.got] == [posted.id]
    assert (hub.record[0].sent_at, hub.record[0].fault) == (world.clock(), "")


@real
def test_a_slow_place_is_cut_off_and_keeps_no_other_waiting(world: World, server: Webhook) -> None:
    with webhook() as slow:
        slow.let_go.clear()
        impatient, patient = Sending(wall_s=3), Sending()
        hub = Hub(world, lambda letter: (impatient if letter.url == slow.url else patient)(letter))
        hub.go(place("cham", url=slow.url), place("tam", url=server.url))
        hub.find(EAST, "down")
        world.clock.pass_(seconds=1)
        hub.keeper.look()
        hub.delivery.look()
        until(lambda: len(server.got) == 1)
        assert all(posted.place == "tam" for posted in hub.record if posted.sent_at)
        hub.delivery.settle()
    assert {posted.place: posted.fault for posted in hub.record} == {"cham": Fault.TIMEOUT, "tam": ""}


@real
@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("json://127.0.0.1:9/", Fault.UNREACHABLE),
        ("không phải địa chỉ", Fault.BAD_ADDRESS),
    ],
)
def test_what_cannot_arrive_says_why(url: str, fault: Fault) -> None:
    assert Sending()(Letter(url=url, subject="x", text="y")).fault is fault


def test_a_hub_that_is_killed_between_writing_and_sending_sends_it_when_it_runs_again(hub: Hub, post: Post) -> None:
    hub.go(place("tam"))
    hub.find(EAST, "down")
    hub.keeper.look()
    assert post.sent == []
    hub.start()
    hub.look(minutes=1)
    assert len(post.sent) == 1
    hub.start()
    hub.look(minutes=1)
    assert len(post.sent) == 1, "once"


def test_a_hub_that_stops_while_it_sends_counts_no_try(hub: Hub, world: World) -> None:
    def stop(_letter: Letter) -> Answer:
        raise Interrupted

    hub.send = stop
    hub.start()
    hub.go(place("tam"))
    hub.find(EAST, "down")
    hub.look()
    assert hub.record[0].tries == 0
    post = Post()
    hub.send = post
    hub.start()
    hub.look(minutes=1)
    assert len(post.sent) == 1


def test_what_cannot_be_written_down_is_not_sent_again_and_again(
    hub: Hub, post: Post, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.go(place("tam"))
    hub.find(EAST, "down")
    hub.keeper.look()

    def refuse(*_: object) -> None:
        raise OperationalError("disk full", {}, Exception())

    monkeypatch.setattr(alerts, "note_sent", refuse)
    for _ in range(20):
        hub.deliver(seconds=1)
    assert len(post.sent) == 1


def test_an_alert_without_words_keeps_no_incident_from_being_written(hub: Hub, post: Post, world: World) -> None:
    def stutter(*_: object) -> Content:
        raise KeyError

    hub.keeper = Keeper(world.database, world.clock, world.news.tell, Reporter(ZONE, stutter))
    hub.go(place("tam"))
    hub.find(EAST, "down")
    hub.look()
    assert "/incidents/1" in post.sent[0].text
    with world.database.read() as c:
        assert len(incidents.lasting(c)) == 1


def test_what_never_arrives_is_given_up_after_a_day_and_what_is_new_is_tried_at_once(hub: Hub, post: Post) -> None:
    hub.go(place("tam", url="json://a/"))
    post.faults["json://a/"] = Fault.UNREACHABLE
    hub.find(EAST, "down")
    hub.look()
    for _ in range(60):
        hub.deliver(minutes=30)
    assert hub.record[0].next_at is None
    tries = hub.record[0].tries
    assert 20 < tries < 30
    hub.find(WEST, "down")
    hub.look()
    assert len(post.sent) == tries + 1


def test_after_a_place_was_out_of_reach_the_last_word_comes_last(hub: Hub, post: Post) -> None:
    hub.go(place("tam", url="json://a/"))
    post.faults["json://a/"] = Fault.UNREACHABLE
    hub.find(EAST, "down")
    hub.look()
    hub.deliver(minutes=1)
    hub.find(EAST, "up")
    hub.look(minutes=5)
    post.faults.clear()
    post.sent.clear()
    for _ in range(4):
        hub.look(minutes=1)
    assert [letter.document["incidents"][0]["turn"] for letter in post.sent] == ["gone", "back"]


def test_a_message_that_breaks_its_place_keeps_no_other_from_it(hub: Hub, post: Post) -> None:
    hub.go(place("tam", url="json://a/"))
    post.faults["json://a/"] = Fault.BROKEN
    hub.find(EAST, "down")
    hub.look()
    post.faults.clear()
    post.sent.clear()
    hub.find(WEST, "down")
    hub.look(seconds=61)
    assert post.sent[0].document["incidents"][0]["villages"][0]["id"] == WEST


def test_one_that_waited_for_its_place_and_breaks_it_then_keeps_no_other_from_it(hub: Hub, post: Post) -> None:
    def village_of(letter: Letter) -> str:
        return str(letter.document["incidents"][0]["villages"][0]["id"])

    def break_at_east(letter: Letter) -> Answer:
        post.sent.append(letter)
        return Answer(Fault.BROKEN if village_of(letter) == EAST else None)

    hub.go(place("tam", url="json://a/"))
    post.faults["json://a/"] = Fault.UNREACHABLE
    hub.find(EAST, "down")
    hub.look()
    hub.delivery = Delivery(hub.world.database, hub.world.news, hub.world.clock, lambda: PAGE, break_at_east)
    hub.find(WEST, "down")
    for _ in range(6):
        hub.look(minutes=1)
    assert list(map(village_of, post.sent)) == [EAST, EAST, WEST]


def test_what_was_due_while_the_hub_was_off_for_days_is_told_when_it_runs_again(hub: Hub, post: Post) -> None:
    hub.go(place("tam", hears=Hears.LASTING, after_min=30))
    hub.find(EAST, "down")
    hub.look()
    hub.start()
    hub.look(days=3)
    assert [letter.document["incidents"][0]["turn"] for letter in post.sent] == ["gone"]


def test_what_it_trips_over_stops_no_alert_after_it(
    hub: Hub, post: Post, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.go(place("tam"))
    hub.find(EAST, "down")
    hub.keeper.look()
    tripped, due = list[int](), alerts.due

    def trip(*given: Any) -> list[Posted]:
        if not tripped:
            tripped.append(1)
            raise ValueError("a row that nobody can read")
        return due(*given)

    monkeypatch.setattr(alerts, "due", trip)
    monkeypatch.setattr(delivery, "LOOK_S", 0.01)
    hub.delivery.start()
    until(lambda: len(post.sent) == 1)
    hub.delivery.stop()


def test_what_is_older_than_a_day_when_the_hub_runs_again_is_not_sent(hub: Hub, post: Post) -> None:
    hub.go(place("tam"))
    hub.find(EAST, "down")
    hub.keeper.look()
    hub.start()
    hub.deliver(hours=25)
    assert post.sent == []
    assert (hub.record[0].next_at, hub.record[0].fault) == (None, Fault.STALE)


def test_a_message_that_is_refused_for_good_is_not_repeated(hub: Hub, post: Post) -> None:
    hub.go(place("tam", url="json://a/"))
    post.faults["json://a/"] = Fault.BAD_ADDRESS
    hub.find(EAST, "down")
    hub.look()
    hub.deliver(hours=1)
    assert len(post.sent) == 1


def test_whoever_opens_the_link_and_presses_is_known_to_know_and_nobody_else_is_woken(hub: Hub, post: Post) -> None:
    hub.go(place("tam", url="json://a/"), place("hung", url="json://b/", hears=Hears.TURN, after_min=30))
    hub.find(EAST, "down")
    hub.look()
    token = post.sent[0].document["incidents"][0]["url"].rpartition("/")[2]
    world = hub.world
    kept, _ = knowing.find(world.desk, token)
    assert kept.known_at is None, "to look is not to know"
    knowing.know(world.desk, token)
    hub.look(minutes=45)
    assert len(post.sent) == 1
    with world.database.read() as c:
        known = incidents.one(c, 1)
        note, *_ = people.notes(c, 1)
    assert known is not None
    assert (known.known_by, note.act, note.who) == ("place:tam", "incident-known", "place:tam")


def test_the_next_in_turn_is_told_where_nobody_pressed(hub: Hub, post: Post) -> None:
    hub.go(place("tam", url="json://a/"), place("hung", url="json://b/", hears=Hears.TURN, after_min=30))
    hub.find(EAST, "down")
    hub.look()
    hub.look(minutes=30)
    assert [letter.url for letter in post.sent] == ["json://a/", "json://b/"]


def test_a_link_is_over_after_a_week_or_when_its_place_is_removed(hub: Hub, post: Post) -> None:
    hub.go(place("tam"))
    hub.find(EAST, "down")
    hub.look()
    token = post.sent[0].document["incidents"][0]["url"].rpartition("/")[2]
    world = hub.world
    hub.go(place("tam", is_removed=True))
    with pytest.raises(knowing.LinkOver):
        knowing.know(world.desk, token)
    hub.go(place("tam"))
    world.clock.pass_(days=8)
    with pytest.raises(knowing.LinkOver):
        knowing.find(world.desk, token)


def test_nothing_that_opens_anything_lies_in_the_database(hub: Hub, post: Post) -> None:
    hub.go(place("tam"))
    hub.find(EAST, "down")
    hub.look()
    token = post.sent[0].document["incidents"][0]["url"].rpartition("/")[2]
    for file in hub.world.folder.glob("hub.db*"):
        assert token.encode() not in file.read_bytes()


def test_the_digest_says_what_is_open_and_what_was_and_is_silent_where_nothing_is(hub: Hub, post: Post) -> None:
    five = 17 * 60
    hub.go(place("tam", digest_min=five, hears=Hears.TURN, after_min=1440), place("im", villages=frozenset({WEST})))
    hub.find(EAST, "down")
    hub.look()
    hub.world.clock.now = hub.world.clock.now.replace(hour=9, minute=59) + timedelta(days=1)
    hub.look()
    hub.look(minutes=2)
    (digest,) = post.sent
    assert digest.subject == "Loa Làng hôm nay: còn 1 sự cố"
    assert [i["turn"] for i in digest.document["incidents"]] == ["open"]
    hub.find(EAST, "up")
    hub.look()
    hub.look(hours=23.99)
    assert post.sent[-1].document["incidents"][0]["turn"] == "over"
    sent = len(post.sent)
    hub.look(hours=24)
    assert len(post.sent) == sent, "nothing to say"
    hub.go(place("tam", digest_min=five, has_empty_digest=True))
    hub.look(hours=24)
    assert "Mọi thứ đều ổn" in post.sent[-1].text
    assert post.sent[-1].subject == "Loa Làng hôm nay: không còn sự cố nào"


def test_half_the_fleet_at_once_is_one_message_that_doubts_the_hub(hub: Hub, post: Post) -> None:
    hub.go(place("tam"))
    for village in VILLAGES:
        hub.find(village, "down")
    hub.look()
    (letter,) = post.sent
    assert "có thể chính máy chủ" in letter.text
    assert "Thôn Đoài, Thôn Đông" in letter.text or "Thôn Đông, Thôn Đoài" in letter.text
    assert letter.document["is_frozen"] is True


def test_three_villages_that_go_at_once_are_told_as_such_while_two_are_only_late(hub: Hub, post: Post) -> None:
    hub.go(place("tam"))
    for village in VILLAGES:
        hub.find(village, "late")
    hub.world.clock.pass_(minutes=1)
    hub.find(EAST, "down")
    hub.look()
    for village in (WEST, MIDDLE):
        hub.find(village, "down")
    hub.look(seconds=20)
    (letter,) = post.sent
    assert letter.subject == "Loa Làng: sự cố ở nhiều làng"
    assert "nhiều làng cùng mất liên lạc; đến lúc này chắc chắn có Thôn Đông\n" in letter.text
    assert "Gọi điện lực và nhà mạng trước" in letter.text


def test_one_that_reopened_tells_its_last_start_and_no_length_with_the_good_time_in_it(hub: Hub, post: Post) -> None:
    hub.go(place("tam"))
    for value, minutes in (("down", 1), ("up", 9), ("down", 3), ("up", 25)):
        hub.find(EAST, value)
        hub.look()
        hub.look(minutes=minutes / 2)
        hub.look(minutes=minutes / 2)
    texts = [letter.text for letter in post.sent]
    assert [i["turn"] for letter in post.sent for i in letter.document["incidents"]] == [
        "gone",
        "back",
        "again",
        "back",
    ]
    assert "\nbị lại từ 04:45, lần đầu 04:35\n" in texts[2]
    assert "từ 04:35 đến 04:48, 2 lần" in texts[3]
    assert "phút" not in texts[3]


def test_a_place_of_one_village_hears_of_that_alone_and_that_it_is_back_while_the_others_are_not(
    hub: Hub, post: Post
) -> None:
    hub.go(place("dong", villages=frozenset({EAST})))
    for village in VILLAGES:
        hub.find(village, "down")
    hub.look()
    hub.world.clock.pass_(minutes=20)
    hub.find(EAST, "up")
    hub.look()
    hub.look(minutes=3)
    gone, back = post.sent
    assert "nhiều làng cùng mất liên lạc; đến lúc này chắc chắn có Thôn Đông\ntừ 04:35" in gone.text
    assert (back.subject, back.document["incidents"][0]["turn"]) == ("Loa Làng: Thôn Đông đã có liên lạc lại", "back")
    assert "Thôn Đông đã có liên lạc lại\nsự cố từ 04:35 đến 04:55 (20 phút 00 giây)" in back.text
    for letter in post.sent:
        assert [v["id"] for v in letter.document["incidents"][0]["villages"]] == [EAST]
        assert "Thôn Đoài" not in letter.text


def test_a_place_of_one_village_hears_of_that_alone_when_all_are_back(hub: Hub, post: Post) -> None:
    five = 17 * 60
    hub.go(place("dong", villages=frozenset({EAST}), digest_min=five), place("xa"))
    for value in ("down", "up"):
        for village in VILLAGES:
            hub.find(village, value)
        hub.look(minutes=20)
    hub.look(minutes=3)
    subjects = {posted.place: posted.content.subject for posted in reversed(hub.record)}
    assert subjects == {
        "dong": "Loa Làng: Thôn Đông đã có liên lạc lại",
        "xa": "Loa Làng: 3 làng đã có liên lạc lại",
    }
    post.sent.clear()
    hub.world.clock.now = hub.world.clock.now.replace(hour=9, minute=59) + timedelta(days=1)
    hub.look(minutes=2)
    (digest,) = post.sent
    assert [v["id"] for v in digest.document["incidents"][0]["villages"]] == [EAST]
    assert "Thôn Đông đã có liên lạc lại" in digest.text


def test_that_something_else_than_contact_is_over_reads_forward(hub: Hub, post: Post) -> None:
    hub.go(place("tam"))
    for value in ("fault", ""):
        for village in (EAST, WEST):
            with hub.world.database.write() as c:
                records.add_flips(c, [Flip(node=village, subject="sound", value=value, at=hub.world.clock())])
        hub.look(minutes=20)
    hub.look(minutes=3)
    back = post.sent[-1]
    assert back.subject == "Loa Làng: 2 sự cố đã hết"
    assert "Đã hết: Thôn Đông: âm thanh không hoạt động\nsự cố từ 04:35 đến 04:55" in back.text


def test_an_english_place_is_told_in_english(hub: Hub, post: Post) -> None:
    hub.go(place("tam", language="en"))
    hub.find(EAST, "down")
    hub.look()
    assert post.sent[0].subject == "Loa Làng: trouble in Thôn Đông"
