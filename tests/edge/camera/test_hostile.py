"""What the decoding child makes of every kind of bad camera: a right verdict in time, and nothing else happens.

For each kind: the verdict comes within LIMIT_S, the other camera is seen right after, by the very same child, nobody
but the camera is connected to, and the child's memory stays far below its limit.
"""

import itertools
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from contract.terms import CameraFault
from edge.camera.config import Camera
from edge.camera.decoder import LIMIT_S
from edge.camera.health.judge import judge
from edge.camera.health.usual import Usual
from edge.camera.logins import CameraLogin, CameraLogins
from edge.camera.probe import KEYLESS_MAX, RtspProbe
from edge.camera.rules import Rule
from edge.camera.view.seen import Obstacle
from tests.edge.camera import rogues
from tests.edge.camera.rogues import Rtsp, Script, frames, hold, on_channel, read_request, rtp, sdp, stream

pytestmark = pytest.mark.real

PASSWORD = "bi-mat-123"
LATER = datetime(2090, 1, 1, tzinfo=UTC)
LOGINS = CameraLogins(logins=(CameraLogin(camera="*", user="admin", password=PASSWORD),))
MEMORY_MAX_MB = 300
KEY = rogues.key_picture()
HEVC = rogues.key_picture("libx265")
JPEG = rogues.jpeg_picture()
BOMB = rogues.resize_claim(JPEG, 20_000, 20_000)


class Decoy:
    """Where hostile cameras want the node to go; whoever comes is written down."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]

    def has_visitor(self) -> bool:
        try:
            self._listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        self._listener.close()


@dataclass(frozen=True)
class Kind:
    """What the server does, given the decoy's port, and what is to be made of it."""

    script: Callable[[int], Script]
    obstacle: Obstacle
    scheme: str = "rtsp"
    fault: CameraFault | None = None
    has_picture: bool = False
    says: str = ""


def say(*pieces: bytes, then: Script = hold) -> Callable[[int], Script]:
    """Take one request, say this, then do something else."""

    def script(wire: socket.socket) -> None:
        read_request(wire)
        for piece in pieces:
            wire.sendall(piece)
        then(wire)

    return lambda _decoy: script


def say_forever(piece: bytes, first: bytes = b"", every_s: float = 0.0) -> Callable[[int], Script]:
    def script(wire: socket.socket) -> None:
        read_request(wire)
        wire.sendall(first)
        while True:
            wire.sendall(piece)
            time.sleep(every_s)

    return lambda _decoy: script


def page(body: bytes, kind: str = "image/jpeg", status: str = "200 OK", more: str = "") -> Callable[[int], Script]:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode()
    return say(head + body, then=lambda _wire: None)


def lead_to(target: str, status: str = "302 Found") -> Callable[[int], Script]:
    def make(decoy: int) -> Script:
        text = f"HTTP/1.1 {status}\r\nLocation: {target.format(decoy=decoy)}\r\nContent-Length: 0\r\n\r\n"
        return say(text.encode(), then=lambda _wire: None)(decoy)

    return make


def camera(**changes: object) -> Callable[[int], Script]:
    """A good camera over RTSP, but for these changes."""
    return lambda decoy: Rtsp(**({"packets": frames(stream(KEY))} | {  # type: ignore[arg-type]
        name: value(decoy) if callable(value) and name in ("body", "base") else value for name, value in changes.items()
    }))  # fmt: skip


def refuse(*lines: str) -> Callable[[bytes, dict[bytes, bytes]], bytes]:
    text = "".join(line + "\r\n" for line in lines).encode()
    return lambda _first, _headers: text


def hang_up_now(wire: socket.socket) -> None:
    wire.close()


def truncated(wire: socket.socket) -> None:
    read_request(wire)
    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + JPEG[:-400])


def multipart(*parts: bytes, boundary: bytes = b"frame") -> Callable[[int], Script]:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=" + boundary + b"\r\n\r\n"
    return say(head, *parts)


