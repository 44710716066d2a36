"""How many of the announcements in the tests' vectors are put into words exactly right, by kind; and how fast.

vietnormalizer follows where it is installed (pip install vietnormalizer). It lowers the case and sets its own spaces;
so for it, and for ours beside it, a second count overlooks case, spaces and punctuation.
    python -m benchmarks.text_normaliser
"""

import importlib.util
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks._result import report, say
from hub.speech.normalise import normalise

VECTORS = Path(__file__).parent.parent / "tests/hub/speech/vectors.tsv"
TARGET_PCT = 98.0

Vector = tuple[str, str, str]
"""Kind, as typed, as spoken."""


def main() -> None:
    vectors = read_vectors()
    right, all_ = Counter[str](), Counter(kind for kind, _, _ in vectors)
    began_s = time.perf_counter()
    for kind, typed, spoken in vectors:
        right[kind] += normalise(typed) == spoken
    each_ms = (time.perf_counter() - began_s) / len(vectors) * 1000
    for kind in sorted(all_):
        say(f"{kind:14} {right[kind]:4} of {all_[kind]:4}")
    say(f"{len(vectors)} in all, {each_ms:.2f} ms each; words alone: {words_right_pct(vectors, normalise):.1f} % right")
    peer = find_peer()
    told = "not installed" if peer is None else f"words alone {words_right_pct(vectors, peer):.1f} % right"
    say(f"vietnormalizer: {told}")
    report("normaliser_right_pct", round(100 * right.total() / len(vectors), 1), "%", TARGET_PCT, "higher")


def read_vectors() -> list[Vector]:
    lines = VECTORS.read_text(encoding="utf-8").splitlines()
    fields = [line.replace("\\n", "\n").split("\t") for line in lines if line and not line.startswith("#")]
    return [(kind, typed, spoken) for kind, typed, spoken in fields]


def words_right_pct(vectors: list[Vector], read: Callable[[str], str]) -> float:
    return 100 * sum(_words(read(typed)) == _words(spoken) for _, typed, spoken in vectors) / len(vectors)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def find_peer() -> Callable[[str], str] | None:
    if importlib.util.find_spec("vietnormalizer") is None:
        return None
    read: Callable[[str], str] = importlib.import_module("vietnormalizer").VietnameseNormalizer().normalize
    return read


if __name__ == "__main__":
    main()
