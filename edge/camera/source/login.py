"""How a camera is told who asks: Digest (RFC 7616: MD5 and SHA-256, and RFC 2069 before it), and Basic (RFC 7617).

Pure but for the random number of a Digest. Basic shows the password to all who listen, so it is only given where the
connection is encrypted or the settings allow it.
"""

import base64
import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from contract.form import require

TEXT_MAX = 512
"""Of a realm or nonce; real ones take a tenth of it."""
CHALLENGES_MAX = 8

_HASHES = {"MD5": "md5", "SHA-256": "sha256"}
_BY_STRENGTH = ("SHA-256", "SHA-256-SESS", "MD5", "MD5-SESS")


@dataclass(frozen=True, slots=True)
class Login:
    """A camera's user and password. Neither shows where it is printed."""

    user: str = field(repr=False)
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        for name, text in (("user", self.user), ("password", self.password)):
            require(len(text) <= 128, f"{name}: at most 128 characters")
            require(text.isprintable(), f"{name}: without line breaks")
        require(":" not in self.user, "user: without a colon")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way in that a camera offers, as its WWW-Authenticate header says."""

    scheme: str
    values: dict[str, str]

    @property
    def algorithm(self) -> str:
        return self.values.get("algorithm", "MD5").upper()


class CannotLogin(Exception):
    """There is no login, or none of the ways in that the camera offers is one to take; the text says so."""


def read_challenges(headers: Iterable[str]) -> list[Challenge]:
    """Take the values of WWW-Authenticate headers apart. What cannot be read is passed over."""
    found: list[Challenge] = []
    for header in headers:
        for scheme, values in _read_header(header):
            if len(found) < CHALLENGES_MAX:
                found.append(Challenge(scheme.casefold(), values))
    return found


def answer(
    challenges: Iterable[Challenge], login: Login | None, *, method: str, uri: str, may_basic: bool,
    draw: Callable[[], str] = lambda: os.urandom(8).hex(),
) -> str:  # fmt: skip
    """The Authorization header by the strongest way in that is offered. Raises CannotLogin."""
    if login is None:
        raise CannotLogin("camera hỏi tên và mật khẩu, chưa khai / the camera wants a login and none is set")
    offered = [each for each in challenges if _is_sound(each)]
    for algorithm in _BY_STRENGTH:
        for each in offered:
            if each.scheme == "digest" and each.algorithm == algorithm:
                return _digest(each, login, method, uri, draw())
    if any(each.scheme == "basic" for each in offered):
        if may_basic:
            both = f"{login.user}:{login.password}".encode()
            return "Basic " + base64.b64encode(both).decode("ascii")
        raise CannotLogin(
            "camera chỉ nhận mật khẩu không mã hoá: dùng https/rtsps hoặc đặt basic_unencrypted = true"
            " / it only takes the password in the clear: use https or rtsps, or set basic_unencrypted = true"
        )
    raise CannotLogin("camera hỏi mật khẩu theo cách lạ / it wants the password in a way not known here")


def _is_sound(challenge: Challenge) -> bool:
    values = challenge.values
    if any(len(value) > TEXT_MAX or not value.isprintable() for value in values.values()):
        return False
    if challenge.scheme != "digest":
        return challenge.scheme == "basic"
    qops = [each.strip() for each in values.get("qop", "auth").split(",")]
    return "realm" in values and bool(values.get("nonce")) and "auth" in qops


def _digest(challenge: Challenge, login: Login, method: str, uri: str, cnonce: str) -> str:
    values = challenge.values
    realm, nonce, count = values["realm"], values["nonce"], "00000001"

    def hashed(text: str) -> str:
        return hashlib.new(_HASHES[challenge.algorithm.removesuffix("-SESS")], text.encode()).hexdigest()

    secret = hashed(f"{login.user}:{realm}:{login.password}")
    if challenge.algorithm.endswith("-SESS"):
        secret = hashed(f"{secret}:{nonce}:{cnonce}")
    asked = hashed(f"{method}:{uri}")
    is_hidden = values.get("userhash", "").casefold() == "true"
    user = hashed(f"{login.user}:{realm}") if is_hidden else login.user
    said = {"username": _quote(user), "realm": _quote(realm), "nonce": _quote(nonce), "uri": _quote(uri)}
    if "algorithm" in values:
        said["algorithm"] = values["algorithm"]
    if "qop" in values:
        response = hashed(f"{secret}:{nonce}:{count}:{cnonce}:auth:{asked}")
        said |= {"qop": "auth", "nc": count, "cnonce": _quote(cnonce)}
    else:
        response = hashed(f"{secret}:{nonce}:{asked}")
        if challenge.algorithm.endswith("-SESS"):
            said["cnonce"] = _quote(cnonce)
    said["response"] = _quote(response)
    if "opaque" in values:
        said["opaque"] = _quote(values["opaque"])
    if is_hidden:
        said["userhash"] = "true"
    return "Digest " + ", ".join(f"{name}={value}" for name, value in said.items())


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _read_header(header: str) -> list[tuple[str, dict[str, str]]]:
    """Schemes with their parameters, as RFC 9110 writes them: `Digest a="x", b=y, Basic realm="z"`."""
    found: list[tuple[str, dict[str, str]]] = []
    for part in _split(header):
        name, equals, value = part.partition("=")
        scheme, _, name_after = name.strip().partition(" ")
        if name_after or not equals:
            found.append((scheme, {}))
            name = name_after
        if equals and name.strip() and found:
            found[-1][1].setdefault(name.strip().casefold(), _unquote(value.strip()))
    return found


def _split(header: str) -> list[str]:
    """Cut at commas that stand outside of quotes."""
    parts, start, is_quoted, is_escaped = list[str](), 0, False, False
    for at, letter in enumerate(header):
        if is_escaped:
            is_escaped = False
        elif letter == "\\" and is_quoted:
            is_escaped = True
        elif letter == '"':
            is_quoted = not is_quoted
        elif letter == "," and not is_quoted:
            parts.append(header[start:at])
            start = at + 1
    return [part.strip() for part in (*parts, header[start:]) if part.strip()]


def _unquote(value: str) -> str:
    if len(value) < 2 or not (value[0] == value[-1] == '"'):
        return value
    plain, is_escaped = list[str](), False
    for letter in value[1:-1]:
        if letter == "\\" and not is_escaped:
            is_escaped = True
        else:
            plain.append(letter)
            is_escaped = False
    return "".join(plain)
