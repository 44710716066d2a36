"""Sounds for nodes: by content, in pieces, to nodes in service only."""

import hashlib

import pytest
from starlette.testclient import TestClient

from hub.nodes.fleet import Node
from hub.orders.broadcasts import Recording
from hub.store import nodes
from hub.web.nodes.media import make_media_app
from tests.hub.web.world import MORNING, World

NODE, SECRET = "binhminh-thon-9", "a secret of 256 random bits"


@pytest.fixture
def media(world: World) -> TestClient:
    with world.database.write() as c:
        digest = hashlib.sha256(SECRET.encode()).hexdigest()
        nodes.add_node(c, Node(id=NODE, title="Thôn Chín", added_at=MORNING), digest, "h")
    return TestClient(make_media_app(world.database, world.shelf))


@pytest.fixture
def sound(world: World) -> Recording:
    return world.add_sound("Bản tin")


def test_a_node_gets_a_sound_whole(media: TestClient, world: World, sound: Recording) -> None:
    answer = media.get(f"/media/{sound.sha256}", auth=(NODE, SECRET))
    assert answer.status_code == 200
    assert answer.content == world.shelf.path(sound.sha256).read_bytes()
    assert answer.headers["content-type"] == "audio/ogg"


def test_a_node_goes_on_where_the_line_broke(media: TestClient, world: World, sound: Recording) -> None:
    whole = world.shelf.path(sound.sha256).read_bytes()
    etag = media.head(f"/media/{sound.sha256}", auth=(NODE, SECRET)).headers["etag"]
    answer = media.get(f"/media/{sound.sha256}", auth=(NODE, SECRET), headers={"Range": "bytes=100-", "If-Range": etag})
    assert answer.status_code == 206
    assert answer.content == whole[100:]
    assert answer.headers["content-range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
    beyond = media.get(f"/media/{sound.sha256}", auth=(NODE, SECRET), headers={"Range": "bytes=999999-"})
    assert beyond.status_code == 416


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic /////w=="},
        {"Authorization": b"Basic l\xe0ng"},
        {"Authorization": "Basic bm9jb2xvbg=="},
        {"Authorization": "Basic " + "A" * 9000},
    ],
)
def test_who_does_not_name_itself_gets_nothing(media: TestClient, sound: Recording, headers: dict[str, str]) -> None:
    answer = media.get(f"/media/{sound.sha256}", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_a_wrong_secret_another_nodes_name_and_a_revoked_node_are_refused(
    media: TestClient, world: World, sound: Recording
) -> None:
    path = f"/media/{sound.sha256}"
    assert media.get(path, auth=(NODE, "wrong")).status_code == 401
    assert media.get(path, auth=("binhminh-thon-1", SECRET)).status_code == 401
    assert media.get(path, auth=("nobody", "")).status_code == 401
    with world.database.write() as c:
        nodes.revoke(c, NODE)
    assert media.get(path, auth=(NODE, SECRET)).status_code == 401


@pytest.mark.parametrize(
    "name", ["0" * 64, "x", "..%2f..%2fhub.db", "%2e%2e", "A" * 64, "0" * 63 + "%0a", "draft.part", ""]
)
def test_no_name_leads_elsewhere(media: TestClient, name: str) -> None:
    assert media.get(f"/media/{name}", auth=(NODE, SECRET)).status_code == 404


def test_nothing_else_is_answered(media: TestClient, sound: Recording) -> None:
    assert media.post(f"/media/{sound.sha256}", auth=(NODE, SECRET)).status_code == 405
    assert media.get("/", auth=(NODE, SECRET)).status_code == 404
    assert media.get("/login").status_code == 404
