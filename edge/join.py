"""Makes this machine the node a bundle names: checks everything first, then writes, or changes nothing.

A technician's own files (speaker.toml, camera.toml, netmon.toml) are written where absent and never again.
"""

import contextlib
import grp
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from contract import bundle as bundles
from contract.bundle import Bundle
from contract.codec import Malformed
from contract.limits import Limits
from contract.settings import BadSettings, example, parse
from edge import config
from edge.access import trust
from edge.config import Paths
from edge.identity import NodeSettings
from edge.speaker.config import WEEKDAYS, SpeakerSettings
from edge.spool import sync_folder

GROUP = "loa"
NODE_FILE = "node.toml"
SPEAKER_FILE = "speaker.toml"
OWN_FILES_MODE = 0o640
"""Of the technician's files: camera.toml may hold passwords."""


class JoinRefused(Exception):
    """Nothing was changed; the text says why, in Vietnamese and English."""


@dataclass(frozen=True, slots=True)
class Joined:
    """What a join did: `kept` are the technician's files it left alone, `moved_to` where another node's records
    were put aside."""

    bundle: Bundle
    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    moved_to: Path | None = None


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    data: bytes
    mode: int


def join(data: bytes, paths: Paths, templates: Mapping[str, str], force: bool = False) -> Joined:
    """Install a bundle. `templates` are the first contents of the technician's files, by name (speaker.toml, ...).

    With `force`, a bundle for another node replaces the one installed, whose records are put aside. Raises
    JoinRefused; then nothing has changed.
    """
    bundle = _read(data)
    installed = _installed(paths, bundle, force)
    files = [_File(paths.secret, bundle.secret.encode() + b"\n", 0o600)]
    files.append(_File(paths.hub_ca, bundle.ca_pem.encode(), 0o644))
    kept = [paths.etc / name for name in templates if (paths.etc / name).exists()]
    for name, text in templates.items():
        if paths.etc / name not in kept:
            files.append(_File(paths.etc / name, _own_file(name, text, bundle).encode(), OWN_FILES_MODE))
    files.append(_File(paths.etc / NODE_FILE, _node_toml(bundle, installed).encode(), 0o644))
    try:
        paths.make()
        with _staged(files) as parts:
            moved_to = _put_aside(paths.state, installed.node) if installed and installed.node != bundle.node else None
            for file, part in zip(files, parts, strict=True):
                part.rename(file.path)
        sync_folder(paths.etc)
    except OSError as error:
        raise JoinRefused(f"không ghi được; hãy chạy bằng sudo? / cannot write; run it with sudo? ({error})") from None
    return Joined(bundle, tuple(file.path for file in files), tuple(kept), moved_to)


def fill(text: str, values: Mapping[str, object]) -> str:
    """Set keys of a TOML text that has each of them on a line of its own. Raises BadSettings for one it lacks."""
    for key, value in values.items():
        line = f"{key} = {_toml(value)}"
        text, count = re.subn(rf"(?m)^{re.escape(key)} = .*$", line.replace("\\", r"\\"), text)
        if count != 1:
            raise BadSettings(f"{key}: stands {count} times in the template")
    return text


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def without_samples(text: str) -> str:
    """Comment out the sample tables ([[...]]) of an example file: a house has no camera until someone names it."""
    lines: list[str] = []
    is_sample = False
    for line in text.splitlines():
        if line.startswith("["):
            is_sample = line.startswith("[[")
        lines.append(f"# {line}" if is_sample and line and not line.startswith("#") else line)
    return "\n".join(lines) + "\n"


def _read(data: bytes) -> Bundle:
    try:
        bundle = bundles.decode(data)
        trust(bundle.ca_pem)
    except (Malformed, ValueError) as error:
        raise JoinRefused(
            f"gói cài đặt bị hỏng hoặc không phải gói của Loa Làng / damaged, or not a bundle of Loa Làng ({error})"
        ) from None
    return bundle


