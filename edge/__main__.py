"""The command line of the node: its four processes, join, doctor. What it imports at its start stays in the memory of
all four processes, so that is little."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge import lean

if TYPE_CHECKING:
    from edge.config import Paths

Options = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    lean.spare_all()
    with lean.borrowed("edge.commands", "argparse", "gettext"):  # 2.2 MB in the four processes
        options = _parse(arguments)
    command = options["command"]
    is_process = command in lean.PROCESSES
    if is_process:
        lean.spare(command)
    from contract.settings import BadSettings
    from edge.config import Paths

    paths = Paths(options["root"])
    try:
        if is_process:
            _run(command, paths)
            return 0
        return _COMMANDS[command](paths, options)
    except (BadSettings, OSError) as error:
        sys.stderr.write(f"loa-edge: {error}\n")
        return 1


def _parse(arguments: Sequence[str] | None) -> Options:
    from edge.commands import parse

    return parse(arguments)


def _run(process: str, paths: "Paths") -> None:
    from edge import processes, starts

    run = {
        "link": processes.link,
        "speaker": processes.speaker,
        "camera": processes.camera,
        "netmon": processes.netmon,
    }
    with starts.life(paths, process):
        run[process](paths)


def _amplifier_off(paths: "Paths", _options: Options) -> int:
    from edge.processes import amplifier_off

    amplifier_off(paths)
    return 0


def _join(paths: "Paths", options: Options) -> int:
    from edge.join import JoinRefused, join

    try:
        joined = join(options["bundle"].read_bytes(), paths, _templates(), options["force"])
    except JoinRefused as error:
        sys.stderr.write(f"{error}\n")
        return 1
    title = joined.bundle.title or joined.bundle.node
    sys.stdout.write(f"Đã nối {joined.bundle.node} ({title}) vào hub {joined.bundle.hub_host}.\n")
    for path in joined.kept:
        sys.stdout.write(f"  giữ nguyên / kept: {path}\n")
    sys.stdout.write("Tiếp theo / next:  sudo systemctl start edge.target  rồi  sudo loa-edge doctor\n")
    return 0


def _trust(paths: "Paths", options: Options) -> int:
    """Check the file here, for a clear word to the technician; the speaker judges it again, and remembers."""
    from contract import codec
    from contract.codec import Malformed
    from contract.signing import Refused
    from edge.config import load
    from edge.identity import NodeSettings
    from edge.spool import Spool, ring

    wire = options["grant"].read_bytes()
    try:
        load(paths.etc / "node.toml", NodeSettings).keys.follow(codec.decode_envelope(wire))
    except (Malformed, Refused) as error:
        sys.stderr.write(
            "Tệp này không phải khóa mới do khóa khôi phục của hệ thống này cấp; không có gì thay đổi."
            f" / no new key of this system's: {error}\n"
        )
        return 1
    Spool(paths.spool).put_grant(wire)
    ring(paths.run / "speaker.bell")
    sys.stdout.write("Đã chuyển khóa mới cho loa; khóa cũ hết hiệu lực. / The new key is handed to the speaker.\n")
    return 0


def _doctor(paths: "Paths", _options: Options) -> int:
    from edge.camera.logins import read_logins
    from edge.camera.probe import RtspProbe
    from edge.doctor import examine

    marks = {True: "✓", False: "✗", None: "–"}
    probe = RtspProbe(read_logins(paths))
    is_all_well = True
    try:
        for finding in examine(paths, probe):
            is_all_well = is_all_well and finding.is_ok is not False
            sys.stdout.write(f"{marks[finding.is_ok]} {finding.name}: {finding.text}\n")
            sys.stdout.flush()
    finally:
        probe.close()
    return 0 if is_all_well else 1


def _cameras(paths: "Paths", options: Options) -> int:
    from edge.camera import tool

    if options["action"] == "judge":
        return _judge(paths, options)
    return tool.run(paths, options["action"], options["camera"], options["on"], options["quiet"])


def _judge(paths: "Paths", options: Options) -> int:
    from edge.camera.config import CameraSettings
    from edge.camera.judging import NothingToJudge, judge
    from edge.config import load

    file = paths.etc / "camera.toml"
    rule = load(file, CameraSettings).rule if file.exists() else CameraSettings().rule

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    try:
        judge(Path(options["camera"]), options["every"], options["learn"], rule, say)
    except NothingToJudge as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _example(_paths: "Paths", options: Options) -> int:
    from edge.camera.logins import CameraLogins
    from edge.identity import NodeSettings
    from edge.link import LinkSettings

    kinds = {"node": NodeSettings, "link": LinkSettings, "camera-login": CameraLogins}
    others = {f"{name}.toml": _template(kind) for name, kind in kinds.items()}
    sys.stdout.write((_templates() | others)[f"{options['name']}.toml"])
    return 0


def _templates() -> dict[str, str]:
    """The commented first contents of the technician's files."""
    from edge.camera.config import CameraSettings
    from edge.netmon.config import NetmonSettings
    from edge.speaker.config import SpeakerSettings

    kinds = {"speaker": SpeakerSettings, "camera": CameraSettings, "netmon": NetmonSettings}
    return {f"{name}.toml": _template(kind) for name, kind in kinds.items()}


def _template(kind: type) -> str:
    from contract.settings import example

    return example(kind, kind.__doc__ or "")


_COMMANDS = {
    "join": _join,
    "trust": _trust,
    "doctor": _doctor,
    "amplifier-off": _amplifier_off,
    "cameras": _cameras,
    "example": _example,
}

if __name__ == "__main__":
    sys.exit(main())
