"""Unix sockets in folders of any depth: the kernel takes names of 107 bytes, and a path may be longer (unix(7))."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

_NAME_MAX = 107


@contextlib.contextmanager
def named(socket: Path) -> Iterator[str]:
    """A name to bind or reach a socket by, good while the block runs. Raises OSError where its folder is not there."""
    if len(os.fsencode(socket)) <= _NAME_MAX:
        yield str(socket)
        return
    folder = os.open(socket.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{socket.name}"
    finally:
        os.close(folder)
