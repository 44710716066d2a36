"""The nodes, their credentials, and what was last heard of each."""

import hashlib
import hmac
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, insert, select, update

from contract import codec
from contract.reports import Birth, Heartbeat
from contract.terms import Trust
from hub.nodes.fleet import Node, Presence
from hub.nodes.positions import Position
from hub.store import database
from hub.store import tables as t


def add_node(c: Connection, node: Node, secret_sha256: str, broker_hash: str) -> None:
    """Raises sqlalchemy.exc.IntegrityError where the id is taken."""
    c.execute(
        insert(t.nodes).values(
            id=node.id,
            title=node.title,
            added_at=node.added_at,
            is_revoked=node.is_revoked,
            secret_sha256=secret_sha256,
            broker_hash=broker_hash,
            phone=node.phone,
            language=node.language,
            **_position_values(node.position),
        )
    )


def nodes(c: Connection) -> list[Node]:
    """All nodes, revoked ones too, by id."""
    return [_node(row) for row in c.execute(_NODE.order_by(t.nodes.c.id))]


def node(c: Connection, id: str) -> Node | None:
    row = c.execute(_NODE.where(t.nodes.c.id == id)).first()
    return None if row is None else _node(row)


def revoke(c: Connection, id: str) -> None:
    c.execute(update(t.nodes).where(t.nodes.c.id == id).values(is_revoked=True))


def set_phone(c: Connection, id: str, phone: str) -> None:
    c.execute(update(t.nodes).where(t.nodes.c.id == id).values(phone=phone))


def set_language(c: Connection, id: str, language: str) -> None:
    c.execute(update(t.nodes).where(t.nodes.c.id == id).values(language=language))


def set_position(c: Connection, id: str, position: Position | None) -> None:
    c.execute(update(t.nodes).where(t.nodes.c.id == id).values(_position_values(position)))


def languages(c: Connection) -> dict[str, str]:
    """Of the nodes in service that have one."""
    n = t.nodes.c
    rows = c.execute(select(n.id, n.language).where(n.is_revoked.is_(False), n.language != "").order_by(n.id))
    return {row.id: row.language for row in rows}


def set_credential(c: Connection, id: str, secret_sha256: str, broker_hash: str) -> None:
    """Replace a node's secret (a new card, a new bundle); the node counts again if it was revoked."""
    fresh = {"secret_sha256": secret_sha256, "broker_hash": broker_hash, "is_revoked": False}
    c.execute(update(t.nodes).where(t.nodes.c.id == id).values(fresh))


def credentials(c: Connection) -> list[tuple[str, str]]:
    """Node id and broker hash of every node that may connect, by id."""
    n = t.nodes.c
    rows = c.execute(select(n.id, n.broker_hash).where(n.is_revoked.is_(False)).order_by(n.id))
    return [(row.id, row.broker_hash) for row in rows]


def active(c: Connection, ids: Collection[str]) -> set[str]:
    """Those of the ids that belong to a node which is not revoked."""
    n = t.nodes.c
    return set(c.execute(select(n.id).where(n.id.in_(ids), n.is_revoked.is_(False))).scalars())


def is_secret(c: Connection, id: str, secret: str) -> bool:
    """Whether this is the secret of that node and the node may still use it; compared in constant time.

    SHA-256 without salt or stretching is enough: the secret is 256 random bits, nobody's word.
    """
    n = t.nodes.c
    known = c.execute(select(n.secret_sha256).where(n.id == id, n.is_revoked.is_(False))).scalar()
    given = hashlib.sha256(secret.encode()).hexdigest()
    return hmac.compare_digest(known or "", given)


def presences(c: Connection) -> dict[str, Presence]:
    return {node: _presence(*row) for node, *row in c.execute(_PRESENCE)}


def presence(c: Connection, node: str) -> Presence | None:
    row = c.execute(_PRESENCE.where(t.presences.c.node == node)).first()
    return None if row is None else _presence(*row[1:])


def births(c: Connection, node: str | None = None) -> dict[str, Birth]:
    """How each node, or that one, was when it last connected."""
    query = select(t.births.c.node, t.births.c.body)
    rows = c.execute(query if node is None else query.where(t.births.c.node == node))
    return {row.node: codec.decode(row.body.encode(), Birth) for row in rows}


def heartbeats(c: Connection, since: datetime | None = None) -> dict[str, tuple[Heartbeat, datetime]]:
    """The last summary of each node, or of each that spoke since, and when it came in."""
    h = t.heartbeats.c
    query = select(h.node, h.body, h.received_at)
    rows = c.execute(query if since is None else query.where(h.received_at >= since))
    return {node: (read_heartbeat(body), received_at) for node, body, received_at in rows}


def bodies(c: Connection) -> list[tuple[str, str]]:
    """The last summary of each node, not read yet."""
    h = t.heartbeats.c
    return [(node, body) for node, body in c.execute(select(h.node, h.body))]


def read_heartbeat(body: str) -> Heartbeat:
    return codec.decode(body.encode(), Heartbeat)


def heartbeat(c: Connection, node: str) -> tuple[Heartbeat, datetime] | None:
    """The last summary of one node, and when it came in."""
    h = t.heartbeats.c
    row = c.execute(select(h.body, h.received_at).where(h.node == node)).first()
    return None if row is None else (read_heartbeat(row.body), row.received_at)


