"""Who this node is, where its hub is, and whom it believes: `node.toml`, written by `loa-edge join`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contract.form import require
from contract.settings import required, setting
from contract.topics import Address

if TYPE_CHECKING:
    from contract.signing import Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSettings:
    """`node.toml`: who this node is, where its hub is, and whom it believes. Written by `loa-edge join`."""

    node: str = required("binhminh-thon-1", "This node's id: <commune>-<name>, unique across the country.")
    hub_host: str = required("loa.binhminh.example", "Name or address of the hub, as reached from this house.")
    mqtt_port: int = setting(8883, "The hub's MQTT port for nodes (TLS).")
    media_port: int = setting(8443, "The hub's HTTPS port for nodes, where audio is fetched.")
    daily_key: str = required("0" * 64, "Public key (Ed25519, hex) with which the hub signs every day.")
    recovery_key: str = required(
        "0" * 64, "Public key of the paper or stick in the safe: it alone may replace the daily key."
    )
    epoch: int = setting(0, "The epoch the daily key came with; a restored hub may have a higher one.")
    clock_trust: str = setting(
        "kernel",
        "Whom to ask whether the clock is right: 'kernel' (as set by NTP), or 'trusted' where this\n"
        "machine's host keeps its clock (a container, a virtual machine).",
    )

    def __post_init__(self) -> None:
        Address.of_node(self.node)
        require(len(bytes.fromhex(self.daily_key)) == 32, "daily_key: 64 hexadecimal digits")
        require(len(bytes.fromhex(self.recovery_key)) == 32, "recovery_key: 64 hexadecimal digits")
        require(self.clock_trust in ("kernel", "trusted"), "clock_trust: 'kernel' or 'trusted'")
        for port in (self.mqtt_port, self.media_port):
            require(0 < port < 65536, "a port is a number from 1 to 65535")

    @property
    def address(self) -> Address:
        return Address.of_node(self.node)

    @property
    def keys(self) -> "Keys":
        # Only the speaker verifies: the link is spared the cryptography library (7 MB).
        from contract.signing import Keys

        return Keys(daily=bytes.fromhex(self.daily_key), recovery=bytes.fromhex(self.recovery_key), epoch=self.epoch)
