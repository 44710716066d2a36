"""The hub's own TLS authority: one CA that every node carries from `join`, and the certificate of the hub's ports.

Certificates are valid from 2020, for a node may wake up with a clock that is years behind and must still be able to
ask for the time. Keys are ECDSA P-256, kept 0600.
"""

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)
VALID_UNTIL = datetime(2045, 1, 1, tzinfo=UTC)
MAX_NAME = 64
"""Longest common name X.509 allows; the names that count stand in the alternative names."""

_CA, _CA_KEY = "ca.pem", "ca.key"
_SERVER, _SERVER_KEY = "server.pem", "server.key"


class BadAuthority(ValueError):
    """The files of the authority are damaged or do not belong together."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """`ca_pem` is what nodes trust; `certificate` (server and CA) and `key` are what the hub's ports show."""

    ca_pem: str
    certificate: Path
    key: Path


def ensure(folder: Path, names: Sequence[str]) -> Certificates:
    """Make what is missing: the CA once, the server's certificate anew whenever it does not name all of `names`
    (host names or IP addresses, at least one). Raises BadAuthority.
    """
    if not names:
        raise ValueError("a server's certificate needs a name")
    try:
        ca, ca_key = _load(folder / _CA, folder / _CA_KEY) or _make_ca(folder)
        server = _load(folder / _SERVER, folder / _SERVER_KEY)
        if server is None or not _is_fit(server[0], ca, names):
            _make_server(folder, names, ca, ca_key)
    except ValueError as error:
        raise BadAuthority(f"{folder}: {error}") from None
    ca_pem = ca.public_bytes(Encoding.PEM).decode()
    return Certificates(ca_pem, folder / _SERVER, folder / _SERVER_KEY)


def _load(certificate: Path, key: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None:
    """Both files, or None where either is not there. Raises ValueError where they are damaged."""
    if not (certificate.exists() and key.exists()):
        return None
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    secret = serialization.load_pem_private_key(key.read_bytes(), password=None)
    if not isinstance(secret, ec.EllipticCurvePrivateKey) or secret.public_key() != found.public_key():
        raise ValueError(f"{key.name} is not the key of {certificate.name}")
    return found, secret


def _make_ca(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    if (folder / _CA).exists():
        raise ValueError(f"{_CA} is here but {_CA_KEY} is not; nodes trust this CA, so none is made in its place")
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Loa Lang hub CA")
    own_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    ca = (
        _builder(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_ca=True), critical=True)
        .add_extension(own_id, critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_key(folder / _CA_KEY, key)
    _write(folder / _CA, ca.public_bytes(Encoding.PEM), 0o644)
    return ca, key


def _make_server(folder: Path, names: Sequence[str], ca: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    server = (
        _builder(_name(names[0][:MAX_NAME]), ca.subject, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        .add_extension(issuer_id, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    (folder / _SERVER).unlink(missing_ok=True)
    _write_key(folder / _SERVER_KEY, key)
    _write(folder / _SERVER, server.public_bytes(Encoding.PEM) + ca.public_bytes(Encoding.PEM), 0o644)


def _is_fit(server: x509.Certificate, ca: x509.Certificate, names: Sequence[str]) -> bool:
    if server.issuer != ca.subject:
        return False
    held = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    authority = server.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    own = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return authority.key_identifier == own.digest and {_alternative(name) for name in names} <= set(held)


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_UNTIL)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode("ascii"))


def _usage(is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Replace a file whole, so that a power cut leaves the old one or the new one."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
