"""Adding a node: one bundle with all it needs, its secret kept at the hub only as hashes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract import bundle as bundles
from contract.limits import Limits
from contract.topics import Address
from hub.config import HubSettings
from hub.nodes.enrol import AlreadyThere, Enrolment
from hub.security import authority, keys
from hub.store import nodes
from hub.store.database import Database

T0 = datetime(2026, 12, 1, tzinfo=UTC)
ADDRESS = Address("binhminh", "thon-1")


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    database.migrate()
    return database


@pytest.fixture
def enrolment(tmp_path: Path) -> Enrolment:
    settings = HubSettings(data_dir=str(tmp_path), public_host="hub.binhminh.example")
    return Enrolment(settings, keys.create(tmp_path), authority.ensure(tmp_path, ["localhost"]).ca_pem)


def test_the_bundle_opens_the_door_and_the_database_does_not_hold_the_key(
    enrolment: Enrolment, database: Database, tmp_path: Path
) -> None:
    bundle = bundles.decode(enrolment.add(database, ADDRESS, "Thôn 1", T0, Limits()))
    assert (bundle.node, bundle.hub_host) == (ADDRESS.node, "hub.binhminh.example")
    with database.read() as c:
        assert nodes.is_secret(c, ADDRESS.node, bundle.secret)
        assert not nodes.is_secret(c, ADDRESS.node, bundle.secret + "x")
    database.dispose()
    assert not [p for p in tmp_path.iterdir() if bundle.secret.encode() in p.read_bytes()]


def test_a_second_bundle_is_only_given_when_asked_for_and_ends_the_first(
    enrolment: Enrolment, database: Database
) -> None:
    first = bundles.decode(enrolment.add(database, ADDRESS, "Thôn 1", T0, Limits()))
    with pytest.raises(AlreadyThere, match="--again"):
        enrolment.add(database, ADDRESS, "Thôn 1", T0, Limits())
    second = bundles.decode(enrolment.add(database, ADDRESS, "Thôn 1", T0, Limits(), is_again=True))
    with database.read() as c:
        assert nodes.is_secret(c, ADDRESS.node, second.secret)
        assert not nodes.is_secret(c, ADDRESS.node, first.secret)
