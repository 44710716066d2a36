"""Adds a node in one step: a random secret, kept here only as hashes, and a bundle that carries all the node needs."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from contract import codec
from contract.bundle import Bundle
from contract.limits import Limits
from contract.topics import Address
from hub.config import HubSettings
from hub.nodes.broker import hash_password
from hub.nodes.fleet import Node
from hub.security.keys import HubKeys
from hub.store import nodes
from hub.store.database import Database


class AlreadyThere(ValueError):
    """A node of that name exists; a new bundle for it must be asked for on purpose."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a bundle is made of besides the node itself."""

    settings: HubSettings
    keys: HubKeys
    ca_pem: str

    def add(
        self,
        database: Database,
        address: Address,
        title: str,
        now: datetime,
        limits: Limits,
        is_again: bool = False,
        phone: str = "",
        language: str = "",
    ) -> bytes:
        """Add the node (or give it a fresh credential with `is_again`: a swapped Pi). Returns the bundle's bytes.

        Raises AlreadyThere; ValueError where no node could use such a bundle. Nothing was changed then.
        """
        secret = secrets.token_urlsafe(32)
        bundle = self._bundle(address, title, secret, limits)
        secret_sha256 = hashlib.sha256(secret.encode()).hexdigest()
        with database.write() as c:
            known = nodes.node(c, address.node)
            if known is not None and not is_again:
                raise AlreadyThere(
                    f"{address.node} đã có; thêm --again để cấp lại / exists; add --again for a new bundle"
                )
            if known is None:
                node = Node(id=address.node, title=title, added_at=now, phone=phone, language=language)
                nodes.add_node(c, node, secret_sha256, hash_password(secret))
            else:
                nodes.set_credential(c, address.node, secret_sha256, hash_password(secret))
                if phone:
                    nodes.set_phone(c, address.node, phone)
                if language:
                    nodes.set_language(c, address.node, language)
        return codec.encode(bundle)

    def _bundle(self, address: Address, title: str, secret: str, limits: Limits) -> Bundle:
        return Bundle(
            node=address.node,
            title=title,
            hub_host=self.settings.public_host,
            mqtt_port=self.settings.mqtt_port,
            media_port=self.settings.media_port,
            secret=secret,
            daily_key=self.keys.daily_public.hex(),
            recovery_key=self.keys.recovery_public.hex(),
            epoch=self.keys.epoch,
            ca_pem=self.ca_pem,
            limits=limits,
        )
