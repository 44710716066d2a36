"""Asks a camera by ONVIF what it is, what its clock says and where its pictures are; restarts it when told to.

One letter a connection, to the camera's own address and no other: where it names addresses of its services or streams,
only their paths are believed. Runs in a command or a short-lived child, never in the camera process.
"""

import os
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from edge.camera.onvif import soap
from edge.camera.onvif.proposal import Information, Profile
from edge.camera.onvif.soap import BadXml, Node
from edge.camera.source import login as logins
from edge.camera.source import web
from edge.camera.source.login import CannotLogin, Challenge, Login
from edge.camera.source.wire import Met, Wire
from edge.clock import Clock

PROFILES_MAX = 16


class Onvif:
    """One camera at `url`, its device service. `connect` gives a fresh connection to it. Everything raises Met."""

    def __init__(self, url: str, own: Login | None, connect: Callable[[], Wire], clock: Clock, may_basic: bool) -> None:
        self._url = url
        self._login = own
        self._connect = connect
        self._clock = clock
        self._may_basic = may_basic
        self._ahead = timedelta()

    def drift_s(self) -> float:
        """How far its clock is ahead of ours, in seconds; asked without a login, as ONVIF allows. To be asked first."""
        asked_at = self._clock.now()
        said = self._ask(self._url, "<tds:GetSystemDateAndTime/>", is_open=True)
        now_at = asked_at + (self._clock.now() - asked_at) / 2
        there_at = _instant(said.first("UTCDateTime"))
        if there_at is None:
            raise Met("garbled", "camera không nói giờ UTC / it does not tell the time in UTC")
        self._ahead = there_at + timedelta(seconds=0.5) - now_at  # it tells whole seconds
        return self._ahead.total_seconds()

    def information(self) -> Information:
        said = self._ask(self._url, "<tds:GetDeviceInformation/>")
        return Information(
            said.say("Manufacturer"), said.say("Model"), said.say("FirmwareVersion"), said.say("SerialNumber")
        )

    def profiles(self) -> list[Profile]:
        """Its streams with pictures of a known size."""
        said = self._ask(self._media(), "<trt:GetProfiles/>")
        found = [_profile(each) for each in said.all("Profiles")]
        return [each for each in found if each is not None][:PROFILES_MAX]

    def stream(self, profile: Profile) -> str:
        """Where a profile's pictures are: rtsp:// on the camera's own host, without a login."""
        setup = "<tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport>"
        said = self._ask(
            self._media(),
            f"<trt:GetStreamUri><trt:StreamSetup>{setup}</trt:StreamSetup>"
            f"<trt:ProfileToken>{escape(profile.token)}</trt:ProfileToken></trt:GetStreamUri>",
        )
        return at_home(self._url, said.say("Uri", most=300))

    def reboot(self) -> None:
        """Have it start anew. It is away for a minute or two afterwards."""
        self._ask(self._url, "<tds:SystemReboot/>")

    def _media(self) -> str:
        said = self._ask(self._url, "<tds:GetCapabilities><tds:Category>Media</tds:Category></tds:GetCapabilities>")
        named = urlsplit(said.say("Media", "XAddr", most=300))
        path = named.path if named.path.isascii() and named.path.isprintable() and " " not in named.path else ""
        return urlsplit(self._url)._replace(path=path or "/onvif/media_service").geturl()

    def _ask(self, url: str, body: str, is_open: bool = False) -> Node:
        """Send one letter: with the login inside, and again by HTTP's own way where the camera wishes that."""
        head = ""
        if self._login is not None and not is_open:
            head = soap.token(self._login, self._clock.now() + self._ahead, os.urandom(16))
        letter = soap.envelope(body, head)
        status, data, challenges = self._post(url, letter, [])
        if status == 401 and challenges:
            status, data, _ = self._post(url, letter, challenges)
        if status in (401, 403):
            raise Met("login")
        if status == 404:
            raise Met("address")
        try:
            said = soap.read(data)
        except BadXml as error:
            raise Met("garbled", f"camera trả lời không phải ONVIF / its answer is no ONVIF: {error}") from None
        if said.first("Fault") is not None or status != 200:
            raise _fault(said, status)
        return said

    def _post(self, url: str, letter: bytes, challenges: list[Challenge]) -> tuple[int, bytes, list[Challenge]]:
        parts = urlsplit(url)
        target = parts.path or "/"
        text = (
            f"POST {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: loalang\r\nConnection: close\r\n"
            f"Content-Type: application/soap+xml; charset=utf-8\r\nContent-Length: {len(letter)}\r\n"
        )
        if challenges:
            try:
                said = logins.answer(challenges, self._login, method="POST", uri=target, may_basic=self._may_basic)
            except CannotLogin as error:
                raise Met("login", str(error)) from None
            text += f"Authorization: {said}\r\n"
        with closing(self._connect()) as wire:
            wire.send(text.encode() + b"\r\n" + letter)
            reply = web.read_head(wire)
            data = web.read_all(wire, reply, soap.LONGEST)
        offered = logins.read_challenges(value for name, value in reply.headers if name == "www-authenticate")
        return reply.status, data, offered


def at_home(url: str, named: str) -> str:
    """The address of a stream, moved to the host of `url`; a login in it is left out. Raises Met where it is none."""
    try:
        parts = urlsplit(named)
        port = f":{parts.port}" if parts.port else ""
        is_plain = named.isascii() and named.isprintable() and " " not in named
    except ValueError:
        raise Met("garbled") from None
    if parts.scheme not in ("rtsp", "rtsps", "http", "https") or not is_plain:
        raise Met("garbled", "camera không nói luồng hình ở đâu / it does not say where its pictures are")
    host = urlsplit(url).hostname or ""
    return parts._replace(netloc=(f"[{host}]" if ":" in host else host) + port).geturl()


def _fault(said: Node, status: int) -> Met:
    codes = {value.text.rpartition(":")[2].strip() for value in said.all("Value")}
    if codes & {"NotAuthorized", "FailedAuthentication", "InvalidSecurity"}:
        return Met("login")
    return Met("address", f"camera từ chối / it refuses: {said.say('Fault', 'Reason', 'Text') or status}")


def _instant(node: Node | None) -> datetime | None:
    if node is None:
        return None
    numbers = [node.say(name) for name in ("Year", "Month", "Day", "Hour", "Minute", "Second")]
    if not all(number.isdecimal() and len(number) < 5 for number in numbers):
        return None
    try:
        return datetime(*(int(number) for number in numbers), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None


def _profile(node: Node) -> Profile | None:
    width, height = node.say("VideoEncoderConfiguration", "Width"), node.say("VideoEncoderConfiguration", "Height")
    if not (width.isdecimal() and height.isdecimal() and len(width) < 6 and len(height) < 6):
        return None
    codec = node.say("VideoEncoderConfiguration", "Encoding")
    return Profile(node.attributes.get("token", "")[:64], codec, int(width), int(height))
