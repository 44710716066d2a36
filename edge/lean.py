"""What the processes of a node leave out of their memory: parts of libraries that they load and never use.

The one place for such things. Each line says who loads it for what, and how much leaving it saves in all the processes
it names together (x86-64, Python 3.11). Nothing is lost: what is put off is loaded when it is asked for after all, and
what is left out is optional to the library by its own design.
"""

import gc
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast

from edge.later import load_later

PROCESSES = ("link", "speaker", "camera", "netmon")

_PUT_OFF: dict[tuple[str, ...], tuple[str, ...]] = {
    # dataclasses, gpiozero: looks at functions, 2.4 MB. pathlib: addresses, 1.0 MB. (In netmon dnspython
    # reads both.) zoneinfo: how Python was built, for TIME_ZONES, 1.3 MB. msgspec: its types laid open, 0.8 MB.
    PROCESSES: ("inspect", "ipaddress", "sysconfig", "msgspec.inspect"),
    # icmplib: pings in coroutines; dnspython: which of the features of _DNS_FEATURES are installed. 1.8 MB.
    ("netmon",): ("asyncio", "importlib.metadata"),
    # importlib.metadata, which gpiozero asks for plug-ins: packages in archives, and their descriptions. 1.2 MB.
    ("speaker",): ("email", "importlib.metadata._adapters", "csv", "zipfile", "tempfile"),
    # paho: proxies. email's parser, which reads the headers of HTTP: what only letters have. 1.0 MB.
    ("link", "netmon"): ("urllib.request", "email.header", "email.base64mime", "email.quoprimime", "calendar"),
    # PyAV, for its log: the text of errors, which the interpreter writes by itself where it ends. With the next 0.9 MB.
    # Nothing else for the decoder, which may not be able to read a file any more once it looks at a camera.
    ("player", "decoder"): ("traceback", "linecache", "tokenize"),
    # numpy: arrays kept in files. 0.5 MB.
    ("decoder",): ("pickle",),
    # PyAudio, pathlib, socket: languages, addresses, many sockets at once. A sound is hashed by the speaker, whose
    # code it shares: OpenSSL, 2 MB.
    ("player",): ("locale", "ipaddress", "hashlib", "selectors"),
}

_LEFT_OUT: dict[tuple[str, ...], tuple[str, ...]] = {
    # paho: finds a broker by SRV records, which no hub has. 3 MB.
    ("link",): ("dns.resolver",),
    # hashlib: OpenSSL's hashes, 2 MB of the decoder; for a login the interpreter's own do. Netmon needs none.
    ("decoder", "camera", "netmon"): ("_hashlib",),
    # msgspec: prefers it to the standard library's typing where developers' tools have brought it. 1.7 MB.
    PROCESSES: ("typing_extensions",),
}

TIME_ZONES = "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo"
"""Where zoneinfo looks on every Linux, said to it in PYTHONTZPATH."""

_DNS_FEATURES = ("dnssec", "doh", "doq", "idna", "wmi")
"""What dnspython has more of where developers' tools have brought the libraries for it. 0.9 MB to find out."""


_MADV_DONTNEED = 4

BYTECODE = f"{sys.prefix}/bytecode"
"""What the children run, without help texts and assertions (-OO): 2 MB. install/setup.sh puts it there: the services
may not write. What is missing or out of date there costs no more than a slower start."""


def child_command(child: str, mode: str, *arguments: str) -> list[str]:
    """How to start a child (edge/child.py); `mode` is the interpreter's -P or -I."""
    return [sys.executable, mode, "-OO", "-X", f"pycache_prefix={BYTECODE}", "-m", "edge.child", child, *arguments]


def put_off(process: str) -> list[str]:
    """The modules that are only loaded when this process first looks into one."""
    return [name for processes, names in _PUT_OFF.items() if process in processes for name in names]


def spare_all() -> None:
    """Put off what none of the four processes uses, before it is known which is meant."""
    load_later(*_PUT_OFF[PROCESSES])


def spare(process: str) -> None:
    """Keep out of this process what it has no use for. To be called before any library is imported."""
    load_later(*put_off(process))
    os.environ.setdefault("PYTHONTZPATH", TIME_ZONES)
    for processes, names in _LEFT_OUT.items():
        if process in processes:
            for name in names:
                sys.modules.setdefault(name, cast(ModuleType, None))
    if process == "netmon":
        _forgo_dns_features()


def _forgo_dns_features() -> None:
    from dns import _features

    for feature in _DNS_FEATURES:
        _features.force(feature, False)


def let_go() -> None:
    """Return to the system what only starting took: freed memory, and pages of libraries that nothing has written to,
    which come back one by one where they are needed after all. 15 MB of the decoder, 2 MB of the speaker.

    To be called before this process gives up reading /proc.
    """
    import ctypes

    give_back()
    libc = ctypes.CDLL(None)
    with open("/proc/self/smaps", encoding="utf-8") as file:  # noqa: PTH123 (pathlib reads much of what is put off)
        places = [*_clean_places(file.read())]
    for start, end in places:
        libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_DONTNEED)


def give_back() -> None:
    """Return freed memory to the system: after a look of the decoder some 20 MB that would else wait for the next."""
    import ctypes

    ctypes.CDLL(None).malloc_trim(0)


def _clean_places(smaps: str) -> Iterator[tuple[int, int]]:
    """Where files are mapped that may not be written to, and none of whose pages ever was (proc(5), smaps)."""
    for block in re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", smaps, flags=re.MULTILINE)[1:]:
        head, *facts = block.splitlines()
        place, rights, _, _, _, *name = head.split(maxsplit=5)
        own = [int(fact.split()[1]) for fact in facts if fact.startswith(("Anonymous:", "Swap:"))]
        if "w" not in rights and name and name[0].startswith("/") and len(own) == 2 and not any(own):
            start, end = place.split("-")
            yield int(start, 16), int(end, 16)


@contextmanager
def borrowed(*names: str) -> Iterator[None]:
    """Unload these modules at the end, those that were there before excepted: what is loaded next takes their place."""
    new = [name for name in names if name not in sys.modules]
    yield
    for name in new:
        sys.modules.pop(name, None)
        package, _, last = name.rpartition(".")
        if package:
            vars(sys.modules[package]).pop(last, None)
    gc.collect()
