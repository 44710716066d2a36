"""From a wish to an order: its sounds are found, its time and its villages judged. Raises Refused."""

import secrets
from datetime import datetime

from sqlalchemy import Connection

from contract.terms import Priority
from hub.media.shelf import Shelf
from hub.orders import admission, programme
from hub.orders.broadcasts import Broadcast, Recording, Stage
from hub.orders.wish import Wish
from hub.refusals import Refused
from hub.rules.rule import DaySets
from hub.store.ground import CHIME_KEY, named
from hub.titles import clean_title


def draft(c: Connection, shelf: Shelf, wish: Wish, author: str, now: datetime, sets: DaySets) -> Broadcast:
    """A draft that says what is wished for; not yet held against the other broadcasts."""
    rule = wish.rule and admission.with_replacement(wish.rule, wish.replacement)
    made = programme.compose(c, shelf, wish.recording, _chime(c) if wish.has_chime else None, wish.extras)
    if made.stream and wish.priority is Priority.EMERGENCY:
        raise Refused("Khẩn cấp không phát bằng tiếp âm.", "An emergency is no rebroadcast.")
    starts_at = wish.starts_at if rule is None else admission.first_airing(rule, now, sets)
    admission.check_time(starts_at, now)
    return Broadcast(
        id="b" + secrets.token_hex(6),
        title=clean_title(wish.title),
        audio=made.audio,
        nodes=admission.known_nodes(c, wish.nodes),
        priority=wish.priority,
        starts_at=starts_at,
        stage=Stage.DRAFT,
        author=author,
        created_at=now,
        rule=rule,
        substitutes=programme.substitutes(c, shelf, rule),
        late=wish.late,
        yields=wish.yields,
        outro=made.outro,
        stream=made.stream,
        stream_s=made.stream_s,
        variants=made.variants,
        patience_s=wish.patience_s if wish.priority is Priority.PRIORITY else 0.0,
    )


def _chime(c: Connection) -> Recording:
    chime = named(c, CHIME_KEY)
    if chime is None:
        raise Refused("Chưa có nhạc hiệu; hãy bỏ chọn nhạc hiệu.", "There is no chime yet; order without it.")
    return chime
