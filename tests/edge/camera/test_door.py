"""The decoding child reaches what its parent opens for it, and nothing else."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge import seccomp
from edge.camera.door import OPENINGS_MAX, Door, ask
from edge.camera.source.wire import Met
from tests.edge.camera.rogues import hold, serving


@pytest.fixture
def door() -> Iterator[Door]:
    with closing(Door()) as one:
        yield one


def wish(door: Door, what: bytes = b"tcp") -> list[int]:
    """Ask as the child does, the parent answering meanwhile."""
    door.theirs.send(what)
    assert door.serve()
    word, opened, _, _ = socket.recv_fds(door.theirs, 64, 2)
    door.theirs.send(b"again")
    assert word in (b"open", b"refused", b"unreachable")
    door._mine.recv(64)
    return opened


def test_it_opens_to_the_camera_that_is_looked_at_and_only_while_it_is(door: Door) -> None:
    assert wish(door) == [], "nothing is looked at"
    with serving(hold) as port:
        door.show(f"rtsp://127.0.0.1:{port}/x")
        (fd,) = wish(door, b"rtsp://192.0.2.1:80/ or anything")
        with socket.socket(fileno=fd) as connection:
            assert connection.getpeername() == ("127.0.0.1", port)
        door.show("")
        assert wish(door) == []


def test_a_look_has_so_many_openings_and_no_more(door: Door) -> None:
    with serving(hold) as port:
        door.show(f"http://127.0.0.1:{port}/x")
        opened = [wish(door) for _ in range(OPENINGS_MAX + 5)]
        for fds in opened:
            for fd in fds:
                os.close(fd)
        assert [len(fds) for fds in opened] == [1] * OPENINGS_MAX + [0] * 5


def test_by_udp_two_ports_side_by_side_are_opened_at_the_address_that_reaches_the_camera(door: Door) -> None:
    door.show("rtsp://127.0.0.1:9/x")
    first, second = (socket.socket(fileno=fd) for fd in wish(door, b"udp"))
    with first, second:
        host, port = first.getsockname()
        assert host == "127.0.0.1"
        assert port % 2 == 0
        assert second.getsockname() == ("127.0.0.1", port + 1)


@pytest.mark.parametrize(
    ("url", "obstacle"),
    [
        ("rtsp://127.0.0.1:1/x", "refused"),
        ("rtsp://no-such-host.invalid/x", "unreachable"),
        ("/dev/null-camera", "unreachable"),
        ("/etc/hostname", "unreachable"),
    ],
)
def test_what_cannot_be_opened_is_told_in_the_words_of_a_look(door: Door, url: str, obstacle: str) -> None:
    import threading

    door.show(url)
    server = threading.Thread(target=door.serve)
    server.start()
    with pytest.raises(Met) as met:
        ask(door.theirs, b"tcp")
    server.join()
    assert met.value.obstacle == obstacle


@pytest.mark.parametrize(
    ("machine", "header"),
    [("aarch64", "asm-generic/unistd.h"), ("x86_64", "x86_64-linux-gnu/asm/unistd_64.h")],
)
def test_the_numbers_of_what_is_refused_are_the_kernels(machine: str, header: str) -> None:
    path = Path("/usr/include", header)
    if not path.exists():
        pytest.skip(f"{path} is not installed here")
    numbers = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", path.read_text()))
    names = (
        "socket connect accept bind listen accept4 sendmsg sendmmsg execve execveat ptrace process_vm_readv"
        " process_vm_writev kill pidfd_open pidfd_getfd pidfd_send_signal io_uring_setup bpf setns unshare mount keyctl"
        " openat openat2 open_by_handle_at"
    )
    names += " open creat" if machine == "x86_64" else ""
    assert seccomp._REFUSED[machine] == tuple(int(numbers[name]) for name in names.split())
    assert seccomp._SENDTO[machine] == int(numbers["sendto"])


@pytest.mark.real
def test_a_process_that_is_shut_off_connects_to_nobody_opens_nothing_and_uses_what_it_was_handed() -> None:
    script = """
import os, socket
from edge import seccomp
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(("127.0.0.1", 0))
handed = os.open("/dev/null", os.O_RDONLY)
socket.send_fds(ours, [b"x"], [handed])
seccomp.shut_off()
def refused(what):
    try:
        what()
    except PermissionError:
        return True
    return False
assert refused(lambda: socket.socket())
assert refused(lambda: socket.create_connection(("127.0.0.1", 9)))
assert refused(lambda: datagrams.sendto(b"x", ("127.0.0.1", 9)))
assert refused(lambda: datagrams.connect(("127.0.0.1", 9)))
assert refused(lambda: socket.send_fds(ours, [b"x"], [handed]))
assert refused(lambda: os.execv("/bin/true", ["true"]))
assert refused(lambda: os.posix_spawn("/bin/true", ["true"], {}))
assert refused(lambda: os.kill(os.getppid(), 0))
assert refused(lambda: open("/etc/hostname"))
assert refused(lambda: os.open("/dev/null", os.O_RDONLY))
word, (fd,), _, _ = socket.recv_fds(theirs, 9, 1)
assert os.read(fd, 1) == b""
ours.send(b"still")
assert theirs.recv(9) == b"still"
print("shut")
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.stdout == "shut\n", ran.stderr
