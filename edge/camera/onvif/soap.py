"""The letters that ONVIF sends: SOAP 1.2, written and read. Pure.

XML from a camera is read by expat itself, which refuses a document type: without one there are no entities, so nothing
grows and nothing is fetched. Names are taken without their namespace: cameras' makers agree on nothing else.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat
from xml.sax.saxutils import escape

from edge.camera.source.login import Login

LONGEST = 512 * 1024
"""Bytes; a camera with many profiles says sixty thousand."""
DEPTH_MAX = 40
NODES_MAX = 20_000

SOAP = "http://www.w3.org/2003/05/soap-envelope"
DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
SCHEMA = "http://www.onvif.org/ver10/schema"
_SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_UTILITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_DIGEST = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
_BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"


class BadXml(ValueError):
    """It is no XML that is read here."""


@dataclass(slots=True)
class Node:
    """One element: its name without namespace, its text, what is in it."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def all(self, name: str) -> Iterator["Node"]:
        """Every element of this name in it, at any depth, in order."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.all(name)

    def first(self, *path: str) -> "Node | None":
        """The first of that name in the first of that name in ... it."""
        node: Node | None = self
        for name in path:
            node = next(node.all(name), None) if node is not None else None
        return node

    def say(self, *path: str, most: int = 120) -> str:
        """Its text, in printable letters; empty where there is none."""
        node = self.first(*path)
        text = " ".join(node.text.split()) if node is not None else ""
        return "".join(letter for letter in text if letter.isprintable())[:most]


def read(data: bytes) -> Node:
    """Take a letter apart. Raises BadXml."""
    if len(data) > LONGEST:
        raise BadXml("longer than any answer")
    root = Node("")
    stack, count = [root], 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > NODES_MAX or len(stack) > DEPTH_MAX:
            raise BadXml("deeper or larger than any answer")
        node = Node(_local(name), {_local(key): value for key, value in attributes.items()})
        stack[-1].children.append(node)
        stack.append(node)

    def end(_name: str) -> None:
        stack.pop()

    def add(text: str) -> None:
        stack[-1].text += text

    def refuse(*_: object) -> None:
        raise BadXml("a document type is not read")

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, add
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError) as error:
        raise BadXml(f"no XML: {error}") from None
    return root


def envelope(body: str, head: str = "") -> bytes:
    """A letter with this in it, both as XML."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:tds="{DEVICE}" xmlns:trt="{MEDIA}" xmlns:tt="{SCHEMA}">'
        f"<s:Header>{head}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def token(login: Login, created_at: datetime, nonce: bytes) -> str:
    """The login as WS-UsernameToken. `created_at` is by the camera's own clock: it refuses what seems old to it."""
    created = created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = hashlib.sha1(nonce + created.encode() + login.password.encode(), usedforsecurity=False).digest()
    return (
        f'<w:Security s:mustUnderstand="1" xmlns:w="{_SECURITY}" xmlns:u="{_UTILITY}"><w:UsernameToken>'
        f"<w:Username>{escape(login.user)}</w:Username>"
        f'<w:Password Type="{_DIGEST}">{base64.b64encode(digest).decode()}</w:Password>'
        f'<w:Nonce EncodingType="{_BASE64}">{base64.b64encode(nonce).decode()}</w:Nonce>'
        f"<u:Created>{created}</u:Created></w:UsernameToken></w:Security>"
    )


def _local(name: str) -> str:
    return name.rpartition("}")[2]
