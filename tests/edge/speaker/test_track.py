"""A track is played only where it is exactly what its name says."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from contract.terms import Reason
from edge.speaker.track import Track, Unusable, measure_duration, open_track
from simulator.sounds import RATE_HZ, write_opus


@pytest.fixture
def track(tmp_path: Path) -> Track:
    path = tmp_path / "sound.opus"
    write_opus(path, np.zeros(3 * RATE_HZ // 2, np.int16))
    data = path.read_bytes()
    return Track(path, hashlib.sha256(data).hexdigest(), len(data))


def test_a_genuine_track_opens_and_tells_its_length(track: Track) -> None:
    fd = open_track(track)
    assert measure_duration(fd) == pytest.approx(1.5, abs=0.0001)
    os.close(fd)


def test_a_file_swapped_after_opening_changes_nothing(track: Track) -> None:
    fd = open_track(track)
    other = track.path.with_name("other")
    other.write_bytes(b"something else")
    other.rename(track.path)
    assert os.pread(fd, 4, 0) == b"OggS"
    os.close(fd)


def test_an_absent_track_is_no_audio(track: Track) -> None:
    track.path.unlink()
    with pytest.raises(Unusable) as caught:
        open_track(track)
    assert caught.value.reason is Reason.NO_AUDIO


def test_one_changed_bit_is_bad_audio(track: Track) -> None:
    data = bytearray(track.path.read_bytes())
    data[-1] ^= 1
    track.path.write_bytes(data)
    with pytest.raises(Unusable) as caught:
        open_track(track)
    assert caught.value.reason is Reason.BAD_AUDIO


def test_a_truncated_track_is_bad_audio(track: Track) -> None:
    track.path.write_bytes(track.path.read_bytes()[:-1])
    with pytest.raises(Unusable) as caught:
        open_track(track)
    assert caught.value.reason is Reason.BAD_AUDIO


def test_a_link_is_not_followed(track: Track, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(track.path)
    with pytest.raises(Unusable):
        open_track(Track(link, track.sha256, track.size))


@pytest.mark.timeout(5)
def test_a_pipe_in_its_place_does_not_hang_the_speaker(track: Track) -> None:
    track.path.unlink()
    os.mkfifo(track.path)
    with pytest.raises(Unusable) as caught:
        open_track(track)
    assert caught.value.reason is Reason.BAD_AUDIO


def test_no_descriptor_is_left_open_by_a_refusal(track: Track) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with pytest.raises(Unusable):
            open_track(Track(track.path, "0" * 64, track.size))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("content", [b"", b"OggS", b"OggS" + bytes(24) + b"OpusHead", b"RIFF" + bytes(100)])
def test_what_is_no_ogg_opus_has_no_length(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    fd = os.open(path, os.O_RDONLY)
    with pytest.raises(Unusable):
        measure_duration(fd)
    os.close(fd)
