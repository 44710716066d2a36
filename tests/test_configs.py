"""The example files say what the settings are: every key, commented, and nothing else."""

from pathlib import Path

import pytest

from contract.settings import BadSettings, example, parse
from edge.camera.config import CameraSettings
from edge.camera.logins import CameraLogins
from edge.identity import NodeSettings
from edge.link import LinkSettings
from edge.netmon.config import NetmonSettings
from edge.speaker.config import SpeakerSettings
from hub.config import HubSettings

CONFIGS = Path(__file__).resolve().parent.parent / "configs"
KINDS: dict[str, type] = {
    "hub": HubSettings,
    "node": NodeSettings,
    "link": LinkSettings,
    "speaker": SpeakerSettings,
    "camera": CameraSettings,
    "camera-login": CameraLogins,
    "netmon": NetmonSettings,
}


def test_there_is_an_example_of_each_and_of_nothing_else() -> None:
    assert {path.stem for path in CONFIGS.glob("*.toml")} == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_the_example_equals_the_schema(name: str) -> None:
    """To write them anew: loa-hub example > configs/hub.toml, loa-edge example NAME > configs/NAME.toml."""
    kind = KINDS[name]
    assert (CONFIGS / f"{name}.toml").read_text(encoding="utf-8") == example(kind, kind.__doc__ or "")


@pytest.mark.parametrize("name", KINDS)
def test_the_example_is_a_working_file(name: str) -> None:
    assert isinstance(parse((CONFIGS / f"{name}.toml").read_text(encoding="utf-8"), KINDS[name]), KINDS[name])


@pytest.mark.parametrize("name", KINDS)
def test_a_slip_of_the_finger_is_named_with_the_word_that_was_meant(name: str) -> None:
    text = (CONFIGS / f"{name}.toml").read_text(encoding="utf-8")
    key = next(line.split(" = ")[0] for line in text.splitlines() if " = " in line and not line.startswith("#"))
    with pytest.raises(BadSettings, match=f"did you mean '{key}'"):
        parse(text.replace(f"\n{key} = ", f"\n{key}x = ", 1), KINDS[name], f"{name}.toml")
