"""The second factor: a code of an app after the password, and ten codes on paper for when the phone is gone.

Beside `desk`; each act is one transaction and leaves a note. Whoever sets it up or drops it has given the password.
"""

import hashlib
import re
import secrets

import pyotp
from sqlalchemy import Connection

from hub.orders.desk import Desk
from hub.people import staff, totp
from hub.people.accounts import Act, User, may, require
from hub.refusals import Refused
from hub.store import people

CODES = 10
_SECRET = re.compile(r"[A-Z2-7]{32}")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def fresh_secret() -> str:
    """160 random bits (RFC 4226, 4)."""
    return pyotp.random_base32(32)


def is_secret(text: str) -> bool:
    return _SECRET.fullmatch(text) is not None


def is_demanded(desk: Desk, user: User) -> bool:
    """Whether the commune lets this person in in two steps alone: who may approve, or send an emergency."""
    return desk.requires_second_factor and (may(user, Act.APPROVE) or may(user, Act.ALARM))


def is_owed(desk: Desk, user: User) -> bool:
    """Whether this person has to set it up before anything else."""
    return is_demanded(desk, user) and not user.totp_secret


def set_up(desk: Desk, user: User, secret: str, code: str) -> list[str]:
    """Ask for a code from now on, once the app has shown a right one; returns the recovery codes. Raises Refused."""
    require(user, Act.LOOK)
    now = desk.clock()
    step = totp.step_of(secret, code, now, 0) if is_secret(secret) else None
    if step is None:
        raise Refused(
            "Mã chưa đúng. Hãy xem lại giờ của điện thoại, rồi gõ mã đang hiện.",
            "That code is not right. Check the clock of the phone, then type the code it shows now.",
        )
    with desk.database.write() as c:
        people.set_totp(c, user.name, secret, step)
        codes = _fresh_codes(c, user)
        people.note(c, now, user.name, "second-factor", user.name)
    return codes


def renew_codes(desk: Desk, user: User) -> list[str]:
    """Ten new ones; those from before open nothing any more."""
    require(user, Act.LOOK)
    with desk.database.write() as c:
        codes = _fresh_codes(c, user)
        people.note(c, desk.clock(), user.name, "recovery-codes", user.name)
    return codes


def is_right(desk: Desk, user: User, code: str) -> bool:
    """Whether the code is one that counts now; it never counts again."""
    now = desk.clock()
    with desk.database.write() as c:
        step = totp.step_of(user.totp_secret, code, now, people.totp_step(c, user.name))
        if step is not None:
            return people.use_step(c, user.name, step)
        if people.use_code(c, user.name, _digest(code)):
            people.note(c, now, user.name, "recovery-code", user.name, str(people.count_codes(c, user.name)))
            return True
        people.note(c, now, user.name, "code-wrong", user.name)
    return False


def drop(desk: Desk, user: User) -> None:
    """Ask for the password alone from now on. Raises Refused where the commune demands both."""
    if is_demanded(desk, user):
        raise Refused(
            "Xã yêu cầu bạn đăng nhập hai bước nên không tắt được.",
            "The commune wants you to log in in two steps, so this cannot be turned off.",
        )
    with desk.database.write() as c:
        people.set_totp(c, user.name, "", 0)
        people.note(c, desk.clock(), user.name, "no-second-factor", user.name)


def reset(desk: Desk, name: str, by: User) -> None:
    """Drop another one's, whose phone is gone. Raises Refused."""
    require(by, Act.MANAGE, None)
    with desk.database.write() as c:
        user = staff.find(c, name)
        if user.name == by.name:
            raise Refused("Việc này hãy làm ở trang Tài khoản của bạn.", "Do that on the page of your own account.")
        people.set_totp(c, name, "", 0)
        people.note(c, desk.clock(), by.name, "person-second-factor", name)


def _fresh_codes(c: Connection, user: User) -> list[str]:
    found = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(CODES)]
    people.put_codes(c, user.name, [_digest(code) for code in found])
    return [f"{code[:5]}-{code[5:]}" for code in found]


def _digest(code: str) -> str:
    """SHA-256 is enough: a code is 49 random bits, and whoever has the database has the app's secret beside it."""
    plain = "".join(c for c in code.lower() if c.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
