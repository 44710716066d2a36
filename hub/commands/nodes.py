"""`loa-hub node`: nodes are added, listed and revoked."""

import argparse
import csv
from datetime import UTC, datetime
from pathlib import Path

from contract.bundle import SUFFIX
from contract.topics import Address
from hub.commands.terminal import Failed, Parser, command, load_keys, open_database, say
from hub.config import HubSettings
from hub.nodes import fleet, positions, tending
from hub.nodes.enrol import AlreadyThere, Enrolment
from hub.nodes.positions import Position
from hub.security import authority, safe
from hub.store import nodes

COMMAND = "loa-hub"
"""Who acts at the command line, in the record of deeds."""


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    node = commands.add_parser("node", help="nút / nodes").add_subparsers(required=True, metavar="COMMAND")
    added = command(node, "add", _add_node, "thêm, ghi tệp .loa / add, write the bundle")
    added.add_argument("address", metavar="COMMUNE/NODE")
    added.add_argument("--title", default="", help="the village's name")
    added.add_argument("--phone", default="", help="whom to call there when it cannot be reached")
    added.add_argument("--language", default="", help="what is spoken there, where it is another one: Tày")
    added.add_argument("--out", type=Path, help="where to write the bundle")
    added.add_argument("--again", action="store_true", help="a fresh credential for a node that exists (swapped Pi)")
    command(node, "list", _list_nodes, "danh sách / list")
    lying = command(node, "position", _position_nodes, "vị trí, từ CSV / where they lie, from a CSV: node,lat,lon")
    lying.add_argument("file", type=Path, metavar="FILE.csv")
    lying.add_argument("--abroad", action="store_true", help="positions outside of Vietnam are right")
    command(node, "revoke", _revoke_node, "thu hồi / revoke").add_argument("address", metavar="COMMUNE/NODE")


def _add_node(settings: HubSettings, options: argparse.Namespace) -> None:
    address = _address(options.address)
    target = options.out or Path(f"{address.node}{SUFFIX}")
    if target.exists():
        raise Failed(f"{target} đã có, không ghi đè / exists already and is left alone")
    if not target.absolute().parent.is_dir():
        raise Failed(f"không có thư mục {target.absolute().parent} / no such folder")
    fault = fleet.phone_fault(options.phone) or fleet.language_fault(options.language)
    if fault is not None:
        raise Failed(" / ".join(fault))
    hub_keys = load_keys(settings)
    certificates = authority.ensure(settings.home.keys, [settings.public_host])
    enrolment = Enrolment(settings, hub_keys, certificates.ca_pem)
    try:
        bundle = enrolment.add(
            open_database(settings),
            address,
            options.title or address.name,
            datetime.now(UTC),
            settings.limits.limits,
            options.again,
            options.phone,
            options.language,
        )
    except AlreadyThere:
        raise
    except ValueError as error:
        raise Failed(
            f"xem lại --title và public_host trong hub.toml / no node could use that bundle: {error}"
        ) from None
    safe.write_private(target, bundle)
    say(f"Đã ghi {target}: chép sang máy Pi rồi chạy  sudo loa-edge join {target.name}")
    say("Tệp này có mật khẩu của nút: xóa đi sau khi dùng. (It holds the node's secret: delete it after use.)")


def _list_nodes(settings: HubSettings, _options: argparse.Namespace) -> None:
    with open_database(settings).read() as c:
        for node in nodes.nodes(c):
            say("\t".join([node.id, node.title, *(["đã thu hồi"] if node.is_revoked else [])]))


def _revoke_node(settings: HubSettings, options: argparse.Namespace) -> None:
    address = _address(options.address)
    database = open_database(settings)
    with database.write() as c:
        if nodes.node(c, address.node) is None:
            raise Failed(f"không có nút {address.node} / no such node")
        nodes.revoke(c, address.node)
    say(f"Đã thu hồi {address.node}; nút này bị từ chối trong vòng một phút. (Revoked; refused within a minute.)")


def _position_nodes(settings: HubSettings, options: argparse.Namespace) -> None:
    """All of the file, or nothing."""
    found = _read_positions(options.file, options.abroad)
    with open_database(settings).write() as c:
        unknown = sorted(found.keys() - {node.id for node in nodes.nodes(c)})
        if unknown:
            raise Failed(f"không có nút / no such node: {', '.join(unknown)}")
        tending.note_positions(c, found, COMMAND, datetime.now(UTC))
    say(f"Đã ghi vị trí của {len(found)} nút. (Positions of {len(found)} nodes written.)")


def _read_positions(file: Path, may_be_abroad: bool) -> dict[str, Position]:
    """Node, latitude and longitude of each line; a first line of names is passed over. Raises Failed."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"không đọc được {file} / cannot be read: {error}") from None
    separator = ";" if lines and ";" in lines[0] else ","
    found: dict[str, Position] = {}
    for number, row in enumerate(csv.reader(lines, delimiter=separator), 1):
        if not row or (number == 1 and row[0].strip().lower() == "node"):
            continue
        try:
            node, latitude, longitude = (each.strip() for each in row)
            position = positions.read(f"{latitude}; {longitude}")
        except ValueError:
            raise Failed(
                f"dòng {number}: cần nút,vĩ độ,kinh độ, ví dụ binhminh-thon-1,21.0285,105.8542"
                f" / line {number}: node,latitude,longitude is needed"
            ) from None
        if not position.is_in_vietnam and not may_be_abroad:
            refused = tending.Abroad(position)
            raise Failed(f"dòng {number}: {refused.message_vi} (--abroad) / line {number}: {refused.message_en}")
        found[node] = position
    return found


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise Failed(
            f"địa chỉ nút chưa đúng: viết <mã xã>/<tên nút> bằng chữ thường không dấu và số, ví dụ binhminh/thon-1"
            f" / {error}"
        ) from None
