"""What set-up says while a long step runs: that it goes on, in a few words; and everything where it fails."""

import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
NOISE = "WARNING: Location 'file:///opt/very/long/path/that/nobody/needs/to/read' is ignored: it is no archive"

pytestmark = pytest.mark.real


def run(*lines: str, result: int = 0) -> subprocess.CompletedProcess[str]:
    """A step that prints these lines, waits and ends with `result`; the beat is a tenth of a second."""
    script = f"""
        . install/say.sh
        beat_s=0.1
        step() {{ printf '%s\\n' "$@"; sleep 0.5; return {result}; }}
        quietly step "$@"
    """
    return subprocess.run(
        ["bash", "-c", script, "bash", *lines], cwd=TOP, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Collecting numpy==2.1.3 (from -r locks/dev.txt (line 12))", "tìm / finding numpy"),
        (
            "  Downloading https://files.invalid/packages/ab/numpy-2.1.3-cp312-linux.whl (16.0 MB)",
            "tải / downloading numpy-2.1.3-cp312-linux.whl",
        ),
        ("  Building wheel for lgpio (pyproject.toml): started", "dựng / building lgpio"),
        ("Installing collected packages: alembic, anyio, argon2", "cài thư viện / installing libraries"),
        ("Get:7 http://deb.invalid/debian trixie/main amd64 mosquitto amd64 2.0 [9 kB]", "tải / downloading mosquitto"),
        ("Unpacking libgpiod (1.6) ...", "mở gói / unpacking libgpiod"),
        ("Setting up mosquitto (2.0.21-1) ...", "cài / setting up mosquitto"),
        ("added 2 packages in 3s", "đang làm / working"),
    ],
)
def test_it_says_what_goes_on_and_nothing_of_the_noise(line: str, said: str) -> None:
    ended = run(line, NOISE)
    assert set(ended.stdout.splitlines()) == {f"  … {said}"}
    assert (ended.returncode, ended.stderr) == (0, "")


def test_where_a_step_fails_all_it_printed_is_shown() -> None:
    lines = [NOISE, *(f"line {n}" for n in range(40))]
    ended = run(*lines, result=3)
    assert ended.returncode == 3
    assert ended.stderr.splitlines() == lines
