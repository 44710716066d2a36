"""Gets one picture from a camera by HTTP: a snapshot, or the first one of a stream of JPEG pictures.

The camera itself is asked and nobody else: a redirect within it is followed, one that leads away is refused. Where the
picture ends, its own marks say (edge/camera/source/jpeg.py), not a boundary or a length that the camera promises.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from edge.camera.source import jpeg, login
from edge.camera.source.aim import PORTS
from edge.camera.source.login import CannotLogin, Challenge, Login
from edge.camera.source.wire import NONSENSE, Ended, Met, Wire, header

REDIRECTS_MAX = 3
BEFORE_MAX = 64 * 1024
"""Bytes that may come before a picture begins."""
_REDIRECTS = (301, 302, 303, 307, 308)
_TOO_LONG = "camera trả lời quá dài / its answer is too long"
_NO_PICTURE = "camera không gửi hình JPEG / it sends no JPEG picture"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: list[tuple[str, str]]


def fetch(url: str, own: Login | None, may_basic: bool, connect: Callable[[], Wire]) -> jpeg.Picture:
    """Get one picture; `connect` gives a fresh connection to the camera. Raises Met."""
    challenges: list[Challenge] = []
    redirects = 0
    while True:
        parts = urlsplit(url)
        with closing(connect()) as wire:
            wire.send(_request(parts, challenges, own, may_basic))
            reply = read_head(wire)
            if reply.status == 200:
                return _find_picture(_body(wire, reply))
        if reply.status == 401 and not challenges:
            challenges = login.read_challenges(v for name, v in reply.headers if name == "www-authenticate")
            if not challenges:
                raise Met("login")
        elif reply.status in _REDIRECTS and redirects < REDIRECTS_MAX:
            redirects += 1
            url = _follow(parts, header(reply.headers, "location"))
        else:
            raise _refusal(reply)


def place(parts: SplitResult) -> tuple[str, str, int]:
    """Scheme, host and port. Raises ValueError for what is no address of the web."""
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError("no address of the web")
    return parts.scheme, parts.hostname.rstrip("."), parts.port or PORTS[parts.scheme]


def _request(parts: SplitResult, challenges: list[Challenge], own: Login | None, may_basic: bool) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    text = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: loalang\r\nAccept: image/jpeg, */*\r\n"
    if challenges:
        try:
            said = login.answer(challenges, own, method="GET", uri=target, may_basic=may_basic)
        except CannotLogin as error:
            raise Met("login", str(error)) from None
        text += f"Authorization: {said}\r\n"
    return (text + "Connection: close\r\n\r\n").encode()


def read_head(wire: Wire) -> Reply:
    """The beginning of an answer. Raises Met."""
    version, _, rest = wire.line().partition(b" ")
    if version.startswith(b"RTSP/"):
        raise Met("address", "đây là cổng RTSP, không phải web / RTSP answers here, not a web server")
    code = rest[:3]
    if not version.startswith(b"HTTP/1.") or not code.isdigit():
        raise Met("silent", NONSENSE)
    return Reply(int(code), wire.headers())


def read_all(wire: Wire, reply: Reply, most: int) -> bytes:
    """The whole body. Raises Met where it is longer than `most` bytes."""
    length = header(reply.headers, "content-length")
    if length.isdecimal() and len(length) < 10 and not header(reply.headers, "transfer-encoding"):
        if int(length) > most:
            raise Met("garbled", _TOO_LONG)
        return wire.take(int(length))
    data = bytearray()
    for piece in _body(wire, reply):
        data += piece
        if len(data) > most:
            raise Met("garbled", _TOO_LONG)
    return bytes(data)


def _refusal(reply: Reply) -> Met:
    if reply.status in (401, 403, 407):
        return Met("login")
    if reply.status in (404, 410):
        return Met("address")
    if reply.status in _REDIRECTS:
        return Met("address", "chuyển hướng vòng quanh / it redirects in circles")
    return Met("silent", f"camera trả lời / it answers {reply.status}")


def _follow(parts: SplitResult, target: str) -> str:
    """Where a redirect leads. Raises Met where that is not this very camera."""
    try:
        led = urlsplit(urljoin(parts.geturl(), target))
        if place(led) == place(parts):
            return led.geturl()
        host = (led.hostname or "?")[:60]
    except ValueError:
        host = "?"
    raise Met("address", f"dẫn sang nơi khác, không theo / leads elsewhere: {host}")


def _body(wire: Wire, reply: Reply) -> Iterator[bytes]:
    if header(reply.headers, "transfer-encoding").casefold() != "chunked":
        while piece := wire.some():
            yield piece
        return
    while True:
        size = wire.line().partition(b";")[0].strip()
        if not size or len(size) > 7 or any(letter not in b"0123456789abcdefABCDEF" for letter in size):
            raise Met("garbled", _NO_PICTURE)
        left = int(size, 16)
        if left == 0:
            return
        while left > 0:
            piece = wire.some(left)
            if not piece:
                return
            left -= len(piece)
            yield piece
        wire.line()


def _find_picture(pieces: Iterator[bytes]) -> jpeg.Picture:
    """The first picture of a body. It is only looked through where an end may have come: a slow one costs nothing."""
    data = bytearray()
    try:
        for piece in pieces:
            tail = data[-1:] + piece
            data += piece
            if b"\xff\xd9" in tail and (picture := jpeg.find(data)) is not None:
                return picture
            if len(data) > BEFORE_MAX and jpeg.BEGIN not in data[: BEFORE_MAX + len(jpeg.BEGIN)]:
                raise Met("garbled", _NO_PICTURE)
            if len(data) > jpeg.PICTURE_MAX + BEFORE_MAX:
                raise Met("garbled", "hình quá lớn / longer than any picture")
    except Ended:
        pass
    except jpeg.NoJpeg:
        raise Met("garbled", _NO_PICTURE) from None
    raise Met("garbled", _NO_PICTURE)
