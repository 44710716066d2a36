"""A stream's packets become its key pictures, however they were cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.camera.source.rtp import START, Packet, Pictures, read_packet
from edge.camera.source.sdp import Track
from tests.edge.camera.rogues import rtp, split_h264, split_h265

H264 = Track("h264", 96, 90_000, "")
H265 = Track("hevc", 96, 90_000, "")
SPS, PPS, KEY, OTHER = b"\x67" + b"s" * 9, b"\x68" + b"p" * 5, b"\x65" + bytes(range(256)) * 20, b"\x41" + b"o" * 3000
VPS5, SPS5, PPS5, KEY5 = (
    bytes([kind << 1, 1]) + b"x" * size for kind, size in ((32, 9), (33, 20), (34, 5), (19, 5000))
)


def play(pictures: Pictures, packets: list[bytes]) -> list[bytes]:
    taken = [pictures.take(packet) for data in packets if (packet := read_packet(data)) is not None]
    return [each for each in taken if each is not None]


def packed(units: list[bytes], stamp: int, first: int, size: int = 1200, is_h264: bool = True) -> list[bytes]:
    split = split_h264 if is_h264 else split_h265
    payloads = [each for unit in units for each in split(unit, size)]
    return [rtp(first + n, stamp, each, is_last=n == len(payloads) - 1) for n, each in enumerate(payloads)]


@given(st.integers(3, 6000), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF))
def test_a_key_picture_is_whole_however_it_is_cut_and_wherever_the_counters_stand(
    size: int, number: int, stamp: int
) -> None:
    pictures = Pictures(H264)
    packets = packed([SPS, PPS, KEY], stamp, number, size)
    packets += packed([OTHER], stamp + 3000, number + len(packets), size)
    assert play(pictures, packets) == [START + SPS + START + PPS + START + KEY]
    assert pictures.count == 2
    assert pictures.progress_s == pytest.approx(3000 / 90_000)


@given(st.integers(4, 3000))
def test_h265_as_well(size: int) -> None:
    packets = packed([VPS5, SPS5, PPS5, KEY5], 0, 0, size, is_h264=False)
    assert play(Pictures(H265), packets) == [START + START.join([VPS5, SPS5, PPS5, KEY5])]


def test_several_units_in_one_packet() -> None:
    both = b"".join(len(unit).to_bytes(2, "big") + unit for unit in (SPS, PPS))
    packets = [rtp(0, 0, b"\x78" + both, is_last=False), *packed([KEY], 0, 1)]
    assert play(Pictures(H264), packets) == [START + START.join([SPS, PPS, KEY])]


def test_parameter_sets_may_stand_in_the_description_alone() -> None:
    track = Track("h264", 96, 90_000, "", (SPS, PPS))
    assert play(Pictures(track), packed([KEY], 0, 0)) == [START + START.join([SPS, PPS, KEY])]


def test_several_sets_of_a_kind_are_kept_and_stand_in_their_order_before_the_picture() -> None:
    other = b"\x68" + b"q" * 5
    track = Track("h264", 96, 90_000, "", (SPS, PPS, other))
    changed = b"\x67" + b"t" * 9
    packets = [*packed([PPS, changed], 0, 0), *packed([KEY], 3000, 2)]
    assert play(Pictures(track), packets)[-1] == START + START.join([SPS, changed, other, PPS, KEY])


def test_sets_without_end_are_forgotten() -> None:
    pictures = Pictures(H264)
    play(pictures, [rtp(n, 0, b"\x67" + n.to_bytes(4, "big") * 300, is_last=False) for n in range(1000)])
    (whole,) = play(pictures, packed([KEY], 0, 1000, size=9000))
    assert len(whole) < 20_000 + len(KEY)


def test_a_camera_that_never_says_where_a_picture_ends() -> None:
    packets = [data[:1] + bytes([data[1] & 127]) + data[2:] for data in packed([SPS, PPS, KEY], 0, 0)]
    pictures = Pictures(H264)
    assert play(pictures, packets) == []
    assert play(pictures, packed([OTHER], 3000, len(packets))) == [START + START.join([SPS, PPS, KEY])]


@pytest.mark.parametrize("lost", range(2, 7))
def test_a_picture_with_a_packet_lost_is_no_picture_and_the_next_is(lost: int) -> None:
    packets = packed([SPS, PPS, KEY], 0, 0)
    assert len(packets) == 7
    again = packed([KEY], 9000, 7)
    gone = packets[:lost] + packets[lost + 1 :]
    assert play(Pictures(H264), gone + again) == [START + START.join([SPS, PPS, KEY])]


def test_other_pictures_are_counted_and_nothing_of_them_is_kept() -> None:
    pictures = Pictures(H264)
    packets = [each for n in range(50) for each in packed([OTHER], n * 3600, n * 3)]
    assert play(pictures, packets) == []
    assert pictures.count == 50
    assert pictures.progress_s == pytest.approx(49 * 3600 / 90_000)


@given(st.lists(st.binary(max_size=200), max_size=40), st.sampled_from([H264, H265]))
def test_no_bytes_at_all_bring_it_down(payloads: list[bytes], track: Track) -> None:
    pictures = Pictures(track)
    for n, payload in enumerate(payloads):
        pictures.take(Packet(96, n % 3 == 0, n, n * 100, payload or b"\0"))
        read_packet(payload)


def test_a_head_with_extensions_and_padding_is_taken_off() -> None:
    plain = rtp(1, 2, b"\x65data")
    extended = bytes([0xB1]) + plain[1:12] + b"srce" + b"\xbe\xde\0\1" + b"ext!" + plain[12:] + b"\0\0\3"
    assert read_packet(extended) == read_packet(plain)
    assert read_packet(plain[:11]) is None
    assert read_packet(b"\x00" + plain[1:]) is None
