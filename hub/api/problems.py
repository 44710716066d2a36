"""Every error of the API as RFC 9457 has it: `type` for programs, `title` and `detail` for the people behind them."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass
from starlette._utils import get_route_path
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from hub.api.conflicts import Hindrance, Replaced, replaceable, told
from hub.api.fields import ANSWER, Instant
from hub.media.rejection import Cause, Rejected
from hub.orders import openings
from hub.orders.openings import WaysOut
from hub.people.accounts import Act, User, may
from hub.refusals import Conflicted, NotAllowed, NotFound, Refused, Stale
from hub.rules.reading import Misread
from hub.web.asking import Hub
from hub.web.patience import TooEager
from hub.web.sounds.pieces import KNOWN, NotTaken
from hub.web.sounds.tus import BadHeader
from hub.web.wording.words import DEFAULT_LANGUAGE, LANGUAGES, Words, mark

MEDIA_TYPE = "application/problem+json"
HUB = "loa.hub"
"""Where a request's scope holds the hub it asks."""
BUSY_S = 60
KINDS = "/api/v1/docs#"
"""What a `type` leads to: the place of the human page that explains it."""


class TokenNeeded(Exception):
    """No token, or none that opens anything."""


class OutOfScope(Exception):
    """The token is for looking only."""


class Busy(Exception):
    """Too much waits already."""


class NoPin(Exception):
    """This person has no PIN yet."""


class WrongPin(Exception):
    """The PIN is not right."""


_TITLES: dict[int, tuple[str, str]] = {
    400: ("unreadable", mark("The request cannot be read")),
    401: ("token-needed", mark("No valid token")),
    403: ("not-allowed", mark("You may not do this")),
    404: ("not-found", mark("There is nothing here")),
    405: ("no-such-method", mark("This cannot be asked here")),
    409: ("refused", mark("The hub does not do this, and nothing changed")),
    412: ("changed", mark("It has changed since you looked")),
    413: ("too-large", mark("Too large")),
    422: ("invalid", mark("Something is missing or wrong")),
    429: ("too-eager", mark("Too many tries")),
    500: ("mistake", mark("The hub made a mistake")),
    507: ("no-room", mark("The hub's disk does not take it")),
}
_DETAILS: dict[int, str] = {
    401: mark("Send a token of /account/tokens as: Authorization: Bearer loa_…"),
    404: mark("The address may be mistyped, or what it showed is gone."),
    422: mark("Nothing was changed. See the list of errors."),
    507: mark("Cancel unfinished uploads, or tell the technician."),
    500: mark("Nothing was changed by you. Try again; if it stays, tell the technician what you asked and when."),
}
OUT_OF_SCOPE = mark("This token is for looking only.")
BUSY, LATER = mark("The hub is busy"), mark("Try again in a few minutes.")
CONFLICTS = mark("It cannot sound as ordered, and was not saved")
OUT_OF_STEP = mark("These bytes do not continue what is here")
GO_ON = mark("Ask how much is here (HEAD), and go on from there.")
NOT_TUS = mark("This does not follow tus 1.0.0")
NO_PIN = mark("You have no emergency PIN yet. Set one first; it takes your password.")
WRONG_PIN = mark("The PIN is not right. Nothing was sent.")


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Fault:
    """One place of the request that is not right."""

    place: str
    """Where: `body.nodes.0`, `query.limit`, `path.id`."""
    detail: str
    """What is wrong there, in English."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Problem:
    """RFC 9457, with what may help further."""

    type: str
    """Which kind of problem, for programs: a stable address whose end (`#conflicts`) tells them apart."""
    title: str
    """The same in one sentence, in the language of `Accept-Language` (vi, en; vi by default)."""
    status: int
    """The HTTP status again."""
    detail: str
    """What happened this time and what to do, in the same language."""
    errors: tuple[Fault, ...] = ()
    """What is wrong in the request, place by place (`#invalid`)."""
    conflicts: tuple[Hindrance, ...] = ()
    """What stands in the way of a broadcast, village by village (`#conflicts`)."""
    free_at: Instant | None = None
    """When it could sound instead, from the time ordered on, where a time nearby is free (`#conflicts`)."""
    free_before_at: Instant | None = None
    """The same before the time ordered (`#conflicts`)."""
    replaceable: tuple[Replaced, ...] = ()
    """What would have to go to make room, where it is yours to take back: all of it, as `replacing` (`#conflicts`)."""


_problem = TypeAdapter(Problem)
_REFUSALS: dict[type[Exception], int] = {NotAllowed: 403, NotFound: 404, Stale: 412}
_REJECTIONS = {Cause.TOO_LARGE.value: 413, Cause.NO_ROOM.value: 507}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How an operation says that it may answer so: for `responses=`."""
    return {status: {"model": Problem, "description": _TITLES[status][1]} for status in statuses}


def hub_of(request: Request) -> Hub:
    return cast(Hub, request.scope[HUB])


