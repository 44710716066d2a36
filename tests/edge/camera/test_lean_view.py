"""What comparing reads in: the decoding child has given up reading files by then, and its memory is small."""

import subprocess
import sys

SCRIPT = """
import sys
import numpy as np
from edge.camera.view.look import describe
from edge.camera.view.picture import from_bgr, packed
from edge.camera.view.question import Question, Shown
chance = np.random.default_rng(1)
before = set(sys.modules)
shots = [chance.integers(0, 255, (90, 160, 3)).astype(np.uint8) for _ in range(5)]
shown = tuple(Shown(False, packed(from_bgr(s).grey), is_first=True) for s in shots[1:])
_, seen = describe(from_bgr(shots[0]), Question(shown, shown[0].picture))
assert seen is not None and seen.dull is not None
print(sorted(set(sys.modules) - before))
print("numpy.fft" in sys.modules, "numpy.ma" in sys.modules, "scipy" in sys.modules)
"""


def test_comparing_reads_in_nothing_that_was_not_read_before_and_nothing_large() -> None:
    told = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["[]", "False False False"]
