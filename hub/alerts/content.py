"""What a message says, in one place's language, as it lies in the outbox; and as text and document when it goes out.
Pure.

A link to say that one knows is made only when a message goes out: nothing that opens anything lies in the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.alerts.message import Message

ITEMS_MOST = 10
"""A message names so many incidents; of the others it says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One incident. `turn` is gone, again, back, or (in a digest) open or over; `facts` says where and since when."""

    incident: int
    turn: str
    sentence: str
    facts: str
    villages: tuple[tuple[str, str], ...]
    """Node and name."""
    since_at: datetime
    until_at: datetime | None = None
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """`remarks` stand above the incidents; `know` and `look` are the words before a link."""

    subject: str
    items: tuple[Item, ...] = ()
    remarks: tuple[str, ...] = ()
    more: str = ""
    know: str = ""
    look: str = ""
    is_frozen: bool = False


def as_text(content: Content, links: Mapping[int, str], page: str) -> str:
    """Plain text: each incident a paragraph, with its own link where there is one; `page` is where all are shown, empty
    where nobody can open it."""
    parts = list(content.remarks)
    for item in content.items:
        link = links.get(item.incident)
        lines = [item.sentence, item.facts, item.action, f"{content.know} {link}" if link else ""]
        parts.append("\n".join(filter(None, lines)))
    parts.append(content.more)
    if content.look and page and not links:
        parts.append(f"{content.look} {page}")
    return "\n\n".join(filter(None, parts))


def as_document(id: str, kind: str, content: Content, links: Mapping[int, str]) -> dict[str, Any]:
    """What a webhook gets besides text: docs/api.md. Nothing here is ever taken away or changes its meaning."""
    return {
        "id": id,
        "kind": kind,
        "is_frozen": content.is_frozen,
        "incidents": [
            {
                "id": item.incident,
                "turn": item.turn,
                "sentence": item.sentence,
                "action": item.action,
                "villages": [{"id": node, "title": title} for node, title in item.villages],
                "since": item.since_at.isoformat(),
                "until": None if item.until_at is None else item.until_at.isoformat(),
                "url": links.get(item.incident, ""),
            }
            for item in content.items
        ],
    }


def kind_of(message: Message) -> str:
    """As a webhook and the log call it."""
    return "digest" if message.is_digest else "alert"
