"""/incidents/{id}/photos: photos of what is broken, from the phone of whoever stands in front of it."""

from typing import Annotated

from fastapi import APIRouter, Path, UploadFile
from fastapi.responses import Response

from hub.incidents import photos
from hub.media.photo import UPLOAD_MAX
from hub.refusals import NotFound
from hub.store import photos as rows
from hub.web.visit import Looker, Tender

router = APIRouter()

Id = Annotated[int, Path(ge=1, le=2**53)]


@router.post("/incidents/{id}/photos")
def add_photo(visit: Tender, id: Id, file: UploadFile | None = None) -> Response:
    """Judged and made small before it is kept."""
    photos.add(visit.desk, id, file.file.read(UPLOAD_MAX + 1) if file else b"", visit.person)
    return visit.go(f"/incidents/{id}#photos")


@router.get("/incidents/{id}/photos/{photo}")
def show_photo(visit: Looker, id: Id, photo: str) -> Response:
    with visit.desk.database.read() as c:
        jpeg = rows.picture(c, id, photo)
    if jpeg is None:
        raise NotFound("Không có ảnh này.", "There is no such photo.")
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})


@router.post("/incidents/{id}/photos/{photo}/remove")
def remove_photo(visit: Tender, id: Id, photo: str) -> Response:
    photos.remove(visit.desk, id, photo, visit.person)
    return visit.go(f"/incidents/{id}#photos")
