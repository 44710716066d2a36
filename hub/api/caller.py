"""One request to the API: whose token it carries, and whether that person, and the token, may do this.

Cookies count for nothing here, so no other site can make a browser ask anything.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request, Security
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from hub.api.problems import OutOfScope, TokenNeeded, hub_of, words_of
from hub.people import tokens
from hub.people.accounts import Act, Scope, Token, User, may, require
from hub.web.asking import Asking

TURNED_AWAY = "loa.turned_away"
"""Where a request's scope holds the count."""

log = logging.getLogger(__name__)
_bearer = HTTPBearer(
    scheme_name="token",
    description="A token that its owner made at /account/tokens: `Authorization: Bearer loa_…`. It may do what its "
    "owner's role includes, or (scope `read`) only look.",
    auto_error=False,
)


class TurnedAway:
    """Counts the requests whose token opened nothing. Guessing 256 bits is hopeless; that somebody tries is news."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    def note(self, address: str) -> None:
        """Say it in the log at the first, the tenth, the hundredth ...: nobody may fill the disk by asking."""
        with self._lock:
            self.count += 1
            count = self.count
        if str(count).strip("0") == "1":
            log.warning("%d requests with a wrong token so far; the last from %s", count, address)


@dataclass(frozen=True, slots=True)
class Caller(Asking):
    """A request of a program: for whom, and by which token."""

    person: User
    token: Token

    def may(self, act: Act) -> bool:
        return may(self.person, act) and (self.token.scope is Scope.FULL or act is Act.LOOK)


def whoever_may(act: Act, *, is_look: bool = False) -> Callable[..., Caller]:
    """A dependency: the caller whose role and token include `act`. `is_look`: nothing changes, so a token for looking
    will do. Raises TokenNeeded, OutOfScope or NotAllowed."""

    def admit(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]) -> Caller:
        found = None if given is None else tokens.admit(hub_of(request).desk, given.credentials)
        if found is None:
            if "authorization" in request.headers:
                turned_away(request).note(request.client.host if request.client else "")
            raise TokenNeeded
        token, person = found
        request.state.person = person
        require(person, act)
        is_reading = is_look or request.method == "GET"
        if token.scope is Scope.READ and not is_reading:
            raise OutOfScope
        _require_known_query(request)
        return Caller(request, hub_of(request), words_of(request), person, token)

    return admit


def _require_known_query(request: Request) -> None:
    """A name nobody knows is a slip, and is said. Raises RequestValidationError."""
    known: frozenset[str] = request.app.state.queries[request.scope["route"].name]
    strange = [name for name in request.query_params if name not in known]
    if strange:
        raise RequestValidationError([{"loc": ("query", name), "msg": "no such parameter"} for name in strange])


def turned_away(request: Request) -> TurnedAway:
    return cast(TurnedAway, request.scope[TURNED_AWAY])


Looker = Annotated[Caller, Depends(whoever_may(Act.LOOK))]
Orderer = Annotated[Caller, Depends(whoever_may(Act.ORDER))]
Planner = Annotated[Caller, Depends(whoever_may(Act.ORDER, is_look=True))]
"""Who may order asks what would happen if."""
Approver = Annotated[Caller, Depends(whoever_may(Act.APPROVE))]
Stopper = Annotated[Caller, Depends(whoever_may(Act.STOP))]
Alarmer = Annotated[Caller, Depends(whoever_may(Act.ALARM))]
Tender = Annotated[Caller, Depends(whoever_may(Act.TEND))]
Auditor = Annotated[Caller, Depends(whoever_may(Act.AUDIT))]
Manager = Annotated[Caller, Depends(whoever_may(Act.MANAGE))]
