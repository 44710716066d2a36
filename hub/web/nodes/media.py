"""/media/<sha256> for nodes: a small application of its own on the nodes' TLS port. Nothing else is answered there."""

import base64
import re

from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from hub.media.shelf import Shelf
from hub.store import nodes
from hub.store.database import Database

MEDIA_TYPE = "audio/ogg"
_CREDENTIAL_MAX = 400
_SHA256 = re.compile(r"[0-9a-f]{64}")


def make_media_app(database: Database, shelf: Shelf) -> Starlette:
    """Serve sounds by content to nodes in service, with Range; a node names itself by HTTP Basic (id and secret)."""

    def is_ours(credential: tuple[str, str]) -> bool:
        with database.read() as c:
            return nodes.is_secret(c, *credential)

    async def media(request: Request) -> Response:
        credential = _credential(request.headers.get("authorization", ""))
        if credential is None or not await run_sync(is_ours, credential):
            return PlainTextResponse("who is there?", 401, {"WWW-Authenticate": 'Basic realm="loa"'})
        sha256 = request.path_params["sha256"]
        if not _SHA256.fullmatch(sha256) or not await run_sync(shelf.has, sha256):
            return PlainTextResponse("no such sound", 404)
        return FileResponse(shelf.path(sha256), media_type=MEDIA_TYPE, headers={"ETag": f'"{sha256}"'})

    return Starlette(routes=[Route("/media/{sha256}", media, methods=["GET"])])


def _credential(header: str) -> tuple[str, str] | None:
    """Node id and secret of a Basic header; None for anything else."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _CREDENTIAL_MAX:
        return None
    try:
        name, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:  # no Base64, or letters beyond ASCII; no UTF-8 in it
        return None
    return (name, secret) if colon else None
