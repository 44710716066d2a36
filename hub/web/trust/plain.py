"""The plain door: HTTP without log-in. It shows how to trust the pages, and leads everything else to them by HTTPS.

No cookie is read or set here: what a browser sends along is dropped before anything looks.
"""

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.web import errors
from hub.web.asking import Hub
from hub.web.guard import Guard
from hub.web.pages import STATIC
from hub.web.trust import page


def make_plain_door(site: FastAPI) -> FastAPI:
    """In front of a site that has `doors`."""
    hub: Hub = site.state.hub
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.hub = hub
    app.add_middleware(_Forgetful)
    app.add_middleware(Guard, is_strict=False)
    errors.install(app)
    app.include_router(page.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.get("/{path:path}")
    def lead_on(request: Request) -> Response:
        assert hub.doors is not None
        target = hub.doors.page_url(request.url.hostname or "") + request.url.path
        return RedirectResponse(f"{target}?{request.url.query}" if request.url.query else target, 307)

    return app


class _Forgetful:
    """ASGI middleware: nobody is anybody here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = [each for each in scope["headers"] if each[0] not in (b"cookie", b"authorization")]
            scope = {**scope, "headers": headers}
        await self._app(scope, receive, send)
