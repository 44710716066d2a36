"""/me: who the token acts for, what it may do, and that person's own tokens and log-ins."""

from fastapi import APIRouter, Response
from pydantic.dataclasses import dataclass

from hub.api.caller import Caller, Looker
from hub.api.fields import ANSWER, Id, Instant
from hub.api.problems import answers
from hub.people import tokens
from hub.people.accounts import Act, Role, Scope, Session, Token
from hub.refusals import NotFound
from hub.store import people

router = APIRouter(tags=["me"])


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Me:
    """Whom this token acts for."""

    name: str
    """The log-in name."""
    title: str
    """How people call this person."""
    role: Role
    may: tuple[Act, ...]
    """What this token may do: what the role includes; `look` alone for a token for looking."""
    token: str
    """The id of this token."""
    scope: Scope
    expires_at: Instant
    """When this token opens nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class TokenShown:
    """One token, without its secret."""

    id: str
    name: str
    """What it is for."""
    scope: Scope
    created_at: Instant
    expires_at: Instant
    last_used_at: Instant | None
    """To five minutes; null where it never was."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class SessionShown:
    """One log-in of one browser."""

    id: str
    agent: str
    """What the browser calls itself."""
    created_at: Instant
    expires_at: Instant


@router.get("/me")
def read_me(caller: Looker) -> Me:
    """Whom this token acts for, and what it may do."""
    person, token = caller.person, caller.token
    return Me(
        name=person.name,
        title=person.title,
        role=person.role,
        may=tuple(act for act in Act if caller.may(act)),
        token=token.id,
        scope=token.scope,
        expires_at=token.expires_at,
    )


@router.get("/me/tokens")
def list_tokens(caller: Looker) -> tuple[TokenShown, ...]:
    """One's own tokens. They are made at /account/tokens alone, with the password."""
    return tuple(map(_token, tokens.of(caller.desk, caller.person)))


@router.delete("/me/tokens/{id}", status_code=204, response_class=Response, responses=answers(404))
def revoke_token(caller: Looker, id: Id) -> None:
    """Revoke one of one's own tokens; this one too."""
    tokens.revoke(caller.desk, id, caller.person)


@router.get("/me/sessions")
def list_sessions(caller: Looker) -> tuple[SessionShown, ...]:
    """Where this person is logged in with a browser."""
    return tuple(map(_session, _sessions(caller)))


@router.delete("/me/sessions/{id}", status_code=204, response_class=Response, responses=answers(404))
def end_session(caller: Looker, id: Id) -> None:
    """Log one of one's own browsers out."""
    with caller.desk.database.write() as c:
        known = people.sessions(c, caller.person.name, caller.now)
        meant = next((each for each in known if each.id == id), None)
        if meant is None:
            raise NotFound("Không có phiên đăng nhập này.", "There is no such log-in.")
        people.end_session(c, meant.token_sha256)
        people.note(c, caller.now, caller.person.name, "end-session", caller.person.name, meant.id)


def _sessions(caller: Caller) -> list[Session]:
    with caller.desk.database.read() as c:
        return people.sessions(c, caller.person.name, caller.now)


def _token(token: Token) -> TokenShown:
    return TokenShown(
        id=token.id,
        name=token.name,
        scope=token.scope,
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )


def _session(session: Session) -> SessionShown:
    return SessionShown(
        id=session.id, agent=session.agent, created_at=session.created_at, expires_at=session.expires_at
    )
