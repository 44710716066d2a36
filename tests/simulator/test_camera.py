"""The simulated cameras: their clips, and what an ordinary RTSP client meets at each."""

from pathlib import Path

import av
import pytest

from simulator.camera import LIVE_S, PICTURES_PER_S, Cameras, make_clip

QUICK = {"rtsp_transport": "tcp", "fpsprobesize": "0", "analyzeduration": "1000"}


def test_a_clip_is_made_once_and_holds_a_key_picture_each_second(tmp_path: Path) -> None:
    make_clip(tmp_path, "live")
    with av.open(str(tmp_path / "live.h264"), format="h264") as clip:
        keys = [packet.is_keyframe for packet in clip.demux(video=0) if packet.size]
    assert len(keys) == LIVE_S * PICTURES_PER_S
    assert [n for n, is_key in enumerate(keys) if is_key] == list(range(0, len(keys), PICTURES_PER_S))
    written = (tmp_path / "live.h264").stat().st_mtime_ns
    make_clip(tmp_path, "live")
    assert (tmp_path / "live.h264").stat().st_mtime_ns == written


@pytest.mark.real
def test_each_camera_is_switched_by_itself_and_all_end_together(tmp_path: Path) -> None:
    with Cameras(["cong", "san"], tmp_path) as cameras:
        cameras.show("cong", "off")
        with pytest.raises(av.error.ConnectionRefusedError):
            av.open(cameras.url("cong"), format="rtsp", timeout=2)
        with av.open(cameras.url("san"), format="rtsp", options=QUICK, timeout=5) as stream:
            assert stream.streams.video[0].codec_context.name == "h264"
        cameras.show("cong", "live")
        with av.open(cameras.url("cong"), format="rtsp", options=QUICK, timeout=5) as stream:
            assert (stream.streams.video[0].width, stream.streams.video[0].height) == (640, 360)
        address = cameras.url("san")
    with pytest.raises(av.error.ConnectionRefusedError):
        av.open(address, format="rtsp", timeout=2)


@pytest.mark.real
def test_a_yard_can_be_spoilt_and_a_card_cannot(tmp_path: Path) -> None:
    with Cameras(["cong"], tmp_path, scene="yard", size=(160, 90)) as cameras:
        for feed in ("covered", "blurred", "moved", "bright", "noise", "black", "frozen", "live"):
            cameras.show("cong", feed)
    with Cameras(["cong"], tmp_path) as cameras, pytest.raises(ValueError, match="covered"):
        cameras.show("cong", "covered")


@pytest.mark.real
def test_an_unknown_camera_or_feed_is_named(tmp_path: Path) -> None:
    with Cameras(["cong"], tmp_path) as cameras, pytest.raises(ValueError, match="vuon"):
        cameras.show("vuon", "live")
