"""A hub with three villages, five people and a stopped clock, for the tests of its pages."""

import atexit
import functools
import hashlib
import io
import math
import secrets
import shutil
import socket
import tempfile
import threading
import time
import wave
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import httpx
import numpy as np
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from contract.events import Change, Key, Playout
from contract.limits import Limits
from contract.orders import Counter
from contract.pictures import Pictures
from contract.reports import Birth, CameraReport, ClockReport, Heartbeat, PlanReport, TargetReport, Vitals
from contract.terms import CameraFault, Outcome, Priority, Reason, Trust
from hub.media.shelf import Shelf
from hub.news import News
from hub.nodes.fleet import Node
from hub.orders.broadcasts import Broadcast, Recording, digest
from hub.orders.desk import Desk
from hub.orders.wish import Wish
from hub.people.accounts import SESSION_LENGTH, Role, Session, User
from hub.people.passwords import hash_password
from hub.rules.wording import parse
from hub.store import meta, nodes, orders, people, plans, recordings, records, thumbnails
from hub.store.database import Database
from hub.store.orders import LiveOrder
from hub.store.plans import Issued
from hub.web.doors import Doors
from hub.web.site import make_site, say_goodbye

MORNING = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
"""Monday 23 November 2026, 04:30 in Vietnam."""
ORIGIN = "http://hub.test"
VILLAGES = {"binhminh-thon-1": "Thôn Đông", "binhminh-thon-2": "Thôn Đoài", "binhminh-thon-3": "Thôn Trung"}
PEOPLE = {
    "lan": ("Nguyễn Thị Lan", Role.OFFICER),
    "hung": ("Trần Văn Hùng", Role.LEADER),
    "tam": ("Lê Minh Tâm", Role.TECHNICIAN),
    "khach": ("Khách", Role.VIEWER),
    "quantri": ("Quản trị", Role.ADMIN),
}
PASSWORD = "loa làng buổi sáng"


@functools.cache
def password_hash() -> str:
    """One hash for all: each takes 64 MiB and a moment."""
    return hash_password(PASSWORD)


