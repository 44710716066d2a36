"""What people do with the places that alerts go to: add, change, test, remove. Each act is on record."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.alerts import address
from hub.alerts.content import Content, as_document
from hub.alerts.letter import Answer, Fault, Letter
from hub.alerts.place import AFTER_MAX_MIN, DAY_MIN, Hears, Kind, Place
from hub.orders.desk import Desk
from hub.people.accounts import Act, User, may, require
from hub.refusals import NotFound, Refused
from hub.store import alerts, nodes, people
from hub.store.alerts import Posted

Send = Callable[[Letter], Answer]
MOST = 30
TITLE_MAX = 60
LANGUAGES = ("vi", "en")
MANAGED = frozenset({Kind.WEBHOOK, Kind.OTHER})
"""Where the hub would ask any address that is typed: only an administrator says which, and what is told there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants of a place, besides its address."""

    title: str
    villages: frozenset[str] = frozenset()
    hears: Hears = Hears.ALL
    after_min: int = 0
    quiet_from_min: int | None = None
    quiet_until_min: int | None = None
    digest_min: int | None = None
    has_empty_digest: bool = False
    language: str = "vi"


def subject(id: str) -> str:
    """How the record of deeds, and an incident that is known there, call a place."""
    return f"place:{id}"


def add(desk: Desk, kind: Kind, typed: Mapping[str, str], wish: Wish, send: Send, user: User) -> Place:
    """Raises NotAllowed, NotYours, Refused; then nothing is kept."""
    _allow(user, kind, wish.villages)
    _judge(desk, wish)
    url, shown = _address(kind, typed, send)
    now = desk.clock()
    place = _made(Place(id=secrets.token_hex(6), title="", kind=kind, url=url, shown=shown, added_at=now), wish)
    with desk.database.write() as c:
        if len(alerts.open_places(c)) >= MOST:
            raise Refused(f"Đã có {MOST} nơi nhận. Hãy bỏ bớt.", f"There are {MOST} places already. Remove one first.")
        alerts.put_place(c, place)
        people.note(c, now, user.name, "place-add", subject(place.id), f"{place.title}; {shown}")
    desk.news.tell("alerts")
    return place


def change(desk: Desk, id: str, typed: Mapping[str, str], wish: Wish, send: Send, user: User) -> None:
    """As `add`; where nothing is typed the address stays."""
    place = find(desk, id)
    has_new = any(typed.get(name, "").strip() for name in address.FIELDS[place.kind])
    _allow(user, place.kind, place.villages)
    _allow(user, place.kind, wish.villages)
    _judge(desk, wish)
    url, shown = _address(place.kind, typed, send) if has_new else (place.url, place.shown)
    with desk.database.write() as c:
        alerts.put_place(c, _made(replace(place, url=url, shown=shown), wish))
        people.note(c, desk.clock(), user.name, "place-change", subject(id), f"{wish.title}; {shown}")
    desk.news.tell("alerts")


def remove(desk: Desk, id: str, user: User) -> None:
    """It gets nothing any more; what waits to go there is given up. Raises NotAllowed, NotYours, NotFound."""
    place = find(desk, id)
    _allow(user, place.kind, place.villages)
    with desk.database.write() as c:
        alerts.put_place(c, replace(place, url="", is_removed=True))
        alerts.give_up(c, id, Fault.REMOVED)
        people.note(c, desk.clock(), user.name, "place-remove", subject(id), place.title)
    desk.news.tell("alerts")


def test(desk: Desk, id: str, content: Content, send: Send, user: User) -> Fault | None:
    """Send this at once, and once; returns why it did not arrive. Raises NotAllowed, NotYours, NotFound."""
    place = find(desk, id)
    require(user, Act.TEND, place.villages or None)
    now = desk.clock()
    name = f"{id}-test-{secrets.token_hex(4)}"
    document = as_document(name, "test", content, {})
    fault = send(
        Letter(url=place.url, subject=content.subject, text="\n".join(content.remarks), document=document)
    ).fault
    sent_at = now if fault is None else None
    posted = Posted(
        id=name, place=id, kind="test", content=content, made_at=now, tries=1, sent_at=sent_at, fault=fault or ""
    )
    with desk.database.write() as c:
        alerts.post(c, posted)
        people.note(c, now, user.name, "place-test", subject(id), place.title)
    desk.news.tell("alerts")
    return fault


def may_keep(user: User, kind: Kind) -> bool:
    """Whether this person adds, changes and removes places of this kind; of which villages is asked besides."""
    return may(user, Act.MANAGE if kind in MANAGED else Act.TEND)


def find(desk: Desk, id: str) -> Place:
    """Raises NotFound, also where it was removed."""
    with desk.database.read() as c:
        place = alerts.place(c, id)
    if place is None or place.is_removed:
        raise NotFound("Không có nơi nhận này.", "There is no such place.")
    return place


def _allow(user: User, kind: Kind, villages: Sequence[str] | frozenset[str]) -> None:
    """None stands for the whole commune, which is not somebody's who answers for some villages."""
    require(user, Act.TEND, villages or None)
    if kind in MANAGED:
        require(user, Act.MANAGE)


def _judge(desk: Desk, wish: Wish) -> None:
    if not wish.title or len(wish.title) > TITLE_MAX or not wish.title.isprintable():
        raise Refused(
            f"Hãy ghi tên nơi nhận, dài nhất {TITLE_MAX} ký tự.", f"Say whose it is, in at most {TITLE_MAX} characters."
        )
    if wish.language not in LANGUAGES:
        raise Refused("Hãy chọn tiếng.", "Choose a language.")
    if wish.hears is not Hears.ALL and not 0 < wish.after_min <= AFTER_MAX_MIN:
        raise Refused("Số phút phải từ 1 đến 1440.", "The minutes are from 1 to 1440.")
    if (wish.quiet_from_min is None) is not (wish.quiet_until_min is None):
        raise Refused("Giờ yên tĩnh cần cả hai giờ: từ và đến.", "Quiet hours need both: from and until.")
    times = (wish.quiet_from_min, wish.quiet_until_min, wish.digest_min)
    if any(minute is not None and not 0 <= minute < DAY_MIN for minute in times):
        raise Refused("Giờ không đúng.", "That is no time of day.")
    with desk.database.read() as c:
        known = {n.id for n in nodes.nodes(c)}
    if not wish.villages <= known:
        raise Refused("Không có làng này.", "There is no such village.")


def _address(kind: Kind, typed: Mapping[str, str], send: Send) -> tuple[str, str]:
    """What is typed as an address that apprise takes. Raises Refused."""
    url, shown = address.make(kind, typed)
    fault = send(Letter(url=url, is_check=True)).fault
    if fault is Fault.FORBIDDEN:
        raise Refused(
            "Loại địa chỉ này tác động vào chính máy chủ nên không dùng được.",
            "An address of this kind would act on the hub's own machine; it is not taken.",
        )
    if fault is not None:
        raise Refused(
            "Không hiểu địa chỉ này. Hãy kiểm tra lại từng ô.", "This address is not understood. Check each field."
        )
    return url, shown


def _made(place: Place, wish: Wish) -> Place:
    return replace(
        place,
        title=wish.title,
        villages=wish.villages,
        hears=wish.hears,
        after_min=0 if wish.hears is Hears.ALL else wish.after_min,
        quiet_from_min=wish.quiet_from_min,
        quiet_until_min=wish.quiet_until_min,
        digest_min=wish.digest_min,
        has_empty_digest=wish.has_empty_digest,
        language=wish.language,
    )
