"""What answers in a simulated network, each a process of its own that can be killed or stopped: a resolver, a page, a
hub's TLS port, and who gives out addresses. `python -m simulator.servers resolver 192.168.1.1 --ask 1.1.1.1`

Nothing of the project is read here: a dozen of them start in a second.
"""

import argparse
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

NAMES: Mapping[str, str] = {
    "connectivitycheck.gstatic.com": "203.0.113.10",
    "cp.cloudflare.com": "203.0.113.20",
    "loa.xa.example": "203.0.113.30",
    "vnnic.vn": "203.0.113.40",
}
"""All names of this internet, and where they lead."""
ASK_S = 1.5
_HEADER_BYTES = 12
_TYPE_A = b"\x00\x01"
_PAGES: Mapping[int, bytes] = {
    204: b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
    302: b"HTTP/1.1 302 Found\r\nLocation: http://192.168.1.1/welcome\r\nContent-Length: 0\r\n\r\n",
}


def resolver(address: str, find: Callable[[bytes], bytes | None]) -> None:
    """Answer questions over UDP as `find` does; None stays unanswered."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind((address, 53))
        while True:
            question, client = door.recvfrom(512)

            def serve(question: bytes = question, client: tuple[str, int] = client) -> None:
                answer = find(question) if len(question) > _HEADER_BYTES else None
                if answer is not None:
                    door.sendto(answer, client)

            threading.Thread(target=serve, daemon=True).start()


def known(question: bytes) -> bytes:
    """The answer of the one who knows all names: an address, nothing of another type, or that there is no such name."""
    name, kind = _read(question)
    if name not in NAMES:
        return _answer(question, b"\x81\x83", None)
    return _answer(question, b"\x81\x80", NAMES[name] if kind == _TYPE_A else None)


def asking(other: str, question: bytes) -> bytes | None:
    """What another resolver answers, as a router passes it on; a failure where that one is not reached."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ask, suppress(OSError):
        ask.settimeout(ASK_S)
        ask.connect((other, 53))
        ask.send(question)
        return ask.recv(512)
    return _answer(question, b"\x81\x82", None)


def lying(to: str, question: bytes) -> bytes:
    """Every name leads to one address, as a welcome page has it."""
    _, kind = _read(question)
    return _answer(question, b"\x81\x80", to if kind == _TYPE_A else None)


def page(address: str, status: int) -> None:
    """Answer every request for a page with this status (204, or 302: the welcome page)."""
    with socket.create_server((address, 80)) as door:
        while True:
            guest, _ = door.accept()
            with guest, suppress(OSError):
                guest.settimeout(5)
                guest.recv(4096)
                guest.sendall(_PAGES[status])


def hub(address: str, certificate: str, key: str) -> None:
    """Shake hands with whoever comes, as a hub's port for nodes does."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with socket.create_server((address, 8883)) as door:
        while True:
            guest, _ = door.accept()
            guest.settimeout(5)
            with suppress(OSError), tls.wrap_socket(guest, server_side=True) as shaken:
                shaken.recv(1)


def leases(device: str) -> None:
    """Offer an address to every DISCOVER (RFC 2131) that comes in at this network device."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        door.bind(("", 67))
        while True:
            asked = door.recv(2048)
            offer = b"\2" + asked[1:16] + socket.inet_aton("192.168.1.20") + asked[20:240]
            door.sendto(offer + b"\x35\1\2\xff", ("255.255.255.255", 68))


def _read(question: bytes) -> tuple[str, bytes]:
    """The name and the type that are asked for."""
    labels, at = [], _HEADER_BYTES
    while length := question[at]:
        labels.append(question[at + 1 : at + 1 + length].decode("ascii"))
        at += 1 + length
    return ".".join(labels).lower(), question[at + 1 : at + 3]


def _answer(question: bytes, flags: bytes, address: str | None) -> bytes:
    """`address` None: no record. What came behind the question (EDNS) is left out."""
    end = question.index(b"\0", _HEADER_BYTES) + 5
    header = question[:2] + flags + b"\0\x01" + (b"\0\x01" if address else b"\0\0") + b"\0\0\0\0"
    record = b"\xc0\x0c\0\x01\0\x01\0\0\0\x05\0\x04" + socket.inet_aton(address) if address else b""
    return header + question[_HEADER_BYTES:end] + record


def main() -> None:
    parser = argparse.ArgumentParser(description="one server of a simulated network")
    parser.add_argument("role", choices=["resolver", "page", "hub", "leases"])
    parser.add_argument("address")
    parser.add_argument("--ask", default="", help="a resolver that passes questions on to this one")
    parser.add_argument("--lie", default="", help="a resolver that says this address for every name")
    parser.add_argument("--status", type=int, default=204)
    parser.add_argument("--certificate", default="")
    parser.add_argument("--key", default="")
    given = parser.parse_args()
    if given.role == "page":
        page(given.address, given.status)
    elif given.role == "leases":
        leases(given.address)
    elif given.role == "hub":
        hub(given.address, given.certificate, given.key)
    elif given.lie:
        resolver(given.address, lambda question: lying(given.lie, question))
    else:
        resolver(given.address, (lambda question: asking(given.ask, question)) if given.ask else known)


if __name__ == "__main__":
    main()
