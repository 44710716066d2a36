"""/metrics: where Prometheus looks unless it is told otherwise; the figures are the API's, and so is the token."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from hub.api.site import PLACE

router = APIRouter()


@router.get("/metrics")
def lead_on() -> Response:
    return RedirectResponse(f"{PLACE}/metrics", 307)
