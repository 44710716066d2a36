"""The arrows of docs/architecture.md: who may import whom, and which names a file may not have."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("contract", "edge", "hub", "simulator")
BANNED_NAMES = {"utils.py", "util.py", "common.py", "helpers.py", "manager.py", "misc.py"}

PURE = {
    "contract/form.py", "contract/orders.py", "contract/reports.py", "contract/events.py", "contract/limits.py",
    "contract/pictures.py", "contract/rules.py",
    "contract/terms.py", "contract/topics.py", "contract/settings.py", "contract/bundle.py", "edge/uplink.py",
    "edge/ailing.py", "edge/playlist.py",
    "edge/speaker/feed.py", "edge/speaker/fake_feed.py", "edge/speaker/schedule.py",
    "edge/speaker/playout.py", "edge/speaker/policy.py", "edge/speaker/timeline.py", "edge/speaker/playhead.py",
    "edge/camera/health/bank.py", "edge/camera/health/dirt.py", "edge/camera/health/finding.py",
    "edge/camera/health/memory.py", "edge/camera/health/phrases.py",
    "edge/camera/health/sight.py", "edge/camera/health/stir.py", "edge/camera/health/verdict.py",
    "edge/camera/onvif/proposal.py", "edge/camera/onvif/soap.py", "edge/camera/pace.py", "edge/camera/rules.py",
    "edge/camera/saying.py", "edge/camera/source/aim.py", "edge/camera/source/jpeg.py", "edge/camera/view/ordered.py",
    "edge/camera/source/rtp.py", "edge/camera/source/sdp.py", "edge/camera/view/compare.py",
    "edge/camera/view/look.py", "edge/camera/view/picture.py", "edge/camera/view/question.py",
    "edge/camera/view/register.py", "edge/camera/view/seen.py", "edge/camera/view/thumbnail.py",
    "edge/camera/view/traits.py",
    "edge/netmon/advice.py", "edge/netmon/diagnosis.py", "edge/netmon/doubt.py", "edge/netmon/lease.py",
    "edge/netmon/netlink.py", "edge/netmon/opinion.py", "edge/netmon/uptime.py",
    "hub/people/deeds.py", "hub/people/password_rules.py", "hub/people/totp.py", "hub/web/wording/deeds.py",
    "hub/web/wording/agents.py", "hub/web/wording/network_lines.py", "hub/web/wording/machine_lines.py",
    "hub/orders/broadcasts.py", "hub/nodes/planning.py", "hub/orders/conflicts.py", "hub/orders/openings.py",
    "hub/nodes/fleet.py", "hub/nodes/windows.py", "hub/nodes/course.py", "hub/nodes/uptime.py",
    "hub/cameras/causes.py", "hub/cameras/days.py",
    "hub/web/wording/camera_words.py", "hub/people/accounts.py", "hub/refusals.py", "hub/orders/wish.py",
    "hub/orders/life.py",
    "hub/titles.py", "hub/nodes/sieve.py", "hub/alarms/emergency.py", "hub/rules/rule.py", "hub/rules/calendar.py",
    "hub/rules/lunar.py", "hub/rules/wording.py", "hub/web/sounds/tus.py", "hub/rules/day_words.py",
    "hub/rules/reading.py", "hub/rules/when.py", "hub/orders/timetable.py", "hub/ics/lines.py",
    "hub/ics/reading.py", "hub/ics/recurrence.py", "hub/ics/writing.py", "hub/media/cut.py",
    "hub/media/waveform.py", "hub/web/wave.py", "hub/speech/abbreviations.py", "hub/speech/amounts.py",
    "hub/speech/codes.py", "hub/speech/dates.py", "hub/speech/normalise.py", "hub/speech/scripts.py",
    "hub/speech/numbers.py", "hub/speech/reader.py", "hub/speech/sentences.py", "hub/speech/syllables.py",
    "hub/speech/terms.py", "hub/incidents/incident.py", "hub/incidents/book.py", "hub/incidents/held.py",
    "hub/incidents/opening.py", "hub/incidents/fold.py", "hub/web/wording/incident_words.py",
    "hub/homeassistant/address.py",
    "hub/homeassistant/entity.py", "hub/homeassistant/discovery.py",
    "hub/web/wording/incident_advice.py", "hub/alerts/address.py", "hub/alerts/content.py", "hub/alerts/letter.py",
    "hub/alerts/events.py", "hub/alerts/fold.py", "hub/alerts/message.py", "hub/alerts/place.py",
    "hub/alerts/register.py", "hub/alerts/retry.py",
    "hub/web/nodes/figure_words.py", "hub/history/figures.py", "hub/history/levels.py",
}  # fmt: skip
IMPURE = {
    "os", "io", "pathlib", "socket", "time", "random", "secrets", "sqlite3", "subprocess", "threading", "asyncio",
    "logging", "tempfile", "shutil", "fastapi", "starlette", "sqlalchemy", "paho", "httpx", "uvicorn", "gpiozero",
}  # fmt: skip
PAHO = {"edge/link.py", "hub/nodes/link.py", "hub/homeassistant/link.py"}

WEB = {"fastapi", "starlette", "uvicorn", "hub.web", "hub.api", "hub.app"}

NEVER: dict[str, set[str]] = {
    "contract": {"edge", "hub", "simulator", *IMPURE},
    "edge": {"hub", "simulator", "fastapi", "sqlalchemy"},
    "edge/speaker": {"edge.camera", "edge.netmon", "edge.link", "edge.fetch", "paho", "socket.create_connection"},
    "edge/camera": {"edge.speaker", "edge.netmon", "edge.link", "edge.fetch", "paho"},
    "edge/camera/view": {"edge.camera.source", "edge.camera.onvif", "edge.camera.health"},
    "edge/camera/source": {"edge.camera.view", "edge.camera.onvif", "edge.camera.health"},
    "edge/camera/health": {"edge.camera.source", "edge.camera.onvif"},
    "edge/camera/onvif": {"edge.camera.view", "edge.camera.health"},
    "edge/netmon": {"edge.speaker", "edge.camera", "edge.link", "edge.fetch", "paho"},
    "hub": {"edge", "simulator"},
    **dict.fromkeys(("hub/orders", "hub/sounds", "hub/alarms", "hub/people", "hub/security"), WEB | {"paho"}),
    **dict.fromkeys(("hub/cameras", "hub/incidents", "hub/alerts", "hub/history"), WEB | {"paho"}),
    **dict.fromkeys(("hub/rules", "hub/speech"), WEB | {"paho", "sqlalchemy", "hub.store", "hub.orders"}),
    "hub/ics": WEB | {"paho", "sqlalchemy", "hub.store"},
    "hub/nodes": WEB,
    "hub/homeassistant": WEB,
    "hub/store": {"fastapi", "starlette", "paho", "hub.web", "hub.nodes.link", "hub.app"},
    "hub/web": {"paho", "hub.nodes.link", "hub.nodes.broker", "hub.nodes.ingest", "hub.app"},
    "hub/api": {"paho", "hub.nodes.link", "hub.nodes.broker", "hub.nodes.ingest", "hub.app"},
    "hub/media": {"hub.store", "hub.web", "paho", "fastapi"},
}
WEB_FLOORS = (
    "wording", "", "board", "emergency", "incidents", "alerts", "nodes", "people", "trust", "broadcasts", "sounds",
    "calendar", "site",
)  # fmt: skip
"""The folders of hub/web from the ground up; "" is the files at its top that all share."""
COMPOSERS = {"edge/__main__.py", "edge/processes.py", "hub/__main__.py", "hub/app.py"}
"""Where parts are put together: the only files the arrows between siblings do not bind."""


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_within(name: str, banned: str) -> bool:
    return name == banned or name.startswith(banned + ".")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    name = name_of(path)
    wrong = {
        imported
        for folder, banned in NEVER.items()
        if name.startswith(folder + "/") and not (name in COMPOSERS and folder != "contract")
        for imported in imports(path)
        for each in banned
        if is_within(imported, each)
    }
    assert not wrong, f"{name} may not import {sorted(wrong)}"


def web_floor(module: str) -> int:
    part = module.split(".")[2]
    return WEB_FLOORS.index(part if part in WEB_FLOORS else "")


def test_folders_of_the_pages_know_none_above_their_own() -> None:
    pages = {name_of(p)[:-3].replace("/", "."): p for p in sources() if name_of(p).startswith("hub/web/")}
    assert {name_of(p).split("/")[2] for p in pages.values() if p.parent.name != "web"} == {*WEB_FLOORS} - {"", "site"}
    wrong = {
        (module, imported)
        for module, path in pages.items()
        for imported in imports(path)
        if imported.startswith("hub.web.") and web_floor(imported) > web_floor(module)
    }
    assert not wrong


@pytest.mark.parametrize("name", sorted(PURE))
def test_pure_modules_reach_for_nothing(name: str) -> None:
    path = ROOT / name
    reached = {i for i in imports(path) for each in IMPURE if is_within(i, each)}
    text = path.read_text(encoding="utf-8")
    assert not reached, f"{name} imports {sorted(reached)}"
    assert "datetime.now" not in text
    assert "open(" not in text


def has_routes(path: Path) -> bool:
    return "APIRouter(" in path.read_text(encoding="utf-8")


def test_pages_and_api_share_use_cases_and_views_not_routes() -> None:
    routed = {name_of(p)[:-3].replace("/", "."): p for p in sources() if has_routes(p)}
    sides = {module: module.split(".")[1] for module in routed}
    assert set(sides.values()) == {"web", "api"}
    wrong = {
        (name_of(path), module)
        for path in sources()
        for side in ("web", "api")
        if name_of(path).startswith(f"hub/{side}/") and path.name != "site.py"
        for imported in imports(path)
        for module in routed
        if is_within(imported, module) and sides[module] != side
    }
    assert not wrong


def test_only_links_know_paho() -> None:
    assert {name_of(p) for p in sources() if any(is_within(i, "paho") for i in imports(p))} <= PAHO


def test_only_the_sending_child_loads_apprise() -> None:
    assert [name_of(p) for p in sources() if any(is_within(i, "apprise") for i in imports(p))] == [
        "hub/alerts/sender.py"
    ]
    assert not [name_of(p) for p in sources() if any(is_within(i, "hub.alerts.sender") for i in imports(p))]


def test_no_file_is_named_for_no_topic() -> None:
    assert not [name_of(p) for p in sources() if p.name in BANNED_NAMES]


def test_every_module_says_its_job() -> None:
    mute = [name_of(p) for p in sources() if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert not mute
