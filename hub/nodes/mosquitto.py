"""What Mosquitto's three files say: configuration, passwords, rights. Pure text; works for 2.0.11 and later.

Every right names the node's commune and id literally: a wildcard in it would let a node write under another
commune.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from contract.codec import MESSAGE_MAX
from contract.topics import DOWN_KINDS, HUB_ID, HUB_STATE, PREFIX, UP_KINDS, Address

SALT_BYTES = 12
ITERATIONS = 101
"""What mosquitto_passwd itself uses (2.0). Few are enough: the secrets are 256 random bits, nobody's word."""

UNACKED_MAX = 10_000
"""Messages under way to one client, before it has acknowledged any: bounds what the hub holds unwritten."""
UNACKED_BYTES_MAX = 32 * 1024 * 1024
QUEUED_MAX = 20_000
QUEUED_BYTES_MAX = 32 * 1024 * 1024
"""What waits behind those in the broker. Beyond it messages are dropped; without a receipt a node sends again."""


@dataclass(frozen=True, slots=True)
class Setup:
    """One private broker: a plain port on loopback for the hub, a TLS port for the nodes."""

    folder: Path
    user: str
    hub_port: int
    node_host: str
    node_port: int
    certificate: Path
    key: Path

    @property
    def configuration(self) -> Path:
        return self.folder / "mosquitto.conf"

    @property
    def passwords(self) -> Path:
        return self.folder / "passwords"

    @property
    def rights(self) -> Path:
        return self.folder / "rights"


def configuration(setup: Setup) -> str:
    """The configuration file. Nothing is kept on disk: what the broker held, the hub lays again."""
    return f"""\
# Written by the hub at every start. Changes made here are lost.
user {setup.user}
persistence false
allow_anonymous false
password_file {setup.passwords}
acl_file {setup.rights}
set_tcp_nodelay true
connection_messages false
log_dest stderr
log_timestamp false
log_type error
log_type warning
log_type notice
max_packet_size {MESSAGE_MAX + 1024}
max_inflight_messages {UNACKED_MAX}
max_inflight_bytes {UNACKED_BYTES_MAX}
max_queued_messages {QUEUED_MAX}
max_queued_bytes {QUEUED_BYTES_MAX}

# The nodes: one session each, named as the credential.
listener {setup.node_port} {setup.node_host}
certfile {setup.certificate}
keyfile {setup.key}
use_username_as_clientid true

# The hub. Last, so that once it answers all is well.
listener {setup.hub_port} 127.0.0.1
"""


def hash_password(secret: str, salt: bytes) -> str:
    """A secret as it stands in Mosquitto's password file: PBKDF2 with SHA-512, `$7$` (salt of 12 bytes)."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, ITERATIONS)
    return f"$7${ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def passwords(credentials: Iterable[tuple[str, str]]) -> str:
    """The password file for pairs of user and hash."""
    return "".join(f"{user}:{hashed}\n" for user, hashed in credentials)


def rights(nodes: Iterable[str]) -> str:
    """The rights file: the hub may do everything below the prefix, a node only what is its own."""
    blocks = [f"user {HUB_ID}\ntopic readwrite {PREFIX}/#\n"]
    for node in nodes:
        address = Address.of_node(node)
        lines = [f"user {node}"]
        lines += [f"topic write {PREFIX}/{address.commune}/{node}/{kind}" for kind in UP_KINDS]
        lines += [f"topic read {PREFIX}/{address.commune}/{node}/{kind}" for kind in DOWN_KINDS]
        lines += [f"topic read {HUB_STATE}"]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)
