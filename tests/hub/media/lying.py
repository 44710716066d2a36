"""Sound files whose headers lie, or whose boxes and pages have no end."""

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
Upload = tuple[str, bytes]


def speechlike(duration_s: float) -> NDArray[np.float64]:
    time_s = np.arange(int(duration_s * RATE)) / RATE
    return np.asarray(0.3 * np.sin(2 * np.pi * 300 * time_s) * (1 + np.sin(2 * np.pi * 4 * time_s)) / 2)


def wav(data: bytes, **lies: int) -> bytes:
    told = {"form": 1, "channels": 1, "rate": RATE, "bits": 16, "align": 2, "size": len(data), "head": 16} | lies
    head = struct.pack(
        "<HHIIHH", told["form"], told["channels"], told["rate"], told["rate"] * told["align"] & 0xFFFFFFFF,
        told["align"], told["bits"],
    )  # fmt: skip
    size = struct.pack("<I", told["size"] & 0xFFFFFFFF)
    return b"RIFF\x24\0\0\0WAVEfmt " + struct.pack("<I", told["head"] & 0xFFFFFFFF) + head + b"data" + size + data


def wavs() -> Iterator[Upload]:
    data = (speechlike(1.0) * 20_000).astype("<i2").tobytes()
    lies: dict[str, dict[str, int]] = {
        "0 channels": {"channels": 0},
        "65535 channels": {"channels": 65535},
        "64 channels": {"channels": 64, "align": 128},
        "0 bits": {"bits": 0},
        "1 bit": {"bits": 1},
        "7 bits": {"bits": 7},
        "255 bits": {"bits": 255},
        "65535 bits": {"bits": 65535},
        "rate 0": {"rate": 0},
        "rate 1": {"rate": 1},
        "rate 4 G": {"rate": 0xFFFFFFFF},
        "align 0": {"align": 0},
        "align 65535": {"align": 65535},
        "data of 4 GB": {"size": 0xFFFFFFFF},
        "data of 2 GB": {"size": 0x7FFFFFFF},
        "no data": {"size": 0},
        "odd data": {"size": 3},
        "head of 4 GB": {"head": 0xFFFFFFFF},
        "head of nothing": {"head": 0},
        "head too short": {"head": 4},
        **{
            f"form {form:#x}": {"form": form}
            for form in (0, 2, 3, 6, 7, 17, 0x31, 0x50, 0x55, 0xFF, 0x161, 0x2000, 0xFFFE, 0xFFFF)
        },
    }
    for name, lie in lies.items():
        yield f"wav: {name}", wav(data, **lie)
    yield "wav: 10000 chunks", b"RIFF\xff\xff\xff\0WAVE" + b"junk\x02\0\0\0ab" * 10_000 + wav(data)[12:]
    yield "wav: chunk larger than the file", b"RIFF\xff\xff\xff\0WAVE" + b"LIST\xff\xff\xff\x7f" + wav(data)[12:]
    yield "wav: lists in lists", b"RIFF\xff\xff\xff\0WAVE" + b"LIST\xf0\xff\0\0INFO" * 5_000
    yield "wav: 100 MB of nothing", wav(bytes(100_000_000))
    yield "rf64", b"RF64" + wav(data)[4:]
    yield "wave64", b"riff\x2e\x91\xcf\x11" + data


def flacs(flac: bytes) -> Iterator[Upload]:
    def info(**lies: int) -> bytes:
        bits = int.from_bytes(flac[18:26], "big")
        rate, channels, depth, count = bits >> 44, bits >> 41 & 7, bits >> 36 & 31, bits & (1 << 36) - 1
        told = {"rate": rate, "channels": channels, "depth": depth, "count": count} | lies
        packed = told["rate"] << 44 | told["channels"] << 41 | told["depth"] << 36 | told["count"]
        return flac[:18] + packed.to_bytes(8, "big") + flac[26:]

    yield "flac: 64 G samples", info(count=(1 << 36) - 1)
    yield "flac: 0 samples", info(count=0)
    yield "flac: rate 0", info(rate=0)
    yield "flac: rate 1", info(rate=1)
    yield "flac: rate 1 M", info(rate=(1 << 20) - 1)
    yield "flac: 8 channels", info(channels=7)
    yield "flac: 32 bits", info(depth=31)
    yield "flac: largest block 0", flac[:10] + bytes(2) + flac[12:]
    picture = b"\x06\xff\xff\xff" + bytes(1000)
    yield "flac: picture of 16 MB that is not there", flac[:42] + picture + flac[42:]
    yield "flac: 50000 paddings", flac[:4] + b"\x01\0\0\0" * 50_000 + flac[4:]
    yield "flac: nothing after the head", flac[:42]


