"""The database: its schema comes up from nothing, a commit is durable, and a failed write leaves nothing."""

import stat
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from hub.store import broadcasts, meta, migrations, people, recordings
from hub.store import tables as t
from hub.store.database import Database, NewerSchema
from hub.store.tables.base import Instant


def test_an_empty_database_comes_up_to_the_schema_the_code_knows(url: str) -> None:
    database = Database(url)
    database.migrate()
    with database.read() as c:
        assert compare_metadata(MigrationContext.configure(c), t.metadata) == []
    database.dispose()


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.write() as c:
        meta.put(c, "hub", "binh minh")
    database.migrate()
    with database.read() as c:
        assert meta.get(c, "hub") == "binh minh"


def test_broadcasts_from_before_there_were_rules_are_found_as_before(url: str) -> None:
    database = Database(url)
    at = datetime(2026, 12, 1, tzinfo=UTC)
    with database.write() as c:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = c
        command.upgrade(config, "0002")
        c.execute(
            text(
                "INSERT INTO broadcasts VALUES ('b1', 'Tin', '[]', '[]', 'routine', :at, 'approved', 'a', 0, '', 0, '')"
            ),
            {"at": int(at.timestamp() * 1_000_000)},
        )
    database.migrate()
    with database.read() as c:
        (held,) = broadcasts.approved(c, at - timedelta(hours=1))
        assert (held.starts_at, held.rule, held.dropped) == (at, None, ())
        assert broadcasts.approved(c, at + timedelta(hours=1)) == []
    database.dispose()


def test_what_leaders_saw_as_drafts_waits_for_approval_since_there_are_stages(url: str) -> None:
    database = Database(url)
    with database.write() as c:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = c
        command.upgrade(config, "0010")
        for id, stage in (("b1", "draft"), ("b2", "approved"), ("b3", "cancelled")):
            c.execute(
                text(
                    "INSERT INTO broadcasts (id, title, audio, nodes, priority, stage, author, created_at, approved_by,"
                    " approval) VALUES (:id, 'Tin', '[]', '[]', 'routine', :stage, 'a', 0, '', '')"
                ),
                {"id": id, "stage": stage},
            )
    database.migrate()
    with database.read() as c:
        held = [broadcasts.broadcast(c, id) for id in ("b1", "b2", "b3")]
    assert [b and b.stage.value for b in held] == ["submitted", "approved", "cancelled"]
    database.dispose()


def test_recordings_from_before_there_were_versions_are_works_of_their_own(url: str) -> None:
    database = Database(url)
    with database.write() as c:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = c
        command.upgrade(config, "0011")
        for letter in "ab":
            values = f"'{letter * 64}', 1, 1.0, -16.0, -1.0, 'Tin {letter}', 'lan', 0"
            names = "sha256, size, duration_s, loudness_lufs, true_peak_dbtp, title, uploaded_by, uploaded_at"
            c.execute(text(f"INSERT INTO recordings ({names}) VALUES ({values})"))
    database.migrate()
    with database.read() as c:
        held = recordings.recordings(c)
        assert sorted((r.title, r.work == r.sha256, r.version) for r in held) == [
            ("Tin a", True, 1),
            ("Tin b", True, 1),
        ]
        assert [r.title for r in recordings.versions(c, "a" * 64)] == ["Tin a"]
    database.dispose()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(database: Database) -> None:
    with database.write() as c:
        c.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchema, match="9999"):
        database.migrate()
    with database.read() as c:
        assert c.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_a_write_that_fails_in_the_middle_leaves_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write() as c:
            meta.put(c, "half", "done")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with database.read() as c:
        assert meta.get(c, "half") is None


def test_what_is_written_while_only_looking_is_undone(database: Database) -> None:
    with database.read() as c:
        meta.put(c, "sneaked", "in")
    with database.read() as c:
        assert meta.get(c, "sneaked") is None


def test_many_writers_at_once_all_get_their_turn(database: Database) -> None:
    with database.write() as c:
        meta.put(c, "count", "0")

    def add_ten() -> None:
        for _ in range(10):
            with database.write() as c:
                row = c.execute(select(t.meta).where(t.meta.c.key == "count").with_for_update()).one()
                meta.put(c, "count", str(int(row.value) + 1))

    threads = [threading.Thread(target=add_ten) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as c:
        assert meta.get(c, "count") == "60"


def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    with database.write() as c:
        meta.put(c, "colour", "red")
    with database.write() as writer:
        meta.put(writer, "colour", "blue")
        with database.read() as reader:
            assert meta.get(reader, "colour") == "red"


def test_sqlite_commits_are_really_durable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/hub.db")
    for open_one in (database.read, database.write):
        with open_one() as c:
            assert c.exec_driver_sql("PRAGMA synchronous").scalar() == 2
            assert c.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert c.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.dispose()


def test_the_database_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/hub.db")
    database.migrate()
    with database.write() as c:
        meta.put(c, "k", "v")
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    assert modes == {"hub.db": 0o600, "hub.db-wal": 0o600, "hub.db-shm": 0o600}
    database.dispose()


def test_a_session_needs_its_user(c: Connection) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(IntegrityError):
        c.execute(insert(t.sessions).values(token_sha256="0" * 64, user="nobody", created_at=at, expires_at=at))


def test_an_instant_without_a_zone_is_refused(c: Connection) -> None:
    with pytest.raises(StatementError, match="time zone"):
        people.note(c, datetime(2026, 1, 1), "lan", "order", "b1")  # noqa: DTZ001


@given(st.datetimes(min_value=datetime(1, 1, 4), max_value=datetime(9999, 12, 28)), st.integers(-14, 14))  # noqa: DTZ001
def test_an_instant_comes_back_to_the_microsecond_in_utc(naive: datetime, hours: int) -> None:
    at = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    column = Instant()
    dialect = Database("sqlite://").engine.dialect
    back = column.process_result_value(column.process_bind_param(at, dialect), dialect)
    assert back == at
    assert back is not None
    assert back.tzinfo is UTC


@pytest.mark.parametrize("year", [1, 9999])
def test_an_instant_at_the_ends_of_the_calendar_is_refused(c: Connection, year: int) -> None:
    at = datetime(year, 1, 1, tzinfo=UTC) if year == 1 else datetime(year, 12, 31, tzinfo=UTC)
    with pytest.raises(StatementError, match="calendar"):
        people.note(c, at, "lan", "order", "b1")
