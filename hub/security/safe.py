"""Backup and restore: rows, keys, the hub's own authority and the sounds in one file, whatever the database engine.

A backup holds the daily signing key: keep it like a key. A restored hub learns from the nodes' births which
counters they hold and goes on above them, so that the next plan is accepted and nothing airs twice.
"""

import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from hub.config import HubSettings
from hub.security import keys
from hub.store.database import Database, NewerSchema
from hub.store.tables import births, carried, heartbeats, metadata, plans, presences, thumbnails, users

_FOLDERS = ("keys", "media")
_ROWS = "rows.db"
_BATCH = 1000


class BadBackup(ValueError):
    """The file is no backup of a hub, or there is a hub already where it should go."""


def backup(settings: HubSettings, target: Path) -> None:
    """Write one consistent file (zip, 0600) while the hub may be running. A half file never takes `target`'s name.

    Raises OSError where it cannot be written.
    """
    home = settings.home
    part = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=home.root) as folder, _private(part) as file:
            rows = Path(folder) / _ROWS
            _copy(settings.database_url, f"sqlite:///{rows}")
            with zipfile.ZipFile(file, "w") as archive:
                archive.write(rows, _ROWS)
                for path in _files(home.root):
                    archive.write(path, path.relative_to(home.root))
            file.flush()
            os.fsync(file.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def restore(source: Path, settings: HubSettings) -> None:
    """Put a backup where no hub is yet. Raises BadBackup, and then nothing was changed."""
    home = settings.home
    _require_empty(settings)
    home.root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.root.parent) as name:
        folder = Path(name)
        try:
            with zipfile.ZipFile(source) as archive:
                archive.extractall(folder)
            _check(folder)
        except (zipfile.BadZipFile, OSError, DatabaseError, NewerSchema, ValueError) as error:
            raise BadBackup(f"{source}: không phải bản sao lưu dùng được / not a usable backup: {error}") from None
        home.make()
        for path in _files(folder):
            target = home.root / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            target.chmod(0o600)
        _forget_nodes_words(folder / _ROWS)
        _copy(f"sqlite:///{folder / _ROWS}", settings.database_url)


def write_private(path: Path, data: bytes) -> None:
    """Write a file only its owner may read. Raises OSError, also where it exists already."""
    with _private(path, is_new=True) as file:
        file.write(data)


def _private(path: Path, is_new: bool = False) -> BinaryIO:
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if is_new else os.O_TRUNC)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _files(root: Path) -> list[Path]:
    return sorted(path for name in _FOLDERS for path in (root / name).rglob("*") if path.is_file())


def _require_empty(settings: HubSettings) -> None:
    home = settings.home
    if home.keys.exists() and keys.load(home.keys) is not None:
        raise BadBackup(f"{home.root}: đã có dữ liệu ở đây, không ghi đè / a hub is here already, nothing was changed")


def _check(folder: Path) -> None:
    """A backup is whole when its rows can be read and its keys are there."""
    if keys.load(folder / "keys") is None:
        raise ValueError("no keys in it")
    rows = Database(f"sqlite:///{folder / _ROWS}")
    rows.migrate()
    with rows.read() as c:
        c.execute(select(func.count()).select_from(users)).scalar_one()
    rows.dispose()


def _forget_nodes_words(rows: Path) -> None:
    """What nodes held when the backup was made is not what they hold now: their next births say that."""
    database = Database(f"sqlite:///{rows}")
    with database.write() as c:
        for table in (births, heartbeats, presences, plans, carried):
            c.execute(table.delete())
    database.dispose()


def _copy(source_url: str, target_url: str) -> None:
    """Copy every row of every table, in one transaction on each side; but no camera's pictures, which are to be gone
    when their time is over."""
    source, target = Database(source_url), Database(target_url)
    target.migrate()
    try:
        with source.read() as old, target.write() as new:
            for table in reversed(metadata.sorted_tables):
                new.execute(table.delete())
            for table in metadata.sorted_tables:
                if table is thumbnails:
                    continue
                rows = old.execute(select(table).execution_options(yield_per=_BATCH))
                for batch in rows.mappings().partitions():
                    new.execute(table.insert(), [dict(row) for row in batch])
    finally:
        source.dispose()
        target.dispose()
