"""A simulated internet on loopback: a resolver (DNS over UDP) and a page that answers 204, to be switched.

The gateway is this machine itself at 127.0.0.1, which answers pings as long as it runs.
"""

import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Literal

State = Literal["up", "down", "captive"]

GATEWAY = "127.0.0.1"
_HEADER_BYTES = 12
_ADDRESS = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01"
"""One answer record: the name asked for, type A, class IN, 60 s, 127.0.0.1."""
_PAGES: dict[State, bytes] = {
    "up": b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
    "captive": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/welcome\r\nContent-Length: 0\r\n\r\n",
}


class Internet:
    """Up from the start. While `down` the resolver is silent and the page hangs up; while `captive` every page is a
    welcome page, as in a wifi before the guest has agreed to its terms.

    Used as a context manager, or by `start` and `stop`.
    """

    def __init__(self) -> None:
        self._state: State = "up"
        self._dns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._http = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        self._dns.bind((GATEWAY, 0))
        self._http.bind((GATEWAY, 0))
        self._http.listen()
        for serve in (self._serve_dns, self._serve_http):
            thread = threading.Thread(target=_until_closed, args=(serve,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        for each in (self._dns, self._http):
            _wake(each)
            each.close()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def __enter__(self) -> "Internet":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def switch(self, state: State) -> None:
        self._state = state

    @property
    def resolver(self) -> str:
        """The resolver's address and port."""
        return f"{GATEWAY}:{self._dns.getsockname()[1]}"

    @property
    def page(self) -> str:
        """The address of the page that answers 204."""
        return f"http://{GATEWAY}:{self._http.getsockname()[1]}/generate_204"

    def settings(self) -> str:
        """A `netmon.toml` that asks this internet."""
        return "\n".join(
            f'[[targets]]\nid = "{id}"\nkind = "{kind}"\naddress = "{address}"\n'
            for id, kind, address in (
                ("gateway", "gateway", GATEWAY),
                ("dns", "dns", self.resolver),
                ("internet", "http204", self.page),
            )
        )

    def _serve_dns(self) -> None:
        question, client = self._dns.recvfrom(512)
        if self._state != "down" and len(question) > _HEADER_BYTES:
            header = question[:2] + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00"
            self._dns.sendto(header + question[_HEADER_BYTES:] + _ADDRESS, client)

    def _serve_http(self) -> None:
        connection, _ = self._http.accept()
        with connection:
            connection.settimeout(5)
            try:
                connection.recv(4096)
                connection.sendall(_PAGES.get(self._state, b""))
            except (TimeoutError, ConnectionError):
                return


def _until_closed(serve: Callable[[], None]) -> None:
    while True:
        try:
            serve()
        except OSError:
            return


def _wake(sock: socket.socket) -> None:
    """Make a thread that waits at this socket notice its end: closing alone would not."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
