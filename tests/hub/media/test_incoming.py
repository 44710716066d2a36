"""Files that come in piece by piece: what is on disk is what is known, whoever stops in between."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.media import incoming as incoming_module
from hub.media.incoming import AT_ONCE, KEPT, ROOM_LEFT, Arrival, Incoming, Superseded, WrongOffset
from hub.media.rejection import Rejected

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


class Store:
    """The folder, a clock that stands still, and a disk with as much room as is said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = NOON
        self.free = 10 * ROOM_LEFT
        self.start()

    def start(self) -> None:
        """As after a start of the hub."""
        self.incoming = Incoming(self.folder, lambda: self.now, lambda _folder: self.free)

    def begin(self, size: int = 10, user: str = "lan", max_bytes: int = 1000) -> Arrival:
        return self.incoming.begin(user, "Bản tin", "ban-tin.mp3", "m", size, max_bytes)

    def send(self, arrival: Arrival, piece: bytes) -> int:
        turn, here = self.incoming.claim(arrival)
        return self.incoming.write(arrival, turn, here, piece)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "uploads")


@settings(max_examples=30)
@given(pieces=st.lists(st.tuples(st.binary(min_size=1, max_size=40), st.booleans()), min_size=1, max_size=8))
def test_however_it_is_cut_and_restarted_the_bytes_are_those_that_were_sent(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[bytes, bool]]
) -> None:
    store = Store(tmp_path_factory.mktemp("uploads"))
    whole = b"".join(piece for piece, _ in pieces)
    arrival = store.begin(len(whole))
    for piece, is_restarted in pieces:
        assert store.incoming.whole() == []
        store.send(arrival, piece)
        if is_restarted:
            store.start()
    assert store.incoming.whole() == [arrival]
    assert store.incoming.path(arrival).read_bytes() == whole


def test_what_was_begun_is_found_again_by_its_owner_alone(store: Store) -> None:
    arrival = store.begin()
    store.send(arrival, b"12345")
    store.start()
    assert store.incoming.find(arrival.id, "lan") == arrival
    assert store.incoming.received(arrival) == 5
    assert store.incoming.find(arrival.id, "hung") is None
    assert store.incoming.find("../../etc/passwd", "lan") is None
    assert store.incoming.unfinished("hung") == []


def test_the_last_to_ask_goes_on_and_who_wrote_before_stops(store: Store) -> None:
    arrival = store.begin()
    lost, _ = store.incoming.claim(arrival)
    store.incoming.write(arrival, lost, 0, b"123")
    turn, here = store.incoming.claim(arrival)
    with pytest.raises(Superseded):
        store.incoming.write(arrival, lost, 3, b"456")
    assert store.incoming.write(arrival, turn, here, b"4567890") == 10
    assert store.incoming.path(arrival).read_bytes() == b"1234567890"


@pytest.mark.parametrize(("offset", "piece"), [(2, b"x"), (4, b"x"), (3, b"12345678")])
def test_bytes_that_do_not_continue_it_change_nothing(store: Store, offset: int, piece: bytes) -> None:
    arrival = store.begin()
    store.send(arrival, b"123")
    turn, _ = store.incoming.claim(arrival)
    with pytest.raises(WrongOffset):
        store.incoming.write(arrival, turn, offset, piece)
    assert store.incoming.path(arrival).read_bytes() == b"123"


@pytest.mark.parametrize(("size", "code"), [(0, "empty"), (1001, "too_large")])
def test_a_size_that_cannot_be_is_refused(store: Store, size: int, code: str) -> None:
    with pytest.raises(Rejected) as refusal:
        store.begin(size)
    assert refusal.value.code == code


def test_each_person_has_so_many_at_once_and_whole_ones_do_not_count(store: Store) -> None:
    for _ in range(AT_ONCE - 1):
        store.begin()
    store.send(store.begin(3), b"123")
    store.begin()
    with pytest.raises(Rejected, match="too_many"):
        store.begin()
    store.begin(user="hung")


def test_room_that_was_promised_is_not_promised_twice(store: Store) -> None:
    store.free = ROOM_LEFT + 1500
    first = store.begin(1000)
    with pytest.raises(Rejected, match="no_room"):
        store.begin(501)
    store.send(first, b"x" * 600)
    store.free -= 600
    store.begin(500)


def test_what_never_came_in_whole_is_swept_after_a_day_and_what_did_is_not(store: Store) -> None:
    slow, whole = store.begin(), store.begin(3)
    store.send(whole, b"123")
    store.now += KEPT - timedelta(seconds=1)
    store.incoming.sweep()
    assert store.incoming.find(slow.id, "lan") is not None
    store.now += timedelta(seconds=1)
    assert store.incoming.find(slow.id, "lan") is None
    store.incoming.sweep()
    assert store.incoming.whole() == [whole]
    store.incoming.forget(whole)
    assert list(store.folder.iterdir()) == []


def test_what_a_killed_hub_left_half_made_is_swept(store: Store) -> None:
    kept = store.begin()
    (store.folder / f"{'a' * 32}.bytes").write_bytes(b"no word on whose")
    (store.folder / f"{'b' * 32}.new").write_bytes(b"{")
    store.incoming.sweep()
    assert {p.stem for p in store.folder.iterdir()} == {kept.id}


def test_a_file_that_was_forgotten_meanwhile_does_not_come_back(store: Store) -> None:
    arrival = store.begin()
    turn, _ = store.incoming.claim(arrival)
    store.incoming.forget(arrival)
    with pytest.raises(Superseded):
        store.incoming.write(arrival, turn, 0, b"1")
    assert list(store.folder.iterdir()) == []


def test_the_disk_is_asked_for_its_room(tmp_path: Path) -> None:
    assert incoming_module.free_bytes(tmp_path) > 0
