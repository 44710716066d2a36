"""What makes the pages an app on a phone: /manifest.webmanifest, /icons, /sw.js, and /offline for what was not kept.

The service worker (static/sw.js) keeps the files of the pages, and the last state of those that `offline` names,
for the person it was shown to and nobody else.
"""

import functools
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import resvg_py
from fastapi import APIRouter
from fastapi.responses import Response

from hub.refusals import NotFound
from hub.web.pages import STATIC, asset
from hub.web.visit import Stranger

router = APIRouter()

COLOUR = "#27508f"
"""The icon's ground: what surrounds the pages while they start."""
_ICONS = {
    "192": ("icon.svg", 192),
    "512": ("icon.svg", 512),
    "maskable": ("icon-full.svg", 512),
    "apple": ("icon-full.svg", 180),
}
"""Android needs PNG beside SVG, iPhones take nothing else; both round a full ground by themselves."""


@router.get("/manifest.webmanifest")
def show_manifest(_visit: Stranger) -> Response:
    icons = [
        {"src": "/icons/192", "sizes": "192x192", "type": "image/png"},
        {"src": "/icons/512", "sizes": "512x512", "type": "image/png"},
        {"src": "/icons/maskable", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        {"src": asset("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    manifest = {
        "id": "/",
        "name": "Loa Làng",
        "short_name": "Loa Làng",
        "description": "Loa truyền thanh của xã",
        "lang": "vi",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": COLOUR,
        "theme_color": COLOUR,
        "icons": icons,
    }
    return _answer(json.dumps(manifest, ensure_ascii=False).encode(), "application/manifest+json")


@router.get("/icons/{name}")
def show_icon(_visit: Stranger, name: str) -> Response:
    if name not in _ICONS:
        raise NotFound("Không có biểu tượng này.", "There is no such icon.")
    return _answer(_draw(*_ICONS[name]), "image/png", "public, max-age=86400")


@router.get("/sw.js")
def give_worker(_visit: Stranger) -> Response:
    """Other bytes whenever any file of the pages is another: so browsers see that there is a new one."""
    return _answer(worker(), "text/javascript; charset=utf-8")


@router.get("/offline")
def show_offline(visit: Stranger) -> Response:
    """Kept with the files of the pages, so nobody's name is on it."""
    return replace(visit, user=None).page("offline.html")


def _answer(body: bytes, kind: str, keep: str = "no-cache") -> Response:
    return Response(body, media_type=kind, headers={"Cache-Control": keep})


@functools.cache
def _draw(name: str, px: int) -> bytes:
    return resvg_py.svg_to_bytes(svg_string=(STATIC / name).read_text(encoding="utf-8"), width=px, height=px)


@functools.cache
def worker() -> bytes:
    body = (STATIC / "sw.js").read_text(encoding="utf-8")
    shell = [asset(str(path.relative_to(STATIC))) for path in _shell()]
    mark = hashlib.sha256("".join((body, *shell)).encode()).hexdigest()[:12]
    return f"const MARK = {json.dumps(mark)};\nconst SHELL = {json.dumps(shell)};\n{body}".encode()


def _shell() -> list[Path]:
    return sorted(path for path in STATIC.rglob("*") if path.is_file() and path.name != "sw.js")
