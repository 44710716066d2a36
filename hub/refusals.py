"""Why the hub does not do what a person asked. Each carries one sentence for that person, Vietnamese first. Pure."""

from collections.abc import Sequence
from datetime import datetime

from hub.orders.conflicts import Conflict
from hub.orders.openings import WaysOut


class Refused(Exception):
    """The hub will not do this, and nothing changed; one sentence for the person who asked."""

    def __init__(self, message_vi: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message_vi = message_vi
        self.message_en = message_en


class NotAllowed(Refused):
    """This person's role does not include that."""

    def __init__(
        self,
        message_vi: str = "Tài khoản của bạn không có quyền làm việc này.",
        message_en: str = "Your account may not do this.",
    ) -> None:
        super().__init__(message_vi, message_en)


class NotYours(NotAllowed):
    """This person's role includes it, but not in all the villages that it would change."""

    def __init__(self) -> None:
        super().__init__(
            "Tài khoản của bạn chỉ phụ trách một số làng, mà việc này còn đụng đến làng khác. "
            "Hãy nhờ người phụ trách cả xã.",
            "Your account is for some villages, and this changes others too. Ask whoever has the whole commune.",
        )


class NotFound(Refused):
    """What the request names is not here."""


class Stale(Refused):
    """It says something else by now than what the person looked at."""

    def __init__(self) -> None:
        super().__init__(
            "Buổi phát này vừa được sửa. Hãy xem và nghe lại rồi hãy duyệt.",
            "This broadcast was changed just now. Look at it and listen again before you approve it.",
        )


class Conflicted(Exception):
    """The broadcast cannot sound as ordered, and was not saved; every hindrance is listed, and the ways out."""

    def __init__(self, conflicts: Sequence[Conflict], ways_out: WaysOut) -> None:
        super().__init__(f"{len(conflicts)} conflicts")
        self.conflicts = tuple(conflicts)
        self.ways_out = ways_out

    @property
    def free_at(self) -> datetime | None:
        """The first time from the one ordered on that is free."""
        return self.ways_out.after
