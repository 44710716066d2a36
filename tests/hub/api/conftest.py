"""The hub's API over a fresh hub, asked in process, and programs that hold a token."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from hub.people import tokens
from hub.people.accounts import Scope
from hub.web.site import make_site
from tests.hub.web.world import ORIGIN, World

PLACE = "/api/v1"


class Program:
    """What asks with one token, or with none. It sends no cookie and no Origin, as programs do."""

    def __init__(self, client: TestClient, secret: str) -> None:
        self._client = client
        self.secret = secret

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **options: object
    ) -> httpx.Response:
        known = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        self._client.cookies.clear()
        answer: httpx.Response = self._client.request(
            method,
            PLACE + path,
            headers={**known, **(headers or {})},
            **options,  # type: ignore[arg-type]
        )
        return answer

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("POST", path, **options)

    def put(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("DELETE", path, **options)


Programs = Callable[..., Program]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.database.dispose()


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with TestClient(
        make_site(world.desk, lambda: world.online_since),
        base_url=ORIGIN,
        follow_redirects=False,
        raise_server_exceptions=False,
    ) as client:
        yield client


@pytest.fixture
def program(client: TestClient, world: World) -> Programs:
    """A program of this person's, whose token goes so far."""

    def make(name: str, scope: Scope = Scope.FULL) -> Program:
        _, secret = tokens.make(world.desk, world.user(name), "thử", scope, 30)
        return Program(client, secret)

    return make


@pytest.fixture
def nobody(client: TestClient) -> Program:
    return Program(client, "")


@pytest.fixture
def officer(program: Programs) -> Program:
    return program("lan")


@pytest.fixture
def leader(program: Programs) -> Program:
    return program("hung")
