"""The technician on site: the doctor says what works in a house and what does not, and says so by its exit status."""

import os
import subprocess
from pathlib import Path

import pytest

from simulator.house import LOA_EDGE, House
from tests.stories.conftest import Staff, eventually

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]


def examine(staff: Staff, house: House) -> tuple[int, dict[str, str]]:
    """Run the doctor in a house; its exit status, and what it says of each thing, its mark first."""
    run = subprocess.run(
        [LOA_EDGE, "--root", str(house.root), "doctor"],
        env={**os.environ, **staff.commune.sound_card.env(staff.nodes[0])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.stderr == ""
    lines = (line.partition(": ") for line in run.stdout.splitlines())
    return run.returncode, {name[2:]: f"{name[0]} {text}" for name, _, text in lines}


def test_the_doctor_finds_all_well_then_each_thing_that_broke(staff: Staff) -> None:
    house = staff.commune.houses[0]
    status, said = examine(staff, house)
    assert status == 0, said
    for name in ("đồng hồ / clock", "internet", "hub, MQTT", "hub, HTTPS", "tiếng / sound", "camera cong"):
        assert said[name].startswith("✓"), said

    staff.commune.cameras.show(house.node, "off")
    staff.commune.internet.switch("down")
    status, said = examine(staff, house)
    assert status == 1
    for name in ("internet", "tên miền / DNS", "camera cong"):
        assert said[name].startswith("✗"), said
    for name in ("hub, MQTT", "tiếng / sound"):
        assert said[name].startswith("✓"), said
    staff.commune.cameras.show(house.node, "live")
    staff.commune.internet.switch("up")


def test_a_revoked_node_is_told_to_ask_for_a_new_bundle(staff: Staff, tmp_path: Path) -> None:
    bundle = tmp_path / "moi.loa"
    staff.commune.run_hub("node", "add", "binhminh/thon-moi", "--title", "Thôn Mới", "--out", str(bundle))
    house = House("binhminh-thon-moi", "Thôn Mới", tmp_path / "pi", {})
    house.join(bundle)
    eventually(lambda: examine(staff, house)[1]["hub, HTTPS"].startswith("✓"), within_s=20)

    staff.commune.run_hub("node", "revoke", "binhminh/thon-moi")
    eventually(lambda: examine(staff, house)[1]["hub, HTTPS"].startswith("✗"), within_s=60)
    status, said = examine(staff, house)
    assert status == 1
    assert "xin gói mới" in said["hub, HTTPS"]
    assert "thon-moi" not in staff.officer.page("/")
