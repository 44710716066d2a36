"""The form of a place that alerts go to: what was typed becomes a wish, and a place what stands in the fields."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from hub.alerts.place import DAY_MIN, Hears, Kind, Place
from hub.alerts.places import Wish
from hub.refusals import Refused

SOME = "some"
"""What the form says where a place is told of some villages alone."""
AFTER_MIN = 30


async def _read(request: Request) -> FormData:
    return await request.form()


Typed = Annotated[FormData, Depends(_read)]


def texts(form: FormData) -> dict[str, str]:
    """Its fields that are texts."""
    return {name: value for name, value in form.items() if isinstance(value, str)}


def read_kind(text: str) -> Kind:
    """Raises Refused."""
    if text not in list(Kind):
        raise Refused("Hãy chọn cách gửi.", "Choose a way to send.")
    return Kind(text)


def read_wish(form: FormData) -> Wish:
    """Raises Refused."""
    typed = texts(form)
    chosen = frozenset(str(value) for value in form.getlist("nodes"))
    if typed.get("reach") == SOME and not chosen:
        raise Refused("Hãy chọn ít nhất một làng, hoặc chọn cả xã.", "Choose a village, or the whole commune.")
    if typed.get("hears") not in list(Hears):
        raise Refused("Hãy chọn báo những gì.", "Choose what is told.")
    after = typed.get("after_min", "")
    return Wish(
        title=" ".join(typed.get("title", "").split()),
        villages=chosen if typed.get("reach") == SOME else frozenset(),
        hears=Hears(typed["hears"]),
        after_min=int(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0,
        quiet_from_min=_minute(typed.get("quiet_from", "")),
        quiet_until_min=_minute(typed.get("quiet_until", "")),
        digest_min=_minute(typed.get("digest", "")),
        has_empty_digest=typed.get("empty_digest") == "yes",
        language=typed.get("language", "vi"),
    )


def filled(place: Place | None, typed: FormData | None = None) -> Mapping[str, object]:
    """What stands in the fields: what was typed, else what the place is, else what fits most. No secret is shown."""
    if typed is not None:
        return {**_fields(place), **texts(typed), "nodes": typed.getlist("nodes"), "after_min": typed.get("after_min")}
    return _fields(place)


def _fields(place: Place | None) -> dict[str, object]:
    fresh: dict[str, object] = {
        "title": "", "reach": "", "nodes": (), "hears": Hears.ALL.value, "after_min": AFTER_MIN, "quiet_from": "",
        "quiet_until": "", "digest": "", "empty_digest": "", "language": "vi", "token": "", "chat": "", "to": "",
        "sender": "", "server": "", "address": "",
    }  # fmt: skip
    if place is None:
        return fresh
    return fresh | {
        "title": place.title,
        "reach": SOME if place.villages else "",
        "nodes": place.villages,
        "hears": place.hears.value,
        "after_min": place.after_min or AFTER_MIN,
        "quiet_from": _clock(place.quiet_from_min),
        "quiet_until": _clock(place.quiet_until_min),
        "digest": _clock(place.digest_min),
        "empty_digest": "yes" if place.has_empty_digest else "",
        "language": place.language,
    }


def _minute(text: str) -> int | None:
    """Minutes after midnight of a time field; None where it is empty. Raises Refused."""
    if not text:
        return None
    hour, _, minute = text.partition(":")
    is_time = all(part.isascii() and part.isdigit() and len(part) == 2 for part in (hour, minute))
    if not is_time or int(minute) > 59 or 60 * int(hour) + int(minute) >= DAY_MIN:
        raise Refused("Giờ không đúng.", "That is no time of day.")
    return 60 * int(hour) + int(minute)


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"
