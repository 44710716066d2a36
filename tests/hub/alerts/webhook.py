"""A real HTTP server on this machine that alerts are posted to: it keeps them, and fails or dawdles when told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Webhook(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.got: list[dict[str, Any]] = []
        self.asked = self.answered = 0
        self.let_go = threading.Event()
        self.let_go.set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"

    @property
    def url(self) -> str:
        """As apprise writes it."""
        return self.address.replace("http", "json")


class _Handler(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.asked += 1
        self.server.let_go.wait(20)
        if self.server.status == 200:
            self.server.got.append(json.loads(body))
        with suppress(OSError):
            self.send_response(self.server.status)
            self.end_headers()
        self.server.answered += 1

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@contextmanager
def webhook() -> Iterator[Webhook]:
    server = Webhook()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()
