"""A spoken announcement for demo, tests and benchmarks, by espeak-ng's Vietnamese voice."""

import subprocess
from pathlib import Path


def speak(text: str, target: Path) -> Path:
    """Write `text` as speech to a WAV file. Raises CalledProcessError or FileNotFoundError (no espeak-ng)."""
    subprocess.run(["espeak-ng", "-v", "vi", "-s", "140", "-w", str(target), text], check=True, capture_output=True)
    return target
