"""What is said of a camera: every fault has its advice and what to bring, every figure its sentence."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract.reports import CameraReport
from contract.terms import CameraFault
from edge.camera.health import change, judge
from hub.web.wording import camera_words, phrases, words
from hub.web.wording.camera_words import ADVICE, BRING, FIGURES, THINGS, UNSAID, Thing
from hub.web.wording.phrases import Tone

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
VI = words.load()["vi"]


def test_every_fault_has_its_advice_and_its_things() -> None:
    assert ADVICE.keys() == BRING.keys() == set(CameraFault)
    assert THINGS.keys() == set(Thing)
    assert all(BRING[fault] for fault in CameraFault if fault is not CameraFault.NONE)
    assert len({ADVICE[fault] for fault in CameraFault}) == len(CameraFault)


def test_nothing_is_carried_that_no_fault_needs() -> None:
    assert {thing for things in (*BRING.values(), camera_words.BRING_TOGETHER) for thing in things} == set(Thing)


def test_figures_are_sentences_and_those_for_programmers_stay_away() -> None:
    evidence = {"still": 0.625, "stir": 0.1, "rotation_deg": -3.21, "later": 0.5}
    report = CameraReport(id="gate", fault=CameraFault.COVERED, since_at=NOW, evidence=evidence)
    told = [VI.gettext(f.msgid, name=f.name, value=f"{f.value:.{f.decimals}f}") for f in camera_words.evidence(report)]
    assert told == ["có vật đứng yên che 62 % khung hình", "nghiêng -3.2 độ", "later: 0.50"]


def test_every_figure_that_a_node_names_is_a_sentence_or_stays_away() -> None:
    told = [ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")) for module in (judge, change)]
    nodes = [node for tree in told for node in ast.walk(tree)]
    calls = [each for each in nodes if isinstance(each, ast.Call) and ast.unparse(each.func) == "found"]
    named = {keyword.arg for call in calls for keyword in call.keywords if keyword.arg}
    keys = [key for each in nodes if isinstance(each, ast.Dict) for key in each.keys]
    named |= {str(key.value) for key in keys if isinstance(key, ast.Constant)}
    assert "packets" in named
    assert named - UNSAID == set(FIGURES)


@pytest.mark.parametrize(
    ("ahead_s", "said", "tone"),
    [
        (1.5, "Đồng hồ camera đúng (lệch 2 giây)", Tone.GOOD),
        (-59.0, "Đồng hồ camera đúng (lệch 59 giây)", Tone.GOOD),
        (61.0, "Đồng hồ camera nhanh 1 phút 01 giây: hình ghi lại không dùng làm bằng chứng được", Tone.WARN),
        (612.0, "Đồng hồ camera nhanh 10 phút 00 giây: hình ghi lại không dùng làm bằng chứng được", Tone.WARN),
        (-7200.0, "Đồng hồ camera chậm 2 giờ 00 phút: hình ghi lại không dùng làm bằng chứng được", Tone.WARN),
    ],
)
def test_a_clock_that_is_wrong_makes_no_evidence(ahead_s: float, said: str, tone: Tone) -> None:
    line = camera_words.clock(ahead_s)
    assert line is not None
    assert (phrases.say(VI, line), line.tone) == (said, tone)


@pytest.mark.parametrize(
    ("in_days", "said"),
    [
        (0.0, "Nên lau kính ngay"),
        (4.4, "Nên lau kính trong khoảng 4 ngày nữa"),
        (15.0, "Nên lau kính trong khoảng 2 tuần nữa"),
        (95.0, "Nên lau kính trong khoảng 3 tháng nữa"),
    ],
)
def test_when_to_clean_is_said_as_people_count(in_days: float, said: str) -> None:
    line = camera_words.cleaning(in_days)
    assert line is not None
    assert phrases.say(VI, line) == said


def test_what_nobody_knows_is_not_said() -> None:
    assert camera_words.clock(None) is None
    assert camera_words.cleaning(None) is None
