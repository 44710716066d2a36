"""Playlists of a radio, as they are and as they should not be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.playlist import SEGMENTS_MAX, BadPlaylist, Playlist, read

BASE = "https://radio.example/live/index.m3u8"


def media(first: int, count: int, *more: str) -> bytes:
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:6", f"#EXT-X-MEDIA-SEQUENCE:{first}", *more]
    for number in range(first, first + count):
        lines += ["#EXTINF:6.0,", f"s{number}.ts"]
    return "\n".join(lines).encode()


def numbers(playlist: Playlist, after: int | None) -> list[int]:
    return [each.number for each in playlist.after(after)]


def test_segments_have_their_numbers_and_addresses() -> None:
    found = read(media(7, 2), BASE)
    assert [(each.number, each.url) for each in found.segments] == [
        (7, "https://radio.example/live/s7.ts"),
        (8, "https://radio.example/live/s8.ts"),
    ]
    assert found.target_s == 6


def test_a_live_stream_is_joined_three_segments_before_its_end() -> None:
    assert numbers(read(media(1, 9), BASE), None) == [7, 8, 9]


def test_then_each_segment_once() -> None:
    assert numbers(read(media(5, 4), BASE), 7) == [8]
    assert numbers(read(media(5, 4), BASE), 8) == []


def test_who_fell_behind_goes_on_with_what_is_there() -> None:
    assert numbers(read(media(50, 4), BASE), 7) == [50, 51, 52, 53]


def test_a_server_that_began_anew_is_joined_anew() -> None:
    assert numbers(read(media(0, 4), BASE), 700) == [1, 2, 3]


def test_a_recording_is_read_from_its_beginning() -> None:
    assert numbers(read(media(0, 6, "#EXT-X-ENDLIST"), BASE), None) == [0, 1, 2, 3, 4, 5]


def test_of_the_variants_the_fullest_that_is_wanted_or_else_the_least() -> None:
    text = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH={},CODECS="a,b"\na.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH={}\nb.m3u8\n'
    assert read(text.format(64000, 128000).encode(), BASE).best == "https://radio.example/live/b.m3u8"
    assert read(text.format(640000, 1280000).encode(), BASE).best == "https://radio.example/live/a.m3u8"


def test_where_sound_has_a_playlist_of_its_own_that_one() -> None:
    text = (
        '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="vi, VN",URI="sound.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=900000,AUDIO="a"\nvideo.m3u8\n'
    )
    assert read(text.encode(), BASE).best == "https://radio.example/live/sound.m3u8"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no HLS"),
        ("<html>", "no HLS"),
        ("#EXTM3U\n", "empty"),
        ("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\na.ts", "encrypted"),
        ("#EXTM3U\n#EXT-X-MAP:URI=\"i.mp4\"\na.m4s", "not supported"),
        ("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:-1\na.ts", "broken"),
        ("#EXTM3U\n#EXT-X-TARGETDURATION:9999999999999999999999\na.ts", "broken"),
        ("#EXTM3U\nhttp://[::1/a.ts", "broken"),
        ("#EXTM3U\n" + "a.ts\n" * (SEGMENTS_MAX + 1), "too long"),
    ],
)  # fmt: skip
def test_what_is_no_playlist_of_a_radio_is_refused_and_said(text: str, said: str) -> None:
    with pytest.raises(BadPlaylist, match=said):
        read(text.encode(), BASE)


@given(st.binary(max_size=300))
def test_nothing_else_comes_of_any_bytes(data: bytes) -> None:
    for each in (data, b"#EXTM3U\n" + data, b"#EXTM3U\n#EXT-X-STREAM-INF:" + data + b"\na"):
        try:
            found = read(each, BASE)
        except BadPlaylist:
            continue
        assert found.variants or found.segments
        assert 1 <= found.target_s <= 30
