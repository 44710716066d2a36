"""How a picture differs from what its camera used to show."""

import numpy as np
import pytest

from edge.camera.view.compare import compare, dulled
from edge.camera.view.look import describe
from edge.camera.view.picture import from_bgr, packed
from edge.camera.view.question import Question, Shown
from edge.camera.view.seen import BLOCKS, Comparison, blocks
from edge.camera.view.traits import Traits, traits
from tests.edge.camera.yard import Bgr, Yard, blurred, covered, moved

YARD = Yard(seed=9)


def apart(picture: Bgr) -> Traits:
    return traits(from_bgr(picture).grey)


REFERENCES = [apart(YARD.picture(light)) for light in (1.0, 0.9, 0.8, 1.0)]


def beside(picture: Bgr) -> Comparison:
    grain = np.random.default_rng(4)
    twice = [np.clip(picture + grain.normal(0, 1.5, picture.shape), 0, 255).astype(np.uint8) for _ in range(2)]
    return compare(apart(twice[1]), REFERENCES, apart(twice[0]))


def test_the_usual_view_is_in_place() -> None:
    seen = beside(YARD.picture(0.85))
    assert seen.lost < 0.05
    assert seen.kept > 0.9
    assert seen.sharpness == pytest.approx(1, abs=0.15)
    assert seen.turn.gain == 1


@pytest.mark.parametrize("share", [0.4, 0.6, 0.8])
def test_a_cover_hides_its_part_and_leaves_nothing_of_the_wide_lights(share: float) -> None:
    seen = beside(covered(YARD.picture(), share))
    assert seen.still == pytest.approx(share, abs=0.15)
    assert seen.layout < 0.3
    assert all(each % 16 <= 16 * share for each in blocks(seen.hidden))


@pytest.mark.parametrize("sigma", [2.0, 3.0, 5.0])
def test_out_of_focus_the_fine_is_gone_and_the_wide_is_left(sigma: float) -> None:
    seen = beside(blurred(YARD.picture(), sigma))
    assert seen.sharpness < 0.45
    assert seen.detail < 0.7
    assert seen.layout > 0.45 or seen.lost < 0.1


@pytest.mark.parametrize(
    ("dx", "dy", "degrees"), [(0.05, 0, 0), (0, -0.06, 0), (0, 0, 3), (0.15, 0.1, 0), (0.02, 0, -7)]
)
def test_a_turned_view_is_found_again_better_than_in_place(dx: float, dy: float, degrees: float) -> None:
    seen = beside(moved(YARD.picture(), dx, dy, degrees))
    assert seen.found > seen.kept + 0.2
    assert seen.turn.rotation_deg == pytest.approx(degrees, abs=1)
    assert seen.turn.dx == pytest.approx(dx, abs=0.02)
    assert seen.turn.dy == pytest.approx(dy, abs=0.02)


def test_another_view_shows_edges_of_its_own() -> None:
    seen = beside(Yard(seed=33).picture())
    assert seen.lost > 0.65
    assert seen.sharp > 0.5


def test_dirt_on_a_quarter_of_the_lens_is_told_as_so_much() -> None:
    picture = YARD.picture()
    smeared = blurred(picture, 4.0)
    picture[:180, :320] = smeared[:180, :320] // 2 + 60
    assert dulled(apart(picture), REFERENCES) == pytest.approx(0.25, abs=0.1)
    assert dulled(apart(YARD.picture(0.7)), REFERENCES) < 0.05


def test_the_same_reference_given_twice_counts_once() -> None:
    picture = packed(from_bgr(YARD.picture()).grey)
    _, seen = describe(from_bgr(YARD.picture()), Question((Shown(False, picture), Shown(False, picture))))
    assert seen is None


def test_a_picture_of_another_kind_is_compared_with_its_hour_as_unknown() -> None:
    shown = tuple(Shown(False, packed(from_bgr(YARD.picture()).grey)) for _ in range(3))
    grey = np.repeat(YARD.picture().mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    measures, seen = describe(from_bgr(grey), Question(shown))
    assert measures.is_grey
    assert seen is not None
    assert not seen.is_known
    assert seen.lost < 0.25
    assert seen.dependable <= BLOCKS
