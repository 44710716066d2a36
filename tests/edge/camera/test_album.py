"""Evidence on the card: which is the latest, and when it is gone."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from contract.terms import CameraFault
from edge.camera.health.album import EVIDENCE_KEPT, Evidence, FolderAlbum, clear_out

AT = datetime(2026, 5, 1, 22, tzinfo=UTC)
DAY = timedelta(days=1)


def evidence(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "evidence").iterdir())


def test_the_latest_fault_is_the_newest_that_is_no_end_of_one(tmp_path: Path) -> None:
    album = FolderAlbum(tmp_path)
    assert album.latest_fault() is None
    album.show(AT, "ir_cut", b"a", b"b")
    album.show(AT + DAY, "no_signal", b"c", b"")
    album.show(AT + 2 * DAY, "", b"c", b"d")
    assert album.latest_fault() == Evidence(AT + DAY, CameraFault.NO_SIGNAL, b"c", b"")


def test_a_fault_without_any_picture_leaves_nothing(tmp_path: Path) -> None:
    album = FolderAlbum(tmp_path)
    album.show(AT, "offline", b"", b"")
    assert album.latest_fault() is None


def test_only_so_many_are_kept_and_none_for_longer_than_was_set(tmp_path: Path) -> None:
    album = FolderAlbum(tmp_path)
    for n in range(30):
        album.show(AT + n * DAY, "dark", b"a", b"b")
    assert len(evidence(tmp_path)) == EVIDENCE_KEPT
    (tmp_path / "evidence" / "x.jpg").write_bytes(b"")
    (tmp_path / "evidence" / "20260501T220000-dark-after.part").write_bytes(b"torn")
    album.expire(AT + 28 * DAY)
    assert evidence(tmp_path) == [
        f"202605{day}T220000-dark-{which}.jpg" for day in (29, 30) for which in ("after", "before")
    ]


def test_a_camera_that_is_no_longer_there_leaves_no_pictures_behind(tmp_path: Path) -> None:
    for name in ("cong", "san", "cu"):
        FolderAlbum(tmp_path / name).show(AT, "dark", b"a", b"b")
        FolderAlbum(tmp_path / name).put("20260501", b"a reference")
    for path in (tmp_path / "cu", *(tmp_path / "cu").rglob("*")):
        os.utime(path, (AT.timestamp(), AT.timestamp()))
    clear_out(tmp_path, {"cong"}, AT + DAY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cong", "san"], "san is gone since today only"
    clear_out(tmp_path, {"cong", "san"}, datetime.now(UTC) + DAY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cong", "san"]
    clear_out(tmp_path, {"cong"}, datetime.now(UTC) + DAY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cong"]