def endless_fragment() -> Iterator[bytes]:
    """One picture that never ends."""
    yield on_channel(rtp(0, 9000, b"\x7c\x85" + bytes(1200), is_last=False))
    for n in itertools.count(1):
        yield on_channel(rtp(n, 9000, b"\x7c\x05" + bytes(60_000), is_last=False))


def lying_lengths() -> Iterator[bytes]:
    for packet in rogues.paced(stream(KEY)):
        yield b"$\0" + (len(packet) + 97).to_bytes(2, "big") + packet


def stap_that_lies() -> Iterator[bytes]:
    for n in range(400):
        time.sleep(0.01)
        yield on_channel(rtp(n, n * 9000, b"\x78" + b"\xff\xff\x65" + bytes(50)))


def changing_size() -> Iterator[bytes]:
    small = rogues.key_picture(width=160, height=96)
    number = 0
    for picture in range(1000):
        units = (KEY, small)[picture % 2]
        whole = [each for unit in units for each in rogues.split_h264(unit)]
        for at, payload in enumerate(whole):
            time.sleep(0.001)
            yield on_channel(rtp(number, picture * 9000, payload, is_last=at == len(whole) - 1))
            number += 1


TRACKS_OF_SOUND = "".join(f"m=audio 0 RTP/AVP 0\r\na=control:a{n}\r\n" for n in range(1000))
TRACKS_UNKNOWN = "".join(f"m=video 0 RTP/AVP 97\r\na=rtpmap:97 VP8/90000\r\na=control:v{n}\r\n" for n in range(200))
DIGEST = 'WWW-Authenticate: Digest realm="cam", nonce="1234"'
S, G, A, L, N = Obstacle.SILENT, Obstacle.GARBLED, Obstacle.ADDRESS, Obstacle.LOGIN, Obstacle.NONE

