"""From a picture and what it is compared with to the facts of a look. Pure; the decoding child does it, and who judges
pictures in a folder."""

from collections.abc import Sequence

from edge.camera.view.compare import compare
from edge.camera.view.picture import Picture, measure, unpacked
from edge.camera.view.question import Question
from edge.camera.view.seen import Comparison, Measures
from edge.camera.view.traits import Traits, traits

LEAST = 2
"""With fewer references nothing can be said of what they have in common."""


def describe(picture: Picture, question: Question) -> tuple[Measures, Comparison | None]:
    """Measure a picture and compare it: with references of its own kind where there are enough, else with any."""
    measures = measure(picture)
    own = [s.picture for s in question.references if s.is_near and s.is_grey is measures.is_grey]
    is_known = len(own) >= LEAST
    chosen = own if is_known else [s.picture for s in question.references]
    if len(chosen) < LEAST:
        return measures, None
    before = traits(unpacked(question.before)) if question.before else None
    return measures, compare(traits(picture.grey), _all(chosen), before, is_known)


def _all(pictures: Sequence[bytes]) -> list[Traits]:
    return [traits(unpacked(picture)) for picture in pictures]
