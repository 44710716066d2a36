"""The API as its OpenAPI document promises it, tried by schemathesis: every operation, what fits and what does not.

The hub stands in memory, with the objects that the document names in its examples.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import AuthContext, Case, HookContext
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.api.site import built
from hub.cameras import asking
from hub.incidents.incident import About, Incident, Member
from hub.nodes import maintenance
from hub.people.accounts import Scope as Reach
from hub.people.accounts import Token
from hub.store import broadcasts, incidents, tokens
from hub.store import maintenance as windows
from hub.web.site import make_site
from hub.web.sounds import tus
from tests.hub.web.world import MORNING, ORIGIN, World

NODE, BROADCAST, WINDOW = "binhminh-thon-1", "b0123456789ab", "m0123456789ab"
SLOW = "speech/(sound|recordings)$|/recordings$|preparations|cancel|all-clear|/cut"
"""What starts a child for each request that fits."""


SECRET = "loa_what-every-request-carries"
"""Cases are made before there is a hub; so each hub is told to let this one in."""


class Stage:
    """Where the hub of one test stands."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on; the hub is started and stopped once, not for each of them."""
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})


stage = Stage()
document = schemathesis.openapi.from_dict(built().state.schema)
document.app = stage
document.config.checks.positive_data_acceptance.expected_statuses += ["412", "413"]
"""An ETag may have the right form and be of yesterday; a file may have a length, and be longer than the hub takes."""
for _check in (
    document.config.checks.negative_data_rejection,
    document.config.checks.missing_required_header,
):
    _check.expected_statuses += ["412"]
"""How tus has it for those who speak another version."""
schemathesis.serializer.alias(tus.PIECE_TYPE, "application/octet-stream")


@document.hook
def filter_headers(context: HookContext, headers: Mapping[str, str] | None) -> bool:
    """No schema can say that Base64 holds UTF-8: of metadata only those are tried that do. The others have their own
    tests."""
    try:
        tus.metadata((headers or {}).get("Upload-Metadata", ""))
    except tus.BadHeader:
        return False
    return True


@document.auth()
class Bearer:
    """Every request carries this token, save where schemathesis tries what happens without."""

    def get(self, case: Case[Any], context: AuthContext) -> str:
        return SECRET

    def set(self, case: Case[Any], data: str, context: AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@contextmanager
def asked_by(name: str, folder: Path) -> Iterator[World]:
    """A fresh hub, asked by a program of this person's."""
    world = World(folder)
    world.beat(NODE)
    asking.show(world.desk, NODE, "cong", world.user("tam"))
    assert world.send_pictures(NODE, *world.take_up(NODE))
    planned = maintenance.plan(
        world.desk, NODE, "cong", world.clock(), world.clock() + timedelta(hours=1), "thử", world.user("tam")
    )
    ordered = world.order(sound=world.add_sound("Bản tin sáng"))
    lost = Member(node=NODE, subject="node", value="down", detail="", since_at=MORNING)
    incident = Incident(id=1, about=About.CONTACT, since_at=MORNING, opened_at=MORNING, members=[lost])
    with world.database.write() as c:
        incidents.put(c, [incident])
        broadcasts.add(c, replace(ordered, id=BROADCAST))
        windows.add(c, [replace(planned, id=WINDOW)])
        digest, end = hashlib.sha256(SECRET.encode()).hexdigest(), MORNING + timedelta(days=365)
        tokens.add(
            c,
            Token(sha256=digest, user=name, name="thử", scope=Reach.FULL, created_at=MORNING, expires_at=end),
        )
    stage.app = make_site(world.desk, lambda: world.online_since, wait=_at_once)
    with TestClient(stage.app, base_url=ORIGIN):
        yield world
    world.database.dispose()


def bounded(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True
    )


async def _at_once(_seconds: float) -> None:
    """Nobody is slowed here: what is tried is the form, not the patience."""
