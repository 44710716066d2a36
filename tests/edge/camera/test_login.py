"""How a camera is told who asks: the examples of the standards, and what is never done."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.camera.source.login import CannotLogin, Login, answer, read_challenges

MUFASA = Login("Mufasa", "Circle of Life")
RFC7616 = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)


def say(*headers: str, login: Login | None = MUFASA, cnonce: str = "1", may_basic: bool = False) -> str:
    challenges = read_challenges(headers)
    return answer(challenges, login, method="GET", uri="/dir/index.html", may_basic=may_basic, draw=lambda: cnonce)


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm: str, response: str) -> None:
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    said = say(RFC7616.format(algorithm), cnonce=cnonce)
    assert f'response="{response}"' in said
    assert 'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"' in said


def test_the_example_of_rfc_2617_and_a_camera_of_the_time_before_it() -> None:
    login = Login("Mufasa", "Circle Of Life")
    nonce = 'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    said = say(f'Digest realm="testrealm@host.com", qop="auth", {nonce}', login=login, cnonce="0a4f113b")
    assert 'response="6629fae49393a05397450978507c4ef1"' in said
    assert "nc=00000001" in said
    old = say(f'Digest realm="testrealm@host.com", {nonce}', login=login)
    assert 'response="670fd8c2df070c60b045671b8b24ff02"' in old
    assert "qop" not in old


def test_the_strongest_way_is_taken_whatever_order_they_come_in() -> None:
    said = say('Basic realm="x"', RFC7616.format("MD5"), RFC7616.format("SHA-256"), may_basic=True)
    assert "algorithm=SHA-256" in said
    both = say('Basic realm="x, y", ' + RFC7616.format("MD5"), may_basic=True)
    assert "algorithm=MD5" in both


def test_the_user_is_hidden_where_the_camera_wishes_it() -> None:
    said = say(RFC7616.format("SHA-256") + ", userhash=true")
    assert "Mufasa" not in said
    assert re.search(r'username="[0-9a-f]{64}".*userhash=true', said)


def test_the_password_is_shown_only_where_that_is_allowed() -> None:
    assert say('Basic realm="x"', may_basic=True) == "Basic TXVmYXNhOkNpcmNsZSBvZiBMaWZl"
    with pytest.raises(CannotLogin, match="basic_unencrypted"):
        say('Basic realm="x"')
    with pytest.raises(CannotLogin):
        say(RFC7616.format("MD5"), login=None)


@pytest.mark.parametrize(
    "header",
    [
        "", ",,,", "Digest", 'Digest realm="x"', 'Digest nonce="x"', 'Digest realm="x", nonce=""',
        'Digest realm="x", nonce="1", qop="auth-int"', 'Digest realm="x", nonce="1", algorithm=SHA-512-256',
        f'Digest realm="{"x" * 1000}", nonce="1"', 'Digest realm="a\x01b", nonce="1"', "Negotiate abcd==",
        'Digest realm="x',
    ],
)  # fmt: skip
def test_what_is_odd_is_answered_with_nothing(header: str) -> None:
    with pytest.raises(CannotLogin):
        say(header, may_basic=True)


@given(st.text(max_size=300))
def test_any_header_at_all_is_read_or_passed_over(header: str) -> None:
    for challenge in read_challenges([header]):
        assert challenge.scheme == challenge.scheme.casefold()


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60))
def test_what_is_quoted_comes_back_as_it_was_meant(realm: str) -> None:
    quoted = realm.replace("\\", "\\\\").replace('"', '\\"')
    (challenge,) = read_challenges([f'Digest realm="{quoted}", nonce="n"'])
    assert challenge.values == {"realm": realm, "nonce": "n"}


def test_nothing_secret_shows_where_it_is_printed() -> None:
    assert "Circle" not in repr(MUFASA)
    for text in ("a\r\nb", "x" * 200):
        with pytest.raises(ValueError, match="password"):
            Login("loa", text)
    with pytest.raises(ValueError, match="user"):
        Login("a:b", "x")
