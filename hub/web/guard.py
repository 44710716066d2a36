"""What holds for every request: no writing from other sites, no endless bodies, and headers that shut doors."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.media.photo import UPLOAD_MAX

FORM_MAX = 64 * 1024
API = "/api/"
"""Below it cookies count for nothing, so no other site can use them: programs need not say where they are."""
UPLOADS = re.compile(r"/audio|/api/v1/recordings(/[0-9a-f]{64}/versions)?")
PIECES = re.compile(r"(/api/v1)?/uploads/[^/]*")
"""Where large bodies go, which are counted there: files at once (POST), and a file's pieces (PATCH)."""
LARGER_FORMS = {
    re.compile(r"(/api/v1)?/calendar/import"): 1280 * 1024,
    re.compile(r"/incidents/[0-9]+/photos"): UPLOAD_MAX + 64 * 1024,
}
"""Forms that carry a file, and how long they may be."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self' blob:; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=(self)",
}
STRICT = {"Strict-Transport-Security": "max-age=31536000"}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """ASGI middleware around the whole site. `is_strict`: browsers are told to ask by HTTPS alone from now on, and to
    let nobody pass a certificate that they do not trust. With the hub's own authority that could lock people out.
    """

    def __init__(self, app: ASGIApp, is_strict: bool) -> None:
        self._app = app
        self._headers = HEADERS | (STRICT if is_strict else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def shut(message: Message) -> None:
            if message["type"] == "http.response.start":
                close_doors(MutableHeaders(scope=message), self._headers)
            await send(message)

        status = _fault(scope)
        await (self._app if status is None else _refusal(scope, status))(scope, receive, shut)


def close_doors(headers: MutableHeaders, wanted: dict[str, str]) -> None:
    """Set the headers of safety, and keep pages out of caches unless they said otherwise."""
    for name, value in wanted.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-store")


_TEXTS = {
    400: "Địa chỉ có ký tự lạ. (The address has characters that no address has.)",
    403: "Yêu cầu đến từ trang khác nên bị từ chối. (Refused: the request came from another site.)",
    413: "Dữ liệu gửi lên quá lớn. (Too much data.)",
}


_KINDS = {400: "unreadable", 413: "too-large"}


def _refusal(scope: Scope, status: int) -> Response:
    """In words; programs get them as a problem (RFC 9457)."""
    text = _TEXTS[status]
    if not scope["path"].startswith(API):
        return Response(text, status, media_type="text/plain")
    problem = {"type": f"/api/v1/docs#{_KINDS[status]}", "title": text, "status": status, "detail": text}
    return JSONResponse(problem, status, media_type="application/problem+json")


def _fault(scope: Scope) -> int | None:
    """The status to refuse with; None for a request that may go on."""
    if not scope["path"].isprintable():  # routes do not match them all, and answers would name them
        return 400
    if scope["method"] in _READING:
        return None
    headers = Headers(scope=scope)
    if not scope["path"].startswith(API) and not _is_ours(scope, headers):
        return 403
    if not _takes_files(scope) and not _is_small(headers, _form_max(scope)):
        return 413
    return None


def _form_max(scope: Scope) -> int:
    return next((most for path, most in LARGER_FORMS.items() if path.fullmatch(str(scope["path"]))), FORM_MAX)


def _takes_files(scope: Scope) -> bool:
    method, path = str(scope["method"]), str(scope["path"])
    return bool((method == "POST" and UPLOADS.fullmatch(path)) or (method == "PATCH" and PIECES.fullmatch(path)))


def _is_ours(scope: Scope, headers: Headers) -> bool:
    """Every browser says where a POST comes from; one that says nothing, or another place, is refused."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site") == "same-origin"
    return origin == f"{scope['scheme']}://{headers.get('host')}"


def _is_small(headers: Headers, most: int) -> bool:
    """A body must say how long it is; a request that names neither length nor pieces has none (RFC 9112, 6.3)."""
    has_body = "content-length" in headers or "transfer-encoding" in headers
    length = headers.get("content-length", "") if has_body else "0"
    return length.isdigit() and int(length) <= most
