"""The people of the hub as an administrator keeps them: who they are, what they may do, that they can log in.

Beside `desk`. Nobody is ever deleted, since the records name them; each act is one transaction and leaves a note.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from hub.orders.desk import Desk
from hub.people import password_rules
from hub.people.accounts import GIVEN_FOR, Act, Role, User, require
from hub.people.deeds import DeedName
from hub.people.passwords import common, fresh_password, hash_password
from hub.refusals import NotFound, Refused
from hub.store import nodes, people

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
TITLE_MAX = 60


def add(desk: Desk, name: str, title: str, role: Role, villages: Collection[str], by: User) -> str:
    """A new person; returns the password to hand over, which nobody can be shown again. Raises Refused."""
    require(by, Act.MANAGE, None)
    given = fresh_password()
    user = new(name, title, role, villages, hash_password(given), desk.clock() + GIVEN_FOR)
    with desk.database.write() as c:
        _check_villages(c, villages)
        if people.user(c, user.name) is not None:
            raise Refused("Tên đăng nhập này đã có người dùng.", "That log-in name is taken.")
        people.add_user(c, user)
        _note(c, desk.clock(), by, "person-add", user, _described(user))
    return given


def new(
    name: str, title: str, role: Role, villages: Collection[str], password_hash: str, given_until: datetime | None
) -> User:
    """Raises Refused for names and roles that nobody may have."""
    if NAME.fullmatch(name) is None:
        raise Refused(
            "Tên đăng nhập gồm 2 đến 32 chữ thường không dấu, chữ số, dấu chấm hoặc gạch.",
            "A log-in name has 2 to 32 of a-z, 0-9, '.', '_' and '-'.",
        )
    user = User(name=name, title="", role=role, password_hash=password_hash, given_until=given_until)
    return _called(user, title or name, role, villages)


def change(desk: Desk, name: str, title: str, role: Role, villages: Collection[str], by: User) -> None:
    """Call a person otherwise, or for something else. Raises Refused, for oneself too: that takes another one."""
    require(by, Act.MANAGE, None)
    with desk.database.write() as c:
        before = find(c, name)
        after = _called(before, title, role, villages)
        if by.name == name and (after.role, after.villages) != (before.role, before.villages):
            raise Refused(
                "Bạn không đổi được quyền của chính mình. Hãy nhờ quản trị khác.",
                "You cannot change what you may do yourself. Ask another administrator.",
            )
        _check_villages(c, after.villages - before.villages)
        _check_last_admin(c, before, after)
        people.change(c, name, after.title, after.role, after.villages)
        _note(c, desk.clock(), by, "person-change", after, _described(after))


def set_active(desk: Desk, name: str, is_active: bool, by: User) -> None:
    """Let a person in again, or no longer: then their log-ins and tokens end. Raises Refused."""
    require(by, Act.MANAGE, None)
    with desk.database.write() as c:
        before = find(c, name)
        if by.name == name:
            raise Refused("Bạn không tự ngừng tài khoản của mình được.", "You cannot deactivate yourself.")
        _check_last_admin(c, before, replace(before, is_active=is_active))
        people.set_active(c, name, is_active)
        _note(c, desk.clock(), by, "person-on" if is_active else "person-off", before)


def reset_password(desk: Desk, name: str, by: User) -> str:
    """A password to hand over, to choose one's own with; whoever was logged in as that person no longer is."""
    require(by, Act.MANAGE, None)
    given = fresh_password()
    hashed = hash_password(given)
    with desk.database.write() as c:
        user = find(c, name)
        _check_not_oneself(user, by)
        people.set_password(c, name, hashed, desk.clock() + GIVEN_FOR)
        _note(c, desk.clock(), by, "person-password", user)
    return given


def end_sessions(desk: Desk, name: str, by: User) -> None:
    """Log a person out everywhere."""
    require(by, Act.MANAGE, None)
    with desk.database.write() as c:
        user = find(c, name)
        people.end_sessions(c, name)
        _note(c, desk.clock(), by, "person-logout", user)


def choose_password(desk: Desk, user: User, password: str) -> None:
    """Set one's own; whoever was logged in with the old one no longer is. Takes a moment. Raises Refused."""
    require(user, Act.LOOK)
    with desk.database.read() as c:
        told = fault(c, user.name, user.title, password)
    if told is not None:
        raise Refused(*told)
    hashed = hash_password(password)
    with desk.database.write() as c:
        people.set_password(c, user.name, hashed)
        people.note(c, desk.clock(), user.name, "password", user.name)


def end_own_sessions(desk: Desk, user: User, tokens: Sequence[str]) -> None:
    """End these log-ins of one's own, by the SHA-256 of their tokens."""
    with desk.database.write() as c:
        for session in people.sessions(c, user.name, desk.clock()):
            if session.token_sha256 in tokens:
                people.end_session(c, session.token_sha256)
                people.note(c, desk.clock(), user.name, "end-session", user.name, session.id)


def fault(c: Connection, name: str, title: str, password: str) -> tuple[str, str] | None:
    """What is wrong with a new password of this person, in Vietnamese and English; None where nothing is."""
    places = [part for node in nodes.nodes(c) for part in (node.id, node.title)]
    return password_rules.fault(password, [name, title, *places], common())


def find(c: Connection, name: str) -> User:
    """Raises NotFound."""
    user = people.user(c, name)
    if user is None:
        raise NotFound("Không có người dùng này.", "There is no such person.")
    return user


def _called(user: User, title: str, role: Role, villages: Collection[str]) -> User:
    title = " ".join(title.split())
    if not title or len(title) > TITLE_MAX or not title.isprintable():
        raise Refused(f"Hãy ghi họ tên, dài nhất {TITLE_MAX} ký tự.", f"Give a name of at most {TITLE_MAX} characters.")
    if role is Role.ADMIN and villages:
        raise Refused("Quản trị phụ trách cả xã.", "An administrator has the whole commune.")
    return replace(user, title=title, role=role, villages=frozenset(villages))


def _check_villages(c: Connection, villages: Collection[str]) -> None:
    if not set(villages) <= {n.id for n in nodes.nodes(c)}:
        raise Refused("Có làng không còn trong danh sách. Hãy chọn lại.", "A village is no longer on the list.")


def _check_last_admin(c: Connection, before: User, after: User) -> None:
    def is_admin(user: User) -> bool:
        return user.role is Role.ADMIN and user.is_active

    others = [u for u in people.users(c) if is_admin(u) and u.name != before.name]
    if is_admin(before) and not is_admin(after) and not others:
        raise Refused(
            "Đây là quản trị cuối cùng. Hãy thêm quản trị khác trước.",
            "This is the last administrator. Add another one first.",
        )


def _check_not_oneself(user: User, by: User) -> None:
    if user.name == by.name:
        raise Refused("Việc này hãy làm ở trang Tài khoản của bạn.", "Do that on the page of your own account.")


def _described(user: User) -> str:
    return "; ".join([user.title, user.role.value, ", ".join(sorted(user.villages))])


def _note(c: Connection, at: datetime, by: User, act: DeedName, user: User, detail: str = "") -> None:
    people.note(c, at, by.name, act, user.name, detail)