def _installed(paths: Paths, bundle: Bundle, force: bool) -> NodeSettings | None:
    """What this machine is now, if that does not stand against the bundle."""
    path = paths.etc / NODE_FILE
    if not path.exists():
        return None
    try:
        installed = config.load(path, NodeSettings)
    except BadSettings as error:
        if force:
            return None
        raise JoinRefused(
            f"máy này đã cài, nhưng không đọc được là nút nào; dùng --force để cài đè"
            f" / this machine was joined, but as which node cannot be read; --force replaces it ({error})"
        ) from None
    if installed.node != bundle.node and not force:
        raise JoinRefused(
            f"máy này đang là nút {installed.node}, gói này của nút {bundle.node}; dùng --force nếu đúng là muốn đổi"
            f" / this machine is {installed.node}, the bundle is for {bundle.node}; --force if it shall change"
        )
    return installed


def _node_toml(bundle: Bundle, installed: NodeSettings | None) -> str:
    intro = f"{bundle.title or bundle.node}\nDo loa-edge join viết. / Written by loa-edge join."
    values: dict[str, object] = {
        "node": bundle.node,
        "hub_host": bundle.hub_host,
        "mqtt_port": bundle.mqtt_port,
        "media_port": bundle.media_port,
        "daily_key": bundle.daily_key,
        "recovery_key": bundle.recovery_key,
        "epoch": bundle.epoch,
    }
    if installed is not None:
        values["clock_trust"] = installed.clock_trust
    return _checked(NODE_FILE, fill(example(NodeSettings, intro), values), NodeSettings)


def _own_file(name: str, template: str, bundle: Bundle) -> str:
    text = without_samples(template)
    if name != SPEAKER_FILE:
        return text
    limits = _limit_values(bundle.limits)
    on_s = max(bundle.limits.longest_s, bundle.limits.emergency_longest_s) + 100
    usual_s = SpeakerSettings().amplifier.max_on_s
    return _checked(name, fill(text, {**limits, "max_on_s": max(usual_s, on_s)}), SpeakerSettings)


def _limit_values(limits: Limits) -> dict[str, object]:
    """Limits as speaker.toml writes them: hours instead of minutes after midnight, and the days by their names."""
    values: dict[str, object] = asdict(limits)
    for key, name in (("quiet_from", "quiet_from_min"), ("quiet_until", "quiet_until_min")):
        del values[name]
        values[key] = _hour(getattr(limits, name))
    values["days"] = [WEEKDAYS[day] for day in limits.days]
    values["volumes"] = {_hour(minute): pct for minute, pct in limits.volumes}
    return values


def _hour(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _checked(name: str, text: str, kind: type) -> str:
    try:
        parse(text, kind, name)
    except BadSettings as error:
        raise JoinRefused(
            f"gói cài đặt có giá trị không dùng được / the bundle holds an unusable value ({error})"
        ) from None
    return text


@contextlib.contextmanager
def _staged(files: list[_File]) -> Iterator[list[Path]]:
    """Write all beside their places: a full card or a missing right shows before the first file is replaced."""
    parts = [file.path.with_name(f".{file.path.name}.{secrets.token_hex(4)}.part") for file in files]
    try:
        for file, part in zip(files, parts, strict=True):
            _write_part(part, file)
        yield parts
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _write_part(part: Path, file: _File) -> None:
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(file.data)
        out.flush()
        if file.mode == OWN_FILES_MODE and os.geteuid() == 0:
            with contextlib.suppress(KeyError):  # no such group where no service was installed
                os.fchown(out.fileno(), -1, grp.getgrnam(GROUP).gr_gid)
        os.fchmod(out.fileno(), file.mode)
        os.fsync(out.fileno())


def _put_aside(state: Path, node: str) -> Path:
    """Another node's plans, records and counters are nothing of this node's: kept, out of the way."""
    aside = state / f"was-{node}-{secrets.token_hex(2)}"
    aside.mkdir(mode=0o700)
    for entry in state.iterdir():
        if not entry.name.startswith("was-"):
            entry.rename(aside / entry.name)
    return aside