def _box(name: bytes, body: bytes, size: int | None = None) -> bytes:
    return struct.pack(">I", 8 + len(body) if size is None else size) + name + body


def boxes(m4a: bytes, address: str) -> Iterator[Upload]:
    start = _box(b"ftyp", b"M4A \0\0\0\0M4A mp42isom")
    outside = b"\0\0\0\0\0\0\0\x01" + _box(b"url ", b"\0\0\0\0" + address.encode() + b"\0")
    yield "m4a: data lies at an address", m4a.replace(b"url \0\0\0\x01", b"url \0\0\0\0", 1)
    yield (
        "m4a: reference to an address",
        start + _box(b"moov", _box(b"trak", _box(b"mdia", _box(b"minf", _box(b"dinf", _box(b"dref", outside)))))),
    )
    alias = bytes(150) + b"/etc/passwd" + bytes(50)
    yield (
        "m4a: alias of a file",
        start
        + _box(
            b"moov",
            _box(
                b"trak",
                _box(
                    b"mdia", _box(b"minf", _box(b"dinf", _box(b"dref", b"\0\0\0\0\0\0\0\x01" + _box(b"alis", alias))))
                ),
            ),
        ),
    )
    nested = b""
    for _ in range(3000):
        nested = _box(b"moov", nested)
    yield "m4a: boxes 3000 deep", start + nested
    yield "m4a: a box of size 0", start + _box(b"moov", b"", 0)
    yield "m4a: a box of size 1", start + _box(b"moov", b"", 1)
    yield "m4a: a box of 4 GB", start + _box(b"moov", b"", 0xFFFFFFFF)
    yield "m4a: a box of 2^63", start + struct.pack(">I", 1) + b"moov" + b"\x7f" + b"\xff" * 7
    yield "m4a: a million of empty boxes", start + _box(b"free", b"") * 1_000_000
    for table in (b"stts", b"stsc", b"stsz", b"stco", b"ctts", b"elst", b"stss"):
        at = m4a.find(table)
        if at > 0:
            yield f"m4a: {table.decode()} of 4 G entries", m4a[: at + 8] + b"\xff\xff\xff\xff" + m4a[at + 12 :]
            yield f"m4a: {table.decode()} of size 0", m4a[: at - 4] + b"\0\0\0\0" + m4a[at:]
    for what, place in (("channels", 16), ("rate", 24)):
        at = m4a.find(b"mp4a") + 4 + place
        yield f"m4a: {what} of nothing", m4a[:at] + b"\0\0" + m4a[at + 2 :]
        yield f"m4a: {what} of everything", m4a[:at] + b"\xff\xff" + m4a[at + 2 :]


def pages(opus: bytes) -> Iterator[Upload]:
    head = opus.find(b"OpusHead")
    for channels in (0, 3, 255):
        yield f"opus: {channels} channels", opus[: head + 9] + bytes([channels]) + opus[head + 10 :]
    yield "opus: mapping 255", opus[: head + 18] + b"\xff" + opus[head + 19 :]
    yield "opus: version 255", opus[: head + 8] + b"\xff" + opus[head + 9 :]
    yield "opus: gain of 128 dB", opus[: head + 16] + b"\xff\x7f" + opus[head + 18 :]
    yield "opus: 60 streams in a row", opus * 60
    yield "ogg: the same page 5000 times", opus[: opus.find(b"OggS", 4)] * 5000
    yield "ogg: pages without end", (b"OggS\0\x01" + bytes(20) + b"\xff" + b"\xff" * 255) * 200
    last = opus.rfind(b"OggS")
    yield "ogg: ends after 10000 years", opus[: last + 6] + b"\x7f" + b"\xff" * 7 + opus[last + 14 :]
    yield "ogg: ends before it began", opus[: last + 6] + b"\xff" * 8 + opus[last + 14 :]
    yield "ogg: theora", opus.replace(b"OpusHead", b"\x80theora\x03")
    yield "ogg: speex", opus.replace(b"OpusHead", b"Speex   ")
