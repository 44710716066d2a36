"""The fake probe, which shows what it is told to: for tests, and wherever there is no camera."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from edge.camera.config import Camera
from edge.camera.view.question import NOTHING_KNOWN, Question
from edge.camera.view.seen import BLOCKS, Comparison, Look, Measures, Obstacle

USUAL = Measures(brightness=120.0, contrast=60.0, colour=12.0)
AS_EVER = Comparison(
    is_known=True,
    dependable=BLOCKS,
    lost=0.0,
    flat=0.0,
    still=0.0,
    found=1.0,
    sharpness=1.0,
    doubt=0.02,
    detail=1.0,
    solid="f" * (BLOCKS // 4),
)
HALF = "f" * (BLOCKS // 8) + "0" * (BLOCKS // 8)
COVERED = replace(AS_EVER, lost=0.5, still=0.5, left=0.1, found=0.5, kept=0.5, gone=HALF, hidden=HALF)


class ScriptedProbe:
    """The fake: each camera shows the feed it was told to, in the words of the simulated cameras."""

    def __init__(self) -> None:
        self.is_prepared = True
        self._feeds: dict[str, str] = {}
        self._notes: dict[str, str] = {}
        self._pictures = count(1)

    def show(self, id: str, feed: str, note: str = "") -> None:
        """Switch a camera to `live`, `frozen`, `black`, `covered`, `silent`, `off`, or `lost` (the monitor fails)."""
        self._feeds[id], self._notes[id] = feed, note

    def prepare(self) -> bool:
        return self.is_prepared

    def look(self, camera: Camera, question: Question = NOTHING_KNOWN) -> Look:
        match self._feeds.get(camera.id, "live"):
            case "live":
                return self._picture(next(self._pictures), USUAL)
            case "frozen":
                return self._picture(0, USUAL)
            case "black":
                return self._picture(0, Measures(brightness=0.0, contrast=0.0))
            case "covered":
                return self._picture(next(self._pictures), USUAL, COVERED)
            case "silent":
                return Look(obstacle=Obstacle.SILENT)
            case "off":
                return Look(obstacle=Obstacle.REFUSED)
            case _:
                return Look(obstacle=Obstacle.MONITOR)

    def note(self, camera: Camera) -> str:
        return self._notes.get(camera.id, "")

    def reduce(self, pictures: Sequence[bytes]) -> list[bytes]:
        return [b"small " + each if each else b"" for each in pictures]

    def close(self) -> None:
        """Nothing to let go of."""

    def _picture(self, picture: int, measures: Measures, comparison: Comparison | None = None) -> Look:
        return Look(
            obstacle=Obstacle.NONE,
            packets=3,
            progress_s=0.2,
            picture=picture,
            measures=measures,
            comparison=comparison,
            small=b"a picture",
        )
