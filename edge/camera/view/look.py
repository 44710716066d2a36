"""From a picture and what it is compared with to the facts of a look. Pure; the decoding child does it, and who judges
pictures in a folder."""

from collections.abc import Callable
from dataclasses import replace

from edge.camera.view.compare import compare, dulled
from edge.camera.view.picture import Picture, measure, unpacked
from edge.camera.view.question import Question
from edge.camera.view.seen import Comparison, Measures
from edge.camera.view.traits import Traits, traits

LEAST = 2
"""With fewer references nothing can be said of what they have in common."""


def unpacked_traits(picture: bytes) -> Traits:
    """Raises ValueError for what is no picture."""
    return traits(unpacked(picture))


def describe(
    picture: Picture, question: Question, take_apart: Callable[[bytes], Traits] = unpacked_traits
) -> tuple[Measures, Comparison | None]:
    """Measure a picture and compare it: with references of its own kind where there are enough, else with any.
    `take_apart` is for who looks at many pictures in one process, and remembers the references' traits."""
    measures = measure(picture)
    shown = list({s.picture: s for s in question.references}.values())
    own = [s for s in shown if s.is_near and s.is_grey is measures.is_grey]
    near = [s for s in shown if s.is_near]
    is_known = len(own) >= LEAST
    chosen = own if is_known else near if len(near) >= LEAST else shown
    if len(chosen) < LEAST:
        return measures, None
    before = take_apart(question.before) if question.before else None
    references = [take_apart(s.picture) for s in chosen]
    now = traits(picture.grey)
    seen = compare(now, references, before, is_known)
    first = [r for r, s in zip(references, chosen, strict=True) if s.is_first]
    if is_known and len(first) >= LEAST:
        seen = replace(seen, dull=dulled(now, first))
    return measures, seen
