"""Long lists, a part at a time."""

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic.dataclasses import dataclass

from hub.api.fields import ANSWER
from hub.refusals import Refused

T = TypeVar("T")
A = TypeVar("A")
LIMIT_MAX = 200

Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many at most.")]
After = Annotated[
    str, Query(max_length=200, description="`next` of the part before; empty for the first part.", examples=[""])
]


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Part(Generic[A]):
    """A part of a list."""

    items: tuple[A, ...]
    next: str | None
    """What to send as `after` for the part that follows; null where nothing does."""


def part(found: Sequence[T], name: Callable[[T], str], show: Callable[[T], A], limit: int, after: str = "") -> Part[A]:
    """The `limit` things behind the one named `after`. Raises Refused where that is no longer on the list."""
    begin = 0
    if after:
        at = next((n for n, each in enumerate(found) if name(each) == after), None)
        if at is None:
            raise Refused(
                "Danh sách vừa thay đổi. Hãy đọc lại từ đầu.", "The list has changed. Read it again from its beginning."
            )
        begin = at + 1
    shown = found[begin : begin + limit]
    is_more = begin + limit < len(found)
    return Part(items=tuple(map(show, shown)), next=name(shown[-1]) if is_more else None)
