"""Piper's voices on the pages and on the command line, where there are some."""

import json
from pathlib import Path

import pytest

from hub.__main__ import main
from tests.hub.media.test_voice import CONFIG, lay, program
from tests.hub.web.world import Browser, World

__all__ = ["program"]
pytestmark = pytest.mark.real


def test_a_piper_voice_is_chosen_on_the_page_and_spoken(officer: Browser, world: World) -> None:
    lay(world.folder / "voices")
    world.desk.voices = world.folder / "voices"
    page = officer.post("/speech/words", data={"text": "Mời bà con họp."}).text
    assert page.index('value="vi" checked') < page.index('value="piper:vi_VN-thu-medium"'), (
        "espeak-ng stays the usual one"
    )
    heard = officer.post(
        "/speech/listen", data={"text": "Mời bà con họp.", "voice": "piper:vi_VN-thu-medium", "speed": "140"}
    )
    assert heard.content[:4] == b"RIFF"


def test_a_voice_that_is_gone_or_broken_is_told_in_a_sentence(officer: Browser, world: World) -> None:
    lay(world.folder / "voices", "hong", config="{")
    world.desk.voices = world.folder / "voices"
    page = officer.post("/speech/words", data={"text": "Mời bà con họp."}).text
    assert "Giọng Piper không dùng được: hong" in page
    heard = officer.post("/speech/listen", data={"text": "Mời họp.", "voice": "piper:hong", "speed": "140"})
    assert heard.status_code == 422
    assert heard.text.startswith("Giọng Piper này chưa đọc được")


def test_the_command_line_lists_and_uses_it(tmp_path: Path, capsys: pytest.CaptureFixture[str], program: Path) -> None:
    settings = tmp_path / "hub.toml"
    settings.write_text(f'data_dir = "{tmp_path}"\n')
    lay(tmp_path / "voices")
    assert main(["--config", str(settings), "speak", "--voices"]) == 0
    assert "piper:vi_VN-thu-medium" in capsys.readouterr().out
    out = str(tmp_path / "a.wav")
    say = ["--config", str(settings), "speak", "--out", out, "Mời họp.", "--voice"]
    assert main([*say, "piper:vi_VN-thu-medium"]) == 0
    assert Path(out).read_bytes()[:4] == b"RIFF"
    assert main([*say, "piper:khac"]) == 1
    assert "Giọng Piper này chưa đọc được" in capsys.readouterr().err
    assert main([*say, "bà"]) == 1
    assert json.loads((tmp_path / "voices" / "vi_VN-thu-medium.onnx.json").read_text()) == CONFIG
