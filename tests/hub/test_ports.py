"""Which ports are free, and who holds those that are not."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from hub.ports import PortTaken, free_port, owner, require_free


def test_a_free_port_is_free() -> None:
    require_free("127.0.0.1", free_port())
    require_free("0.0.0.0", free_port())


def test_a_free_port_is_none_that_a_connection_may_be_given() -> None:
    first, last = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split())
    assert not any(first <= free_port() <= last for _ in range(50))


def test_a_port_of_ours_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert owner(port).endswith(f"(pid {os.getpid()})")
        with pytest.raises(PortTaken, match=rf"port {port} is taken by .*pid {os.getpid()}"):
            require_free("127.0.0.1", port)


@pytest.mark.real
def test_a_port_of_another_program_is_named() -> None:
    script = "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        port = int(other.stdout.readline())
        with pytest.raises(PortTaken, match=rf"pid {other.pid}"):
            require_free("0.0.0.0", port)
        other.kill()


def test_an_address_that_is_not_ours_is_another_fault() -> None:
    with pytest.raises(OSError, match="assign") as caught:
        require_free("192.0.2.1", free_port())
    assert not isinstance(caught.value, PortTaken)


def test_a_connection_is_no_owner() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert owner(client.getsockname()[1]) == ""
