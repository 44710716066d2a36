"""Photos that people take of what an incident is about: small, few, and forgotten after a year."""

import secrets
from datetime import timedelta

from hub.incidents.handling import require_theirs, subject
from hub.media import photo as media
from hub.orders.desk import Desk
from hub.people.accounts import Act, User, require
from hub.refusals import NotFound, Refused
from hub.store import people, photos
from hub.store.photos import Photo

PHOTOS_MAX = 8
"""Of one incident. With at most 600 kB each, 5 MB."""
KEPT_FOR = timedelta(days=365)


def add(desk: Desk, incident: int, picture: bytes, user: User) -> Photo:
    """Keep a photo. Raises NotAllowed, NotFound, or Refused for what is no photo."""
    require(user, Act.TEND)
    with desk.database.read() as c:
        require_theirs(c, incident, user)
    jpeg = media.shrink(picture)
    taken = Photo(id="p" + secrets.token_hex(6), incident=incident, at=desk.clock(), who=user.name)
    with desk.database.write() as c:
        require_theirs(c, incident, user)
        if len(photos.of(c, incident)) >= PHOTOS_MAX:
            raise Refused(
                f"Mỗi sự cố giữ nhiều nhất {PHOTOS_MAX} ảnh. Hãy xoá bớt một ảnh.",
                f"An incident keeps at most {PHOTOS_MAX} photos. Remove one.",
            )
        photos.add(c, taken, jpeg)
        people.note(c, taken.at, user.name, "incident-photo", subject(incident))
    desk.news.tell("incidents")
    return taken


def remove(desk: Desk, incident: int, id: str, user: User) -> None:
    """Raises NotAllowed or NotFound."""
    with desk.database.write() as c:
        require_theirs(c, incident, user)
        if not photos.remove(c, incident, id):
            raise NotFound("Không có ảnh này.", "There is no such photo.")
        people.note(c, desk.clock(), user.name, "incident-photo-remove", subject(incident))
    desk.news.tell("incidents")