def born_between(
    c: Connection, nodes: Collection[str], start: datetime, end: datetime
) -> list[tuple[str, Birth, datetime]]:
    """Which of these nodes connected last from `start` up to before `end`. Of earlier times nothing is kept."""
    b = t.births.c
    query = select(b.node, b.body, b.received_at).where(b.node.in_(nodes), b.received_at >= start, b.received_at < end)
    return [(node, codec.decode(body.encode(), Birth), at) for node, body, at in c.execute(query)]


def born_at(c: Connection) -> dict[str, datetime]:
    """When each node last connected."""
    return {row.node: row.received_at for row in c.execute(select(t.births.c.node, t.births.c.received_at))}


def highest_epoch(c: Connection) -> int:
    """The highest epoch in which any node said that it believes a plan or a command; 0 where none did."""
    told = [counter for birth in births(c).values() for counter in (birth.plan, birth.command) if counter is not None]
    return max((counter.epoch for counter in told), default=0)


def blind(c: Connection, since: datetime) -> dict[str, tuple[Heartbeat, datetime]]:
    """Of the nodes that spoke since: those that do not believe their clock."""
    h = t.heartbeats.c
    mark = f'%"trust":"{Trust.UNTRUSTED.value}"%'
    rows = c.execute(select(h.node, h.body, h.received_at).where(h.received_at >= since, h.body.like(mark)))
    return {row.node: (codec.decode(row.body.encode(), Heartbeat), row.received_at) for row in rows}


def note_state(c: Connection, node: str, is_online: bool, at: datetime) -> None:
    note_states(c, [(node, is_online, at)])


def note_birth(c: Connection, node: str, birth: Birth, at: datetime) -> None:
    note_births(c, [(node, birth, at)])


def note_heartbeat(c: Connection, node: str, heartbeat: Heartbeat, at: datetime) -> None:
    note_heartbeats(c, [(node, heartbeat, at)])


def note_states(c: Connection, heard: Sequence[tuple[str, bool, datetime]]) -> None:
    """Keep what the state topics said. A repeated state moves no `changed_at`; an offline one is the broker's
    word, so it is no sign of life."""
    if not heard:
        return
    new = database.insert(c, t.presences)
    old, given = t.presences.c, new.excluded
    statement = new.on_conflict_do_update(
        index_elements=["node"],
        set_={
            "changed_at": case((old.is_online == given.is_online, old.changed_at), else_=given.changed_at),
            "heard_at": func.coalesce(given.heard_at, old.heard_at),
            "is_online": given.is_online,
        },
    )
    c.execute(
        statement,
        [
            {"node": node, "is_online": is_online, "changed_at": at, "heard_at": at if is_online else None}
            for node, is_online, at in heard
        ],
    )


def note_heard(c: Connection, heard: Sequence[tuple[str, datetime]]) -> None:
    """Keep that these nodes said something at all."""
    if not heard:
        return
    new = database.insert(c, t.presences)
    statement = new.on_conflict_do_update(index_elements=["node"], set_={"heard_at": new.excluded.heard_at})
    c.execute(statement, [{"node": node, "is_online": True, "changed_at": at, "heard_at": at} for node, at in heard])


def note_births(c: Connection, heard: Sequence[tuple[str, Birth, datetime]]) -> None:
    _keep_bodies(c, "births", heard)


def note_heartbeats(c: Connection, heard: Sequence[tuple[str, Heartbeat, datetime]]) -> None:
    _keep_bodies(c, "heartbeats", heard)


def _keep_bodies(c: Connection, name: str, heard: Sequence[tuple[str, Birth | Heartbeat, datetime]]) -> None:
    """Keep the last message of each node, and that the node was heard."""
    if not heard:
        return
    new = database.insert(c, t.metadata.tables[name])
    given = new.excluded
    statement = new.on_conflict_do_update(
        index_elements=["node"], set_={"received_at": given.received_at, "body": given.body}
    )
    c.execute(
        statement,
        [{"node": node, "received_at": at, "body": codec.encode(message).decode()} for node, message, at in heard],
    )
    note_heard(c, [(node, at) for node, _, at in heard])


_PRESENCE = select(*(t.presences.c[name] for name in ("node", "is_online", "changed_at", "heard_at")))


def _presence(is_online: bool, changed_at: datetime, heard_at: datetime | None) -> Presence:
    return Presence(is_online=is_online, changed_at=changed_at, heard_at=heard_at)


_NODE_COLUMNS = ("id", "title", "added_at", "is_revoked", "phone", "language", "latitude", "longitude")
_NODE = select(*(t.nodes.c[name] for name in _NODE_COLUMNS))


def _node(row: Row[Any]) -> Node:
    id, title, added_at, is_revoked, phone, language, latitude, longitude = tuple(row)
    position = None if latitude is None or longitude is None else Position(latitude, longitude)
    return Node(
        id=id, title=title, added_at=added_at, is_revoked=is_revoked, phone=phone, language=language, position=position
    )


def _position_values(position: Position | None) -> dict[str, float | None]:
    return {
        "latitude": None if position is None else position.latitude,
        "longitude": None if position is None else position.longitude,
    }
