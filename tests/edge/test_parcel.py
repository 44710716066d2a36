"""Small pictures between the camera process and the link: each once, never too many, never for long."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from contract.orders import Counter
from contract.pictures import Pictures
from edge import parcel
from edge.parcel import EXPIRES_S, WAITING_MAX
from edge.spool import Doorbell
from edge.tray import Tray

PICTURES = Pictures(at=datetime(2026, 5, 1, tzinfo=UTC), command=Counter(0, 7), camera="cong", now=b"x" * 8192)


def test_what_is_posted_is_collected_once_and_the_oldest_first(tmp_path: Path) -> None:
    later = replace(PICTURES, camera="san")
    with closing(Doorbell(tmp_path / "link.bell")) as bell:
        assert parcel.post(tmp_path, PICTURES, 9.0)
        assert bell.wait(1.0)
    assert parcel.post(tmp_path, later, 10.0)
    assert list(parcel.collect(tmp_path, 11.0)) == [PICTURES, later]
    assert list(parcel.collect(tmp_path, 11.0)) == []


def test_the_largest_pictures_pass(tmp_path: Path) -> None:
    large = replace(PICTURES, before=b"x" * 8192, after=b"x" * 8192)
    assert parcel.post(tmp_path, large, 9.0)
    assert list(parcel.collect(tmp_path, 9.0)) == [large]


def test_nobody_piles_them_up(tmp_path: Path) -> None:
    posted = [parcel.post(tmp_path, PICTURES, float(n)) for n in range(WAITING_MAX + 2)]
    assert posted == [True] * WAITING_MAX + [False] * 2


def test_after_five_minutes_they_are_gone(tmp_path: Path) -> None:
    parcel.post(tmp_path, PICTURES, 10.0)
    parcel.post(tmp_path, replace(PICTURES, camera="san"), 20.0)
    parcel.expire(tmp_path, 11.0 + EXPIRES_S)
    assert [each.camera for each in parcel.collect(tmp_path, 11.0 + EXPIRES_S)] == ["san"]


def test_what_is_none_of_ours_is_gone_too(tmp_path: Path) -> None:
    tray = Tray(tmp_path, "pictures", 8)
    for name in ("x", "0000000000009000", "9999999999999999"):
        tray.put(name, b"{}")
    assert list(parcel.collect(tmp_path, 9.0)) == []
    assert tray.names() == []


def test_without_a_folder_there_is_nothing_to_send(tmp_path: Path) -> None:
    assert list(parcel.collect(tmp_path, 9.0)) == []
