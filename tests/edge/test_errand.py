"""Orders about a camera between two processes of a node: whole, each once, in order, and never too many."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from contract.orders import Counter
from contract.terms import Order
from edge import errand
from edge.errand import WAITING_MAX, Errand
from edge.spool import Doorbell
from edge.tray import MESSAGE_MAX, Tray

SHOW = Errand(counter=Counter(0, 7), order=Order.SHOW, camera="cong", until_s=60.0)


def numbered(n: int) -> Errand:
    return replace(SHOW, counter=Counter(0, n))


def test_what_is_given_is_taken_once_in_the_order_of_the_commands(tmp_path: Path) -> None:
    given = [numbered(n) for n in (9, 10, 100)] + [replace(SHOW, counter=Counter(1, 1), order=Order.RIGHT)]
    for each in reversed(given):
        errand.give(tmp_path, each)
    assert list(errand.take(tmp_path)) == given
    assert list(errand.take(tmp_path)) == []


def test_the_camera_process_is_rung(tmp_path: Path) -> None:
    with closing(Doorbell(tmp_path / "camera.bell")) as bell:
        errand.give(tmp_path, SHOW)
        assert bell.wait(1.0)


def test_more_than_may_wait_are_dropped_and_said_to_be(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for n in range(1, WAITING_MAX + 3):
        errand.give(tmp_path, numbered(n))
    assert [each.counter.n for each in errand.take(tmp_path)] == list(range(1, WAITING_MAX + 1))
    assert [r.levelname for r in caplog.records] == ["ERROR", "ERROR"]
    errand.give(tmp_path, numbered(99))
    assert [each.counter.n for each in errand.take(tmp_path)] == [99]


def test_what_is_no_order_about_a_camera_is_dropped_and_the_next_is_taken(tmp_path: Path) -> None:
    tray = Tray(tmp_path, "errands", 16)
    counter = b'{"counter":{"epoch":0,"n":1},"camera":"cong","until_s":1,'
    for n, data in enumerate([b"", b"\xff", b"{}", counter + b'"order":"play"}', b"[" * MESSAGE_MAX * 2]):
        tray.put(f"{n}", data)
    errand.give(tmp_path, SHOW)
    assert list(errand.take(tmp_path)) == [SHOW]
    assert tray.names() == []


def test_a_run_folder_that_refuses_costs_the_speaker_a_line_in_the_journal(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "errands").write_text("no folder")
    errand.give(tmp_path, SHOW)
    assert list(errand.take(tmp_path)) == []
    assert "cannot be handed on" in caplog.text


def test_what_cannot_be_removed_is_not_taken_for_it_would_be_done_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_self: Path) -> None:
        raise PermissionError("not yours")

    errand.give(tmp_path, SHOW)
    monkeypatch.setattr(Path, "unlink", refuse)
    assert list(errand.take(tmp_path)) == []
    assert "cannot be taken" in caplog.text