@functools.cache
def empty_database() -> Path:
    """One migrated database for all to copy."""
    folder = tempfile.mkdtemp(prefix="loa-test-")
    atexit.register(shutil.rmtree, folder)
    file = Path(folder, "hub.db")
    database = Database(f"sqlite:///{file}")
    database.migrate()
    database.dispose()
    return file


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class World:
    """The hub under the pages, and what its villages say to it."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    online_since: datetime | None = MORNING - timedelta(hours=1)

    def __post_init__(self) -> None:
        shutil.copy(empty_database(), self.folder / "hub.db")
        self.database = Database(f"sqlite:///{self.folder}/hub.db")
        self.shelf = Shelf(self.folder / "media")
        self.news = News()
        self.desk = Desk(self.database, self.shelf, self.clock, self.news)
        self._seq = 0
        with self.database.write() as c:
            for name, (title, role) in PEOPLE.items():
                people.add_user(c, User(name=name, title=title, role=role, password_hash=password_hash()))
            for id, title in VILLAGES.items():
                nodes.add_node(c, Node(id=id, title=title, added_at=MORNING), hashlib.sha256(b"s").hexdigest(), "h")

    def user(self, name: str) -> User:
        title, role = PEOPLE[name]
        return User(name=name, title=title, role=role, password_hash=password_hash())

    def bind(self, name: str, *villages: str) -> None:
        """From now on this person answers for these villages alone."""
        with self.database.write() as c:
            people.change(c, name, *PEOPLE[name], villages)

    def add_sound(self, title: str, duration_s: float = 125.0, is_chime: bool = False) -> Recording:
        """A recording whose bytes are no real sound; for pages that only list it."""
        draft = self.shelf.folder / "draft.part"
        draft.write_bytes(title.encode() * 100)
        sha256, size = self.shelf.add(draft)
        recording = Recording(
            sha256=sha256,
            size=size,
            duration_s=duration_s,
            loudness_lufs=-16.1,
            true_peak_dbtp=-1.2,
            title=title,
            uploaded_by="lan",
            uploaded_at=self.clock(),
        )
        with self.database.write() as c:
            recordings.add(c, recording)
            if is_chime:
                meta.put(c, "chime", sha256)
        return recording

    def order(
        self,
        title: str = "Bản tin sáng",
        minutes: float | None = 30,
        sound: Recording | None = None,
        villages: tuple[str, ...] = tuple(VILLAGES),
        priority: Priority = Priority.ROUTINE,
        rule: str = "",
        author: str = "lan",
        is_submitted: bool = True,
    ) -> Broadcast:
        """Order a broadcast `minutes` from now (None: as soon as approved), or by a rule in words."""
        wish = Wish(
            title=title,
            recording=(sound or self.add_sound(title)).sha256,
            nodes=villages,
            starts_at=None if minutes is None else self.clock() + timedelta(minutes=minutes),
            priority=priority,
            rule=parse(rule, self.clock().date()) if rule else None,
        )
        return self.desk.order(wish, self.user(author), is_submitted)

    def approve(self, broadcast: Broadcast) -> Broadcast:
        return self.desk.approve(broadcast.id, self.user("hung"), seen=digest(broadcast))

    def be_born(self, village: str, limits: Limits | None = None) -> None:
        birth = Birth(
            at=self.clock(),
            software="loa 0.1.0",
            hardware="Raspberry Pi 4 Model B",
            started_at=self.clock() - timedelta(hours=30),
            limits=limits or Limits(),
        )
        with self.database.write() as c:
            nodes.note_state(c, village, True, self.clock())
            nodes.note_birth(c, village, birth, self.clock())

    def beat(self, village: str, **changes: object) -> None:
        """A heartbeat comes in; healthy but for the changes."""
        beat = {
            "at": self.clock(),
            "plan": PlanReport(),
            "clock": ClockReport(trust=Trust.TRUSTED, error_ms=3.4),
            "vitals": Vitals(
                uptime_s=108_000, temperature_c=51.2, throttled=0, disk_free_pct=71.0, memory_free_mb=612.0
            ),
            "cameras": (CameraReport(id="cong", fault=CameraFault.NONE, since_at=MORNING),),
            "targets": tuple(
                TargetReport(id=id, is_up=True, since_at=MORNING, rtt_ms=4.0) for id in ("gateway", "dns", "internet")
            ),
            **changes,
        }
        with self.database.write() as c:
            nodes.note_state(c, village, True, self.clock())
            nodes.note_heartbeat(c, village, Heartbeat(**beat), self.clock())  # type: ignore[arg-type]

    def issue(self, village: str, *broadcasts: Broadcast, n: int = 1) -> Counter:
        """A plan with these broadcasts goes out to a village; returns its counter."""
        counter = Counter(0, n)
        carried = tuple(b.id for b in broadcasts)
        with self.database.write() as c:
            plans.put(c, Issued(village, counter, "d" * 64, b"{}", self.clock(), carried))
        return counter

    def report(
        self,
        village: str,
        broadcast: Broadcast,
        outcome: Outcome = Outcome.AIRED,
        reason: Reason = Reason.NONE,
        late_s: float = 0.0,
        at: datetime | None = None,
    ) -> None:
        """The record of one airing comes in; of the only one, or of that `at` an instant."""
        self._seq += 1
        at = at or broadcast.starts_at or self.clock()
        is_heard = outcome in (Outcome.AIRED, Outcome.CUT, Outcome.PREEMPTED)
        playout = Playout(
            key=Key(stream="s1", seq=self._seq),
            at=self.clock(),
            cue=f"{broadcast.id}.x.{village}",
            broadcast=broadcast.id,
            outcome=outcome,
            reason=reason,
            planned_at=at,
            first_sample_at=at + timedelta(seconds=late_s) if is_heard else None,
            last_sample_at=at + timedelta(seconds=broadcast.duration_s) if is_heard else None,
            level_dbfs=-18.4 if is_heard else None,
        )
        with self.database.write() as c:
            records.insert_events(c, [(village, playout, self.clock())])

    def change(self, village: str, subject: str, value: str, at: datetime, detail: str = "") -> None:
        """A change that the node noticed then comes in."""
        self._seq += 1
        change = Change(key=Key(stream="s2", seq=self._seq), at=at, subject=subject, value=value, detail=detail)
        with self.database.write() as c:
            records.insert_events(c, [(village, change, self.clock())])

    def take_up(self, village: str) -> list[LiveOrder]:
        """What stands for this village goes out, and the node says that it has it."""
        with self.database.write() as c:
            standing = [o for o in orders.open_orders(c, self.clock()) if o.node == village]
            taken = [replace(order, counter=Counter(0, self._seq + n)) for n, order in enumerate(standing, 1)]
            for order in taken:
                assert order.counter is not None
                orders.note_sent(c, order.id, order.counter, "n")
                orders.note_done(c, order.id)
            self._seq += len(taken)
            return taken

    def send_pictures(self, village: str, order: LiveOrder, **changes: object) -> bool:
        """The small pictures that an order asked for come in; whether the hub keeps them."""
        sent: dict[str, object] = {
            "at": self.clock(), "command": order.counter, "camera": order.camera, "now": grey(90), "before": grey(160),
            "after": grey(30), "fault": CameraFault.COVERED, "fault_at": self.clock() - timedelta(hours=3), **changes,
        }  # fmt: skip
        with self.database.write() as c:
            pictures = Pictures(**sent)  # type: ignore[arg-type]
            is_kept = thumbnails.take(c, village, pictures, self.clock(), timedelta(hours=24))
        self.news.tell("pictures")
        return is_kept


@functools.cache
def grey(light: int) -> bytes:
    """A small picture as a node sends it: a house, more or less lit."""
    scene = np.full((36, 64), light, np.uint8)
    scene[16:, 20:44] = light // 2
    scene[24:, 30:34] = light // 4
    return bytes(cv2.imencode(".jpg", scene)[1])


def tone(seconds: float) -> bytes:
    """A WAV file with something to hear."""
    samples = array("h", (int(9000 * math.sin(i / 9)) for i in range(int(16_000 * seconds))))
    memory = io.BytesIO()
    with wave.open(memory, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(16_000)
        wav.writeframes(samples.tobytes())
    return memory.getvalue()


@contextmanager
def served(world: World, port: int = 0, doors: Doors | None = None) -> Iterator[tuple[str, FastAPI]]:
    """The pages behind a real server, on a free port or on this one."""
    app = make_site(world.desk, lambda: world.online_since, doors=doors)
    with behind(app, port) as address:
        yield address, app


@contextmanager
def behind(app: FastAPI, port: int = 0) -> Iterator[str]:
    """Any site behind a real server; yields its address."""
    door = socket.socket(proto=socket.IPPROTO_TCP)  # else asyncio lets small answers wait for acknowledgements
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        say_goodbye(app)
        server.should_exit = True
        thread.join()
        door.close()


class Browser:
    """One person's browser: keeps cookies and says where its requests come from."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def get(self, path: str, **options: object) -> httpx.Response:
        return self._client.get(path, **options)  # type: ignore[no-any-return]

    def post(self, path: str, **options: object) -> httpx.Response:
        return self._client.post(path, **options)  # type: ignore[no-any-return]

    def ask(self, method: str, path: str, **options: object) -> httpx.Response:
        return self._client.request(method, path, **options)  # type: ignore[arg-type,no-any-return]

    def enter(self, world: World, name: str) -> None:
        """Be logged in as this person, without the work of checking a password."""
        token = f"token-of-{name}-{secrets.token_hex(8)}"
        session = Session(
            token_sha256=hashlib.sha256(token.encode()).hexdigest(),
            user=name,
            created_at=world.clock(),
            expires_at=world.clock() + SESSION_LENGTH,
        )
        with world.database.write() as c:
            people.add_session(c, session)
        self._client.cookies.set("loa_session", token)

    def log_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        return self.post("/login", data={"name": name, "password": password})
