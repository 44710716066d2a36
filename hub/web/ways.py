"""Where a browser may be sent on to: paths of this site alone, whoever names them."""

from urllib.parse import urlsplit

from fastapi import Request


def own_path(path: str) -> str:
    """A path of this site to go on to; anything that leads elsewhere becomes the board."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours else "/"


def came_from(request: Request) -> str:
    """The page of ours that this request was sent from, with what was asked of it; the board where none is told."""
    try:
        told = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return "/"
    if (told.scheme, told.netloc) != (request.url.scheme, request.headers.get("host")):
        return "/"
    return own_path(told.path + (f"?{told.query}" if told.query else ""))
