"""What becomes of a process whose outbox was damaged by a power cut: it starts, and tells what happens from then on."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract import codec
from contract.events import Change, Key
from edge.outbox import DAMAGED, Outbox, OutboxReader

DAWN = datetime(2026, 5, 1, 22, tzinfo=UTC)


def change(key: Key) -> Change:
    return Change(key=key, at=DAWN, subject="target:gateway", value="down")


def fill(path: Path, events: int = 500) -> None:
    with closing(Outbox(path)) as outbox:
        for _ in range(events):
            outbox.append(change)


def waiting(path: Path) -> list[object]:
    with closing(OutboxReader(path)) as reader:
        return [codec.decode_event(each.body) for each in reader.after(0)]


def zero(whole: bytes) -> bytes:
    return bytes(len(whole))


def spoil_a_page(whole: bytes) -> bytes:
    return whole[:8192] + b"\xa5" * 4096 + whole[12_288:]


def cut(whole: bytes) -> bytes:
    return whole[:5000]


@pytest.mark.parametrize("damage", [zero, spoil_a_page, cut])
def test_a_damaged_outbox_is_laid_aside_and_begun_anew(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "netmon.db"
    fill(path)
    spoilt = damage(path.read_bytes())
    path.write_bytes(spoilt)

    with closing(Outbox(path)) as outbox:
        told = outbox.append(change)

    assert waiting(path) == [told]
    assert path.with_name(path.name + DAMAGED).read_bytes() == spoilt, "what waited may still be saved by hand"


def test_a_second_damage_takes_no_more_room_than_the_first(tmp_path: Path) -> None:
    path = tmp_path / "netmon.db"
    for _ in range(3):
        fill(path, 1)
        path.write_bytes(b"this is no database" * 100)
    Outbox(path).close()
    assert len(list(tmp_path.iterdir())) <= 4


def test_a_whole_outbox_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "netmon.db"
    fill(path, 3)
    with closing(Outbox(path)) as outbox:
        outbox.append(change)
    assert len(waiting(path)) == 4
    assert not path.with_name(path.name + DAMAGED).exists()


def test_an_outbox_that_the_card_refuses_is_opened_once_the_card_lets_it(tmp_path: Path) -> None:
    path = tmp_path / "netmon.db"
    path.mkdir()  # refuses to be a database
    with closing(Outbox(path)) as outbox:
        with pytest.raises(sqlite3.Error):
            outbox.append(change)
        with pytest.raises(sqlite3.Error):
            outbox.prune(0)
        path.rmdir()
        told = outbox.append(change)
    assert waiting(path) == [told]
