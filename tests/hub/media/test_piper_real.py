"""The real Piper speaks a model made here, of Piper's own inputs and outputs. No voice of a person is in it.

Takes a Python environment with `piper-tts` and `onnx` (260 MB), so it is part of the soak set, and says what it misses.
Where `piper` is not on the path, LOA_PIPER names it.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hub.media import intake, voice
from hub.media.rejection import Rejected
from hub.media.shelf import Shelf
from hub.media.voice import Manner
from tests.hub.media.test_voice import TEXT, length_s

pytestmark = [pytest.mark.real, pytest.mark.soak]
PROGRAM = os.environ.get("LOA_PIPER") or shutil.which("piper")


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if PROGRAM is None:
        pytest.skip("no piper here: python3 -m venv V && V/bin/pip install piper-tts onnx; then LOA_PIPER=V/bin/piper")
    folder, bin = tmp_path / "voices", Path(PROGRAM).parent
    folder.mkdir()
    maker = Path(__file__).with_name("tiny_voice.py")
    made = subprocess.run([bin / "python", maker, folder / "hum.onnx"], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"piper's own Python makes no model (onnx is missing?): {made.stderr[-200:]}")
    monkeypatch.setenv("PATH", f"{bin}:/usr/bin:/bin")
    return folder


def test_the_real_program_speaks_slow_and_fast_within_its_limits(models: Path, tmp_path: Path, shelf: Shelf) -> None:
    assert "piper:hum" in voice.voices(models)
    for speed in (120, 140, 165):
        voice.speak(TEXT, tmp_path / f"{speed}.wav", Manner("piper:hum", speed), models)
    slow, usual, fast = (length_s(tmp_path / f"{speed}.wav") for speed in (120, 140, 165))
    assert slow > usual > fast > 2
    assert intake.receive(tmp_path / "140.wav", shelf).duration_s == pytest.approx(usual, abs=0.1)


def test_a_rotten_model_ends_in_one_sentence(models: Path, tmp_path: Path) -> None:
    (models / "hum.onnx").write_bytes(b"rotten")
    with pytest.raises(Rejected, match="no_voice"):
        voice.speak(TEXT, tmp_path / "a.wav", Manner("piper:hum"), models)