RTSP_KINDS = {
    "silent": Kind(lambda _: hold, S),
    "hangs up": Kind(lambda _: hang_up_now, S),
    "babbles": Kind(say(bytes(range(256)) * 64), S, says="vô nghĩa"),
    "drips bytes": Kind(say_forever(b"x", b"RTSP/1.0 200 OK\r\nX-Endless: ", 0.1), S),
    "drips an answer to the question": Kind(say_forever(b"X-More: 1\r\n", b"RTSP/1.0 200 OK\r\n", 0.3), S),
    "one endless header": Kind(say_forever(b"x" * 4096, b"RTSP/1.0 200 OK\r\nX-Endless: "), S),
    "endless headers": Kind(say_forever(b"X-More: 1\r\n" * 100, b"RTSP/1.0 200 OK\r\n"), S),
    "a body of two gigabytes": Kind(say(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 2000000000\r\n\r\n"), G),
    "a length that is none": Kind(say(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: -5\r\n\r\n"), G),
    "a description of a megabyte": Kind(camera(body=sdp(more="a=x:y\r\n" * 150_000)), G, says="quá dài"),
    "no description": Kind(camera(body=b""), G, says="không tả"),
    "a playlist for a description": Kind(camera(body=b"#EXTM3U\n#EXTINF:1\nfile:///etc/passwd\n"), G),
    "a concat list for a description": Kind(camera(body=b"ffconcat version 1.0\nfile 'file:///etc/passwd'\n"), G),
    "sound alone": Kind(camera(body=b"v=0\r\nm=audio 0 RTP/AVP 0\r\n"), G),
    "another codec": Kind(camera(body=sdp("MP4V-ES/90000")), G, says="MP4V-ES"),
    "a thousand tracks of sound": Kind(camera(body=b"v=0\r\n" + TRACKS_OF_SOUND.encode()), G),
    "a thousand tracks before the picture's": Kind(camera(body=sdp(more=TRACKS_UNKNOWN)), N, has_picture=True),
    "its track is elsewhere": Kind(
        camera(body=lambda decoy: sdp(control=f"rtsp://127.0.0.1:{decoy}/track1")), N, has_picture=True
    ),
    "its track is a file": Kind(camera(body=sdp(control="file:///etc/passwd")), N, has_picture=True),
    "all of it is elsewhere": Kind(camera(base=lambda decoy: f"rtsp://127.0.0.1:{decoy}/x/"), N, has_picture=True),
    "leads elsewhere": Kind(
        lambda decoy: say(f"RTSP/1.0 302 No\r\nCSeq: 1\r\nLocation: rtsp://127.0.0.1:{decoy}/\r\n\r\n".encode())(0), A
    ),
    "leads to a file": Kind(say(b"RTSP/1.0 301 Moved\r\nCSeq: 1\r\nLocation: file:///etc/passwd\r\n\r\n"), A),
    "no such stream": Kind(camera(refusal=refuse("404 Not Found")), A),
    "too many sessions": Kind(camera(refusal=refuse("453 Not Enough Bandwidth")), S, says="453"),
    "another number in its answers": Kind(camera(number=lambda number: number + b"7"), S),
    "no number in its answers": Kind(say(b"RTSP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"), S),
    "a web server": Kind(say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), A, says="cổng web"),
    "packets before any answer": Kind(say_forever(b"$\x05\xff\xff" + bytes(65535)), G),
    "wrong password": Kind(camera(refusal=refuse("401 Unauthorized", DIGEST)), L),
    "never content with a nonce": Kind(camera(refusal=refuse("401 Unauthorized", DIGEST + ", stale=true")), L),
    "a login in a way of its own": Kind(camera(refusal=refuse("401 Unauthorized", "WWW-Authenticate: Odd x=1")), L),
    "a login without a way": Kind(camera(refusal=refuse("401 Unauthorized")), L),
    "a hash nobody knows": Kind(camera(refusal=refuse("401 Unauthorized", DIGEST + ", algorithm=SHA-512-256")), L),
    "a login over the body": Kind(camera(refusal=refuse("401 Unauthorized", DIGEST + ', qop="auth-int"')), L),
    "a login without a nonce": Kind(camera(refusal=refuse("401 No", 'WWW-Authenticate: Digest realm="x"')), L),
    "a login with open quotes": Kind(
        camera(refusal=refuse("401 No", 'WWW-Authenticate: Digest realm="x, nonce=,,"')), L
    ),
    "an endless realm": Kind(
        camera(refusal=refuse("401 No", f'WWW-Authenticate: Digest realm="{"x" * 3000}", nonce="1"')), L
    ),
    "wants the password in the clear": Kind(
        camera(refusal=refuse("401 No", 'WWW-Authenticate: Basic realm="x"')), L, says="basic_unencrypted"
    ),
    "closes after PLAY": Kind(camera(packets=lambda: [b""]), S),
    "control packets alone": Kind(
        camera(packets=lambda: (on_channel(b"\x80\xc8\0\1\0\0\0\7", 1) for _ in range(9))), S
    ),
    "packets of no size": Kind(camera(packets=lambda: (on_channel(b"") for _ in range(1000))), S),
    "packets that are only a head": Kind(camera(packets=lambda: (on_channel(rtp(n, n, b"")) for n in range(1000))), S),
    "lengths that lie": Kind(camera(packets=lying_lengths), G),
    "garbage for pictures": Kind(camera(packets=frames(stream([b"\x65" + bytes(range(251)) * 4]))), G),
    "a picture without an end": Kind(camera(packets=endless_fragment), G),
    "a bomb for a picture": Kind(camera(packets=frames(stream(rogues.bomb_units(20_000, 20_000)))), G),
    "units that end beyond their packet": Kind(camera(packets=stap_that_lies), N, fault=CameraFault.NONE),
    "no key picture ever": Kind(camera(packets=frames(stream([b"\x41" + bytes(200)]))), N, fault=CameraFault.NONE),
    "time that stands still": Kind(
        camera(packets=frames(stream(KEY, step=0))), N, fault=CameraFault.FROZEN, has_picture=True
    ),
    "time that goes backwards": Kind(
        camera(packets=frames(stream(KEY, step=-9000))), N, fault=CameraFault.FROZEN, has_picture=True
    ),
    "another size with each picture": Kind(camera(packets=changing_size), N, has_picture=True),
    "an H.265 picture": Kind(
        camera(
            body=sdp("H265/90000"),
            packets=frames(stream(HEVC, split=rogues.split_h265, other=b"\x02\1" + bytes(99))),
        ),
        N,
        has_picture=True,
    ),
    "H.264 that is called H.265": Kind(camera(body=sdp("H265/90000")), N, fault=CameraFault.NONE),
}  # fmt: skip

HTTP_KINDS = {
    "silent": Kind(lambda _: hold, S),
    "hangs up": Kind(lambda _: hang_up_now, S),
    "drips bytes": Kind(say_forever(b"x", b"HTTP/1.1 200 OK\r\nX: ", 0.1), S),
    "endless headers": Kind(say_forever(b"X-More: 1\r\n" * 100, b"HTTP/1.1 200 OK\r\n"), S),
    "an endless body": Kind(say_forever(b"x" * 65536, b"HTTP/1.1 200 OK\r\n\r\n"), G),
    "an endless picture": Kind(
        say_forever(bytes(65536), b"HTTP/1.1 200 OK\r\n\r\n" + JPEG[: JPEG.index(b"\xff\xda") + 14]), G
    ),
    "a picture that drips": Kind(say_forever(b"\0", b"HTTP/1.1 200 OK\r\n\r\n\xff\xd8\xff\xe0", 0.1), S),
    "promises a gigabyte and sends none": Kind(say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"), S),
    "promises a gigabyte and sends a picture": Kind(
        say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + JPEG), N, has_picture=True
    ),
    "redirects in circles": Kind(lead_to("/again"), A, says="vòng quanh"),
    "redirects to loopback": Kind(lead_to("http://127.0.0.1:{decoy}/"), A, says="nơi khác"),
    "redirects by another name": Kind(lead_to("http://localhost:{decoy}/x.jpg"), A),
    "redirects inside the LAN": Kind(lead_to("http://192.168.1.1/admin"), A, says="192.168.1.1"),
    "redirects to a file": Kind(lead_to("file:///etc/passwd"), A),
    "redirects with a login": Kind(lead_to("http://a:b@127.0.0.1:{decoy}/"), A),
    "redirects to nonsense": Kind(lead_to("http://[::::"), A),
    "no such page": Kind(page(b"", status="404 Not Found"), A),
    "broken inside": Kind(page(b"", status="500 Oh"), S, says="500"),
    "a page": Kind(page(b"<html>" * 100, "text/html"), G),
    "a playlist": Kind(page(b"#EXTM3U\nfile:///etc/passwd\n", "image/jpeg"), G),
    "a concat list": Kind(page(b"ffconcat version 1.0\nfile 'http://127.0.0.1/'\n"), G),
    "a PNG bomb": Kind(page(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x4e\x20\0\0\x4e\x20\x08\2\0\0\0" + bytes(999)), G),
    "a JPEG bomb": Kind(page(BOMB), G, says="20000x20000"),
    "a JPEG without a size": Kind(page(rogues.resize_claim(JPEG, 0, 0)), G),
    "a JPEG cut off": Kind(lambda _: truncated, G),
    "a JPEG of noise": Kind(page(b"\xff\xd8\xff" + bytes(range(1, 250)) * 99 + b"\xff\xd9"), G),
    "pieces of a lying length": Kind(
        say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n" + JPEG), N, has_picture=True
    ),
    "pieces of no length": Kind(say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n" + JPEG), G),
    "wrong password": Kind(page(b"", status="401 No", more=DIGEST + "\r\n"), L),
    "wants the password in the clear": Kind(
        page(b"", status="401 No", more='WWW-Authenticate: Basic realm="x"\r\n'), L, says="basic_unencrypted"
    ),
    "an RTSP server": Kind(say(b"RTSP/1.0 400 Bad Request\r\n\r\n"), A, says="cổng RTSP"),
    "a stream whose boundary lies": Kind(
        multipart(b"--other\r\nContent-Type: image/jpeg\r\n\r\n" + JPEG), N, has_picture=True
    ),
    "a stream whose lengths lie": Kind(
        multipart(b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 3\r\n\r\n" + JPEG), N, has_picture=True
    ),
    "a stream with a boundary in the picture": Kind(
        multipart(b"--frame\r\n\r\n" + JPEG, boundary=JPEG[200:210].hex().encode()), N, has_picture=True
    ),
    "a stream of nothing": Kind(multipart(*[b"--frame\r\nContent-Length: 0\r\n\r\n\r\n"] * 4000), G),
}  # fmt: skip

KINDS = {f"rtsp: {name}": kind for name, kind in RTSP_KINDS.items()} | {
    f"http: {name}": Kind(kind.script, kind.obstacle, "http", kind.fault, kind.has_picture, kind.says)
    for name, kind in HTTP_KINDS.items()
}


class Reached:
    """Where this process connects to, from the interpreter's own audit of each connection."""

    def __init__(self) -> None:
        self.places: set[object] = set()
        self._is_on = True
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._is_on and event == "socket.connect":
            self.places.add(arguments[1])

    def close(self) -> None:
        self._is_on = False


@pytest.fixture(scope="module")
def good() -> Iterator[Camera]:
    with rogues.serving(Rtsp(frames(stream(KEY)))) as port:
        yield Camera(id="tot", url=f"rtsp://127.0.0.1:{port}/x")


@pytest.fixture(scope="module")
def probe() -> Iterator[RtspProbe]:
    with closing(RtspProbe(LOGINS)) as one:
        yield one


def child_of(probe: RtspProbe) -> int:
    assert probe._child is not None
    return probe._child._process.pid


@pytest.mark.parametrize("name", KINDS)
def test_a_bad_camera_gets_its_verdict_and_harms_nobody(name: str, probe: RtspProbe, good: Camera) -> None:
    kind = KINDS[name]
    assert probe.look(good).picture is not None, "warm"
    child = child_of(probe)
    with closing(Decoy()) as decoy, rogues.serving(kind.script(decoy.port)) as port, closing(Reached()) as reached:
        bad = Camera(id="xau", url=f"{kind.scheme}://127.0.0.1:{port}/x")
        started_s = time.monotonic()
        look = probe.look(bad)
        took_s = time.monotonic() - started_s
        assert look.obstacle is kind.obstacle, probe.note(bad)
        assert took_s <= LIMIT_S
        assert kind.says in probe.note(bad)
        assert (look.picture is not None) == kind.has_picture
        judged = judge(look, None, Usual(), Rule())
        assert judged is not None
        assert judged.fault is (kind.fault or (CameraFault.NO_SIGNAL if kind.obstacle else CameraFault.NONE))
        assert not decoy.has_visitor()
        assert reached.places <= {("127.0.0.1", port)}
    assert probe.look(good).picture is not None
    assert child_of(probe) == child, "the child lived through it"
    assert memory_mb(child) < MEMORY_MAX_MB


@dataclass(frozen=True)
class Certificate:
    """One that a camera might have made itself."""

    chain: Path
    fingerprint: str

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)
        return context


def make_certificate(folder: Path, name: str, until_at: datetime) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    cert = builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(until_at).sign(key, SHA256())
    chain = folder / f"{name}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain.write_bytes(secret + cert.public_bytes(Encoding.PEM))
    return Certificate(chain, cert.fingerprint(SHA256()).hex())


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Certificate]:
    folder = tmp_path_factory.mktemp("certificates")
    return {
        "self-signed": make_certificate(folder, "127.0.0.1", LATER),
        "expired": make_certificate(folder, "camera", datetime(2021, 1, 1, tzinfo=UTC)),
        "of another name": make_certificate(folder, "evil.example", LATER),
    }


@pytest.mark.parametrize("scheme", ["https", "rtsps"])
@pytest.mark.parametrize("name", ["self-signed", "expired", "of another name"])
def test_a_certificate_nobody_vouched_for_is_refused_with_its_fingerprint_and_taken_once_it_is_written_down(
    name: str, scheme: str, probe: RtspProbe, certificates: dict[str, Certificate]
) -> None:
    said: list[bytes] = []
    rtsp = Rtsp(frames(stream(KEY)))

    def web(wire: socket.socket) -> None:
        said.append(read_request(wire)[0])
        wire.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + JPEG)

    certificate = certificates[name]
    script = web if scheme == "https" else rtsp
    with rogues.serving(script, certificate.server()) as port:
        url = f"{scheme}://127.0.0.1:{port}/x"
        unknown = Camera(id="la", url=url)
        assert probe.look(unknown).obstacle is Obstacle.SILENT
        assert f'fingerprint = "{certificate.fingerprint}"' in probe.note(unknown)
        other = Camera(id="khac", url=url, fingerprint="0" * 64)
        assert probe.look(other).obstacle is Obstacle.SILENT
        assert "khác với camera.toml" in probe.note(other)
        assert not said
        assert not rtsp.asked, "nothing is said to a camera that is not known"
        known = Camera(id="quen", url=url, fingerprint=":".join(wrap_two(certificate.fingerprint.upper())))
        assert probe.look(known).picture is not None


def wrap_two(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(0, len(text), 2)]


def drip_handshake(wire: socket.socket) -> None:
    wire.recv(4096)
    for byte in b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc" + bytes(1000):
        wire.sendall(bytes([byte]))
        time.sleep(0.2)


@pytest.mark.parametrize(
    "script", [hold, hang_up_now, drip_handshake, lambda wire: wire.sendall(b"HTTP/1.1 200 OK\r\n\r\n")]
)
def test_a_handshake_that_does_not_come_to_its_end_is_given_up(
    script: Script, probe: RtspProbe, good: Camera, certificates: dict[str, Certificate]
) -> None:
    with rogues.serving(script) as port:
        started_s = time.monotonic()
        bad = Camera(id="xau", url=f"https://127.0.0.1:{port}/x", fingerprint=certificates["expired"].fingerprint)
        assert probe.look(bad).obstacle is Obstacle.SILENT
        assert time.monotonic() - started_s <= LIMIT_S
        assert "TLS" in probe.note(bad)
    assert probe.look(good).picture is not None


def test_a_password_is_never_sent_in_the_clear_nor_said_in_any_text(
    caplog: pytest.LogCaptureFixture, good: Camera
) -> None:
    heard: list[dict[bytes, bytes]] = []

    def script(wire: socket.socket) -> None:
        while True:
            first, headers = read_request(wire)
            heard.append(headers | {b"first": first})
            cseq = b"\r\nCSeq: " + headers[b"cseq"] + b"\r\n"
            wire.sendall(b"RTSP/1.0 401 No" + cseq + b'WWW-Authenticate: Basic realm="x"\r\n\r\n')

    with rogues.serving(script) as port, closing(RtspProbe(LOGINS)) as own:
        strict = Camera(id="xau", url=f"rtsp://127.0.0.1:{port}/x")
        assert own.look(strict).obstacle is Obstacle.LOGIN
        assert all(b"authorization" not in each for each in heard)
        allowed = Camera(id="cu", url=f"rtsp://127.0.0.1:{port}/x", basic_unencrypted=True)
        assert own.look(allowed).obstacle is Obstacle.LOGIN
        assert heard[-1][b"authorization"] == rogues.basic("admin", PASSWORD)
        inside = Camera(id="trong", url=f"rtsp://admin:{PASSWORD}@127.0.0.1:{port}/x")
        assert own.look(inside).obstacle is Obstacle.LOGIN
        assert all(PASSWORD.encode() not in each[b"first"] for each in heard), "not in the address either"
        assert PASSWORD not in Path(f"/proc/{child_of(own)}/cmdline").read_text()
        assert PASSWORD not in repr((own.note(strict), own.note(allowed), LOGINS, strict, inside.aim()))
    assert caplog.records
    assert PASSWORD not in caplog.text


def test_a_camera_that_refuses_the_password_is_left_alone_for_a_while(
    good: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many lock a caller out after a few wrong tries, and their owner with him."""
    server = Rtsp(frames(stream(KEY)), refusal=refuse("401 Unauthorized", DIGEST))
    with rogues.serving(server) as port, closing(RtspProbe(LOGINS)) as own:
        bad = Camera(id="xau", url=f"rtsp://127.0.0.1:{port}/x")
        assert {own.look(bad).obstacle for _ in range(5)} == {Obstacle.LOGIN}
        assert len(server.asked) == 4, "twice: once without the password, once with it"
        monkeypatch.setattr("edge.camera.probe.LOGIN_PAUSE_S", 0.0)
        server.refusal = lambda _first, _headers: b""
        assert own.look(bad).picture is not None, "then it is tried again"
        assert own.look(good).picture is not None


def test_a_camera_that_never_shows_a_whole_picture_is_told_so_after_a_quarter_of_an_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("edge.camera.probe.KEYLESS_MAX", 2)
    assert KEYLESS_MAX * 20 == 15 * 60
    with rogues.serving(Rtsp(frames(stream([b"\x41" + bytes(200)])))) as port, closing(RtspProbe()) as own:
        blind = Camera(id="xau", url=f"rtsp://127.0.0.1:{port}/x")
        assert [own.look(blind).obstacle for _ in range(2)] == [Obstacle.NONE, Obstacle.GARBLED]
        assert "I-frame" in own.note(blind)


def test_by_udp_only_the_camera_itself_is_heard(probe: RtspProbe) -> None:
    """Somebody else on the LAN sends a picture to the very port: it is not taken for the camera's."""
    heard: list[bytes] = []

    def make(sender: str) -> Script:
        def script(wire: socket.socket) -> None:
            port = 0
            while True:
                first, headers = read_request(wire)
                method, more, body = first.split()[0], b"", sdp() if first.startswith(b"DESCRIBE") else b""
                if method == b"SETUP":
                    heard.append(headers[b"transport"])
                    port = int(headers[b"transport"].rpartition(b"client_port=")[2].split(b"-")[0])
                    more = b"Session: 5\r\nTransport: " + headers[b"transport"] + b";server_port=9-10\r\n"
                more += b"Content-Length: %d\r\n" % len(body)
                wire.sendall(b"RTSP/1.0 200 OK\r\nCSeq: " + headers[b"cseq"] + b"\r\n" + more + b"\r\n" + body)
                if method == b"PLAY":
                    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
                        out.bind((sender, 0))
                        for packet in itertools.islice(rogues.paced(stream(KEY)), 1000):
                            out.sendto(packet, ("127.0.0.1", port))

        return script

    for sender, has_picture in (("127.0.0.1", True), ("127.0.0.2", False)):
        with rogues.serving(make(sender)) as port:
            look = probe.look(Camera(id="udp", url=f"rtsp://127.0.0.1:{port}/x", transport="udp"))
            assert (look.picture is not None) == has_picture
            assert look.obstacle is (Obstacle.NONE if has_picture else Obstacle.SILENT)
    assert len(heard) == 2


def memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