def words_of(request: Request) -> Words:
    """The first language of `Accept-Language` that the hub speaks, else Vietnamese. Weights are not looked at."""
    languages = hub_of(request).languages
    asked = (part.split(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(","))
    return languages[next((each for each in asked if each in LANGUAGES), DEFAULT_LANGUAGE)]


def kinds() -> dict[str, str]:
    """Every type of problem, by what its address ends with, and what it says."""
    return dict(_TITLES.values()) | {
        "out-of-scope": OUT_OF_SCOPE,
        "conflicts": CONFLICTS,
        "busy": BUSY,
        "out-of-step": OUT_OF_STEP,
        "not-tus": NOT_TUS,
        "no-pin": NO_PIN,
        "wrong-pin": WRONG_PIN,
    }


def install(app: FastAPI) -> None:
    app.add_exception_handler(TokenNeeded, _token_needed)
    app.add_exception_handler(OutOfScope, _out_of_scope)
    app.add_exception_handler(Busy, _busy)
    app.add_exception_handler(NoPin, lambda request, _: _tell(request, 403, kind="no-pin", title=NO_PIN))
    app.add_exception_handler(WrongPin, lambda request, _: _tell(request, 403, kind="wrong-pin", title=WRONG_PIN))
    app.add_exception_handler(TooEager, _too_eager)
    app.add_exception_handler(NotTaken, _not_taken)
    app.add_exception_handler(BadHeader, _not_tus)
    for kind in (Refused, Rejected, Misread):
        app.add_exception_handler(kind, _refused)
    app.add_exception_handler(Conflicted, _conflicted)
    app.add_exception_handler(HTTPException, _status)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, lambda request, _: _tell(request, 500))


def _tell(
    request: Request, status: int, detail: str = "", headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """An answer of this status; `more` are members of Problem, `kind` names another type than the usual one."""
    words = words_of(request)
    usual, title = _TITLES.get(status, _TITLES[400])
    kind, title = more.pop("kind", usual), more.pop("title", title)
    shown = detail or words.gettext(_DETAILS.get(status, title))
    problem = Problem(type=KINDS + kind, title=words.gettext(title), status=status, detail=shown, **more)
    usual_headers = {"Content-Language": words.language, **getattr(request.state, "headers", {})}
    body = _problem.dump_python(problem, mode="json", exclude_defaults=True)
    return JSONResponse(body, status, {**usual_headers, **(headers or {})}, MEDIA_TYPE)


def _token_needed(request: Request, _error: Exception) -> Response:
    return _tell(request, 401, headers={"WWW-Authenticate": 'Bearer realm="loa-lang"'})


def _out_of_scope(request: Request, _error: Exception) -> Response:
    detail = words_of(request).gettext(OUT_OF_SCOPE)
    challenge = 'Bearer realm="loa-lang", error="insufficient_scope"'
    return _tell(request, 403, detail, {"WWW-Authenticate": challenge}, kind="out-of-scope")


def _busy(request: Request, _error: Exception) -> Response:
    later = words_of(request).gettext(LATER)
    return _tell(request, 429, later, {"Retry-After": str(BUSY_S)}, kind="busy", title=BUSY)


def _too_eager(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooEager)
    wait_s = round(error.wait_s)
    detail = words_of(request).gettext("Too many tries. Wait %(seconds)s seconds.", seconds=wait_s)
    return _tell(request, 429, detail, {"Retry-After": str(wait_s)})


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused | Rejected | Misread)
    usual = _REJECTIONS.get(error.code, 409) if isinstance(error, Rejected) else 409
    status = next((code for kind, code in _REFUSALS.items() if isinstance(error, kind)), usual)
    return _tell(request, status, words_of(request).pick(error.message_vi, error.message_en))


def _conflicted(request: Request, error: Exception) -> Response:
    assert isinstance(error, Conflicted)
    words = words_of(request)
    detail = words.gettext("Other broadcasts or the villages' own rules stand in its way. Choose one of the ways out.")
    ways = ways_out(request.state.person, error)
    return _tell(
        request,
        409,
        detail,
        kind="conflicts",
        title=CONFLICTS,
        conflicts=tuple(told(words, each) for each in error.conflicts),
        free_at=ways.after,
        free_before_at=ways.before,
        replaceable=replaceable(ways),
    )


def ways_out(person: User, error: Conflicted) -> WaysOut:
    """Those that this person may go."""
    return openings.allowed(error.ways_out, lambda b: may(person, Act.ORDER, b.nodes))


def _not_taken(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotTaken)
    if error.status != 409:
        return _tell(request, error.status, headers=error.headers)
    detail = words_of(request).gettext(GO_ON)
    return _tell(request, 409, detail, error.headers, kind="out-of-step", title=OUT_OF_STEP)


def _not_tus(request: Request, error: Exception) -> Response:
    assert isinstance(error, BadHeader)
    return _tell(request, error.status, f"{error.header}?", KNOWN, kind="not-tus", title=NOT_TUS)


def _status(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_allowed(request))
    return _tell(request, error.status_code, headers=headers)


def _allowed(request: Request) -> list[str]:
    """What may be asked at this address; a route alone knows but its own method."""
    path = get_route_path(request.scope)
    known: list[tuple[str, str]] = request.app.state.operations
    return sorted({method for place, method in known if compile_path(place)[0].match(path)})


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _tell(request, 422, errors=tuple(_faults(error.errors())))


def _faults(errors: Sequence[Mapping[str, Any]]) -> list[Fault]:
    return [Fault(place=".".join(str(part) for part in each["loc"]), detail=each["msg"]) for each in errors[:20]]
