"""Runs each test of the store twice: on SQLite, and on a private PostgreSQL of this test run's own."""

import functools
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from hub.store.database import Database

_numbers = itertools.count(1)


def _server_binaries() -> Path | None:
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The folder in which a PostgreSQL of our own listens on a Unix socket; as `nobody` where we are root."""
    binaries = _server_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server here (Debian: apt install postgresql)")
    is_root = os.geteuid() == 0
    user = "nobody" if is_root else None
    with tempfile.TemporaryDirectory(prefix="loa-pg-") as folder:
        if is_root:
            shutil.chown(folder, "nobody")
        data = f"{folder}/data"
        run = functools.partial(subprocess.run, user=user, cwd=folder, check=True, capture_output=True)
        run([str(binaries / "initdb"), "-D", data, "-U", "loa", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"])
        settings = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off"}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        control = [str(binaries / "pg_ctl"), "-D", data, "-w", "-l", f"{folder}/log"]
        run([*control, "-o", options, "start"])
        try:
            yield folder
        finally:
            subprocess.run(
                [*control, "-m", "immediate", "stop"], user=user, cwd=folder, check=True, capture_output=True
            )


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/hub.db"
    folder = request.getfixturevalue("postgresql")
    name = f"loa{next(_numbers)}"
    engine = create_engine(f"postgresql+psycopg://loa@/postgres?host={folder}", isolation_level="AUTOCOMMIT")
    with engine.connect() as c:
        c.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"postgresql+psycopg://loa@/{name}?host={folder}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    database.migrate()
    yield database
    database.dispose()


@pytest.fixture
def c(database: Database) -> Iterator[Connection]:
    """One open transaction."""
    with database.write() as connection:
        yield connection
