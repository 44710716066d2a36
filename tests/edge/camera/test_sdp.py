"""What cameras say of their streams, and what is believed of it."""

import base64
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.camera.source.sdp import LONGEST, NoPicture, Track, read, resolve

SETS = ",".join(base64.b64encode(each).decode() for each in (b"\x67sps", b"\x68pps"))
USUAL = f"""v=0
o=- 1 1 IN IP4 192.168.1.64
s=Media Presentation
b=AS:5100
t=0 0
a=control:rtsp://192.168.1.64/
m=audio 0 RTP/AVP 8
a=rtpmap:8 PCMA/8000
a=control:rtsp://192.168.1.64/trackID=2
m=video 0 RTP/AVP 96
b=AS:5000
a=control:rtsp://192.168.1.64/trackID=1
a=rtpmap:96 H264/90000
a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets={SETS}
"""


def test_the_picture_is_found_beside_the_sound_with_its_parameter_sets() -> None:
    found = read(USUAL.encode())
    assert found == Track("h264", 96, 90_000, "rtsp://192.168.1.64/trackID=1", (b"\x67sps", b"\x68pps"))


def test_h265_has_its_sets_by_name() -> None:
    sets = "sprop-vps=QAE=; sprop-sps=QgE=; sprop-pps=RAE="
    found = read(f"m=video 0 RTP/AVP 97\r\na=rtpmap:97 H265/90000\r\na=fmtp:97 {sets}\r\n".encode())
    assert (found.codec, found.sets) == ("hevc", (b"\x40\x01", b"\x42\x01", b"\x44\x01"))


@pytest.mark.parametrize(
    "text",
    ["", "m=audio 0 RTP/AVP 0\n", "m=video 0 RTP/AVP\n", "m=video 0 RTP/AVP 26\n",
     "m=video 0 RTP/AVP x\na=rtpmap:x H264/90000"],
)  # fmt: skip
def test_without_a_picture_known_here_it_says_so(text: str) -> None:
    with pytest.raises(NoPicture):
        read(text.encode())


def test_a_description_without_end_is_not_read() -> None:
    with pytest.raises(NoPicture, match="too long"):
        read(USUAL.encode() + b"a=x:" + bytes(LONGEST))


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: USUAL.encode() + text.encode()))
def test_any_description_is_read_or_refused(data: bytes) -> None:
    try:
        track = read(data)
    except NoPicture:
        return
    assert 0 <= track.payload < 128
    assert track.clock_hz > 0


@given(
    st.text(max_size=80) | st.sampled_from(["rtsp://evil/x", "file:///etc/passwd", "//evil/x", "*", "/x", "trackID=1"])
)
def test_whatever_a_track_calls_itself_it_is_asked_of_the_camera_itself(control: str) -> None:
    base = "rtsp://192.168.1.64:8554/stream?x=1"
    parts = urlsplit(resolve(base, control))
    assert (parts.scheme, parts.hostname, parts.port) == ("rtsp", "192.168.1.64", 8554)


def test_a_track_is_named_below_the_stream_or_whole() -> None:
    assert resolve("rtsp://cam/stream/", "trackID=1") == "rtsp://cam/stream/trackID=1"
    assert resolve("rtsp://cam:8554/s", "rtsp://0.0.0.0/s/trackID=1") == "rtsp://cam:8554/s/trackID=1"
