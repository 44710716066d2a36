"""The bundle that makes a Pi a node: what it may hold, and that a damaged one is never half believed."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import bundle as bundles
from contract.bundle import Bundle
from contract.codec import Malformed
from contract.limits import Limits

PEM = "-----BEGIN CERTIFICATE-----\nTG9hIEzDoG5n\n-----END CERTIFICATE-----\n"
BUNDLE = Bundle(
    node="binhminh-thon-1",
    hub_host="loa.binhminh.example",
    mqtt_port=8883,
    media_port=8443,
    secret="uM4Y0pVQ1m2l3n4o5p6q7r8s9t0",
    daily_key="ab" * 32,
    recovery_key="cd" * 32,
    epoch=2,
    ca_pem=PEM,
    limits=Limits(quiet_from_min=20 * 60, minutes_a_day=45),
    title="Nhà văn hóa thôn Đồng Tâm",
)


def test_a_bundle_comes_back_as_it_was_written() -> None:
    assert bundles.decode(bundles.encode(BUNDLE)) == BUNDLE
    assert BUNDLE.file_name == "binhminh-thon-1.loa"


def test_a_bundle_without_limits_brings_the_usual_ones() -> None:
    wire = bundles.encode(BUNDLE)
    start = wire.index(b',"limits"')
    end = wire.index(b',"title"')
    assert bundles.decode(wire[:start] + wire[end:]).limits == Limits()


def test_a_bundle_does_not_print_its_secret() -> None:
    assert BUNDLE.secret not in repr(BUNDLE)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2),
        ("node", "hub-1"),
        ("node", "Binh Minh"),
        ("hub_host", ""),
        ("hub_host", "loa.example/path"),
        ("hub_host", 'a"\nb'),
        ("mqtt_port", 0),
        ("media_port", 65536),
        ("secret", "ngan"),
        ("secret", "có dấu và khoảng trắng thì không được"),
        ("daily_key", "ab" * 31),
        ("recovery_key", "xy" * 32),
        ("epoch", -1),
        ("ca_pem", "không phải chứng chỉ"),
        ("ca_pem", PEM + "-----BEGIN PRIVATE KEY-----"),
        ("ca_pem", PEM * 500),
        ("title", "hai\ndòng"),
        ("title", "dài" * 100),
    ],
)
def test_a_bundle_with_a_wrong_value_is_refused(field: str, value: object) -> None:
    table = json.loads(bundles.encode(BUNDLE)) | {field: value}
    with pytest.raises(Malformed):
        bundles.decode(json.dumps(table).encode())


def test_an_address_may_stand_for_the_host() -> None:
    assert replace(BUNDLE, hub_host="192.168.1.10").hub_host == "192.168.1.10"
    assert replace(BUNDLE, hub_host="fd00::10").hub_host == "fd00::10"


@given(st.binary(max_size=300))
def test_other_bytes_are_no_bundle(data: bytes) -> None:
    with pytest.raises(Malformed):
        bundles.decode(data)


@given(st.integers(min_value=0, max_value=10_000))
def test_a_bundle_cut_short_is_no_bundle(length: int) -> None:
    wire = bundles.encode(BUNDLE)
    with pytest.raises(Malformed):
        bundles.decode(wire[: length % len(wire)])
