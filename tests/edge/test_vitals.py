"""The Pi's own health, read from a made-up /proc and /sys."""

from pathlib import Path

import pytest

from edge import vitals


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def pi(tmp_path: Path) -> Path:
    put(tmp_path, "proc/uptime", "93784.21 370012.10\n")
    put(tmp_path, "proc/loadavg", "0.42 0.30 0.20 1/150 4242\n")
    put(tmp_path, "proc/meminfo", "MemTotal:  948304 kB\nMemFree:  100000 kB\nMemAvailable:  614400 kB\n")
    put(tmp_path, vitals.TEMPERATURE, "61856\n")
    put(tmp_path, "sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n")
    return tmp_path


def test_a_pi_tells_all_its_vitals(pi: Path) -> None:
    told = vitals.read(pi, pi)
    assert told.uptime_s == 93784.21
    assert told.temperature_c == 61.9
    assert told.throttled == 0x50005
    assert told.memory_free_mb == 600.0
    assert told.load_1min == 0.42
    assert told.disk_free_pct is not None
    assert 0 <= told.disk_free_pct <= 100


def test_a_newer_pi_has_its_firmware_under_another_name(pi: Path) -> None:
    (pi / "sys/devices/platform/soc/soc:firmware/get_throttled").unlink()
    put(pi, "sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled", "0x1\n")
    assert vitals.read(pi, pi).throttled == 1


def test_a_machine_without_sensors_leaves_them_out(tmp_path: Path) -> None:
    told = vitals.read(tmp_path, tmp_path / "nowhere")
    assert told.uptime_s == 0.0
    assert told.temperature_c is told.throttled is told.disk_free_pct is None
    assert told.memory_free_mb is told.load_1min is None


@pytest.mark.parametrize("text", ["", "nonsense\n", "\x00\xff"])
def test_sensors_that_talk_nonsense_are_left_out(pi: Path, text: str) -> None:
    for name in ("proc/loadavg", vitals.TEMPERATURE, "sys/devices/platform/soc/soc:firmware/get_throttled"):
        put(pi, name, text)
    put(pi, "proc/meminfo", f"MemAvailable:{text}")
    told = vitals.read(pi, pi)
    assert told.temperature_c is told.throttled is told.memory_free_mb is told.load_1min is None


def test_a_sensor_that_cannot_be_read_is_left_out(pi: Path) -> None:
    (pi / vitals.TEMPERATURE).unlink()
    (pi / vitals.TEMPERATURE).mkdir()
    assert vitals.read(pi, pi).temperature_c is None


def test_this_very_machine_can_be_read(tmp_path: Path) -> None:
    told = vitals.read(Path("/"), tmp_path)
    assert told.uptime_s > 0
    assert told.memory_free_mb is not None
