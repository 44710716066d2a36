"""Backup and restore: everything comes back on another computer, or nothing at all is written."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.orders import Counter
from contract.pictures import Pictures
from contract.terms import Order
from hub.alarms.emergency import Alarm
from hub.config import HubSettings
from hub.nodes.fleet import Node
from hub.orders.broadcasts import Recording
from hub.people.accounts import Role, User
from hub.security import keys, safe
from hub.security.safe import BadBackup
from hub.store import alarms, counters, nodes, orders, people, recordings, thumbnails
from hub.store.database import Database
from hub.store.orders import LiveOrder

T0 = datetime(2026, 12, 1, tzinfo=UTC)
NODE = "binhminh-thon-1"
SIREN = Recording(
    sha256="a" * 64,
    size=1,
    duration_s=1.0,
    loudness_lufs=-16.0,
    true_peak_dbtp=-1.0,
    title="Còi",
    uploaded_by="canbo",
    uploaded_at=T0,
    is_kept=True,
)
ALARM = Alarm(broadcast="b1", repeat_for_s=600.0, repeat_gap_s=10.0, cleared_at=T0, cleared_by="canbo", all_clear="b2")

SHOW = LiveOrder(
    id="o1",
    node=NODE,
    order=Order.SHOW,
    broadcast="",
    created_at=T0,
    until_at=T0 + timedelta(minutes=2),
    counter=Counter(0, 4),
    camera="gate",
    asked_by="canbo",
)


def open_hub(folder: Path) -> tuple[HubSettings, Database]:
    settings = HubSettings(data_dir=str(folder))
    settings.home.make()
    database = Database(settings.database_url)
    database.migrate()
    return settings, database


@pytest.fixture
def lived_in(tmp_path: Path) -> HubSettings:
    """A hub with keys, a person, a node, a counter given out and a sound."""
    settings, database = open_hub(tmp_path / "office")
    keys.create(settings.home.keys)
    (settings.home.media / "sound").write_bytes(b"OggS")
    with database.write() as c:
        people.add_user(c, User(name="canbo", title="Cán bộ", role=Role.OFFICER, password_hash="x", pin_hash="p"))
        nodes.add_node(c, Node(id=NODE, title="Thôn 1", added_at=T0, phone="0912", language="Tày"), "0" * 64, "hash")
        recordings.add(c, SIREN)
        alarms.add(c, ALARM)
        nodes.note_state(c, NODE, True, T0)
        orders.add(c, [SHOW])
        picture = Pictures(at=T0, command=Counter(0, 4), camera="gate", now=b"\xff\xd8\xff the yard")
        assert thumbnails.take(c, NODE, picture, T0, timedelta(days=1))
        assert counters.next_counter(c, NODE, "plan", None) == Counter(0, 1)
    database.dispose()
    return settings


def test_everything_comes_back_elsewhere_but_what_nodes_said_of_themselves(
    lived_in: HubSettings, tmp_path: Path
) -> None:
    safe.backup(lived_in, tmp_path / "hub.zip")
    settings = HubSettings(data_dir=str(tmp_path / "elsewhere"))
    safe.restore(tmp_path / "hub.zip", settings)
    old, new = keys.load(lived_in.home.keys), keys.load(settings.home.keys)
    assert old is not None
    assert new is not None
    assert new.daily_public == old.daily_public
    assert (settings.home.media / "sound").read_bytes() == b"OggS"
    assert all(path.stat().st_mode & 0o077 == 0 for path in settings.home.keys.iterdir())
    with Database(settings.database_url).write() as c:
        person, node = people.user(c, "canbo"), nodes.node(c, NODE)
        assert person is not None
        assert person.pin_hash == "p"
        assert node is not None
        assert (node.phone, node.language) == ("0912", "Tày")
        assert recordings.kept(c) == [SIREN]
        assert alarms.alarm(c, "b1") == ALARM
        assert nodes.presences(c) == {}
        assert counters.next_counter(c, NODE, "plan", None) == Counter(0, 2)


def test_no_picture_of_a_camera_is_in_a_backup(lived_in: HubSettings, tmp_path: Path) -> None:
    """What is to be gone by tomorrow would lie in it for years."""
    safe.backup(lived_in, tmp_path / "hub.zip")
    with zipfile.ZipFile(tmp_path / "hub.zip") as archive:
        assert not any(b"the yard" in archive.read(name) for name in archive.namelist())
    with Database(lived_in.database_url).read() as c:
        assert thumbnails.of_camera(c, NODE, "gate", T0) is not None, "the hub itself has it still"


def test_a_backup_is_private(lived_in: HubSettings, tmp_path: Path) -> None:
    safe.backup(lived_in, tmp_path / "hub.zip")
    assert (tmp_path / "hub.zip").stat().st_mode & 0o077 == 0


def test_a_hub_that_is_there_is_never_overwritten(lived_in: HubSettings, tmp_path: Path) -> None:
    safe.backup(lived_in, tmp_path / "hub.zip")
    with pytest.raises(BadBackup, match="không ghi đè"):
        safe.restore(tmp_path / "hub.zip", lived_in)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"\0" * 10_240])
def test_what_is_no_backup_changes_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.zip").write_bytes(content)
    settings = HubSettings(data_dir=str(tmp_path / "elsewhere"))
    with pytest.raises(BadBackup, match="không phải bản sao lưu"):
        safe.restore(tmp_path / "bad.zip", settings)
    assert not settings.home.root.exists()


def test_a_cut_backup_and_one_that_reaches_outside_change_nothing(lived_in: HubSettings, tmp_path: Path) -> None:
    whole = tmp_path / "hub.zip"
    safe.backup(lived_in, whole)
    (tmp_path / "cut.zip").write_bytes(whole.read_bytes()[:3000])
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../outside", "x")
    for name in ("cut.zip", "evil.zip"):
        settings = HubSettings(data_dir=str(tmp_path / "elsewhere"))
        with pytest.raises(BadBackup):
            safe.restore(tmp_path / name, settings)
        assert not settings.home.root.exists()
    assert not (tmp_path / "outside").exists()
