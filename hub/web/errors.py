"""What a person sees when something is not as it should be: what happened, and what to do. Never a trace."""

from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from hub.refusals import NotAllowed, NotFound, Refused
from hub.web import offline
from hub.web.guard import HEADERS, close_doors
from hub.web.visit import SignInNeeded, Visit, hub_of, known, login_path, words_of
from hub.web.ways import came_from
from hub.web.wording.words import mark

_SENTENCES: dict[int, tuple[str, str]] = {
    403: (
        mark("You may not do this"),
        mark("Your account does not include this. Ask the commune's administrator."),
    ),
    404: (
        mark("There is nothing here"),
        mark("The address may be mistyped, or what it showed is gone. Go back to the board."),
    ),
    409: (mark("This cannot be done now"), mark("Nothing was changed. Go back, look again and repeat if needed.")),
    413: (mark("Too large"), mark("The file or the form is larger than allowed.")),
    422: (mark("Something is missing or wrong"), mark("Nothing was saved. Go back and check what was filled in.")),
    500: (
        mark("The hub made a mistake"),
        mark("Nothing you did is to blame. Try again; if it stays, tell the technician what you were doing and when."),
    ),
}
_OTHER = (mark("This did not work"), mark("Go back to the board and try again."))


def install(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeeded, _ask_to_sign_in)
    app.add_exception_handler(Refused, _show_refusal)
    app.add_exception_handler(HTTPException, _show_status)
    app.add_exception_handler(RequestValidationError, _show_invalid)
    app.add_exception_handler(Exception, _show_mistake)


def _ask_to_sign_in(request: Request, _error: Exception) -> Response:
    visit = _visit(request)
    if not _wants_page(request):
        return JSONResponse({"message": visit.words.gettext("Please log in again.")}, 401)
    return visit.go(login_path(request))


def _show_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    status = 403 if isinstance(error, NotAllowed) else 404 if isinstance(error, NotFound) else 409
    return _show(request, status, _visit(request).words.pick(error.message_vi, error.message_en))


def _show_status(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _show(request, error.status_code)


def _show_invalid(request: Request, _error: Exception) -> Response:
    return _show(request, 422)


def _show_mistake(request: Request, _error: Exception) -> Response:
    """The log has the trace; this answer passes outside the guard, so it closes the doors itself."""
    response = _show(request, 500)
    close_doors(response.headers, HEADERS)
    return response


def _show(request: Request, status: int, message: str = "") -> Response:
    visit = _visit(request, status)
    title, what_to_do = (visit.words.gettext(text) for text in _SENTENCES.get(status, _OTHER))
    if not _wants_page(request):
        return JSONResponse({"message": message or title}, status)
    name = HTTPStatus(status).phrase
    before = came_from(request)
    response = visit.page(
        "error.html",
        status,
        title=title,
        message=message,
        what_to_do=what_to_do,
        name=name,
        code=status,
        before="" if urlsplit(before).path in ("/", request.url.path) else before,
    )
    for told in (offline.PERSON, offline.OFFLINE):  # what went wrong is no page to be kept
        del response.headers[told]
    return response


def _visit(request: Request, status: int = 500) -> Visit:
    """Who it is opens the way to the other pages. After a mistake the store is not asked: it may be what failed."""
    user = known(request) if status < 500 else None
    return Visit(request, hub_of(request), words_of(request), user)


def _wants_page(request: Request) -> bool:
    """Scripts and event streams get a short answer instead of a page."""
    accept = request.headers.get("accept", "*/*")
    return "text/event-stream" not in accept and "application/json" not in accept
