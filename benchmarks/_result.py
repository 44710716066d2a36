"""How every benchmark says what it measured: a line for people, and one `RESULT {json}` line for each number."""

import functools
import json
import os
import platform
import sys
from pathlib import Path
from typing import Literal


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def report(name: str, value: float, unit: str, target: float, better: Literal["lower", "higher"] = "lower") -> None:
    """Print one number with its target, and once a run what it was measured on."""
    _say_machine()
    is_met = value <= target if better == "lower" else value >= target
    say(f"{name}: {value:g} {unit} (target {'at most' if better == 'lower' else 'at least'} {target:g}, "
        f"{'met' if is_met else 'MISSED'})")  # fmt: skip
    result = {"name": name, "value": value, "unit": unit, "target": target, "better": better}
    say("RESULT " + json.dumps(result))


def describe_machine() -> str:
    """Say what this was measured on, from /proc: processor, cores, memory, kernel, Python, load."""
    memory_gb = int(_field("/proc/meminfo", "MemTotal").split()[0]) / 1024**2
    load = os.getloadavg()[0]
    return (
        f"machine: {_processor()}, {os.cpu_count()} cores, {memory_gb:.1f} GB, "
        f"Linux {platform.release()}, Python {platform.python_version()}, load {load:.2f}"
    )


@functools.cache
def _say_machine() -> None:
    say(describe_machine())


def _processor() -> str:
    model = Path("/proc/device-tree/model")
    if model.exists():  # a Pi says its name here
        return model.read_text(encoding="utf-8").strip("\0\n")
    return _field("/proc/cpuinfo", "model name") or platform.machine()


def _field(path: str, name: str) -> str:
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
