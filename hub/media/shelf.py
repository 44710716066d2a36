"""The shelf: every stored sound once, named by the SHA-256 of its bytes. A name appears whole or not at all."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contract.form import require_sha256

_DRAFT_SUFFIX = ".part"


class Shelf:
    """One folder of sounds. Several processes may add at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where a sound is or would be. Raises ValueError for what is no SHA-256, so that no name leads elsewhere."""
        require_sha256(sha256)
        return self.folder / sha256

    def has(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """An empty file on the shelf's own disk to write to; gone afterwards unless it was added."""
        descriptor, name = tempfile.mkstemp(suffix=_DRAFT_SUFFIX, dir=self.folder)
        os.close(descriptor)
        draft = Path(name)
        try:
            yield draft
        finally:
            draft.unlink(missing_ok=True)

    def add(self, draft: Path) -> tuple[str, int]:
        """Move a finished file onto the shelf, on disk before its name shows; return its SHA-256 and size in bytes.

        `draft` must be on the same file system. A sound that is here already is replaced by its equal.
        """
        with draft.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            os.fsync(file.fileno())
        draft.replace(self.path(sha256))
        self._sync_names()
        return sha256, size

    def sweep(self) -> None:
        """Remove drafts that a killed hub left behind. Call it at start, before anything is received."""
        for draft in self.folder.glob(f"*{_DRAFT_SUFFIX}"):
            draft.unlink(missing_ok=True)

    def _sync_names(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
