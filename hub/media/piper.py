"""Piper voices: models that lie in the hub's `voices` folder, spoken by the `piper` program where it is installed.

The program is GPL and is only ever run, as espeak-ng is; nothing of it is imported. A model is `NAME.onnx` with
`NAME.onnx.json` beside it; here only the little of the latter is read that the hub has to know.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

PROGRAM = "piper"
PREFIX = "piper:"
MEMORY_MB = 1024
"""Of data, not of address space: onnxruntime and its threads reserve far more than they touch. Within MemoryMax of
systemd/loa-hub.service, beside the hub and a decoding child: Piper must come to its own end before the kernel ends what
is largest there. Piper alone takes 140; the rest is for the model and a long sentence."""
WALL_S = 300.0
"""A slow computer may need minutes for a long text."""
CPU_S = 600
"""What two cores do in that time; with more of them Piper is done sooner."""
LIMITS = (f"--data={MEMORY_MB << 20}", f"--cpu={CPU_S}", "--fsize=134217728", "--nofile=256", "--core=0")
SENTENCE_SILENCE_S = 0.35
"""Between sentences: over horns, which echo, Piper's own pause is too short."""
_USUAL_WORDS_A_MINUTE = 140
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_CONFIG_MAX = 1_000_000

_Rate = Annotated[int, msgspec.Meta(ge=8000, le=48_000)]
_Scale = Annotated[float, msgspec.Meta(ge=0.2, le=5.0)]


class _Audio(msgspec.Struct):
    sample_rate: _Rate


class _Espeak(msgspec.Struct):
    voice: str


class _Inference(msgspec.Struct):
    length_scale: _Scale = 1.0


class _Config(msgspec.Struct):
    """What a model's settings must say; Piper reads more of them."""

    audio: _Audio
    espeak: _Espeak
    phoneme_id_map: dict[str, list[int]]
    inference: _Inference = msgspec.field(default_factory=_Inference)


_configs = msgspec.json.Decoder(_Config)


@dataclass(frozen=True, slots=True)
class Model:
    """A voice that can be chosen: `piper:NAME`. `length_scale` is how slowly it speaks by itself."""

    name: str
    path: Path
    length_scale: float

    @property
    def id(self) -> str:
        return PREFIX + self.name

    def command(self, program: str, target: Path, words_a_minute: int) -> list[str]:
        """Speaks what comes on standard input into a WAV file."""
        scale = self.length_scale * _USUAL_WORDS_A_MINUTE / words_a_minute
        wanted = {
            "--model": self.path,
            "--config": config_of(self.path),
            "--output-file": target,
            "--length-scale": f"{scale:.3f}",
            "--sentence-silence": f"{SENTENCE_SILENCE_S:g}",
        }
        return [program, *(str(word) for pair in wanted.items() for word in pair)]


@dataclass(frozen=True, slots=True)
class Found:
    """The models that can be chosen, by name; and those that cannot, with the reason for the technician."""

    models: tuple[Model, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()


def is_id(voice: str) -> bool:
    """Whether this could name a Piper voice."""
    return voice.startswith(PREFIX) and _NAME.fullmatch(voice.removeprefix(PREFIX)) is not None


def program() -> str | None:
    """Where the program is; None where it is not installed."""
    return shutil.which(PROGRAM)


def find(folder: Path | None) -> Found:
    """Look through the folder. Reads the small settings files, never the models."""
    models: list[Model] = []
    broken: list[tuple[str, str]] = []
    for path in sorted(folder.glob("*.onnx")) if folder is not None else ():
        name = path.name.removesuffix(".onnx")
        try:
            models.append(_read(name, path))
        except (OSError, ValueError) as error:
            broken.append((name, str(error)))
    return Found(tuple(models), tuple(broken))


def config_of(model: Path) -> Path:
    return model.with_name(model.name + ".json")


def _read(name: str, path: Path) -> Model:
    """Raises OSError or ValueError."""
    if _NAME.fullmatch(name) is None:
        raise ValueError("its name has other signs than a-z, 0-9, dot, hyphen and underscore")
    with config_of(path).open("rb") as file:
        config = _configs.decode(file.read(_CONFIG_MAX))
    return Model(name, path, config.inference.length_scale)
