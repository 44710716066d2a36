"""What is said of a camera: its report for the heartbeat, and the sentence a technician reads. Pure.

Figures are rounded so far that they change when something has changed, and not at every look.
"""

from contract.form import MAX_TEXT
from contract.reports import CameraReport
from contract.terms import CameraFault
from edge.camera.config import Camera
from edge.camera.health.sight import Sight
from edge.camera.onvif.survey import Known

ABOUT_MAX = 100
EVIDENCE_MAX = 16
_NO_PICTURE = (CameraFault.OFFLINE, CameraFault.NO_SIGNAL)


def report(camera: Camera, sight: Sight, note: str, known: Known | None) -> CameraReport | None:
    """A camera of which nothing is known yet is left out: unknown is not healthy, and not broken."""
    health = sight.health
    if health.fault is None or health.since_at is None:
        return None
    days = sight.clean_in_days
    return CameraReport(
        id=camera.id,
        fault=health.fault,
        since_at=health.since_at,
        detail=detail(sight, note),
        title=camera.title,
        evidence=_figures(health.evidence) if health.fault else {},
        right_at=sight.right_at,
        clean_in_days=None if days is None else float(max(0, round(days))),
        about=_about(known) if known else "",
        clock_ahead_s=_steady(known.drift_s) if known else None,
        restarted_at=known.restarted_at if known else None,
        renewed_at=known.firmware_changed_at if known else None,
    )


def detail(sight: Sight, note: str) -> str:
    """What is seen, and what the last look has to add: why a camera gives no picture, and what to write where."""
    health = sight.health
    return _joined("; ", health.detail, plain(note) if health.fault in _NO_PICTURE else "")


def sentence(camera: Camera, text: str) -> str:
    """The same for who is not told what people call the camera. What to do goes before the name."""
    return _joined(": ", camera.title, text)


def plain(text: str) -> str:
    """Outside words on one line: a camera may have put its own letters into them."""
    return "".join(letter for letter in text if letter.isprintable()).strip()


def _joined(between: str, first: str, second: str) -> str:
    """Both, or the second alone where they are too long together."""
    whole = between.join(part for part in (first, second) if part)
    return whole if len(whole) <= MAX_TEXT else second[:MAX_TEXT]


def _figures(evidence: dict[str, float]) -> dict[str, float]:
    """Three digits each."""
    return {name: float(f"{value:.3g}") for name, value in list(evidence.items())[:EVIDENCE_MAX]}


def _steady(seconds: float | None) -> float | None:
    """To the second, or to a twentieth where that is more: a camera's clock is asked once an hour, and drifts."""
    if seconds is None:
        return None
    step = max(1.0, abs(float(f"{seconds:.1g}")) / 20)
    return round(round(seconds / step) * step, 1)


def _about(known: Known) -> str:
    """Maker, model and firmware, as far as the camera tells them."""
    name = " ".join(part for part in (plain(known.maker), plain(known.model)) if part)
    return ", ".join(part for part in (name, plain(known.firmware)) if part)[:ABOUT_MAX]
