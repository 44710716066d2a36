"""What anyone sees who tries the detector on a folder of their own pictures."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.__main__ import main
from edge.camera.judging import NothingToJudge, judge
from edge.camera.rules import Rule
from tests.edge.camera.yard import HEIGHT, WIDTH, Bgr, Yard, blurred, covered, moved, striped

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
EVERY = timedelta(seconds=20)


def fill(folder: Path, shots: list[Bgr], start: datetime = NOON, every: timedelta = EVERY) -> None:
    for n, shot in enumerate(shots):
        cv2.imwrite(str(folder / f"cong_{start + n * every:%Y-%m-%d_%H-%M-%S}.jpg"), shot)


def judged(folder: Path, learn: int = 10, every_s: float = 0.0) -> list[dict[str, Any]]:
    lines: list[str] = []
    judge(folder, every_s, learn, Rule(), lines.append)
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda p: covered(p, 0.5), "covered"),
        (lambda p: covered(p, 1.0), "covered"),
        (lambda p: blurred(p, 2.0), "blurred"),
        (lambda p: moved(p, dx=0.05), "moved"),
        (lambda p: moved(p, dy=-0.08), "moved"),
        (lambda p: moved(p, degrees=3.0), "moved"),
        (striped, "noisy"),
        (lambda p: np.full_like(p, 255), "bright"),
        (lambda p: (p * 0.01).astype(np.uint8), "dark"),
    ],
)
def test_a_fault_opens_within_three_pictures_and_clears_by_itself(
    tmp_path: Path, spoil: Callable[[Bgr], Bgr], fault: str
) -> None:
    yard = Yard()
    shots = [yard.picture() for _ in range(40)]
    grain = np.random.default_rng(5)
    for n in range(20, 26):
        shots[n] = np.clip(spoil(shots[n]) + grain.normal(0, 1, shots[n].shape), 0, 255).astype(np.uint8)
    fill(tmp_path, shots)
    *events, summary = judged(tmp_path)
    assert [(e["fault"], e["event"]) for e in events] == [(fault, "open"), (fault, "clear")]
    opened = datetime.fromisoformat(events[0]["at"])
    assert NOON + 20 * EVERY <= opened <= NOON + 22 * EVERY
    assert events[0]["detail"]
    assert events[0]["evidence"]
    assert summary["summary"]["pictures"] == 40


def test_a_day_of_wandering_light_and_people_tells_nothing(tmp_path: Path) -> None:
    yard = Yard(seed=3)
    lights = [0.35 + 0.65 * np.sin(np.pi * n / 143) for n in range(144)]
    shots = [yard.with_passer_by(light) if n % 7 == 0 else yard.picture(light) for n, light in enumerate(lights)]
    fill(tmp_path, shots, every=timedelta(minutes=5))
    assert [line for line in judged(tmp_path) if "summary" not in line] == []


def test_a_picture_that_repeats_to_the_last_bit_is_frozen(tmp_path: Path) -> None:
    yard = Yard()
    shots = [yard.picture() for _ in range(20)]
    fill(tmp_path, [*shots, *[shots[-1]] * 5])
    assert [(e["fault"], e["event"]) for e in judged(tmp_path)[:-1]] == [("frozen", "open")]


def test_pictures_that_cannot_be_decoded_are_a_fault_and_no_crash(tmp_path: Path) -> None:
    yard = Yard()
    fill(tmp_path, [yard.picture() for _ in range(20)])
    for n in (20, 21, 22):
        (tmp_path / f"cong_{NOON + n * EVERY:%Y-%m-%d_%H-%M-%S}.jpg").write_bytes(b"rubbish")
    assert [(e["fault"], e["event"]) for e in judged(tmp_path)[:-1]] == [("no_signal", "open")]


def test_a_clip_is_judged_at_the_pace_that_was_asked_for(tmp_path: Path) -> None:
    yard = Yard()
    writer = cv2.VideoWriter(str(tmp_path / "cong.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 5, (WIDTH, HEIGHT))
    for n in range(150):
        writer.write(covered(yard.picture(), 0.6) if n >= 100 else yard.picture())
    writer.release()
    *events, summary = judged(tmp_path / "cong.avi", every_s=1.0)
    assert summary["summary"]["pictures"] == 30
    assert [e["fault"] for e in events] == ["covered"]


def test_without_dates_or_files_the_command_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cv2.imwrite(str(tmp_path / "cong.png"), Yard().picture())
    for source in (tmp_path, tmp_path / "none"):
        with pytest.raises(NothingToJudge):
            judged(source)
        assert main(["--root", str(tmp_path), "cameras", "judge", str(source)]) == 1
        assert str(source) in capsys.readouterr().err
    assert main(["--root", str(tmp_path), "cameras", "judge", str(tmp_path), "--learn", "0"]) == 1


def test_the_command_prints_a_line_an_event_and_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    yard = Yard()
    fill(tmp_path, [*(yard.picture() for _ in range(15)), *(covered(yard.picture(), 0.7) for _ in range(4))])
    assert main(["--root", str(tmp_path), "cameras", "judge", str(tmp_path), "--learn", "8"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.get("fault") for line in lines] == ["covered", None]
    assert lines[-1]["summary"]["events"] == {"open covered": 1}
