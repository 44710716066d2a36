"""The systemd units of node and hub, judged by systemd itself; it need not be running for that."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from contract.terms import Ending
from edge import starts
from edge.config import Paths
from edge.lean import PROCESSES
from edge.netmon.config import MAX_TARGETS

SYSTEMD = Path(__file__).parents[2] / "systemd"
SERVICES = sorted(path.name for path in SYSTEMD.glob("*.service"))
UNITS = sorted(path.name for path in SYSTEMD.iterdir() if path.suffix in (".service", ".target"))
EXPOSURE_MAX = 20
"""Of systemd's 100: the units of Debian's own Mosquitto or SSH server are at 90 and more."""


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as installed, but for the place of the commands: here they are this virtual environment's."""
    binaries = Path(sys.executable).parent
    for name in UNITS:
        text = (SYSTEMD / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("/usr/local/bin/", f"{binaries}/"), encoding="utf-8")
    return tmp_path


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.real
@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_no_fault_in_the_unit(units: Path, name: str) -> None:
    verdict = run("systemd-analyze", "verify", units / name)

    assert verdict.returncode == 0, verdict.stderr


@pytest.mark.real
@pytest.mark.parametrize("name", SERVICES)
def test_the_service_is_hardened(units: Path, name: str) -> None:
    verdict = run(
        "systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={EXPOSURE_MAX}", units / name
    )

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.real
@pytest.mark.parametrize("name", SERVICES)
def test_the_service_calls_commands_that_exist(units: Path, name: str) -> None:
    commands = re.findall(r"^Exec\w+=(.+)$", (units / name).read_text(encoding="utf-8"), re.MULTILINE)
    ours = [command for command in commands if not command.startswith("/bin/sh ")]

    assert ours
    for command in ours:
        asked = run(*command.split(), "--help")
        assert asked.returncode == 0, asked.stderr


@pytest.mark.parametrize("name", PROCESSES)
def test_what_the_unit_notes_of_an_end_is_what_the_process_reads_at_its_next_start(tmp_path: Path, name: str) -> None:
    text = (SYSTEMD / f"loa-{name}.service").read_text(encoding="utf-8")
    (note,) = re.findall(r"^ExecStopPost=/bin/sh (.+)$", text, re.MULTILINE)
    paths = Paths(tmp_path)
    paths.make()

    script = shlex.split(note.replace("$$", "$").replace("/run/loa", str(paths.run)))
    subprocess.run(["/bin/sh", *script], env={"SERVICE_RESULT": "watchdog"}, check=True)
    with starts.life(paths, name):
        pass
    assert [start.ending for start in starts.read(paths, name)] == [Ending.HUNG]


def test_netmon_may_have_a_thread_for_each_of_its_targets() -> None:
    """All are due at its start, and one more question than threads would end the process."""
    text = (SYSTEMD / "loa-netmon.service").read_text(encoding="utf-8")
    (most,) = re.findall(r"^TasksMax=(\d+)$", text, re.MULTILINE)

    assert int(most) > MAX_TARGETS + 1


@pytest.mark.real
def test_every_user_of_a_service_is_made_at_installation(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    for path in SYSTEMD.glob("*.sysusers"):
        made = run("systemd-sysusers", f"--root={tmp_path}", path)
        assert made.returncode == 0, made.stderr

    known = {line.split(":")[0] for line in (tmp_path / "etc/passwd").read_text(encoding="utf-8").splitlines()}
    wanted = {user for name in SERVICES for user in re.findall(r"^User=(.+)$", (SYSTEMD / name).read_text(), re.M)}
    assert wanted <= known


HIDDEN = {
    "/run/loa/errands": {"loa-speaker.service", "loa-camera.service"},
    "/run/loa/pictures": {"loa-camera.service", "loa-link.service"},
}
"""Where orders about cameras and their small pictures lie, and whose they are; the users of a node share a group."""


@pytest.mark.parametrize("folder", HIDDEN)
def test_orders_about_cameras_and_their_pictures_are_seen_by_those_alone_whose_they_are(folder: str) -> None:
    of_node = {name for name in SERVICES if name != "loa-hub.service"}
    unseen = {
        name
        for name in of_node
        for paths in re.findall(r"^InaccessiblePaths=(.+)$", (SYSTEMD / name).read_text(encoding="utf-8"), re.M)
        if f"-{folder}" in paths.split()
    }

    assert of_node - unseen == HIDDEN[folder]


def test_the_cameras_pictures_are_nobody_elses_to_look_at() -> None:
    lines = (SYSTEMD / "loa-edge.tmpfiles").read_text(encoding="utf-8").splitlines()

    assert "d /var/lib/loa/camera 2700 loa-camera loa -" in lines


@pytest.mark.parametrize(("folder", "owner"), [("errands", "loa-speaker"), ("pictures", "loa-camera")])
def test_who_takes_a_file_away_may_remove_it(folder: str, owner: str) -> None:
    """Made at boot, by whoever starts first: writable for the group, its files the group's, and not sticky."""
    lines = (SYSTEMD / "loa-edge.tmpfiles").read_text(encoding="utf-8").splitlines()

    assert f"d /run/loa/{folder} 2770 {owner} loa -" in lines


def test_only_the_link_is_handed_the_secret() -> None:
    handed = {name for name in SERVICES if "LoadCredential=secret:" in (SYSTEMD / name).read_text(encoding="utf-8")}

    assert handed == {"loa-link.service"}
