"""What single values of a request look like. JSON is not stretched: 1 is no text, "1" no number, 0 no instant.

Whole requests and answers are pydantic's dataclasses: their schema is made once. Of Python's own it is made again for
each operation that names them; a hub's first request then took 5.2 s, and 0.2 s so (97 operations, a PC).
"""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)

ANSWER = ConfigDict(use_attribute_docstrings=True)
"""Of what is answered: the words below a field are its description."""
ASKED = ConfigDict(use_attribute_docstrings=True, extra="forbid")
"""Of what is asked: a name nobody knows is a slip, and is said."""

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _read_instant(value: object) -> object:
    if not isinstance(value, datetime) and not (isinstance(value, str) and _RFC3339.fullmatch(value)):
        raise ValueError("an instant is written as in RFC 3339, with its zone: 2026-12-01T05:00:00+07:00")
    return value


def _read_whole(value: object) -> object:
    """JSON has but one kind of number: 38.0 is whole."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("out of the calendar") from None


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_read_instant),
    AfterValidator(_in_utc),
    Field(examples=["2026-12-01T05:00:00+07:00"]),
]
Flag = StrictBool
Whole = Annotated[StrictInt, BeforeValidator(_read_whole)]
Number = StrictFloat
Text = StrictStr
Sha256 = Annotated[
    StrictStr,
    Field(
        pattern=r"^[0-9a-f]{64}$",
        description="A recording, by the SHA-256 of its sound.",
        examples=["d5b8ac9bf1d7a0d6fbd3ac1d2f7bd1a3b5d6d3d9e1f0a1b2c3d4e5f60718293a"],
    ),
]
NodeId = Annotated[StrictStr, Field(pattern=r"^[a-z0-9-]{1,64}$", examples=["binhminh-thon-1"])]
CameraId = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9_.:-]{1,96}$", examples=["cong"])]
WindowId = Annotated[StrictStr, Field(pattern=r"^m[0-9a-f]{12}$", examples=["m0123456789ab"])]
BroadcastId = Annotated[StrictStr, Field(pattern=r"^b[0-9a-f]{12}$", examples=["b0123456789ab"])]
Id = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{1,64}$", examples=["0123456789abcdef"])]
"""Of a token, a log-in, an upload."""
