"""The office PC is lost, or stolen: the hub is restored elsewhere, the villages follow it and not the thief."""

import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from contract.terms import Reason
from hub.store import records
from hub.store.database import Database
from simulator.soundcard import Recording
from tests.stories.conftest import Staff, eventually, soon, wait_until
from tests.stories.tones import hear_tones, write_tone

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

LENGTH_S = 1.3
GAP_S = 7.0


@pytest.fixture(scope="module")
def tones(lasting_staff: Staff, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Sounds in the library that tell themselves apart by ear; the n-th is tone n."""
    folder = tmp_path_factory.mktemp("tones")
    officer = lasting_staff.officer
    return [officer.upload(folder / write_tone(n, LENGTH_S, folder).sha256, f"Tiếng {n}") for n in range(3)]


@pytest.fixture(scope="module")
def paper(lasting_staff: Staff) -> str:
    """The recovery key as it was written down."""
    shown = lasting_staff.commune.run_hub("key", "reveal")
    return next(line.strip() for line in shown.splitlines() if line.startswith("    "))


def test_a_hub_restored_elsewhere_goes_on_and_nothing_airs_twice(
    staff: Staff, tones: list[str], recordings: dict[str, Recording], tmp_path: Path
) -> None:
    commune, saved = staff.commune, tmp_path / "sao-luu"
    first_at = soon(10)
    first = staff.announce_at(first_at, tones[0], "Trước khi sao lưu")
    staff.await_ready(first)
    commune.run_hub("backup", str(saved))
    second = staff.announce_at(first_at + timedelta(seconds=GAP_S), tones[1], "Sau khi sao lưu")
    staff.await_ready(second)
    for broadcast in (first, second):
        staff.await_aired(broadcast)

    commune.hub.kill()
    shutil.rmtree(commune.hub_home)
    commune.hub_home = commune.root / "hub-khac"
    commune.run_hub("restore", str(saved))
    staff.start_hub()
    staff.log_in()
    third = staff.announce_at(soon(10), tones[2], "Sau khi khôi phục")
    staff.await_ready(third)
    staff.await_aired(third)

    for node, recording in recordings.items():
        assert Counter(tone.number for tone in hear_tones(recording)) == {0: 1, 1: 1, 2: 1}, node


def test_after_the_key_was_rotated_a_stolen_hub_is_not_believed(
    staff: Staff, tones: list[str], paper: str, recordings: dict[str, Recording]
) -> None:
    commune, ours = staff.commune, staff.commune.hub_home
    stolen = ours.with_name("hub-bi-trom")
    commune.hub.stop()
    shutil.copytree(ours, stolen)
    commune.run_hub("key", "rotate", "--key-stdin", said=paper)
    staff.start_hub()
    honest = staff.announce_at(soon(10), tones[0], "Của xã")
    staff.await_ready(honest)
    staff.await_aired(honest)

    commune.hub.stop()
    commune.hub_home = stolen
    staff.start_hub()
    forged_at = soon(12)
    forged = staff.announce_at(forged_at, tones[1], "Của kẻ trộm")
    urgent = staff.announce(tones[2], "Của kẻ trộm, ngay", priority="emergency", chime="")
    refused = "nút từ chối lịch phát"
    eventually(lambda: staff.officer.page(f"/broadcasts/{forged}").count(refused) == len(staff.nodes))
    both = {(node, what, Reason.BAD_SIGNATURE) for node in staff.nodes for what in ("plan", "command")}
    eventually(lambda: refusals(staff) == both)
    wait_until(forged_at + timedelta(seconds=LENGTH_S))

    commune.hub.stop()
    commune.hub_home = ours
    staff.start_hub()
    eventually(staff.is_everything_up)
    assert not staff.records(forged, urgent)
    for node, recording in recordings.items():
        assert Counter(tone.number for tone in hear_tones(recording)) == {0: 1}, node


def refusals(staff: Staff) -> set[tuple[str, str, Reason]]:
    """What the villages have refused of this hub, and why."""
    database = Database(f"sqlite:///{staff.commune.hub_home / 'hub.db'}")
    with database.read() as c:
        found = {(node, refusal.what, refusal.reason) for node, refusal in records.refusals(c)}
    database.dispose()
    return found
