"""Opens addresses of one server and of no other: the one that the signed cue names.

A redirect within it is followed, one from http to https of the same host too; what leads elsewhere is refused.
Every wait, line and number of headers is bounded here; how long the whole may take is the parent's to watch.
"""

import contextlib
import http.client
import ssl
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import SplitResult, urljoin, urlsplit

WAIT_S = 8.0
"""The longest wait for the next byte, and for a connection."""
REDIRECTS_MAX = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_PORTS = {"http": 80, "https": 443}
_HEADERS = {"User-Agent": "loalang", "Accept": "*/*", "Connection": "close"}


class Refused(Exception):
    """The server did not give what was asked, or leads elsewhere; the text says so."""


class _Response(HTTPResponse):
    """A response; also that of an old SHOUTcast server, which says `ICY 200 OK` for `HTTP/1.0 200 OK`."""

    def _read_status(self) -> tuple[str, int, str]:
        if self.fp.peek(4)[:4] == b"ICY ":
            self.fp.read(4)
            code, _, phrase = self.fp.readline(1024).decode("latin-1").strip().partition(" ")
            if not code.isdecimal():
                raise http.client.BadStatusLine(code)
            return "HTTP/1.0", int(code), phrase
        return super()._read_status()  # type: ignore[misc, no-any-return]


@dataclass(slots=True)
class Body:
    """What a server sends at `url`; to be closed."""

    url: str
    kind: str
    response: HTTPResponse

    def read(self, most: int) -> bytes:
        """Give what has come, at most so much; b"" at the end. Raises OSError or HTTPException."""
        return self.response.read1(most)

    def read_all(self, most: int) -> bytes:
        """Read it whole. Raises Refused where it is longer, OSError or HTTPException."""
        data = bytearray()
        while piece := self.response.read1(64 * 1024):
            data += piece
            if len(data) > most:
                raise Refused(f"trả về quá dài / it sends more than {most} bytes: {self.url}")
        return bytes(data)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.response.close()


class Origin:
    """The server of `address`. `tls` is the system's trust where none is given."""

    def __init__(self, address: str, tls: ssl.SSLContext | None = None) -> None:
        self._signed = urlsplit(address)
        self._tls = tls or ssl.create_default_context()

    def get(self, url: str) -> Body:
        """Ask for an address of this server. Raises Refused, OSError or HTTPException."""
        target = ""
        for _ in range(REDIRECTS_MAX + 1):
            parts = self._judge(url, target)
            url = parts.geturl()
            response = self._ask(parts)
            if response.status not in _REDIRECTS:
                break
            target = response.headers.get("Location", "")
            response.close()
        else:
            raise Refused("chuyển hướng vòng quanh / it redirects in circles")
        if response.status != http.client.OK:
            response.close()
            raise Refused(f"nguồn tiếp âm trả lời / the server answers {response.status} {response.reason[:60]}")
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Body(url, kind, response)

    def _judge(self, url: str, target: str = "") -> SplitResult:
        """Where `target` leads from `url`. Raises Refused for what is not of this server."""
        try:
            parts = urlsplit(urljoin(url, target))
            own, place = _place(self._signed), _place(parts)
        except ValueError:
            raise Refused(f"địa chỉ sai / a wrong address: {(target or url)[:120]!r}") from None
        is_upgrade = place == ("https", own[1], _PORTS["https"]) and own[0] == "http"
        if (place != own and not is_upgrade) or parts.username is not None:
            raise Refused(
                f"bị từ chối: dẫn sang nơi khác / refused, it leads to another server:"
                f" {place[0]}://{place[1]}:{place[2]}, not {own[0]}://{own[1]}:{own[2]}"
            )
        return parts

    def _ask(self, parts: SplitResult) -> HTTPResponse:
        host, port = parts.hostname or "", parts.port
        connection: HTTPConnection
        if parts.scheme == "https":
            connection = HTTPSConnection(host, port, timeout=WAIT_S, context=self._tls)
        else:
            connection = HTTPConnection(host, port, timeout=WAIT_S)
        connection.response_class = _Response
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", target, headers=_HEADERS)
            return connection.getresponse()
        except (OSError, HTTPException):
            connection.close()
            raise


def _place(parts: SplitResult) -> tuple[str, str, int]:
    """Scheme, host and port. Raises ValueError."""
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("no address of the web")
    return parts.scheme, parts.hostname.rstrip("."), parts.port or _PORTS[parts.scheme]
