"""What phones trust: a certificate they accept, renewed while the hub runs, of a CA that can imitate nobody."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hub.security import certificates, page_authority
from hub.security.certificates import BadAuthority, Pair, Span
from hub.security.page_authority import PageCertificates, PageSeal

NOW = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
HOST = "loa.binhminh.vn"
NAMES = ("localhost", "tramloa", "tramloa.local", "127.0.0.1", "192.168.1.10")


def ensure(folder: Path, names: Sequence[str] = NAMES, now: datetime = NOW, host: str = HOST) -> PageCertificates:
    return page_authority.ensure(folder, host, names, now)


def server(made: PageCertificates) -> x509.Certificate:
    return x509.load_pem_x509_certificates(made.certificate.read_bytes())[0]


def ca_of(made: PageCertificates) -> x509.Certificate:
    return x509.load_der_x509_certificate(made.ca_der)


def thieves_certificate(made: PageCertificates, name: str) -> x509.Certificate:
    """What somebody who stole the CA's key would make."""
    stolen = certificates.load(made.certificate.parent / "ca.pem", made.certificate.parent / "ca.key")
    assert stolen is not None
    return certificates.make_server(
        [name], Span(NOW - timedelta(days=1), NOW + timedelta(days=300)), stolen
    ).certificate


def verify(ca: x509.Certificate, certificate: x509.Certificate, name: str, now: datetime = NOW) -> None:
    subject = certificates.alternative(name)
    PolicyBuilder().store(Store([ca])).time(now).build_server_verifier(subject).verify(certificate, [])


@pytest.mark.parametrize("name", [HOST, *NAMES])
def test_the_pages_are_believed_under_each_name_of_the_machine(tmp_path: Path, name: str) -> None:
    made = ensure(tmp_path)
    verify(ca_of(made), server(made), name)


