"""What is to be said to one place at one instant. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Incidents that are gone, gone again after they were told to be back, and back; or the day's digest.

    `is_frozen`: so much of the fleet went at once that the hub itself may be the trouble.
    """

    place: str
    at: datetime
    gone: tuple[int, ...] = ()
    again: tuple[int, ...] = ()
    back: tuple[int, ...] = ()
    is_digest: bool = False
    is_frozen: bool = False

    @property
    def id(self) -> str:
        """The same whenever it is decided on; a place gets one message of a kind at an instant."""
        kind = "digest" if self.is_digest else "alert"
        return f"{self.place}-{kind}-{int(self.at.timestamp() * 1000)}"

    @property
    def incidents(self) -> tuple[int, ...]:
        return (*self.gone, *self.again, *self.back)
