"""Backup and restore: the database, the keys and the hub's own authority in one file; sounds on request.

A backup holds the daily signing key: keep it like a key. A restored hub learns from the nodes' births which
counters they hold and goes on above them, so that the next plan is accepted and nothing airs twice.
"""

import os
import shutil
import sqlite3
import tarfile
import tempfile
from pathlib import Path

from hub.config import Home

_FOLDERS = ("keys", "media")
_DATABASE = "hub.db"


class BadBackup(ValueError):
    """The file is no backup of a hub, or there is a hub already where it should go."""


def backup(home: Home, target: Path) -> None:
    """Write one consistent file (tar, 0600) while the hub may be running. Raises OSError; a half file is removed."""
    part = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=home.root) as folder:
            copy = Path(folder) / _DATABASE
            _copy_database(home.database, copy)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                with tarfile.open(fileobj=file, mode="w") as tar:
                    tar.add(copy, _DATABASE)
                    for name in _FOLDERS:
                        tar.add(home.root / name, name)
                file.flush()
                os.fsync(file.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def restore(source: Path, home: Home) -> None:
    """Put a backup where no hub is yet: whole or not at all. Raises BadBackup."""
    if home.database.exists() or (home.keys.exists() and any(home.keys.iterdir())):
        raise BadBackup(f"{home.root}: đã có dữ liệu ở đây, không ghi đè / a hub is here already, nothing was changed")
    home.root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.root.parent) as name:
        folder = Path(name)
        try:
            with tarfile.open(source, mode="r:") as tar:
                tar.extractall(folder, filter="data")
            _check(folder)
        except (tarfile.TarError, OSError, sqlite3.DatabaseError) as error:
            raise BadBackup(f"{source}: không phải bản sao lưu dùng được / not a usable backup: {error}") from None
        home.make()
        for each in _FOLDERS:
            shutil.copytree(folder / each, home.root / each, dirs_exist_ok=True)
        shutil.copy2(folder / _DATABASE, home.database)


def _copy_database(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as live, sqlite3.connect(target) as copy:
        live.backup(copy)
    copy.close()
    live.close()


def _check(folder: Path) -> None:
    """A backup is whole when its database is sound and its keys are there."""
    database = sqlite3.connect(f"file:{folder / _DATABASE}?mode=ro", uri=True)
    try:
        (answer,) = database.execute("PRAGMA integrity_check").fetchone()
    finally:
        database.close()
    if answer != "ok":
        raise sqlite3.DatabaseError(answer)
    if not any((folder / "keys").iterdir()):
        raise FileNotFoundError("keys")
