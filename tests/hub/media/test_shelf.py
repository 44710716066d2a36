"""Each sound once, under its own hash, whole or not at all."""

import hashlib
from pathlib import Path

import pytest

from hub.media.shelf import Shelf


def put(shelf: Shelf, data: bytes) -> tuple[str, int]:
    with shelf.draft() as draft:
        draft.write_bytes(data)
        return shelf.add(draft)


def test_a_sound_is_found_by_the_hash_of_its_bytes(shelf: Shelf) -> None:
    sound = "xin chào".encode()
    sha256, size = put(shelf, sound)
    assert (sha256, size) == (hashlib.sha256(sound).hexdigest(), len(sound))
    assert shelf.has(sha256)
    assert shelf.path(sha256).read_bytes() == sound


def test_the_same_sound_twice_is_kept_once(shelf: Shelf) -> None:
    assert put(shelf, b"chime") == put(shelf, b"chime")
    assert len(list(shelf.folder.iterdir())) == 1


def test_an_unknown_sound_is_not_there(shelf: Shelf) -> None:
    assert not shelf.has("0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_hash_names_a_sound(shelf: Shelf, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        shelf.path(name)


def test_a_draft_that_is_given_up_is_gone(shelf: Shelf) -> None:
    with shelf.draft() as draft:
        draft.write_bytes(b"half a sound")
    assert list(shelf.folder.iterdir()) == []


def test_drafts_of_a_killed_hub_are_swept_and_sounds_stay(shelf: Shelf) -> None:
    sha256, _ = put(shelf, b"kept")
    Path(shelf.folder, "tmpabc.part").write_bytes(b"half")
    shelf.sweep()
    assert [path.name for path in shelf.folder.iterdir()] == [sha256]
