"""/trust: how a phone or PC comes to trust the hub's own authority, by steps for each kind of device."""

import plistlib
import re
import uuid
from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import Response

from hub.refusals import NotFound
from hub.security.page_authority import fingerprint
from hub.web.doors import Doors
from hub.web.guard import HEADERS
from hub.web.trust.steps import HOW, Device
from hub.web.visit import Stranger, Visit

router = APIRouter()
"""For strangers; the plain door has it too."""

_SIGNS: tuple[tuple[Device, str], ...] = (
    (Device.FIREFOX, r"Firefox/"),
    (Device.IPHONE, r"iPhone|iPad|iPod"),
    (Device.ANDROID, r"Android"),
    (Device.WINDOWS, r"Windows"),
    (Device.MAC, r"Macintosh"),
)
_OF_OURS = uuid.UUID("6f0c5a0e-6f3b-5f1c-9d5e-3d1b0f6a7c21")
"""The namespace of our profiles' identifiers."""


def device_of(agent: str) -> Device:
    """Which steps a browser needs, by what it calls itself; Firefox keeps certificates of its own."""
    return next((device for device, sign in _SIGNS if re.search(sign, agent)), Device.LINUX)


@router.get("/trust")
def show_trust(visit: Stranger, device: Device | None = None, language: str = "") -> Response:
    words = visit.hub.languages.get(language, visit.words)
    visit = replace(visit, words=words)
    doors, asked = visit.hub.doors, visit.request.url.hostname or ""
    if doors is None or not doors.ca_der:
        return visit.page("trust_needless.html")
    page_url = doors.page_url(asked)
    response = visit.page(
        "trust.html",
        device=device or device_of(visit.request.headers.get("user-agent", "")),
        devices=list(Device),
        how=HOW,
        page_url=page_url,
        is_plain=visit.request.url.scheme == "http",
        fingerprint=fingerprint(doors.ca_der),
    )
    policy = HEADERS["Content-Security-Policy"].replace("connect-src 'self'", f"connect-src 'self' {page_url}")
    response.headers["Content-Security-Policy"] = policy
    return response


@router.get("/trust/ca.crt")
def give_certificate(visit: Stranger) -> Response:
    return _file(_doors(visit).ca_der, "application/x-x509-ca-cert", "loa-lang.crt")


@router.get("/trust/ca.mobileconfig")
def give_profile(visit: Stranger) -> Response:
    """The same for Apple's systems."""
    doors = _doors(visit)
    return _file(make_profile(doors.ca_der, doors.host), "application/x-apple-aspen-config", "loa-lang.mobileconfig")


@router.get("/trust/seal")
def show_seal(_visit: Stranger) -> Response:
    """Nothing, for whoever wants to know whether the way here is trusted."""
    return Response(status_code=204, headers={"Cross-Origin-Resource-Policy": "cross-origin"})


def make_profile(ca_der: bytes, host: str) -> bytes:
    """An Apple configuration profile that holds one root certificate; the same bytes for the same certificate."""
    mark = fingerprint(ca_der)

    def id_of(part: str) -> str:
        return str(uuid.uuid5(_OF_OURS, f"{part} {mark}")).upper()

    root = {
        "PayloadType": "com.apple.security.root",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"vn.loalang.root.{id_of('root')}",
        "PayloadUUID": id_of("root"),
        "PayloadDisplayName": f"Loa Làng {host}",
        "PayloadCertificateFileName": "loa-lang.crt",
        "PayloadContent": ca_der,
    }
    profile = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"vn.loalang.{id_of('profile')}",
        "PayloadUUID": id_of("profile"),
        "PayloadDisplayName": f"Loa Làng {host}",
        "PayloadDescription": "Cho máy này tin trang Loa Làng của xã. / Lets this device trust the commune's Loa Làng.",
        "PayloadContent": [root],
    }
    return plistlib.dumps(profile)


def _doors(visit: Visit) -> Doors:
    doors = visit.hub.doors
    if doors is None or not doors.ca_der:
        raise NotFound(
            "Trang ở đây không cần chứng chỉ của máy chủ.", "The pages here need no certificate of the hub's own."
        )
    return doors


def _file(data: bytes, kind: str, name: str) -> Response:
    """Inline: iPhones and Firefox offer to install it then, and the others store what they cannot show."""
    return Response(data, media_type=kind, headers={"Content-Disposition": f'inline; filename="{name}"'})
