"""A line between two programs on this machine that can fall silent: TCP connections pass through until it is cut.

Cutting closes nothing: neither side is told, as when a router loses its power or a plug is pulled.
"""

import contextlib
import selectors
import socket
import threading
from types import TracebackType

_LOOK_S = 0.005
_PIECE_BYTES = 64 * 1024


class Wire:
    """Listens on loopback at `port` and passes everything on to `to_port`. Used as a context manager."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._door = socket.create_server(("127.0.0.1", 0))
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._is_cut = False
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)

    @property
    def port(self) -> int:
        return int(self._door.getsockname()[1])

    def __enter__(self) -> "Wire":
        self._selector.register(self._door, selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_ending.set()
        self._thread.join()
        self._hang_up()
        self._door.close()

    def cut(self) -> None:
        """Pass nothing from now on; new connections are taken and never answered."""
        with self._lock:
            self._is_cut = True

    def mend(self) -> None:
        """Pass new connections; those from before are closed."""
        with self._lock:
            self._hang_up()
            self._is_cut = False

    def _run(self) -> None:
        while not self._is_ending.is_set():
            with self._lock:
                self._serve()
            self._is_ending.wait(_LOOK_S)

    def _serve(self) -> None:
        """Pass on what is here, if anything may pass."""
        for key, _ in () if self._is_cut else self._selector.select(0):
            if key.fileobj is self._door:
                self._connect()
            elif isinstance(key.fileobj, socket.socket) and key.fileobj.fileno() != -1:  # its other end closed both
                self._pass(key.fileobj, key.data)

    def _connect(self) -> None:
        near, _ = self._door.accept()
        try:
            far = socket.create_connection(("127.0.0.1", self._to_port), 5)
        except OSError:
            near.close()
            return
        far.settimeout(5)
        near.settimeout(5)
        self._selector.register(near, selectors.EVENT_READ, far)
        self._selector.register(far, selectors.EVENT_READ, near)

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        piece = b""
        with contextlib.suppress(OSError):
            piece = source.recv(_PIECE_BYTES)
            target.sendall(piece)
        if not piece:
            self._close(source)
            self._close(target)

    def _hang_up(self) -> None:
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket) and key.fileobj is not self._door:
                self._close(key.fileobj)

    def _close(self, end: socket.socket) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(end)
        end.close()
