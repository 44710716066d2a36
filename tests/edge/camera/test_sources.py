"""Each kind of camera that the node looks at, the good ones: real RTSP of GStreamer's, and small web servers."""

import hashlib
import re
import socket
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contract.settings import BadSettings
from edge.camera.config import HTTP_EVERY_S, Camera
from edge.camera.logins import NAME, CameraLogin, CameraLogins, read_logins
from edge.camera.probe import RtspProbe
from edge.camera.view.seen import Obstacle
from edge.config import Paths
from simulator.camera import Cameras
from tests.edge.camera.rogues import basic, hold, jpeg_picture, read_request, serving

USER, PASSWORD = "loa", "mật khẩu của tôi"
LOGINS = CameraLogins(logins=(CameraLogin(camera="*", user=USER, password=PASSWORD),))
JPEG = jpeg_picture()


@pytest.fixture(scope="module")
def probe() -> Iterator[RtspProbe]:
    with closing(RtspProbe(LOGINS)) as one:
        yield one


@pytest.mark.real
@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_h265_is_looked_at_over_tcp_and_udp(
    transport: str, probe: RtspProbe, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp() / "clips-h265"
    with Cameras(["cong"], folder, codec="h265") as cameras:
        camera = Camera(id="cong", url=cameras.url("cong"), transport=transport)  # type: ignore[arg-type]
        first, second = probe.look(camera), probe.look(camera)
        assert first.obstacle is second.obstacle is Obstacle.NONE
        assert first.picture != second.picture is not None
        assert first.progress_s is not None
        assert first.progress_s > 0
        assert first.measures is not None
        assert first.measures.brightness > 50


@pytest.mark.real
def test_by_udp_h264_is_looked_at_as_well(probe: RtspProbe, cameras: Cameras) -> None:
    cameras.show("san", "live")
    look = probe.look(Camera(id="san", url=cameras.url("san"), transport="udp"))
    assert look.picture is not None
    assert look.packets >= 3


@pytest.mark.real
def test_a_camera_that_wants_a_login_by_digest_is_given_it(tmp_path: Path) -> None:
    """GStreamer's own server judges the answer; it knows MD5."""
    with Cameras(["cong"], tmp_path, login="loa:mat khau") as cameras:
        camera = Camera(id="cong", url=cameras.url("cong"))
        right = CameraLogins(logins=(CameraLogin(camera="cong", user="loa", password="mat khau"),))
        with closing(RtspProbe(right)) as own:
            assert own.look(camera).picture is not None
        wrong = CameraLogins(logins=(CameraLogin(camera="cong", user="loa", password="sai"),))
        with closing(RtspProbe(wrong)) as own:
            assert own.look(camera).obstacle is Obstacle.LOGIN
        with closing(RtspProbe()) as own:
            assert own.look(camera).obstacle is Obstacle.LOGIN
            assert "none is set" in own.note(camera)
            inside = Camera(id="trong", url=cameras.url("cong").replace("//", "//loa:mat%20khau@"))
            assert own.look(inside).picture is not None, "a login in the address is taken still"


class Web:
    """A camera that shows one picture to who knows the password, by SHA-256, MD5 or Basic."""

    def __init__(self, way: str, multipart: bool = False) -> None:
        self._way = way
        self._multipart = multipart
        self.asked = 0

    def __call__(self, wire: socket.socket) -> None:
        first, headers = read_request(wire)
        self.asked += 1
        if not self._is_right(first.split()[1].decode(), headers.get(b"authorization", b"").decode()):
            wire.sendall(f"HTTP/1.1 401 No\r\nWWW-Authenticate: {self._challenge()}\r\n\r\n".encode())
            return
        if not self._multipart:
            wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + JPEG)
            return
        wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=f\r\n\r\n")
        for _ in range(3):
            wire.sendall(b"--f\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(JPEG) + JPEG + b"\r\n")
        hold(wire)

    def _challenge(self) -> str:
        if self._way == "Basic":
            return 'Basic realm="cam"'
        return f'Digest realm="cam", nonce="n0nce", qop="auth", algorithm={self._way}'

    def _is_right(self, uri: str, said: str) -> bool:
        if self._way == "Basic":
            return said.encode() == basic(USER, PASSWORD)
        values = dict(re.findall(r'(\w+)="?([^",]*)', said))
        if not values or values.get("uri") != uri:
            return False
        name = {"MD5": "md5", "SHA-256": "sha256"}[self._way]

        def hashed(text: str) -> str:
            return hashlib.new(name, text.encode()).hexdigest()

        middle = f"n0nce:{values['nc']}:{values['cnonce']}:auth"
        right = hashed(f"{hashed(f'{USER}:cam:{PASSWORD}')}:{middle}:{hashed(f'GET:{uri}')}")
        return bool(values["response"] == right)


@pytest.mark.real
@pytest.mark.parametrize("way", ["MD5", "SHA-256"])
@pytest.mark.parametrize("multipart", [False, True], ids=["snapshot", "stream"])
def test_a_picture_by_http_after_a_login_by_digest(way: str, multipart: bool, probe: RtspProbe) -> None:
    web = Web(way, multipart)
    with serving(web) as port:
        look = probe.look(Camera(id="web", url=f"http://127.0.0.1:{port}/snap.cgi?channel=1&size=big"))
        assert look.obstacle is Obstacle.NONE
        assert look.picture is not None
        assert web.asked == 2, "asked once, and once more with the password"


@pytest.mark.real
def test_the_password_goes_in_the_clear_where_the_settings_allow_it(probe: RtspProbe) -> None:
    with serving(Web("Basic")) as port:
        assert probe.look(Camera(id="kin", url=f"http://127.0.0.1:{port}/")).obstacle is Obstacle.LOGIN
        camera = Camera(id="web", url=f"http://127.0.0.1:{port}/", basic_unencrypted=True)
        assert probe.look(camera).picture is not None


@pytest.mark.real
def test_a_redirect_within_the_camera_is_followed(probe: RtspProbe) -> None:
    def script(wire: socket.socket) -> None:
        first, _ = read_request(wire)
        if first.split()[1] == b"/new.jpg":
            wire.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + JPEG)
        else:
            wire.sendall(b"HTTP/1.1 301 Moved\r\nLocation: /new.jpg\r\n\r\n")

    with serving(script) as port:
        assert probe.look(Camera(id="web", url=f"http://127.0.0.1:{port}/old.jpg")).picture is not None


