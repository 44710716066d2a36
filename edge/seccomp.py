"""Takes from a process, for good, what it needs no more: to open files and connections, start programs, reach others.

A filter of system calls (seccomp(2), Linux 3.17), written out by hand: it needs no library. Descriptors that are open,
or are handed over later (SCM_RIGHTS), can be read and written still.
"""

import ctypes
import platform
import struct

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _IS, _AT_LEAST, _GIVE = 0x20, 0x15, 0x35, 0x06
"""BPF: load a word, jump where equal, jump where greater or equal, return."""
_NUMBER, _MACHINE, _ADDRESS_LOW, _ADDRESS_HIGH = 0, 4, 48, 52
"""Where seccomp_data (little-endian) has the call's number, the machine, and the fifth argument of the call."""
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
_FOREIGN = 0x40000000
"""Numbers from here on are x86-64's second set of calls (x32)."""

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SENDTO = {"x86_64": 44, "aarch64": 206}
_REFUSED: dict[str, tuple[int, ...]] = {
    # socket connect accept bind listen accept4 sendmsg sendmmsg; execve execveat; ptrace process_vm_readv and _writev;
    # kill pidfd_open pidfd_getfd pidfd_send_signal; io_uring_setup; bpf; setns unshare; mount; keyctl;
    # openat openat2 open_by_handle_at, and on x86-64 open creat
    "x86_64": (
        41, 42, 43, 49, 50, 288, 46, 307, 59, 322, 101, 310, 311,
        62, 434, 438, 424, 425, 321, 308, 272, 165, 250, 257, 437, 304, 2, 85,
    ),
    "aarch64": (
        198, 203, 202, 200, 201, 242, 211, 269, 221, 281, 117, 270, 271,
        129, 434, 438, 424, 425, 280, 268, 97, 40, 219, 56, 437, 265,
    ),
}  # fmt: skip


def shut_off() -> None:
    """From now on each of these calls fails with EPERM. Raises OSError where the machine or kernel cannot do it."""
    program = _program(platform.machine())
    steps = ctypes.create_string_buffer(b"".join(program))
    order = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(steps)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(order), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "this kernel filters no system calls")


def _program(machine: str) -> list[bytes]:
    if machine not in _MACHINES:
        raise OSError(f"no filter of system calls is known for {machine}")
    refused = _REFUSED[machine]
    tail = len(refused)
    return [
        _step(_LOAD, value=_MACHINE),
        _step(_IS, 1, 0, _MACHINES[machine]),
        _step(_GIVE, value=_KILL),
        _step(_LOAD, value=_NUMBER),
        _step(_AT_LEAST, tail + 5, 0, _FOREIGN),
        *(_step(_IS, tail - at + 4, 0, number) for at, number in enumerate(refused)),
        _step(_IS, 0, 5, _SENDTO[machine]),  # with an address it reaches whom it likes
        _step(_LOAD, value=_ADDRESS_LOW),
        _step(_IS, 0, 2, 0),
        _step(_LOAD, value=_ADDRESS_HIGH),
        _step(_IS, 1, 0, 0),
        _step(_GIVE, value=_REFUSE),
        _step(_GIVE, value=_ALLOW),
    ]


def _step(code: int, yes: int = 0, no: int = 0, value: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)
