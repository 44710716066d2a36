"""More than two hundred bad uploads, one after the other: no connection, little memory, soon over, and the hub goes on.

Some of what was damaged can still be heard; such a file may be stored. All others get one sentence and leave nothing.
"""

import contextlib
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from hub.media.intake import receive
from hub.media.rejection import Rejected
from hub.media.shelf import Shelf
from tests.hub.media.corpus import corpus
from tests.hub.media.lying import speechlike
from tests.hub.media.test_intake_refusals import children

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

SEED = int(os.environ.get("LOA_SEED", "20261126"))
AT_LEAST = 200
MEMORY_MAX_KB = 256 * 1024
WITHIN_S = 20.0


class Scales:
    """Notes the most memory that any decoding child has had at one time (proc(5), VmHWM)."""

    def __init__(self) -> None:
        self.most_kb = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._weigh)

    def __enter__(self) -> "Scales":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _weigh(self) -> None:
        while not self._is_over.wait(0.02):
            for child in children():
                with contextlib.suppress(OSError, StopIteration):
                    lines = Path(f"/proc/{child}/status").read_text(encoding="utf-8").splitlines()
                    most = next(line for line in lines if line.startswith("VmHWM:"))
                    self.most_kb = max(self.most_kb, int(most.split()[1]))


def try_to_store(file: Path, shelf: Shelf) -> Rejected | None:
    try:
        receive(file, shelf)
    except Rejected as rejected:
        return rejected
    return None


@pytest.mark.parametrize("part", [4, pytest.param(1, marks=pytest.mark.soak)], ids=["a quarter of them", "all"])
def test_no_upload_harms_the_hub(
    shelf: Shelf, tmp_path: Path, encode: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    """Of each kind some; LOA_SEED makes others."""
    print(f"LOA_SEED={SEED}")  # noqa: T201
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    file, refused, stored = tmp_path / "upload.mp3", 0, 0
    with socket.create_server(("127.0.0.1", 0)) as listener, Scales() as scales:
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/a.ts"
        for name, data in islice(corpus(encode, address, SEED), SEED % part, None, part):
            file.write_bytes(data)
            began_s = time.monotonic()
            rejected = try_to_store(file, shelf)
            stored, refused = stored + (rejected is None), refused + (rejected is not None)
            assert rejected is None or rejected.code != "fault", f"{name}: {rejected}"
            assert time.monotonic() - began_s < WITHIN_S, name
            assert list(scratch.iterdir()) == [], name
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert len(list(shelf.folder.iterdir())) <= stored, "what was refused left nothing"
    assert refused + stored >= AT_LEAST // part
    assert refused > 3 * stored, "most of it is no sound"
    assert 0 < scales.most_kb <= MEMORY_MAX_KB
    file.write_bytes(encode(speechlike(2.0)))
    assert receive(file, shelf).duration_s == pytest.approx(2.0, abs=0.1), "the hub goes on as ever"
