"""What a file is stands in its bytes, not in its name."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.media.sniff import HEAD_BYTES, TAIL_BYTES, Kind, sniff


def judge(data: bytes) -> Kind | None:
    return sniff(data[:HEAD_BYTES], data[-TAIL_BYTES:], len(data))


def wav(data: bytes, claimed: int, *before: bytes) -> bytes:
    return b"RIFF\0\0\0\0WAVE" + b"".join(before) + b"data" + struct.pack("<I", claimed) + data


def ogg_page(body: bytes) -> bytes:
    lacing = bytes([255] * (len(body) // 255) + [len(body) % 255])
    return b"OggS" + bytes(22) + bytes([len(lacing)]) + lacing + body


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello, this is no sound at all",
        b"#EXTM3U\nhttp://example.test/a.ts\n",
        b"RIFF\0\0\0\0AVI ",
        b"PK\x03\x04",
        "UTF-16 tiếng Việt".encode("utf-16"),
        b"\xff\xf1\x50\x80" + bytes(100),
        b"\xff\xfb\xf0\x00" + bytes(100),
        b"concat:/etc/passwd|http://example.test",
    ],
)
def test_what_is_none_of_our_formats_is_nothing(data: bytes) -> None:
    assert judge(data) is None


def test_a_wav_file_is_cut_when_its_header_claims_more_than_there_is() -> None:
    chunk = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    whole = wav(bytes(1000), 1000, chunk)
    assert judge(whole) == Kind(demuxer="wav", has_length=False)
    for data in (whole[:-1], whole[:60], whole[:30], wav(bytes(1000), 0xFFFF_FFFF)):
        kind = judge(data)
        assert kind is not None
        assert kind.is_cut


def test_an_ogg_file_is_cut_when_its_last_page_is_not_whole() -> None:
    whole = ogg_page(b"a" * 500) + ogg_page(b"b" * 300)
    assert judge(whole) == Kind(demuxer="ogg", has_length=True)
    for length in (len(whole) - 1, len(whole) - 299, 540):
        kind = judge(whole[:length])
        assert kind is not None
        assert kind.is_cut


def test_the_length_of_an_mp3_is_believed_only_from_its_encoders_index() -> None:
    frame = b"\xff\xfb\x90\x00"
    indexed = frame + bytes(32) + b"Xing" + struct.pack(">II", 1, 231) + bytes(300)
    uncounted = frame + bytes(32) + b"Info" + struct.pack(">II", 0, 0) + bytes(300)
    tag = b"ID3\x04\0\0" + bytes([0, 0, 1, 2]) + bytes(130)
    assert judge(indexed) == judge(tag + indexed) == Kind(demuxer="mp3", has_length=True)
    assert judge(uncounted) == judge(frame + bytes(400)) == Kind(demuxer="mp3", has_length=False)
    assert judge(frame + bytes(32) + b"VBRI" + bytes(300)) == Kind(demuxer="mp3", has_length=True)


def test_a_flac_file_may_leave_its_length_open_and_may_wear_a_tag() -> None:
    def flac(samples: int) -> bytes:
        return b"fLaC\x80\0\0\x22" + bytes(10) + struct.pack(">Q", 48_000 << 44 | samples) + bytes(16)

    assert judge(flac(100)) == Kind(demuxer="flac", has_length=True)
    assert judge(b"ID3\x04\0\0\0\0\0\0" + flac(2**35)) == Kind(demuxer="flac", has_length=True)
    assert judge(flac(0)) == Kind(demuxer="flac", has_length=False)


def test_an_mp4_family_file_is_read_by_the_mov_demuxer() -> None:
    assert judge(b"\0\0\0\x18ftypM4A ") == Kind(demuxer="mov", has_length=True)


_MAGIC = [b"", b"RIFF\0\0\0\0WAVE", b"OggS", b"ID3", b"fLaC", b"\xff\xfb", b"\0\0\0\0ftyp", b"RIFF\0\0\0\0WAVEdata"]


@given(magic=st.sampled_from(_MAGIC), rest=st.binary(max_size=400))
def test_no_bytes_upset_it(magic: bytes, rest: bytes) -> None:
    kind = judge(magic + rest)
    assert kind is None or kind.demuxer in {"wav", "ogg", "mov", "mp3", "flac"}
