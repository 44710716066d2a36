"""A sound card falls off its socket; a stick is pulled on purpose."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge import usb

DAWN = datetime(2026, 5, 1, 22, tzinfo=UTC)
SOUND, WIFI = "USB Audio Device", "802.11n Adapter"


def plug(root: Path, port: str, name: str, *classes: str) -> None:
    device = root / usb.DEVICES / port
    device.mkdir(parents=True)
    (device / "product").write_text(name + "\n")
    for number, kind in enumerate(classes):
        interface = root / usb.DEVICES / f"{port}:1.{number}"
        interface.mkdir()
        (interface / "bInterfaceClass").write_text(kind + "\n")


def test_what_stays_is_known_and_what_comes_and_goes_is_not(tmp_path: Path) -> None:
    plug(tmp_path, "usb1", "xHCI Host Controller", "09")
    plug(tmp_path, "1-1", SOUND, "01", "01", "03")
    plug(tmp_path, "1-2", "USB Flash Drive", "08")
    plug(tmp_path, "1-3", "USB Keyboard", "03")
    plug(tmp_path, "1-4", WIFI, "ff")
    assert usb.present(tmp_path) == frozenset({SOUND, WIFI})


def test_a_machine_without_usb_is_not_one_whose_devices_are_gone(tmp_path: Path) -> None:
    assert usb.present(tmp_path) is None


def test_a_device_is_gone_since_it_was_first_missed_until_it_is_back() -> None:
    known = usb.follow({}, frozenset({SOUND, WIFI}), DAWN)
    assert usb.gone(known) == ()
    known = usb.follow(known, frozenset({WIFI}), DAWN)
    known = usb.follow(known, frozenset({WIFI}), DAWN + timedelta(hours=1))
    assert known == {SOUND: DAWN, WIFI: None}
    assert usb.gone(known) == (SOUND,)
    assert usb.gone(usb.follow(known, frozenset({SOUND, WIFI}), DAWN + timedelta(hours=2))) == ()


def test_what_stays_away_for_a_week_was_taken_away_on_purpose() -> None:
    known = usb.follow({SOUND: DAWN}, frozenset(), DAWN + timedelta(days=6))
    assert usb.gone(known) == (SOUND,)
    assert usb.follow(known, frozenset(), DAWN + timedelta(days=7)) == {}


def test_memory_outlives_a_restart_and_not_a_broken_card(tmp_path: Path) -> None:
    file = tmp_path / "usb.json"
    usb.remember(file, {SOUND: DAWN, WIFI: None})
    assert usb.recall(file) == {SOUND: DAWN, WIFI: None}
    file.write_bytes(b"\x00half a file")
    assert usb.recall(file) == {}
    usb.remember(tmp_path / "nowhere/usb.json", {SOUND: None})
