"""Uploads that mean harm, or were broken by accident: made here from real sounds, none of it stored anywhere.

Each has a name that says what is wrong. `address` is where a file that is obeyed would call.
"""

import io
import random
import zipfile
from collections.abc import Callable, Iterator

from tests.hub.media import lying
from tests.hub.media.lying import Upload

Encode = Callable[..., bytes]

_CODECS = {
    "wav": ("wav", "pcm_s16le"), "mp3": ("mp3", "libmp3lame"), "flac": ("flac", "flac"), "m4a": ("ipod", "aac"),
    "opus": ("ogg", "libopus"), "oggflac": ("ogg", "flac"),
}  # fmt: skip


def corpus(encode: Encode, address: str, seed: int) -> Iterator[Upload]:
    """All of them, the same for the same seed."""
    chance = random.Random(seed)
    sounds = {name: encode(lying.speechlike(3.0), *codec) for name, codec in _CODECS.items()}
    yield from _callers(address, sounds)
    yield from lying.wavs()
    yield from lying.flacs(sounds["flac"])
    yield from lying.boxes(sounds["m4a"], address)
    yield from lying.pages(sounds["opus"])
    yield from _polyglots(sounds, address)
    yield from _strangers(chance)
    yield from _cut(sounds)
    yield from _damaged(sounds, chance)


def _callers(address: str, sounds: dict[str, bytes]) -> Iterator[Upload]:
    """Playlists and descriptions that name an address or a file, bare and behind the beginnings of sounds."""
    hls = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n"
    lists = {
        "m3u": f"#EXTM3U\n{address}\n",
        "m3u8": f"{hls}#EXTINF:5,\n{address}\n#EXT-X-ENDLIST\n",
        "m3u8 with a key": f'{hls}#EXT-X-KEY:METHOD=AES-128,URI="{address}"\n#EXTINF:5,\na.ts\n',
        "m3u8 with a map": f'{hls}#EXT-X-MAP:URI="{address}"\n#EXTINF:5,\na.m4s\n',
        "pls": f"[playlist]\nFile1={address}\nNumberOfEntries=1\n",
        "ffconcat": f"ffconcat version 1.0\nfile '{address}'\n",
        "ffconcat of a file": "ffconcat version 1.0\nfile '/etc/passwd'\n",
        "asx": f'<asx version="3.0"><entry><ref href="{address}"/></entry></asx>',
        "xspf": f"<playlist><trackList><track><location>{address}</location></track></trackList></playlist>",
        "mpd": f"<MPD><Period><Representation><BaseURL>{address}</BaseURL></Representation></Period></MPD>",
        "sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=a\nt=0 0\nm=audio 5004 RTP/AVP 0\na=control:{address}\n",
        "smil": f'<smil><body><audio src="{address}"/></body></smil>',
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}"/></svg>',
        "xml entity": f'<!DOCTYPE a [<!ENTITY b SYSTEM "{address}">]><a>&b;</a>',
        "html": f'<html><audio autoplay src="{address}"></audio></html>',
        "data url": "data:audio/wav;base64,UklGRg==",
        "subfile": f"subfile,,start,0,end,9,,:{address}",
        "concat": f"concat:{address}|{address}",
        "cue sheet": f'FILE "{address}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n',
        "url shortcut": f"[InternetShortcut]\nURL={address}\n",
    }
    for name, text in lists.items():
        yield name, text.encode()
    for name in ("m3u8", "ffconcat", "sdp"):
        hidden = lists[name].encode()
        yield f"tag, then {name}", b"ID3\x04\0\0\0\0\0\0" + hidden
        yield f"wave, then {name}", b"RIFF\xff\xff\xff\0WAVE" + hidden
        yield f"ogg magic, then {name}", b"OggS" + hidden
        yield f"{name}, then mp3", hidden + sounds["mp3"]


