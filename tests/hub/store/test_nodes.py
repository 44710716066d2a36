"""Nodes, their credentials, and what was heard of them."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from contract.limits import Limits
from contract.orders import Counter
from contract.reports import Birth, CameraReport, ClockReport, Heartbeat, PlanReport, Vitals
from contract.terms import CameraFault, Trust
from hub.nodes.fleet import Node, Presence
from hub.store import nodes
from hub.store.database import Database

NOW = datetime(2026, 3, 2, 5, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
THON_1 = Node(id="binhminh-thon-1", title="Thôn 1", added_at=NOW)
THON_2 = Node(id="binhminh-thon-2", title="Thôn 2", added_at=NOW)
BIRTH = Birth(
    at=NOW, software="0.1.0", hardware="Raspberry Pi 4", started_at=NOW, limits=Limits(), plan=Counter(epoch=0, n=7)
)
HEARTBEAT = Heartbeat(
    at=NOW,
    plan=PlanReport(accepted=Counter(0, 7), missing=("a" * 64,), missing_count=1),
    clock=ClockReport(trust=Trust.TRUSTED, error_ms=1.5),
    vitals=Vitals(uptime_s=60.0, temperature_c=51.5),
    cameras=(CameraReport(id="gate", fault=CameraFault.FROZEN, since_at=NOW, detail="đứng hình"),),
)


def sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def test_nodes_are_kept_as_they_are(c: Connection) -> None:
    nodes.add_node(c, THON_2, sha256("s2"), "$7$2")
    nodes.add_node(c, THON_1, sha256("s1"), "$7$1")
    assert nodes.nodes(c) == [THON_1, THON_2]
    assert nodes.node(c, THON_1.id) == THON_1
    assert nodes.node(c, "binhminh-thon-9") is None
    assert nodes.credentials(c) == [(THON_1.id, "$7$1"), (THON_2.id, "$7$2")]


def test_of_many_names_the_active_nodes_are_told(c: Connection) -> None:
    nodes.add_node(c, THON_1, sha256("s1"), "$7$1")
    nodes.add_node(c, THON_2, sha256("s2"), "$7$2")
    assert nodes.active(c, [THON_1.id, "binhminh-thon-9"]) == {THON_1.id}
    assert nodes.active(c, []) == set()


def test_an_id_is_given_once(database: Database) -> None:
    with database.write() as c:
        nodes.add_node(c, THON_1, sha256("s1"), "$7$1")
    with pytest.raises(IntegrityError), database.write() as c:
        nodes.add_node(c, THON_1, sha256("s1"), "$7$1")


def test_only_the_right_secret_of_the_right_node_opens(c: Connection) -> None:
    nodes.add_node(c, THON_1, sha256("s1"), "$7$1")
    nodes.add_node(c, THON_2, sha256("s2"), "$7$2")
    assert nodes.is_secret(c, THON_1.id, "s1")
    assert not nodes.is_secret(c, THON_1.id, "s2")
    assert not nodes.is_secret(c, THON_1.id, "")
    assert not nodes.is_secret(c, "binhminh-thon-9", "s1")
    assert not nodes.is_secret(c, "binhminh-thon-9", "")


def test_a_revoked_node_is_known_but_has_no_credential(c: Connection) -> None:
    nodes.add_node(c, THON_1, sha256("s1"), "$7$1")
    nodes.revoke(c, THON_1.id)
    assert nodes.node(c, THON_1.id) == replace(THON_1, is_revoked=True)
    assert nodes.credentials(c) == []
    assert nodes.active(c, [THON_1.id]) == set()
    assert not nodes.is_secret(c, THON_1.id, "s1")


def test_a_new_secret_replaces_the_old_one_and_lifts_a_revocation(c: Connection) -> None:
    nodes.add_node(c, THON_1, sha256("s1"), "$7$1")
    nodes.revoke(c, THON_1.id)
    nodes.set_credential(c, THON_1.id, sha256("new"), "$7$new")
    assert nodes.is_secret(c, THON_1.id, "new")
    assert not nodes.is_secret(c, THON_1.id, "s1")
    assert nodes.credentials(c) == [(THON_1.id, "$7$new")]


def test_a_state_heard_again_moves_no_change(c: Connection) -> None:
    nodes.note_state(c, THON_1.id, True, NOW)
    nodes.note_state(c, THON_1.id, True, NOW + MINUTE)
    assert nodes.presences(c) == {THON_1.id: Presence(is_online=True, changed_at=NOW, heard_at=NOW + MINUTE)}


def test_a_last_will_is_no_sign_of_life(c: Connection) -> None:
    nodes.note_state(c, THON_1.id, True, NOW)
    nodes.note_state(c, THON_1.id, False, NOW + MINUTE)
    nodes.note_state(c, THON_1.id, False, NOW + 2 * MINUTE)
    assert nodes.presences(c)[THON_1.id] == Presence(is_online=False, changed_at=NOW + MINUTE, heard_at=NOW)


def test_of_two_states_in_one_batch_the_later_stands(c: Connection) -> None:
    nodes.note_states(c, [(THON_1.id, True, NOW), (THON_1.id, False, NOW + MINUTE)])
    assert not nodes.presences(c)[THON_1.id].is_online


def test_birth_and_heartbeat_come_back_whole_and_count_as_heard(c: Connection) -> None:
    nodes.note_birth(c, THON_1.id, BIRTH, NOW)
    assert nodes.births(c) == {THON_1.id: BIRTH}
    nodes.note_heartbeat(c, THON_1.id, HEARTBEAT, NOW + MINUTE)
    assert nodes.heartbeats(c) == {THON_1.id: (HEARTBEAT, NOW + MINUTE)}
    assert nodes.presences(c)[THON_1.id] == Presence(is_online=True, changed_at=NOW, heard_at=NOW + MINUTE)


def test_only_the_last_heartbeat_of_a_node_is_kept(c: Connection) -> None:
    later = replace(HEARTBEAT, at=NOW + MINUTE, on_air="b1")
    nodes.note_heartbeats(
        c, [(THON_1.id, HEARTBEAT, NOW), (THON_2.id, HEARTBEAT, NOW), (THON_1.id, later, NOW + MINUTE)]
    )
    assert nodes.heartbeats(c) == {THON_1.id: (later, NOW + MINUTE), THON_2.id: (HEARTBEAT, NOW)}


def test_nothing_heard_is_nothing_written(c: Connection) -> None:
    nodes.note_states(c, [])
    nodes.note_births(c, [])
    nodes.note_heartbeats(c, [])
    nodes.note_heard(c, [])
    assert nodes.presences(c) == {}
