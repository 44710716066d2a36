"""What is said of a camera: the sentence, and figures that stand still while nothing happens."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import codec
from contract.form import MAX_TEXT
from contract.reports import CameraReport
from contract.terms import CameraFault
from edge.camera import saying
from edge.camera.config import Camera
from edge.camera.health.memory import Memory
from edge.camera.health.sight import Sight
from edge.camera.health.verdict import Health
from edge.camera.judging import DictAlbum
from edge.camera.onvif.survey import Known
from edge.camera.rules import Rule

AT = datetime(2026, 5, 1, 22, tzinfo=UTC)
CAMERA = Camera(id="cong", title="Cổng nhà văn hóa", url="rtsp://192.0.2.1/1")
KNOWN = Known(asked_at=AT, maker="Example", model="C1", firmware="1.2.3", drift_s=1.4, restarted_at=AT)
NOTE = (
    "chứng chỉ của camera chưa được biết / its certificate is not known; if it is the right camera, write: "
    f'fingerprint = "{"ab" * 32}"'
)


class Told(Sight):
    """A sight of which the test says what it thinks."""

    days: float | None = None

    @property
    def clean_in_days(self) -> float | None:
        return self.days


def sight(fault: CameraFault | None, detail: str = "", **evidence: float) -> Told:
    health = Health(fault=fault, since_at=AT if fault is not None else None, detail=detail, evidence=evidence)
    return Told(Memory(DictAlbum(), UTC), Rule(), health)


def said(of: Told, note: str = "", known: Known | None = None) -> CameraReport:
    report = saying.report(CAMERA, of, note, known)
    assert report is not None
    return report


def test_of_a_camera_nobody_has_judged_nothing_is_said() -> None:
    assert saying.report(CAMERA, sight(None), "", KNOWN) is None


def test_evidence_is_told_while_the_fault_lasts_in_three_digits() -> None:
    assert said(sight(CameraFault.COVERED, lost=0.123456, still=1234.5)).evidence == {"lost": 0.123, "still": 1230.0}
    assert said(sight(CameraFault.NONE, lost=0.5)).evidence == {}


def test_what_the_camera_says_of_itself() -> None:
    report = said(sight(CameraFault.NONE), known=KNOWN)
    assert (report.title, report.about) == ("Cổng nhà văn hóa", "Example C1, 1.2.3")
    assert (report.clock_ahead_s, report.restarted_at, report.renewed_at) == (1.0, AT, None)
    assert said(sight(CameraFault.NONE), known=Known(asked_at=AT, trouble="im lặng")).about == ""
    odd = replace(KNOWN, maker="A\x1b[2J\nB‮", model="", firmware="x" * 500)
    assert said(sight(CameraFault.NONE), known=odd).about.startswith("A[2JB, xxx")


def test_a_report_fits_whatever_a_camera_says_of_itself() -> None:
    report = said(sight(CameraFault.OFFLINE, "x" * 400), "y" * 400, replace(KNOWN, maker="m" * 999))
    assert codec.decode(codec.encode(report), CameraReport) == report


@pytest.mark.parametrize(("days", "told"), [(None, None), (13.6, 14.0), (0.2, 0.0), (-3.0, 0.0)])
def test_the_days_until_cleaning_are_whole_ones(days: float | None, told: float | None) -> None:
    of = sight(CameraFault.NONE)
    of.days = days
    assert said(of).clean_in_days == told


@given(st.floats(min_value=-1e6, max_value=1e6))
def test_a_clock_is_told_to_the_second_or_a_twentieth(seconds: float) -> None:
    told = said(sight(CameraFault.NONE), known=replace(KNOWN, drift_s=seconds)).clock_ahead_s
    assert told is not None
    assert abs(told - seconds) <= max(0.5, abs(seconds) / 20) + 0.06


def test_a_clock_that_goes_a_little_wrong_is_no_news() -> None:
    def told(drift_s: float) -> float | None:
        return said(sight(CameraFault.NONE), known=replace(KNOWN, drift_s=drift_s)).clock_ahead_s

    assert {told(600 + n) for n in range(-14, 15)} == {600.0}


def test_why_there_is_no_picture_stands_in_the_sentence_and_what_to_write_is_not_cut_off() -> None:
    gone = sight(CameraFault.NO_SIGNAL, "dữ liệu hình bị hỏng, không giải mã được (cannot be decoded)")
    report = said(gone, "a picture of 9000x9000 is not decoded")
    assert report.detail.endswith("(cannot be decoded); a picture of 9000x9000 is not decoded")
    long = said(gone, NOTE + "!" * 60)
    assert NOTE in long.detail
    assert len(long.detail) <= MAX_TEXT
    sentence = saying.sentence(CAMERA, saying.detail(gone, NOTE))
    assert NOTE in sentence
    assert len(sentence) <= MAX_TEXT
    assert saying.sentence(CAMERA, "hình mờ") == "Cổng nhà văn hóa: hình mờ"


def test_a_note_moves_no_cursor_and_belongs_to_no_other_fault() -> None:
    gone = sight(CameraFault.OFFLINE, "không kết nối được")
    assert said(gone, "a\x1b[2J\r\nroot: all is well").detail == "không kết nối được; a[2Jroot: all is well"
    assert said(sight(CameraFault.COVERED, "bị che"), NOTE).detail == "bị che"
    assert said(sight(CameraFault.NONE), NOTE).detail == ""


def test_since_when_it_is_right() -> None:
    of = sight(CameraFault.NONE)
    assert said(of).right_at is None
    of.commission(AT + timedelta(days=1))
    assert said(of).right_at == AT + timedelta(days=1)
