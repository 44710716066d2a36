"""What is known of the card, from a made-up /proc and /sys: the file system itself, its errors, what was written."""

from pathlib import Path

import pytest

from edge import card
from edge.card import Card

STATE = Path("/var/lib/loa")
RW = "22 1 179:2 / / ro,relatime shared:1 - ext4 /dev/root rw,errors=remount-ro"
SANDBOX = "90 22 179:2 /var/lib/loa /var/lib/loa rw,relatime shared:1 - ext4 /dev/root rw,errors=remount-ro"
BOOT = "30 22 179:1 / /boot rw - vfat /dev/mmcblk0p1 ro"


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def pi(tmp_path: Path) -> Path:
    part = tmp_path / "sys/devices/platform/emmc/block/mmcblk0/mmcblk0p2"
    put(tmp_path, card.MOUNTS, f"{RW}\n{BOOT}\n{SANDBOX}\n")
    put(part, "partition", "2\n")
    put(part, "stat", "1 2 3 4 5 6 99 8 9 10 11\n")
    put(part.parent, "stat", "  1000 0 2000 30 400 0 2097152 50 0 60 70 0 0 0 0 0 0\n")
    put(tmp_path, f"{card.EXT4}/mmcblk0p2/errors_count", "0\n")
    (tmp_path / card.BLOCKS).mkdir(parents=True)
    (tmp_path / card.BLOCKS / "179:2").symlink_to(part)
    return tmp_path


def test_a_card_that_works_tells_what_was_written_to_the_whole_of_it(pi: Path) -> None:
    assert card.read(pi, STATE) == Card(is_read_only=False, errors=0, written_mb=1073.7)


def test_a_mount_that_the_sandbox_made_read_only_is_no_broken_card(pi: Path) -> None:
    assert card.read(pi, Path("/etc/loa")).is_read_only is False


def test_a_file_system_that_an_error_made_read_only_is_told_with_its_errors(pi: Path) -> None:
    put(pi, card.MOUNTS, "\n".join([RW, SANDBOX.replace("/dev/root rw", "/dev/root ro")]))
    put(pi, f"{card.EXT4}/mmcblk0p2/errors_count", "17\n")
    found = card.read(pi, STATE)
    assert (found.is_read_only, found.errors) == (True, 17)


def test_a_stick_for_the_node_has_no_partitions_and_is_counted_too(pi: Path) -> None:
    (pi / "sys/devices/platform/emmc/block/mmcblk0/mmcblk0p2/partition").unlink()
    assert card.read(pi, STATE).written_mb == round(99 * 512 / 1e6, 1)


@pytest.mark.parametrize("mounts", ["", "nonsense", "1 2 3 - x", "22 1 0:5 / / rw - overlay overlay rw,lowerdir=/a"])
def test_what_this_machine_does_not_say_is_not_known(tmp_path: Path, mounts: str) -> None:
    put(tmp_path, card.MOUNTS, mounts)
    assert card.read(tmp_path, STATE) in (Card(), Card(is_read_only=False))
