"""The child's cell: once confined it can open nothing, neither a file nor a socket, and use no more than it may."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.real

TRIES = """
import resource, socket
from hub.media.job import IntakeLimits
from hub.media.transcode import confine, rehearse

rehearse()
confine(IntakeLimits(memory_mb=300, wall_s=7.5))
for name, attempt in {
    "file": lambda: open("/etc/hostname"),
    "socket": lambda: socket.socket(),
    "memory": lambda: bytearray(400_000_000),
    "process": lambda: __import__("os").pipe(),
}.items():
    try:
        attempt()
        print(name, "open")
    except (OSError, MemoryError):
        print(name, "shut")
print("cpu", resource.getrlimit(resource.RLIMIT_CPU)[0], "core", resource.getrlimit(resource.RLIMIT_CORE)[0])
"""


def test_a_confined_child_can_open_nothing() -> None:
    said = subprocess.run([sys.executable, "-I", "-c", TRIES], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["file shut", "socket shut", "memory shut", "process shut", "cpu 8 core 0"]
