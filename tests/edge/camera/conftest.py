"""The simulated cameras, started once: real RTSP on loopback."""

from collections.abc import Iterator

import pytest

from simulator.camera import Cameras


@pytest.fixture(scope="session")
def cameras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cameras]:
    with Cameras(["cong", "san"], tmp_path_factory.mktemp("clips")) as running:
        yield running
