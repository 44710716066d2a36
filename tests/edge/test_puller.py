"""What the pulling child makes of bytes: which demuxer, which sound, and when it gives up."""

import contextlib
import io
import itertools
import socket
import subprocess
import sys
from array import array
from pathlib import Path

import av
import numpy as np
import pytest

from edge import landlock
from edge.origin import Origin, Refused
from edge.puller import RATE_HZ, Bringer, Parted, decode, pull
from edge.source import find_form, open_source
from simulator.icecast import Form, encode
from simulator.listening import find
from simulator.radio import Hls, WebServer, make_segments, respond
from simulator.sounds import make_noise


def pieces(form: Form, seconds: float) -> bytes:
    return b"".join(itertools.islice(encode(make_noise(seconds, 5), form), round(seconds * 10)))


@pytest.mark.parametrize(
    ("kind", "first", "form"),
    [
        ("audio/mpeg", b"\x00" * 50, "mp3"),
        ("", b"\xff\xfb\x90", "mp3"),
        ("", b"ID3\x04\x00\x00\x00\x00\x00\x02xx\xff\xf1", "aac"),
        ("audio/aacp", b"", "aac"),
        ("text/plain", b"\xff\xf1\x50", "aac"),
        ("audio/mpeg", b"OggS", "ogg"),
        ("audio/mpeg", b"#EXTM3U\n", "hls"),
        ("application/vnd.apple.mpegurl", b"#", "hls"),
        ("", (b"G" + bytes(187)) * 2, "mpegts"),
    ],
)
def test_the_demuxer_is_chosen_by_first_bytes_and_content_type(kind: str, first: bytes, form: str) -> None:
    assert find_form(kind, first) == form


@pytest.mark.parametrize("first", [b"", b"<html>", b"RIFF1234WAVE", b"\x00\x00\x00\x20ftyp", b"ID3"])
def test_another_form_is_refused(first: bytes) -> None:
    with pytest.raises(Refused):
        find_form("text/html", first)


@pytest.mark.parametrize("form", ["mp3", "ogg"])
def test_sound_comes_out_as_it_went_in(form: Form) -> None:
    pcm = b"".join(decode(io.BytesIO(pieces(form, 3.0)), form))
    heard = np.array(array("h", pcm), dtype=np.float64) / 32768
    assert find(make_noise(3.0, 5)[RATE_HZ : 2 * RATE_HZ] / 32768, heard).likeness > 0.8


def test_segments_come_out_as_one_run() -> None:
    segments = b"".join(make_segments(make_noise(7.0, 5)))
    heard = np.array(array("h", b"".join(decode(io.BytesIO(segments), "mpegts"))), dtype=np.float64) / 32768
    across = make_noise(7.0, 5)[round(1.5 * RATE_HZ) : round(2.5 * RATE_HZ)] / 32768
    assert find(across, heard).likeness > 0.8


@pytest.mark.parametrize("form", ["mp3", "aac", "ogg", "mpegts"])
@pytest.mark.parametrize(
    "data",
    [b"", b"<html>" * 5000, np.random.default_rng(1).bytes(500_000), bytes(500_000)],
    ids=["nothing", "text", "noise", "zeros"],
)
def test_garbage_ends_by_itself(form: str, data: bytes) -> None:
    source = io.BytesIO(data)
    with WebServer(lambda _path, wire: respond(wire, data, "audio/mpeg")) as web:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.close()
            try:
                said = pull(web.url("/"), Origin(web.url("/")), Bringer(ours))
            except Parted:  # there are bytes that can be heard as noise
                said = "noise"
    assert said
    try:
        for _ in decode(source, form):
            pass
    except (Refused, av.error.FFmpegError):
        return


def test_a_playlist_is_followed_to_its_variant_and_segments() -> None:
    with WebServer(Hls(make_noise(12.0, 5))) as web:
        address = web.url("/master.m3u8")
        source, form, way = open_source(address, Origin(address))
        assert (form, way) == ("mpegts", "hls")
        assert len(source.read(1000)) == 1000
        assert web.asked == ["/master.m3u8", "/live.m3u8", "/segment-0.ts"]


def test_segments_on_another_server_are_refused_and_it_is_never_asked() -> None:
    with WebServer(Hls(make_noise(2.5, 5))) as cdn, WebServer(Hls(make_noise(12.0, 5), cdn.url(""))) as web:
        ours, _theirs = socket.socketpair()
        said = pull(web.url("/live.m3u8"), Origin(web.url("/live.m3u8")), Bringer(ours))
        assert "another server" in said
        assert f":{cdn.port}" in said
        assert cdn.asked == []


def test_a_playlist_that_names_a_file_opens_none() -> None:
    text = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile:///etc/passwd\n"
    with WebServer(lambda _path, wire: respond(wire, text, "audio/mpeg")) as web:
        ours, _theirs = socket.socketpair()
        assert "wrong address" in pull(web.url("/"), Origin(web.url("/")), Bringer(ours))


def test_where_nobody_listens_it_parts() -> None:
    data = pieces("mp3", 3.0)
    with WebServer(lambda _path, wire: respond(wire, data, "audio/mpeg")) as web:
        ours, theirs = socket.socketpair()
        theirs.close()
        with pytest.raises(Parted):
            pull(web.url("/"), Origin(web.url("/")), Bringer(ours))


_CAGED = """
import os, socket, sys
from edge.puller import shut_in
shut_in()
print(socket.getaddrinfo("localhost", 80)[0][4][1])
for path in sys.argv[1:]:
    try:
        os.open(path, os.O_RDONLY)
        print("open")
    except PermissionError:
        print("shut")
"""


@pytest.mark.real
@pytest.mark.skipif(not landlock.is_there(), reason="this kernel has no Landlock")
def test_the_child_sees_no_secret_and_can_still_look_up_a_name(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    tmp_path.chmod(0o755)
    asked = subprocess.run(
        [sys.executable, "-c", _CAGED, str(secret), "/etc/passwd", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env={},
    )
    assert asked.stdout.split() == ["80", "shut", "shut", "open", "open"]


def test_whatever_ends_it_nothing_stays_open() -> None:
    data = pieces("mp3", 1.0)
    answers = {"/sound": data, "/garbage": b"<html>" * 5000, "/list": b"#EXTM3U\n"}

    def answer(path: str, wire: socket.socket) -> None:
        respond(wire, answers[path], "audio/mpeg")

    with WebServer(answer) as web:
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        before = len([*Path("/proc/self/fd").iterdir()])
        for path in [*answers] * 8:
            pull(web.url(path), Origin(web.url(path)), Bringer(ours))
            with contextlib.suppress(BlockingIOError):
                while theirs.recv(1 << 20):
                    pass
        assert len([*Path("/proc/self/fd").iterdir()]) <= before + 6
