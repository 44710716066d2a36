"""What a person types becomes an address that apprise reads; and what is shown of it opens nothing."""

import pytest

from hub.alerts import address
from hub.alerts.place import Kind
from hub.refusals import Refused

TOKEN = "123456789:AAHabcdefghijklmnopqrstuvwxyz0123456"
MAIL = {"to": "tam@xa.vn; lan@xa.vn", "sender": "loa@gmail.com", "password": "ab cd&/?"}
MAILED = "mailtos://loa:ab%20cd%26%2F%3F@"
TO = "to=tam%40xa.vn%2Clan%40xa.vn"


@pytest.mark.parametrize(
    ("kind", "typed", "made", "shown"),
    [
        (Kind.TELEGRAM, {"token": TOKEN, "chat": "-100123456"}, f"tgram://{TOKEN}/-100123456/", "…3456"),
        (Kind.ZALO, {"token": "12345:abcdef", "chat": "u-7788"}, "zalo://12345:abcdef/u-7788/", "…7788"),
        (Kind.EMAIL, MAIL, f"{MAILED}gmail.com/?{TO}", "tam@xa.vn, lan@xa.vn"),
        (
            Kind.EMAIL,
            MAIL | {"server": "mail.xa.vn:587"},
            f"{MAILED}gmail.com:587/?{TO}&smtp=mail.xa.vn&user=loa%40gmail.com&from=loa%40gmail.com",
            "tam@xa.vn, lan@xa.vn",
        ),
        (Kind.WEBHOOK, {"address": "https://h.vn:8443/a?k=x%20y"}, "jsons://h.vn:8443/a?-k=x+y", "https://h.vn:8443/…"),
        (Kind.WEBHOOK, {"address": "http://u:p@10.0.0.9"}, "json://u:p@10.0.0.9/", "http://10.0.0.9/…"),
        (Kind.OTHER, {"address": "ntfys://ntfy.sh/loa"}, "ntfys://ntfy.sh/loa", "ntfys://…"),
    ],
)
def test_an_address_is_made_of_what_is_typed(kind: Kind, typed: dict[str, str], made: str, shown: str) -> None:
    assert address.make(kind, typed) == (made, shown)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (Kind.WEBHOOK, {"address": "ftp://h.vn/"}),
        (Kind.WEBHOOK, {"address": "https://"}),
        (Kind.WEBHOOK, {"address": "https://h.vn:99999/"}),
        (Kind.WEBHOOK, {"address": "https://h.vn/a b"}),
        (Kind.EMAIL, MAIL | {"to": ""}),
        (Kind.EMAIL, MAIL | {"password": ""}),
        (Kind.EMAIL, MAIL | {"server": "evil/?x"}),
        (Kind.EMAIL, MAIL | {"sender": "a@b.vn/?smtp=evil"}),
        (Kind.OTHER, {"address": "không phải"}),
        (Kind.TELEGRAM, {}),
    ],
)
def test_what_makes_no_address_is_refused(kind: Kind, typed: dict[str, str]) -> None:
    with pytest.raises(Refused):
        address.make(kind, typed)