def _polyglots(sounds: dict[str, bytes], address: str) -> Iterator[Upload]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(20_000_000))
    page = f'<html><script src="{address}"></script></html>'.encode()
    for name, sound in sounds.items():
        yield f"{name} and a zip", sound + packed.getvalue()
        yield f"{name} and a page", sound + page
        yield f"a page and {name}", page + sound
    yield "all kinds in a row", b"".join(sounds.values())
    yield "mp3 in a wav", lying.wav(sounds["mp3"], form=0x55)
    yield "an mp3 tag of 256 MB", b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + sounds["mp3"]
    yield "1000 mp3 tags", (b"ID3\x04\0\0\0\0\0\x0a" + bytes(10)) * 1000 + sounds["mp3"]
    yield (
        "an mp3 with a picture that is a playlist",
        b"ID3\x03\0\0\0\0\x02\0APIC\0\0\x01\0\0\0" + page * 4 + sounds["mp3"],
    )


def _strangers(chance: random.Random) -> Iterator[Upload]:
    """Formats that we do not read, and no format at all."""
    magics = {
        "pdf": b"%PDF-1.7\n",
        "png": b"\x89PNG\r\n\x1a\n",
        "jpeg": b"\xff\xd8\xff\xe0",
        "gif": b"GIF89a",
        "elf": b"\x7fELF\x02\x01\x01",
        "exe": b"MZ",
        "gzip": b"\x1f\x8b\x08",
        "xz": b"\xfd7zXZ\0",
        "zstd": b"\x28\xb5\x2f\xfd",
        "7z": b"7z\xbc\xaf\x27\x1c",
        "rar": b"Rar!\x1a\x07",
        "matroska": b"\x1aE\xdf\xa3",
        "avi": b"RIFF\xff\xff\0\0AVI LIST",
        "flv": b"FLV\x01\x05",
        "asf": b"0&\xb2u\x8ef\xcf\x11",
        "mpeg ts": b"\x47\x40\0\x10" * 47,
        "mpeg ps": b"\0\0\x01\xba",
        "midi": b"MThd\0\0\0\x06",
        "amr": b"#!AMR\n",
        "aiff": b"FORM\0\0\xff\xffAIFF",
        "au": b".snd\0\0\0\x18",
        "ape": b"MAC ",
        "wavpack": b"wvpk",
        "script": b"#!/bin/sh\n",
        "utf-16 text": b"\xff\xfe",
        "utf-8 mark": b"\xef\xbb\xbf",
        "caf": b"caff\0\x01",
        "swf": b"CWS\x0a",
        "sqlite": b"SQLite format 3\0",
        "tar": bytes(257) + b"ustar",
    }
    for name, magic in magics.items():
        yield name, magic + chance.randbytes(3000)
    for size in (0, 1, 3, 4, 11, 100, 10_000, 1_000_000):
        yield f"{size} bytes of chance", chance.randbytes(size)
    yield "a million zeros", bytes(1_000_000)
    yield "mp3 heads only", b"\xff\xfb\x90\x00" * 100_000


def _cut(sounds: dict[str, bytes]) -> Iterator[Upload]:
    for name, sound in sounds.items():
        for part in (0.02, 0.5, 0.97):
            yield f"{name}, {part:.0%} of it", sound[: int(len(sound) * part)]


def _damaged(sounds: dict[str, bytes], chance: random.Random) -> Iterator[Upload]:
    for name, sound in sounds.items():
        for n in range(4):
            bytes_ = bytearray(sound)
            for _ in range(1 + len(sound) // 2000 * n):
                bytes_[chance.randrange(len(sound))] = chance.randrange(256)
            yield f"{name}, bytes changed ({n})", bytes(bytes_)
        head = bytearray(sound)
        for at in range(12, min(400, len(head))):
            if chance.random() < 0.1:
                head[at] = chance.choice((0, 255, 127, chance.randrange(256)))
        yield f"{name}, head changed", bytes(head)
