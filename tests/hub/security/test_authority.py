"""The hub's own certificates: nodes with a wrong clock still believe them, and nothing is made anew without need."""

import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from hub.security import authority
from hub.security.authority import Certificates
from hub.security.certificates import BadAuthority


def server(made: Certificates) -> x509.Certificate:
    return x509.load_pem_x509_certificates(made.certificate.read_bytes())[0]


def shake_hands(made: Certificates, ca_pem: str, name: str) -> str:
    """Connect as a node would; returns the version of TLS."""
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(made.certificate, made.key)
    theirs = ssl.create_default_context(cadata=ca_pem)
    near, far = socket.socketpair()

    def serve() -> None:
        try:
            with ours.wrap_socket(near, server_side=True) as stream:
                stream.recv(1)
        except (ssl.SSLError, ConnectionError):
            near.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with theirs.wrap_socket(far, server_hostname=name) as stream:
            return stream.version() or ""
    finally:
        far.close()
        thread.join()


def test_a_node_that_holds_the_ca_believes_the_hub_under_each_of_its_names(tmp_path: Path) -> None:
    made = authority.ensure(tmp_path, ["loa.binhminh.vn", "192.168.1.10", "::1"])
    for name in ("loa.binhminh.vn", "192.168.1.10", "::1"):
        assert shake_hands(made, made.ca_pem, name).startswith("TLSv1.")


def test_a_node_believes_neither_another_name_nor_another_ca(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    made, other = (authority.ensure(tmp_path / name, ["loa.binhminh.vn"]) for name in ("a", "b"))
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(made, made.ca_pem, "loa.longhoa.vn")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(made, other.ca_pem, "loa.binhminh.vn")


@pytest.mark.parametrize("year", [2020, 2026, 2040])
def test_certificates_hold_whatever_year_a_node_believes_it_is(tmp_path: Path, year: int) -> None:
    made = authority.ensure(tmp_path, ["loa.binhminh.vn"])
    ca = x509.load_pem_x509_certificate(made.ca_pem.encode())
    then = datetime(year, 1, 2, tzinfo=UTC)
    policy = PolicyBuilder().store(Store([ca])).time(then)
    chain = policy.build_server_verifier(x509.DNSName("loa.binhminh.vn")).verify(server(made), [])
    assert chain == [server(made), ca]


def test_they_last_twenty_years_and_more() -> None:
    assert timedelta(days=20 * 366) < authority.VALID_UNTIL - authority.VALID_FROM
    assert datetime(2020, 1, 1, tzinfo=UTC) == authority.VALID_FROM


def test_a_certificate_of_the_hub_makes_no_other_certificates(tmp_path: Path) -> None:
    made = authority.ensure(tmp_path, ["loa.binhminh.vn"])
    ca = x509.load_pem_x509_certificate(made.ca_pem.encode())
    key = ec.generate_private_key(ec.SECP256R1())
    server_key = serialization.load_pem_private_key(made.key.read_bytes(), None)
    assert isinstance(server_key, ec.EllipticCurvePrivateKey)
    forged = (
        x509.CertificateBuilder()
        .subject_name(server(made).subject)
        .issuer_name(server(made).subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(authority.VALID_FROM)
        .not_valid_after(authority.VALID_UNTIL)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("loa.binhminh.vn")]), critical=False)
        .sign(server_key, hashes.SHA256())
    )
    verifier = PolicyBuilder().store(Store([ca])).build_server_verifier(x509.DNSName("loa.binhminh.vn"))
    with pytest.raises(VerificationError):
        verifier.verify(forged, [server(made)])


def test_asking_again_changes_nothing(tmp_path: Path) -> None:
    authority.ensure(tmp_path, ["loa.binhminh.vn", "192.168.1.10"])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    authority.ensure(tmp_path, ["192.168.1.10"])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_new_name_gets_a_new_certificate_of_the_same_ca(tmp_path: Path) -> None:
    first = authority.ensure(tmp_path, ["loa.binhminh.vn"])
    second = authority.ensure(tmp_path, ["loa.binhminh.vn", "10.0.0.2"])
    assert second.ca_pem == first.ca_pem
    assert shake_hands(second, first.ca_pem, "10.0.0.2")


def test_a_lost_server_key_is_made_anew(tmp_path: Path) -> None:
    first = authority.ensure(tmp_path, ["loa.binhminh.vn"])
    first.key.unlink()
    second = authority.ensure(tmp_path, ["loa.binhminh.vn"])
    assert shake_hands(second, first.ca_pem, "loa.binhminh.vn")


def test_keys_are_for_the_hub_alone(tmp_path: Path) -> None:
    authority.ensure(tmp_path, ["loa.binhminh.vn"])
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("*.key")}
    assert modes == {"ca.key": 0o600, "server.key": 0o600}


def test_a_ca_whose_key_is_lost_is_not_silently_replaced(tmp_path: Path) -> None:
    first = authority.ensure(tmp_path, ["loa.binhminh.vn"])
    (tmp_path / "ca.key").unlink()
    with pytest.raises(BadAuthority, match="nodes trust this CA"):
        authority.ensure(tmp_path, ["loa.binhminh.vn"])
    assert (tmp_path / "ca.pem").read_text() == first.ca_pem


@pytest.mark.parametrize("name", ["ca.pem", "ca.key", "server.pem", "server.key"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    authority.ensure(tmp_path, ["loa.binhminh.vn"])
    (tmp_path / name).write_bytes(b"\0" * 100)
    with pytest.raises(BadAuthority, match=str(tmp_path)):
        authority.ensure(tmp_path, ["loa.binhminh.vn"])


def test_a_key_of_another_certificate_is_noticed(tmp_path: Path) -> None:
    authority.ensure(tmp_path, ["loa.binhminh.vn"])
    (tmp_path / "server.key").write_bytes((tmp_path / "ca.key").read_bytes())
    with pytest.raises(BadAuthority, match=r"server\.key is not the key"):
        authority.ensure(tmp_path, ["loa.binhminh.vn"])


def test_a_certificate_needs_a_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs a name"):
        authority.ensure(tmp_path, [])
