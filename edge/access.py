"""How a node reaches its hub: address, credential, and the hub's own CA, the only one it believes."""

import base64
import http.client
import logging
import os
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from contract.settings import BadSettings
from edge.config import Paths
from edge.identity import NodeSettings


@dataclass(frozen=True, slots=True)
class Access:
    """What a connection to the hub needs. One credential serves MQTT and HTTPS; `node` is its user name."""

    node: str
    host: str
    mqtt_port: int
    media_port: int
    secret: str = field(repr=False)
    ca_pem: str = field(repr=False)

    def tls(self) -> ssl.SSLContext:
        """A context of one's own: HTTP libraries write their protocol into the one they are given."""
        return trust(self.ca_pem)

    def https(self, timeout_s: float) -> http.client.HTTPSConnection:
        """A connection to the hub's port for sounds; no single wait on it is longer than `timeout_s`."""
        return http.client.HTTPSConnection(self.host, self.media_port, timeout=timeout_s, context=self.tls())

    @property
    def authorization(self) -> str:
        """The header by which that port knows this node."""
        return "Basic " + base64.b64encode(f"{self.node}:{self.secret}".encode()).decode("ascii")


def load(paths: Paths, settings: NodeSettings) -> Access:
    """Read the secret and the CA that `loa-edge join` installed. Raises BadSettings, naming the file.

    Under systemd the secret comes as a credential (LoadCredential=secret): only the link's process can see it.
    """
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(credentials, "secret") if credentials else paths.secret
    try:
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from None
    try:
        ca_pem = paths.hub_ca.read_text(encoding="ascii")
        trust(ca_pem)
    except (OSError, ValueError) as error:
        raise BadSettings(f"{paths.hub_ca}: {error}") from None
    return Access(settings.node, settings.hub_host, settings.mqtt_port, settings.media_port, secret, ca_pem)


def trust(ca_pem: str) -> ssl.SSLContext:
    """TLS that believes this CA alone, for the host name it was asked for. Raises ValueError for no certificate."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        tls.load_verify_locations(cadata=ca_pem)
    except ssl.SSLError as error:
        raise ValueError(f"not a PEM certificate: {error.reason}") from None
    return tls


def explain(error: BaseException) -> str:
    """Say why the hub could not be reached, in words for the technician on site."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    for kind, words in _WORDS:
        if any(isinstance(each, kind) for each in chain):
            return f"{words} ({error})"
    return f"mạng lỗi / network error ({error})"


_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (
        ssl.SSLCertVerificationError,
        "chứng chỉ của máy chủ không khớp với gói cài đặt của nút này; xin gói mới rồi chạy lại loa-edge join"
        " / the server's certificate does not match this node's bundle; ask for a new bundle and join again",
    ),
    (
        ssl.SSLError,
        "kết nối bảo mật (TLS) thất bại; kiểm tra đúng cổng của máy chủ / the TLS connection failed; check the port",
    ),
    (
        socket.gaierror,
        "không tìm ra địa chỉ máy chủ; kiểm tra mạng và DNS / the hub's name cannot be resolved; check network and DNS",
    ),
    (
        ConnectionRefusedError,
        "máy chủ từ chối kết nối: loa-hub có đang chạy không? / connection refused: is the hub running?",
    ),
    (TimeoutError, "máy chủ không trả lời; kiểm tra mạng / the hub does not answer; check the network"),
    (
        ConnectionError,
        "kết nối với máy chủ bị ngắt / the connection to the hub was cut",
    ),
)

BAD_CREDENTIAL = (
    "máy chủ không nhận mật khẩu của nút này (đã bị thu hồi, hoặc có gói mới hơn); xin gói mới rồi chạy lại"
    " loa-edge join / the hub refuses this node's credential; ask for a new bundle and join again"
)


class Plaint:
    """Logs a trouble once, not at every attempt: a card must not fill with one sentence."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self.text = ""

    def say(self, text: str) -> None:
        """Log `text` unless it was the last thing said; an empty text says that the trouble is over."""
        if text and text != self.text:
            self._log.warning("%s", text)
        self.text = text
