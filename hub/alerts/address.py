"""Addresses as apprise reads them, made of what a person types, and what of them may be shown: never what opens them.
Pure.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from hub.alerts.place import Kind
from hub.refusals import Refused

ADDRESS_MAX = 1000
_TELEGRAM_TOKEN = re.compile(r"[0-9]{5,20}:[A-Za-z0-9_-]{20,80}")
_TELEGRAM_CHAT = re.compile(r"-?[0-9]{3,20}|@[A-Za-z][A-Za-z0-9_]{3,40}")
_ZALO_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]{5,200}")
_ZALO_CHAT = re.compile(r"[A-Za-z0-9._-]{3,80}")
_EMAIL = re.compile(r"[^\s@<>,;:\"/?#]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,30}://\S+")

FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TELEGRAM: ("token", "chat"),
    Kind.ZALO: ("token", "chat"),
    Kind.EMAIL: ("to", "sender", "password", "server"),
    Kind.WEBHOOK: ("address",),
    Kind.OTHER: ("address",),
}
"""What is typed for each kind."""


def make(kind: Kind, typed: Mapping[str, str]) -> tuple[str, str]:
    """The address, and what people may see of it. Raises Refused."""
    given = {name: typed.get(name, "").strip()[:ADDRESS_MAX] for name in FIELDS[kind]}
    return _MAKERS[kind](given)


def _telegram(given: Mapping[str, str]) -> tuple[str, str]:
    token = _match(_TELEGRAM_TOKEN, given["token"], "Mã bot Telegram", "The Telegram bot's token")
    chat = _match(_TELEGRAM_CHAT, given["chat"], "Mã cuộc trò chuyện Telegram", "The Telegram chat id")
    return f"tgram://{token}/{quote(chat, safe='@')}/", _end(chat)


def _zalo(given: Mapping[str, str]) -> tuple[str, str]:
    token = _match(_ZALO_TOKEN, given["token"], "Mã bot Zalo", "The Zalo bot's token")
    chat = _match(_ZALO_CHAT, given["chat"], "Mã cuộc trò chuyện Zalo", "The Zalo chat id")
    return f"zalo://{token}/{chat}/", _end(chat)


def _email(given: Mapping[str, str]) -> tuple[str, str]:
    people = [part.strip() for part in given["to"].replace(";", ",").split(",") if part.strip()]
    if not people:
        raise Refused("Hãy ghi địa chỉ e-mail nhận tin.", "Say to which e-mail address it goes.")
    for each in (*people, given["sender"]):
        _match(_EMAIL, each, "Địa chỉ e-mail", "The e-mail address")
    if not given["password"]:
        raise Refused("Hãy ghi mật khẩu (mật khẩu ứng dụng) của hộp thư gửi.", "Give the sending mailbox's password.")
    name, _, domain = given["sender"].partition("@")
    query = {"to": ",".join(people)}
    if given["server"]:
        _match(_HOST, given["server"], "Máy chủ gửi thư", "The mail server")
        host, _, port = given["server"].partition(":")
        query |= {"smtp": host, "user": given["sender"], "from": given["sender"]}
        domain = f"{domain}:{port}" if port else domain
    address = f"mailtos://{quote(name, safe='')}:{quote(given['password'], safe='')}@{domain}/?{urlencode(query)}"
    return address, ", ".join(people)


def _webhook(given: Mapping[str, str]) -> tuple[str, str]:
    """The query goes along: apprise takes for it what begins with "-"."""
    try:
        parts = urlsplit(given["address"])
        is_fit = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_fit = False
    if not is_fit or any(c.isspace() for c in given["address"]):
        raise Refused(
            "Địa chỉ webhook bắt đầu bằng https:// hoặc http://.", "A webhook begins with https:// or http://."
        )
    scheme = "jsons" if parts.scheme == "https" else "json"
    query = urlencode([(f"-{name}", value) for name, value in parse_qsl(parts.query, keep_blank_values=True)])
    host = parts.netloc.rpartition("@")[2]
    return f"{scheme}://{parts.netloc}{parts.path or '/'}{'?' if query else ''}{query}", f"{parts.scheme}://{host}/…"


def _other(given: Mapping[str, str]) -> tuple[str, str]:
    address = _match(_SCHEME, given["address"], "Địa chỉ apprise", "The apprise address")
    return address, f"{address.partition('://')[0]}://…"


_MAKERS = {
    Kind.TELEGRAM: _telegram,
    Kind.ZALO: _zalo,
    Kind.EMAIL: _email,
    Kind.WEBHOOK: _webhook,
    Kind.OTHER: _other,
}


def _match(pattern: re.Pattern[str], text: str, name_vi: str, name_en: str) -> str:
    if not pattern.fullmatch(text):
        raise Refused(f"{name_vi} không đúng dạng. Hãy chép lại cho đủ.", f"{name_en} is not as it should be.")
    return text


def _end(text: str) -> str:
    return f"…{text[-4:]}"
