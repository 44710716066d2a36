"""Encrypts a connection to a camera. Cameras sign their certificates themselves, so one is known by its fingerprint.

Whatever else a certificate says (a name, a date, an authority) is not asked: a camera's clock is often wrong, its name
an address. Only loaded where a camera is asked by https or rtsps: OpenSSL takes 3 MB.
"""

import hashlib
import hmac
import socket
import ssl
import time

from edge.camera.source.wire import READ_S, Met


def wrap(connection: socket.socket, fingerprint: str, until_s: float) -> ssl.SSLSocket:
    """Shake hands. Raises Met where the certificate is not the one whose SHA-256 is `fingerprint` (64 hex digits)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection.settimeout(max(0.01, min(READ_S, until_s - time.monotonic())))
    try:
        wrapped = context.wrap_socket(connection)
    except ssl.SSLError as error:
        connection.close()
        raise Met("silent", f"không bắt tay TLS được / no TLS handshake: {error.reason or 'failed'}") from None
    except OSError:
        connection.close()
        raise Met("silent", "không bắt tay TLS được / no TLS handshake") from None
    found = hashlib.sha256(wrapped.getpeercert(binary_form=True) or b"").hexdigest()
    if not hmac.compare_digest(found, fingerprint):
        wrapped.close()
        raise Met("silent", _explain(found, bool(fingerprint)))
    return wrapped


def _explain(found: str, is_other: bool) -> str:
    if is_other:
        return (
            "chứng thư của camera khác với camera.toml: đã thay máy, đặt lại, hay bị giả? Nếu đúng là nó, hãy ghi"
            f" / its certificate is another than camera.toml says; if it is the right camera, write:"
            f' fingerprint = "{found}"'
        )
    return (
        "chứng thư của camera chưa được tin; nếu đúng là camera này, ghi vào camera.toml"
        f' / its certificate is not known; if it is the right camera, write: fingerprint = "{found}"'
    )
