"""Slows down guessing, of passwords, PINs and codes alike, and locks nobody out. Pure: instants come in.

Each thing that can be guessed has a key of its own: (name, address) at the log-in, so that nobody slows another one's
log-in from elsewhere; the person where a password, a PIN or a code is asked of who is logged in.
"""

from dataclasses import dataclass

FREE_TRIES = 3
FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 15.0
LONGEST_WAIT_S = 20.0
"""Whoever would have to wait longer, since many tries run at once, is asked to come again."""
FORGET_AFTER_S = 900.0
MAX_KEYS = 10_000
"""Bounds the memory an attacker can take; the longest unheard of go first."""


Key = tuple[str, str]
"""What is guessed: whose, and from where or what of theirs."""


class TooEager(Exception):
    """Too many tries at once; come again in `wait_s`."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"come again in {wait_s:.0f} s")
        self.wait_s = wait_s


@dataclass(slots=True)
class _Record:
    failures: int
    last_at_s: float
    next_at_s: float


class Patience:
    """Remembers failures by (user, address). Instants are seconds of any clock that only rises."""

    def __init__(self, free_tries: int = FREE_TRIES, longest_delay_s: float = LONGEST_DELAY_S) -> None:
        self._free_tries = free_tries
        self._longest_delay_s = longest_delay_s
        self._records: dict[Key, _Record] = {}

    def wait_s(self, key: Key, now_s: float) -> float:
        """How long this try has to wait before it is looked at; takes its place in the queue. Raises TooEager."""
        record = self._records.get(key)
        if record is None or now_s - record.last_at_s > FORGET_AFTER_S:
            return 0.0
        wait_s = max(0.0, record.next_at_s - now_s)
        if wait_s > LONGEST_WAIT_S:
            raise TooEager(wait_s)
        record.next_at_s = max(record.next_at_s, now_s) + self._delay_s(record.failures)
        return wait_s

    def note_failure(self, key: Key, now_s: float) -> None:
        record = self._records.pop(key, None)
        if record is None or now_s - record.last_at_s > FORGET_AFTER_S:
            record = _Record(0, now_s, now_s)
        record.failures += 1
        record.last_at_s = now_s
        record.next_at_s = max(record.next_at_s, now_s + self._delay_s(record.failures))
        self._records[key] = record
        while len(self._records) > MAX_KEYS:
            self._records.pop(next(iter(self._records)))

    def note_success(self, key: Key) -> None:
        self._records.pop(key, None)

    def _delay_s(self, failures: int) -> float:
        if failures < self._free_tries:
            return 0.0
        doublings = min(failures - self._free_tries, 10)
        return float(min(FIRST_DELAY_S * 2**doublings, self._longest_delay_s))
