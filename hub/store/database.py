"""Opens the database, brings its schema up to date and hands out connections. SQLite and PostgreSQL differ here only.

On SQLite a commit is on the disk when it returns (WAL, synchronous FULL), and writers of this process queue for
one lock instead of polling the file.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_MS = 10_000
"""How long SQLite waits for a writer of another process (a backup, a command line) before it gives up."""


class NewerSchema(Exception):
    """The database was written by a newer version of this program."""


class Database:
    """One database by its URL: `sqlite:////path/hub.db` or `postgresql+psycopg://user@host/name`."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
        self._writing = threading.Lock()
        self._is_sqlite = self.engine.dialect.name == "sqlite"
        if self._is_sqlite:
            _keep_private(url)
            event.listen(self.engine, "connect", _set_up_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    def migrate(self) -> None:
        """Bring the schema to the newest version, from nothing or from any older one.

        Raises NewerSchema, and then changes nothing.
        """
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
        with self.write() as c:
            present = MigrationContext.configure(c).get_current_revision()
            if present is not None and present not in known:
                raise NewerSchema(f"schema {present} of the database is not known to this version")
            config.attributes["connection"] = c
            command.upgrade(config, "head")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look; whatever is written in it is undone."""
        with self.engine.connect() as c:
            yield c

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: durable when the block ends, undone where it raises."""
        if not self._is_sqlite:
            with self.engine.begin() as c:
                yield c
            return
        with self._writing, self.engine.connect() as c:
            c.execution_options(is_write=True)
            with c.begin():
                yield c

    def dispose(self) -> None:
        """Close all connections that are not in use."""
        self.engine.dispose()


def insert(c: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that knows ON CONFLICT, in the words of the engine behind `c`."""
    return sqlite.insert(table) if c.dialect.name == "sqlite" else postgresql.insert(table)


def _keep_private(url: str) -> None:
    """Make the file readable by its owner alone before SQLite would: it holds password hashes."""
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).touch(mode=0o600)


def _set_up_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(c: Connection) -> None:
    """Take the write lock at once where writing is meant: a read that turns into a write could only fail."""
    c.exec_driver_sql("BEGIN IMMEDIATE" if c.get_execution_options().get("is_write") else "BEGIN")
