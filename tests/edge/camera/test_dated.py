"""When a picture was taken, as cameras and people write it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from edge.camera.dated import from_exif, from_name

AT = datetime(2026, 11, 20, 7, 30, 5, tzinfo=UTC)
MINUTE = AT.replace(second=0)


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("2026-11-20T07:30:05Z", AT),
        ("2026-11-20T07:30:05.250Z", AT + timedelta(milliseconds=250)),
        ("2026-11-20T07:30:05+07:00", AT.replace(tzinfo=timezone(timedelta(hours=7)))),
        ("cong_2026-11-20_07-30-05", AT),
        ("20261120073005", AT),
        ("202611200730", MINUTE),
        ("IMG_20261120_073005", AT),
        ("2026-11-20 07.30.05", AT),
        ("cam3/2026/11/20/07/30/05", AT),
        ("2026-11-20/07h30m05", AT),
        ("192.168.1.64_01_20261120073005999_MOTION", None),
        ("cong", None),
        ("2026-13-40_07-30-05", None),
        ("12345678901234567", None),
        ("2026-02-30_07-30-05", None),
    ],
)
def test_a_name_tells_the_instant(name: str, at: datetime | None) -> None:
    if name.startswith("192"):
        at = AT + timedelta(milliseconds=999)
    assert from_name(name) == at


@pytest.mark.parametrize("data", [b"", b"rubbish", b"\xff\xd8\xff\xe1\x00\x10Exif\0\0" + b"\xff" * 40])
def test_no_date_and_no_crash_where_a_file_is_no_photograph(data: bytes) -> None:
    assert from_exif(data) is None