@pytest.mark.real
@pytest.mark.parametrize("device", ["/dev/video250"])
def test_a_camera_on_the_pi_that_is_not_there_is_said_to_be_so(device: str, probe: RtspProbe) -> None:
    assert probe.look(Camera(id="usb", url=device)).obstacle is Obstacle.UNREACHABLE


def test_a_camera_is_asked_for_a_page_twice_a_minute_at_most() -> None:
    assert Camera(id="web", url="http://192.0.2.1/snap.jpg").every_s == HTTP_EVERY_S == 30
    assert Camera(id="web", url="http://192.0.2.1/snap.jpg", every_s=60).every_s == 60
    assert Camera(id="rtsp", url="rtsp://192.0.2.1/1").every_s == 20


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("rtsp://192.0.2.1/user=admin_password=bimat_channel=1", "192.0.2.1:554/…"),
        ("http://192.0.2.1/snap.cgi?user=admin&pwd=bimat", "192.0.2.1:80/snap.cgi"),
        ("https://a:bimat@192.0.2.1/x", "192.0.2.1:443/x"),
        ("/dev/video0", "/dev/video0"),
    ],
)
def test_a_password_shows_nowhere_where_a_maker_hides_it_in_the_address(url: str, place: str) -> None:
    camera = Camera(id="cong", url=url)
    assert camera.place == place
    assert "bimat" not in repr(camera)


@pytest.mark.parametrize(
    "url",
    ["/etc/passwd", "/dev/video0/../sda", "/dev/sda", "file:///etc/passwd", "concat:http://a|http://b", "rtp://192.0.2.1/",
     "http://192.0.2.1/a b", "rtsp://192.0.2.1/\r\nX: y"],
)  # fmt: skip
def test_what_is_no_camera_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="'cong'"):
        Camera(id="cong", url=url)


def test_logins_stand_in_a_file_that_nobody_else_may_read(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    paths.make()
    assert read_logins(paths).of("cong") is None
    file = paths.etc / NAME
    file.write_text(
        '[[logins]]\ncamera = "cong"\nuser = "xem"\npassword = "bi-mat"\n'
        '[[logins]]\ncamera = "*"\nuser = "khac"\npassword = "chung"\n'
    )
    file.chmod(0o640)
    with pytest.raises(BadSettings, match="chmod 600"):
        read_logins(paths)
    file.chmod(stat.S_IRUSR | stat.S_IWUSR)
    logins = read_logins(paths)
    own, other = logins.of("cong"), logins.of("san")
    assert own is not None
    assert other is not None
    assert (own.user, other.user) == ("xem", "khac")
    assert "bi-mat" not in repr(logins)
    file.write_text('[[logins]]\ncamera = "cong"\nuser = ""\npassword = "bi-mat"\n')
    with pytest.raises(BadSettings) as caught:
        read_logins(paths)
    assert "bi-mat" not in str(caught.value)
