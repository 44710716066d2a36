"""The command line of the node: its four processes, join, doctor. Puts the parts together, and nothing else does."""

import argparse
import functools
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

from contract.settings import BadSettings, example
from contract.terms import Trust
from edge import service, vitals
from edge.clock import SystemClock
from edge.config import Paths, load
from edge.spool import Doorbell, Spool
from edge.trust import GivenTrust, KernelTrust

if TYPE_CHECKING:
    from edge.identity import NodeSettings


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    paths = Paths(options.root)
    try:
        return int(options.act(paths, options) or 0)
    except (BadSettings, OSError) as error:
        sys.stderr.write(f"loa-edge: {error}\n")
        return 1


def _link(paths: Paths, _options: argparse.Namespace) -> None:
    # The MQTT library takes up netmon's DNS library where it finds it, for SRV records that no hub has: 3 MB.
    sys.modules["dns.resolver"] = cast(ModuleType, None)
    from edge.link import Link, LinkSettings

    service.configure_logging("link")
    paths.make()
    own = paths.etc / "link.toml"
    settings = load(own, LinkSettings) if own.exists() else LinkSettings()
    bell = Doorbell(paths.run / "link.bell")
    link = Link(paths, _node(paths), SystemClock(), settings)
    service.run(link.step, bell.wait)
    link.close()
    bell.close()


def _camera(paths: Paths, _options: argparse.Namespace) -> None:
    from edge.camera.config import CameraSettings
    from edge.camera.probe import RtspProbe
    from edge.camera.service import CameraService

    service.configure_logging("camera")
    paths.make()
    cameras = CameraService(load(paths.etc / "camera.toml", CameraSettings), paths, RtspProbe(), SystemClock())
    service.run(cameras.step, time.sleep)
    cameras.close()


def _netmon(paths: Paths, _options: argparse.Namespace) -> None:
    from edge.netmon.config import NetmonSettings
    from edge.netmon.probe import NetworkProbe
    from edge.netmon.service import NetmonService

    service.configure_logging("netmon")
    paths.make()
    settings = load(paths.etc / "netmon.toml", NetmonSettings)
    read_vitals = functools.partial(vitals.read, Path("/"), paths.state)
    netmon = NetmonService(settings, paths, NetworkProbe(), SystemClock(), read_vitals)
    service.run(netmon.step, time.sleep)
    netmon.close()


def _speaker(paths: Paths, _options: argparse.Namespace) -> None:
    from edge.outbox import Outbox
    from edge.speaker.amplifier import Amplifier, open_factory
    from edge.speaker.config import SpeakerSettings
    from edge.speaker.ledger import Ledger
    from edge.speaker.service import Speaker
    from edge.speaker.sound import CardSound

    service.configure_logging("speaker")
    paths.make()
    node = _node(paths)
    settings = load(paths.etc / "speaker.toml", SpeakerSettings)
    clock = SystemClock()
    relay = settings.amplifier
    bell = Doorbell(paths.run / "speaker.bell")
    speaker = Speaker(
        node,
        settings,
        paths=paths,
        spool=Spool(paths.spool),
        outbox=Outbox(paths.state / "speaker.db"),
        ledger=Ledger(paths.state / "ledger.db"),
        sound=CardSound(clock, settings.card),
        amplifier=Amplifier(relay, clock, open_factory(relay.pin_factory) if relay.pin >= 0 else None),
        clock=clock,
        trust=KernelTrust() if node.clock_trust == "kernel" else GivenTrust(Trust.TRUSTED),
    )
    service.run(speaker.step, bell.wait)
    speaker.close()
    bell.close()


def _amplifier_off(paths: Paths, _options: argparse.Namespace) -> None:
    """Drive the relay's pin low, whatever state a dead speaker left it in."""
    from edge.speaker.amplifier import Amplifier, open_factory
    from edge.speaker.config import SpeakerSettings

    settings = load(paths.etc / "speaker.toml", SpeakerSettings).amplifier
    if settings.pin >= 0:
        Amplifier(settings, SystemClock(), open_factory(settings.pin_factory)).close()


