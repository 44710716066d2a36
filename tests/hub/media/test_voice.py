"""Every voice keeps the same promises: what is typed becomes a sound, slower where asked, or a sentence why not.

Piper's program is stood in for here; with the real one the same runs in test_piper_real (soak).
"""

import json
import re
import sys
import wave
from pathlib import Path

import pytest

from hub.media import intake, piper, voice
from hub.media.job import IntakeLimits
from hub.media.rejection import Rejected
from hub.media.shelf import Shelf
from hub.media.voice import Manner

TEXT = "Mời bà con đến nhà văn hóa thôn. Xin cảm ơn bà con."
CONFIG = {"audio": {"sample_rate": 22_050}, "espeak": {"voice": "vi"}, "phoneme_id_map": {"a": [1]}}
can_speak = pytest.mark.skipif(not voice.is_here(), reason="no espeak-ng here (Debian: apt install espeak-ng)")
EVERY_VOICE = pytest.mark.parametrize("name", [pytest.param("vi", marks=can_speak), "piper:vi_VN-thu-medium"])
HUB_MB = 512
"""What systemd/loa-hub.service leaves to the hub, its pages, Mosquitto and espeak-ng."""
pytestmark = pytest.mark.real


def lay(models: Path, name: str = "vi_VN-thu-medium", model: bytes = b"a model", config: object = CONFIG) -> None:
    models.mkdir(exist_ok=True)
    (models / f"{name}.onnx").write_bytes(model)
    (models / f"{name}.onnx.json").write_text(config if isinstance(config, str) else json.dumps(config))


@pytest.fixture
def models(tmp_path: Path) -> Path:
    lay(tmp_path / "voices")
    return tmp_path / "voices"


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stand-in, found as the real program is."""
    stand_in = Path(__file__).with_name("piper_stand_in.py")
    path = tmp_path / "bin" / "piper"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -I {stand_in} "$@"\n')
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")
    return path


def length_s(path: Path) -> float:
    with wave.open(str(path)) as wav:
        return float(wav.getnframes() / wav.getframerate())


@EVERY_VOICE
def test_a_text_becomes_a_sound_that_the_library_takes(name: str, models: Path, tmp_path: Path, shelf: Shelf) -> None:
    voice.speak(TEXT, tmp_path / "a.wav", Manner(name), models)
    assert intake.receive(tmp_path / "a.wav", shelf).duration_s == pytest.approx(length_s(tmp_path / "a.wav"), abs=0.1)


@EVERY_VOICE
def test_slow_takes_longer_than_fast(name: str, models: Path, tmp_path: Path) -> None:
    for speed in (120, 165):
        voice.speak(TEXT, tmp_path / f"{speed}.wav", Manner(name, speed), models)
    assert length_s(tmp_path / "120.wav") > 1.2 * length_s(tmp_path / "165.wav")


@EVERY_VOICE
@pytest.mark.parametrize("text", ["", " …\n!", "a" * (voice.SPOKEN_MAX + 1)])
def test_nothing_and_too_much_are_refused_before_anybody_speaks(
    name: str, text: str, models: Path, tmp_path: Path
) -> None:
    with pytest.raises(Rejected):
        voice.speak(text, tmp_path / "a.wav", Manner(name), models)
    assert not (tmp_path / "a.wav").exists()


@EVERY_VOICE
def test_a_text_that_looks_like_options_is_only_read(name: str, models: Path, tmp_path: Path) -> None:
    voice.speak("--output-file /tmp/evil -w /tmp/evil", tmp_path / "a.wav", Manner(name), models)
    assert length_s(tmp_path / "a.wav") > 0.5


def test_the_voices_that_lie_in_the_folder_stand_beside_espeaks(models: Path, program: Path) -> None:
    lay(models, "vi_VN-nam-low")
    assert [id for id in voice.voices(models) if piper.is_id(id)] == ["piper:vi_VN-nam-low", "piper:vi_VN-thu-medium"]
    assert voice.fault(models) is None
    program.unlink()
    assert not [id for id in voice.voices(models) if piper.is_id(id)]
    told = voice.fault(models)
    assert told is not None
    assert "chưa cài chương trình piper" in told[0]
    assert voice.fault(None) is None


@pytest.mark.parametrize(
    "config",
    ["", "{", "[]", "{}", json.dumps({**CONFIG, "audio": {"sample_rate": 0}}),
     json.dumps({**CONFIG, "inference": {"length_scale": 0}})],
)  # fmt: skip
def test_a_model_whose_settings_are_broken_is_named_and_the_others_stay(models: Path, config: str) -> None:
    lay(models, "hong", config=config)
    (models / "khong_co_json.onnx").write_bytes(b"a model")
    assert "piper:vi_VN-thu-medium" in voice.voices(models)
    told = voice.fault(models)
    assert told is not None
    assert "hong" in told[0]
    assert "khong_co_json" in told[0]


@pytest.mark.parametrize("is_program_here", [True, False])
def test_a_model_that_cannot_speak_gets_one_sentence_and_espeak_stays(
    models: Path, tmp_path: Path, program: Path, is_program_here: bool, shelf: Shelf
) -> None:
    lay(models, model=b"rotten")
    if not is_program_here:
        program.unlink()
    with pytest.raises(Rejected) as refused:
        voice.speak(TEXT, tmp_path / "a.wav", Manner("piper:vi_VN-thu-medium"), models)
    assert refused.value.message_vi.startswith("Giọng Piper này chưa đọc được")
    if voice.is_here():
        voice.speak(TEXT, tmp_path / "b.wav", Manner(), models)


@pytest.mark.parametrize("name", ["piper:", "piper:../../etc/passwd", "piper:-x", "piper:a b", "vi-x", ""])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(ValueError, match="no such manner"):
        Manner(name)


def test_piper_and_a_decoder_at_their_limits_leave_the_hub_its_room_in_the_unit() -> None:
    unit = (Path(__file__).parents[3] / "systemd" / "loa-hub.service").read_text(encoding="utf-8")
    most = re.search(r"^MemoryMax=(\d+)G$", unit, re.MULTILINE)
    assert most is not None
    assert piper.MEMORY_MB + IntakeLimits().memory_mb + HUB_MB <= int(most[1]) * 1024


def test_a_piper_that_wants_more_memory_than_it_may_ends_in_one_sentence(
    models: Path, tmp_path: Path, program: Path
) -> None:
    hungry = f"#!{sys.executable}\nbytearray({piper.MEMORY_MB} << 20)\nprint('it got that')\n"
    program.write_text(hungry, encoding="utf-8")
    with pytest.raises(Rejected) as refused:
        voice.speak(TEXT, tmp_path / "a.wav", Manner("piper:vi_VN-thu-medium"), models)
    assert refused.value.message_vi.startswith("Giọng Piper này chưa đọc được")
    assert "MemoryError" in str(refused.value)
