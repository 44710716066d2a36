"""What a process leaves out of its memory is not there while it runs, and there as soon as it is asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from edge import lean


def python(code: str, *options: str) -> list[str]:
    """The words that a fresh interpreter prints for this code."""
    command = [sys.executable, *options, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()


LATER = "import sys; from edge.later import load_later; kind = lambda n: type(sys.modules[n]).__name__; "


def test_a_put_off_module_is_loaded_at_the_first_look_and_not_before() -> None:
    said = python(
        LATER + "load_later('colorsys'); import colorsys; import colorsys as again; print(kind('colorsys'));"
        "print(colorsys.rgb_to_hsv(0, 0, 1)[2]); print(kind('colorsys'), again is colorsys)"
    )
    assert said == ["_Unread", "1", "module", "True"]


def test_its_names_can_be_imported() -> None:
    assert python(LATER + "load_later('colorsys'); from colorsys import rgb_to_hsv; print(rgb_to_hsv(0, 0, 1)[2])") == [
        "1"
    ]


def test_a_part_of_a_put_off_package_can_be_loaded_alone() -> None:
    said = python(
        LATER + "load_later('email'); import email.errors; print(kind('email'), email.errors.MessageError.__name__)"
    )
    assert said == ["_Unread", "MessageError"]


def test_a_name_it_does_not_have_is_an_error_as_ever() -> None:
    said = python(
        LATER + "load_later('colorsys'); import colorsys; print(hasattr(colorsys, 'nonsense'), kind('colorsys'))"
    )
    assert said == ["False", "module"]


def test_threads_that_look_at_once_all_find_it_whole() -> None:
    said = python(
        LATER + "load_later('asyncio'); import asyncio; from concurrent.futures import ThreadPoolExecutor as Pool;"
        "print(len({id(each) for each in Pool(8).map(lambda _: asyncio.run, range(100))}))"
    )
    assert said == ["1"]


def test_a_module_that_fails_is_tried_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("lib")
    (folder / "moody.py").write_text(
        "import os\nif 'WELL' not in os.environ: raise OSError('the card is gone')\nNAME = 1\n"
    )
    said = python(
        LATER + f"import os; sys.path.append({str(folder)!r}); load_later('moody'); import moody\n"
        "try: moody.NAME\nexcept OSError as error: print(str(error).split()[-1])\n"
        "os.environ['WELL'] = '1'\nprint(moody.NAME)"
    )
    assert said == ["gone", "1"]


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="measured with the Python of bookworm")
@pytest.mark.parametrize(
    ("process", "libraries"),
    [
        ("link", "edge.processes, edge.link"),
        ("speaker", "edge.processes, edge.speaker.service, gpiozero.pins.mock"),
        ("camera", "edge.processes, edge.camera.service, edge.camera.probe"),
        ("netmon", "edge.processes, edge.netmon.service, edge.netmon.probe"),
        ("player", "edge.speaker.player"),
        ("decoder", "edge.camera.grab"),
    ],
)
def test_no_library_of_a_process_looks_into_what_it_puts_off(process: str, libraries: str) -> None:
    """Where a new version of one does, memory is lost for nothing."""
    read = python(
        f"import sys; from edge import lean; names = set(lean.put_off({process!r})) - set(sys.modules)\n"
        f"lean.spare({process!r}); import {libraries}\n"
        "print(*(each for each in names & set(sys.modules) if type(sys.modules[each]).__name__ != '_Unread'))"
    )
    dnspython_reads = {"inspect", "ipaddress"} if process == "netmon" else set()
    assert set(read) == dnspython_reads


def test_time_zones_are_where_they_would_be_looked_for_anyway() -> None:
    said = python("import zoneinfo; print(*zoneinfo.TZPATH)")
    assert said == lean.TIME_ZONES.split(":")


def test_what_was_only_borrowed_is_gone_and_comes_again() -> None:
    said = python(
        "import sys; from edge import lean\n"
        "with lean.borrowed('edge.commands', 'argparse'):\n"
        " from edge.commands import parse; print(parse(['link'])['command'])\n"
        "print('argparse' in sys.modules, 'edge.commands' in sys.modules)\n"
        "import argparse; print(argparse.Namespace(a=1).a)"
    )
    assert said == ["link", "False", "False", "1"]


def test_what_was_there_before_stays() -> None:
    said = python(
        "import sys, argparse; from edge import lean\nwith lean.borrowed('argparse'): pass\n"
        "print(argparse is sys.modules['argparse'])"
    )
    assert said == ["True"]


def test_the_children_run_without_help_texts() -> None:
    _, *options, _, _, _ = lean.child_command("decoder", "-I")
    assert python("import edge.later; print(edge.later.__doc__)", *options) == ["None"]


@pytest.mark.real
def test_what_the_children_run_is_compiled_at_installation() -> None:
    assert any(Path(lean.BYTECODE).rglob("numpy/**/*.opt-2.pyc"))
    assert any(Path(lean.BYTECODE).rglob("pyaudio/**/*.opt-2.pyc"))