def _join(paths: Paths, options: argparse.Namespace) -> int:
    from edge.join import JoinRefused, join

    try:
        joined = join(options.bundle.read_bytes(), paths, _templates(), options.force)
    except JoinRefused as error:
        sys.stderr.write(f"{error}\n")
        return 1
    title = joined.bundle.title or joined.bundle.node
    sys.stdout.write(f"Đã nối {joined.bundle.node} ({title}) vào hub {joined.bundle.hub_host}.\n")
    for path in joined.kept:
        sys.stdout.write(f"  giữ nguyên / kept: {path}\n")
    sys.stdout.write("Tiếp theo / next:  sudo systemctl start edge.target  rồi  sudo loa-edge doctor\n")
    return 0


def _doctor(paths: Paths, _options: argparse.Namespace) -> int:
    from edge.camera.probe import RtspProbe
    from edge.doctor import examine

    marks = {True: "✓", False: "✗", None: "–"}
    probe = RtspProbe()
    is_all_well = True
    try:
        for finding in examine(paths, probe):
            is_all_well = is_all_well and finding.is_ok is not False
            sys.stdout.write(f"{marks[finding.is_ok]} {finding.name}: {finding.text}\n")
            sys.stdout.flush()
    finally:
        probe.close()
    return 0 if is_all_well else 1


def _example(_paths: Paths, options: argparse.Namespace) -> None:
    from edge.identity import NodeSettings
    from edge.link import LinkSettings

    others = {f"{name}.toml": _template(kind) for name, kind in (("node", NodeSettings), ("link", LinkSettings))}
    sys.stdout.write((_templates() | others)[f"{options.name}.toml"])


def _templates() -> dict[str, str]:
    """The commented first contents of the technician's files."""
    from edge.camera.config import CameraSettings
    from edge.netmon.config import NetmonSettings
    from edge.speaker.config import SpeakerSettings

    kinds = {"speaker": SpeakerSettings, "camera": CameraSettings, "netmon": NetmonSettings}
    return {f"{name}.toml": _template(kind) for name, kind in kinds.items()}


def _template(kind: type) -> str:
    return example(kind, kind.__doc__ or "")


def _node(paths: Paths) -> "NodeSettings":
    from edge.identity import NodeSettings

    return load(paths.etc / "node.toml", NodeSettings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="loa-edge", description="Loa Làng: nút ở nhà văn hóa / the node")
    parser.add_argument("--root", type=Path, default=Path("/"), help="where etc, var and run lie (%(default)s)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _command(commands, "link", _link, "tiến trình nối hub / the process that talks with the hub")
    _command(commands, "speaker", _speaker, "tiến trình phát loa / the process that plays")
    _command(commands, "camera", _camera, "tiến trình xem camera / the process that watches the cameras")
    _command(commands, "netmon", _netmon, "tiến trình xem mạng / the process that watches the network")
    command = _command(commands, "join", _join, "nối vào hub bằng tệp .loa / install a bundle")
    command.add_argument("bundle", type=Path)
    command.add_argument("--force", action="store_true", help="replace another node's bundle")
    _command(commands, "doctor", _doctor, "khám máy: cái gì chạy, cái gì hỏng / what works here")
    _command(commands, "amplifier-off", _amplifier_off, "tắt tăng âm / switch the amplifier off")
    command = _command(commands, "example", _example, "in tệp cấu hình mẫu / print an example file")
    command.add_argument("name", choices=["node", "link", "speaker", "camera", "netmon"])
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    act: Callable[[Paths, argparse.Namespace], int | None],
    text: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text)
    command.set_defaults(act=act)
    return command


if __name__ == "__main__":
    sys.exit(main())
