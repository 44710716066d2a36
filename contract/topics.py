"""Topic names of the wire: built and taken apart here and nowhere else."""

import re
from dataclasses import dataclass
from typing import Literal, get_args

PREFIX = "loa/v1"
HUB_ID = "hub"
"""Reserved: no node or commune may be called so."""

UpKind = Literal["state", "birth", "report", "event", "picture"]
DownKind = Literal["plan", "command", "receipt"]
UP_KINDS: tuple[str, ...] = get_args(UpKind)
DOWN_KINDS: tuple[str, ...] = get_args(DownKind)

HUB_STATE = f"{PREFIX}/{HUB_ID}/{HUB_ID}/state"
"""Retained; every node may read it, so that an outbox waits while the hub, not only the broker, is away."""

_COMMUNE = re.compile(r"[a-z0-9]{2,16}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NAME_MAX = 32


@dataclass(frozen=True, slots=True)
class Address:
    """One node: its commune's code and its own name within the commune."""

    commune: str
    name: str

    def __post_init__(self) -> None:
        if not _COMMUNE.fullmatch(self.commune) or self.commune == HUB_ID:
            raise ValueError(f"commune {self.commune!r}: 2 to 16 characters of a-z and 0-9, and not 'hub'")
        if not _NAME.fullmatch(self.name) or len(self.name) > _NAME_MAX:
            raise ValueError(f"node name {self.name!r}: at most 32 characters of a-z, 0-9 and single hyphens")

    @property
    def node(self) -> str:
        """The node id, unique across the country."""
        return f"{self.commune}-{self.name}"

    @classmethod
    def of_node(cls, node: str) -> "Address":
        commune, _, name = node.partition("-")
        return cls(commune, name)

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read `<commune>/<name>` as a person types it.

        Raises ValueError with the reason where it is no address.
        """
        commune, slash, name = text.partition("/")
        if not slash:
            raise ValueError(f"{text!r}: write it as <commune>/<node>, for example binhminh/thon-1")
        return cls(commune, name)

    def topic(self, kind: UpKind | DownKind) -> str:
        return f"{PREFIX}/{self.commune}/{self.node}/{kind}"


def parse(topic: str) -> tuple[Address, str]:
    """Take a node's topic apart into its address and kind. Raises ValueError for any other topic."""
    parts = topic.split("/")
    if len(parts) != 5 or "/".join(parts[:2]) != PREFIX or parts[4] not in UP_KINDS + DOWN_KINDS:
        raise ValueError(f"not a node's topic: {topic[:120]!r}")
    address = Address.of_node(parts[3])
    if address.commune != parts[2]:
        raise ValueError(f"node and commune disagree: {topic[:120]!r}")
    return address, parts[4]
