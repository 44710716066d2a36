"""The commands of docs/api.md do what it says, typed into a shell as they stand there."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hub.people import tokens
from hub.people.accounts import Scope
from tests.hub.conftest import until
from tests.hub.web.world import World, served, tone

GUIDE = Path(__file__).parents[3] / "docs" / "api.md"


@pytest.mark.real
def test_the_commands_of_the_guide_work(world: World, tmp_path: Path) -> None:
    _, look, send, order, *_ = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "bulletin.wav").write_bytes(tone(2))
    _, secret = tokens.make(world.desk, world.user("lan"), "hướng dẫn", Scope.FULL, 30)
    with served(world) as (address, _):

        def run(command: str, **more: str) -> Any:
            known = {**os.environ, "HUB": address, "TOKEN": secret, "NO_PROXY": "*", **more}
            done = subprocess.run(
                ["bash", "-c", command], cwd=tmp_path, env=known, capture_output=True, check=True, timeout=60
            )
            return json.loads(done.stdout)

        assert len(run(look)["items"]) == 3
        place = run(send)["id"]
        follow = f'curl -sS "$HUB/api/v1/uploads/{place}" -H "Authorization: Bearer $TOKEN"'
        until(lambda: run(follow)["step"] in ("done", "rejected"))
        ordered = run(order, SHA256=run(follow)["sha256"])
        assert (ordered["stage"], ordered["starts_at"]) == ("submitted", "2026-11-23T22:00:00Z")
        assert run(order, SHA256=run(follow)["sha256"])["id"] == ordered["id"], "sent again, it is the same order"
