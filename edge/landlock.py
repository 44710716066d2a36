"""Lets a process of ours see only a few places of the file system from now on: Landlock (landlock(7), Linux 5.13).

What is open stays open, and no privilege is needed. A kernel without it, or told not to, changes nothing: this is one
wall more, not the only one.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446
"""System calls, the same on every architecture."""
_VERSION = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_EVERYTHING = {1: (1 << 13) - 1, 2: (1 << 14) - 1}
_EVERYTHING_ELSE = (1 << 15) - 1
_NO_NEW_PRIVILEGES = 38


def is_there() -> bool:
    """Whether this kernel does it."""
    return _version(ctypes.CDLL(None)) >= 1


def see_only(places: Iterable[Path]) -> bool:
    """Allow reading below these files and folders (absent ones are passed over), and nothing else anywhere.

    False where the kernel does not do it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = _version(libc)
    if version < 1:
        return False
    handled = struct.pack("Q", _EVERYTHING.get(version, _EVERYTHING_ELSE))
    rules = libc.syscall(_CREATE, handled, ctypes.c_size_t(len(handled)), 0)
    if rules < 0:
        return False
    try:
        for place in places:
            _allow(libc, rules, place)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return bool(libc.syscall(_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _version(libc: ctypes.CDLL) -> int:
    return int(libc.syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION))


def _allow(libc: ctypes.CDLL, rules: int, place: Path) -> None:
    try:
        fd = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = _READ_FILE | (_READ_FOLDER if stat.S_ISDIR(os.fstat(fd).st_mode) else 0)
        libc.syscall(_ADD, rules, _PATH_BENEATH, struct.pack("=Qi", rights, fd), 0)
    finally:
        os.close(fd)
