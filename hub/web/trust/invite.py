"""/trust/invite: a picture of the address, for a colleague's phone to look at."""

import io

import segno
from fastapi import APIRouter
from fastapi.responses import Response

from hub.refusals import NotFound
from hub.security.page_authority import fingerprint
from hub.web.visit import Tender

router = APIRouter()


@router.get("/trust/invite")
def show_invitation(visit: Tender) -> Response:
    doors, asked = visit.hub.doors, visit.request.url.hostname or ""
    if doors is None:
        raise NotFound("Trang chỉ mở được trên chính máy này.", "The pages are for this computer alone.")
    address = f"{doors.invitation(asked)}/trust" if doors.ca_der else doors.page_url(doors.invited(asked))
    return visit.page(
        "invite.html",
        address=address,
        code=draw_code(address),
        fingerprint=fingerprint(doors.ca_der) if doors.ca_der else "",
    )


def draw_code(text: str) -> str:
    """A QR code as SVG for a page: dark on light whatever the scheme, or cameras do not find it."""
    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawing, kind="svg", xmldecl=False, svgns=True, border=4, omitsize=True, dark="#000", light="#fff", nl=False
    )
    return drawing.getvalue().decode()
