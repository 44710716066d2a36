"""How far the hub has committed, through what may become of the file that says so."""

import sqlite3
from contextlib import closing
from pathlib import Path

from edge.cursor import Cursors
from edge.outbox import DAMAGED, committed_id


def test_a_damaged_file_is_laid_aside_and_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "link.db"
    path.write_bytes(b"this is no database" * 100)
    with closing(Cursors(path)) as cursors:
        cursors.put("netmon", 7)
    assert committed_id(path, "netmon") == 7
    assert path.with_name(path.name + DAMAGED).exists()


def test_a_file_that_is_locked_is_not_taken_for_damage(tmp_path: Path) -> None:
    path = tmp_path / "link.db"
    with closing(Cursors(path)) as cursors:
        cursors.put("netmon", 7)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with closing(Cursors(path)) as cursors:
            other.execute("COMMIT")
            cursors.put("camera", 3)
            assert (cursors.get("netmon"), cursors.get("camera")) == (7, 3)
    assert (committed_id(path, "netmon"), committed_id(path, "camera")) == (7, 3)


def test_what_was_committed_before_the_card_let_the_file_be_opened_does_not_go_back(tmp_path: Path) -> None:
    path = tmp_path / "link.db"
    path.mkdir()  # refuses to be a database
    with closing(Cursors(path)) as cursors:
        cursors.put("netmon", 9)
        assert cursors.get("netmon") == 9
        path.rmdir()
        with closing(Cursors(path)) as earlier:
            earlier.put("netmon", 4)
        cursors.put("camera", 1)
        assert cursors.get("netmon") == 9
    assert (committed_id(path, "netmon"), committed_id(path, "camera")) == (9, 1)