@pytest.mark.parametrize("name", [HOST, "tramloa.local", "192.168.1.10"])
def test_openssl_believes_it_too(tmp_path: Path, name: str) -> None:
    made = ensure(tmp_path)
    (tmp_path / "ca.pem").write_text(ssl.DER_cert_to_PEM_cert(made.ca_der))
    how = "-verify_ip" if name[0].isdigit() else "-verify_hostname"
    command = ["openssl", "verify", "-x509_strict", "-attime", str(int(NOW.timestamp()))]
    command += ["-purpose", "sslserver", how, name, "-CAfile", str(tmp_path / "ca.pem"), str(made.certificate)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_it_is_what_apple_and_google_ask_for(tmp_path: Path) -> None:
    found = server(ensure(tmp_path))
    assert found.not_valid_after_utc - found.not_valid_before_utc <= timedelta(days=825)
    usage = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    held = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert set(held.get_values_for_type(x509.DNSName)) == {HOST, "localhost", "tramloa", "tramloa.local"}
    assert found.signature_hash_algorithm is not None
    assert found.signature_hash_algorithm.name == "sha256"


@pytest.mark.parametrize("name", ["vietcombank.com.vn", "binhminh.vn", "evil-loa.binhminh.vn", "8.8.8.8", "evil-local"])
def test_a_stolen_key_can_imitate_nobody_else(tmp_path: Path, name: str) -> None:
    made = ensure(tmp_path)
    forged = thieves_certificate(made, name)
    with pytest.raises(VerificationError):
        verify(ca_of(made), forged, name)


def test_openssl_keeps_to_the_limits_as_well(tmp_path: Path) -> None:
    made = ensure(tmp_path)
    (tmp_path / "ca.pem").write_text(ssl.DER_cert_to_PEM_cert(made.ca_der))
    for name, is_believed in (("other.local", True), ("vietcombank.com.vn", False)):
        forged = Pair(thieves_certificate(made, name), load_key(made))
        (tmp_path / "forged.pem").write_bytes(forged.pem)
        command = ["openssl", "verify", "-attime", str(int(NOW.timestamp())), "-CAfile", str(tmp_path / "ca.pem")]
        done = subprocess.run([*command, str(tmp_path / "forged.pem")], capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is is_believed, done.stderr


def load_key(made: PageCertificates) -> certificates.PrivateKey:
    pair = certificates.load(made.certificate, made.key)
    assert pair is not None
    return pair.key


def test_a_public_address_that_is_not_the_hubs_name_is_left_out(tmp_path: Path) -> None:
    assert "203.0.113.7" not in ensure(tmp_path, (*NAMES, "203.0.113.7")).names
    assert "203.0.113.7" in ensure(tmp_path, NAMES, host="203.0.113.7").names


def test_asking_again_changes_nothing(tmp_path: Path) -> None:
    first = ensure(tmp_path)
    assert ensure(tmp_path, NAMES[:2], NOW + timedelta(days=300)).serial == first.serial


@pytest.mark.parametrize("days", [340, 500, -5, 5000])
def test_near_its_end_or_with_a_clock_that_was_wrong_it_is_made_anew(tmp_path: Path, days: int) -> None:
    first, later = ensure(tmp_path), NOW + timedelta(days=days)
    fresh = ensure(tmp_path, now=later)
    assert fresh.serial != first.serial
    assert fresh.ca_der == first.ca_der
    verify(ca_of(first), server(fresh), HOST, later)


def test_a_new_address_gets_a_new_certificate_of_the_same_ca(tmp_path: Path) -> None:
    first, second = ensure(tmp_path), ensure(tmp_path, (*NAMES, "10.20.30.40"))
    assert second.ca_der == first.ca_der
    verify(ca_of(first), server(second), "10.20.30.40")


def test_a_name_tried_by_mistake_costs_nobody_the_trust_in_the_right_one(tmp_path: Path) -> None:
    right = ensure(tmp_path)
    assert ensure(tmp_path, host="loa.bihnminh.vn").ca_der != right.ca_der
    assert ensure(tmp_path).ca_der == right.ca_der


def test_keys_are_for_the_hub_alone(tmp_path: Path) -> None:
    ensure(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*.key")} == {0o600}


def test_a_ca_whose_key_is_lost_is_not_silently_replaced(tmp_path: Path) -> None:
    (ensure(tmp_path).key.parent / "ca.key").unlink()
    with pytest.raises(BadAuthority, match="phones trust this CA"):
        ensure(tmp_path)


def test_a_renewed_certificate_is_shown_to_the_next_visitor_without_a_restart(tmp_path: Path) -> None:
    names, clock = list(NAMES), [NOW]
    seal = PageSeal(tmp_path, HOST, lambda: names, lambda: clock[0])
    first = shown(seal)
    assert not seal.renew()
    clock[0] += timedelta(days=350)
    assert seal.renew()
    renewed = shown(seal)
    assert renewed.serial_number == seal.held.serial != first.serial_number
    names.append("10.20.30.40")
    assert seal.renew()
    verify(ca_of(seal.held), shown(seal), "10.20.30.40", clock[0])


def test_who_is_connected_stays_so_while_the_server_shows_a_renewed_certificate_to_others(tmp_path: Path) -> None:
    names, now = ["127.0.0.1"], datetime.now(UTC)
    seal = PageSeal(tmp_path, "localhost", lambda: names, lambda: now)
    believing = ssl.create_default_context(cadata=seal.held.ca_der)
    with (
        served(seal) as port,
        httpx.Client(base_url=f"https://localhost:{port}", verify=believing) as early,
    ):
        assert early.get("/").text == "here"
        before = peer(port, believing)
        names.append("10.20.30.40")
        assert seal.renew()
        assert peer(port, believing).serial_number == seal.held.serial != before.serial_number
        assert early.get("/").text == "here"


@contextmanager
def served(seal: PageSeal) -> Iterator[int]:
    """A real server with this seal."""

    async def here(_request: Request) -> Response:
        return PlainTextResponse("here")

    door = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/", here)])
    config = uvicorn.Config(app, log_level="warning", ssl_context_factory=lambda _config, _default: seal.context)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield door.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        door.close()


def peer(port: int, context: ssl.SSLContext) -> x509.Certificate:
    """What the next visitor is shown, who believes it."""
    with (
        socket.create_connection(("127.0.0.1", port)) as near,
        context.wrap_socket(near, server_hostname="localhost") as stream,
    ):
        found = stream.getpeercert(binary_form=True)
    assert found is not None
    return x509.load_der_x509_certificate(found)


def shown(seal: PageSeal) -> x509.Certificate:
    """What a visitor who knows no CA is shown."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    client = careless.wrap_bio(to_client, to_server, server_hostname=HOST)
    ours = seal.context.wrap_bio(to_server, to_client, server_side=True)
    for each in (client, ours, client, ours):
        try:
            each.do_handshake()
        except ssl.SSLWantReadError:
            continue
    found = client.getpeercert(binary_form=True)
    assert found is not None
    return x509.load_der_x509_certificate(found)
