"""What a broadcast, a recording or a folder may be called. Pure."""

from hub.refusals import Refused

TITLE_MAX = 120


def clean_title(text: str) -> str:
    """A name as it is kept. Raises Refused for none, and for one that is too long."""
    title = " ".join(text.split())
    if not title:
        raise Refused("Hãy đặt tên.", "Give it a title.")
    if len(title) > TITLE_MAX or not title.isprintable():
        raise Refused(f"Tên dài nhất {TITLE_MAX} ký tự.", f"A title has at most {TITLE_MAX} characters.")
    return title
