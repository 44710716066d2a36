"""X.509 in files: what the hub's two authorities (`authority` for nodes, `page_authority` for people) have in common.

Keys are ECDSA P-256, kept 0600; a file is replaced whole. Who may be vouched for, and for how long, is for them to say.
"""

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

MAX_NAME = 64
"""Longest common name X.509 allows; the names that count stand in the alternative names."""
FOR_SERVERS = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])


PrivateKey = ec.EllipticCurvePrivateKey


class BadAuthority(ValueError):
    """The files of an authority are damaged or do not belong together."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when a certificate is valid."""

    first: datetime
    last: datetime


def load(certificate: Path, key: Path) -> Pair | None:
    """Both files, or None where either is not there. Raises ValueError where they are damaged."""
    if not (certificate.exists() and key.exists()):
        return None
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    secret = serialization.load_pem_private_key(key.read_bytes(), password=None)
    if not isinstance(secret, ec.EllipticCurvePrivateKey) or secret.public_key() != found.public_key():
        raise ValueError(f"{key.name} is not the key of {certificate.name}")
    return Pair(found, secret)


def store(pair: Pair, certificate: Path, key: Path, issuer: bytes = b"") -> None:
    """Write both, the certificate last and followed by its issuer's: a power cut between leaves no false pair."""
    certificate.unlink(missing_ok=True)
    secret = pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(key, secret, 0o600)
    _write(certificate, pair.pem + issuer, 0o644)


def make_ca(title: str, span: Span, *limits: x509.ExtensionType) -> Pair:
    """A CA that signs servers and no other CA; `limits` are what else it binds itself to."""
    key = ec.generate_private_key(ec.SECP256R1())
    own_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        _builder(_name(title), _name(title), key, span)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_ca=True), critical=True)
        .add_extension(own_id, critical=False)
    )
    for limit in limits:
        builder = builder.add_extension(limit, critical=False)
    return Pair(builder.sign(key, hashes.SHA256()), key)


def make_server(names: Sequence[str], span: Span, ca: Pair) -> Pair:
    """A server's certificate for these host names and IP addresses, at least one."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.key.public_key())
    certificate = (
        _builder(_name(names[0]), ca.certificate.subject, key, span)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_ca=False), critical=True)
        .add_extension(FOR_SERVERS, critical=False)
        .add_extension(x509.SubjectAlternativeName([alternative(name) for name in names]), critical=False)
        .add_extension(issuer_id, critical=False)
        .sign(ca.key, hashes.SHA256())
    )
    return Pair(certificate, key)


def is_fit(server: x509.Certificate, ca: x509.Certificate, names: Sequence[str]) -> bool:
    """Whether it is of this CA and names all of `names`."""
    if server.issuer != ca.subject:
        return False
    held = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    authority = server.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    own = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return authority.key_identifier == own.digest and {alternative(name) for name in names} <= set(held)


def alternative(name: str) -> x509.DNSName | x509.IPAddress:
    """A host name or an IP address as certificates write it. Raises ValueError where it is neither."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode("ascii"))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, span: Span
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(span.first)
        .not_valid_after(span.last)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:MAX_NAME])])


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


def _write(path: Path, data: bytes, mode: int) -> None:
    """Replace a file whole, so that a power cut leaves the old one or the new one."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
