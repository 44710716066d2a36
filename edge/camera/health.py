"""What a camera's looks say about it. Pure: looks and instants come in, a judgement comes out.

Frozen is told by time stamps that stand still and by pictures equal to the last bit, never by a small difference:
two live pictures of an empty yard differ by less than a tenth of a grey level, but they do differ.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contract.form import require
from contract.terms import CameraFault
from edge.camera.config import Rule


class Obstacle(StrEnum):
    """What kept a look from a picture; NONE where packets came and nothing was wrong with them."""

    NONE = ""
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    LOGIN = "login"
    ADDRESS = "address"
    SILENT = "silent"
    GARBLED = "garbled"
    CRASHED = "crashed"
    MONITOR = "monitor"


_FAULTS = {
    Obstacle.REFUSED: CameraFault.OFFLINE,
    Obstacle.UNREACHABLE: CameraFault.OFFLINE,
    Obstacle.LOGIN: CameraFault.NO_SIGNAL,
    Obstacle.ADDRESS: CameraFault.NO_SIGNAL,
    Obstacle.SILENT: CameraFault.NO_SIGNAL,
    Obstacle.GARBLED: CameraFault.NO_SIGNAL,
    Obstacle.CRASHED: CameraFault.NO_SIGNAL,
}

_DETAILS = {
    Obstacle.REFUSED: "địa chỉ này từ chối kết nối (connection refused)",
    Obstacle.UNREACHABLE: "không kết nối được tới camera (cannot be reached)",
    Obstacle.LOGIN: "camera không nhận tên hoặc mật khẩu (login refused)",
    Obstacle.ADDRESS: "camera không có luồng hình này (no such stream)",
    Obstacle.SILENT: "camera nhận kết nối nhưng không gửi hình (sends nothing)",
    Obstacle.GARBLED: "dữ liệu hình bị hỏng, không giải mã được (cannot be decoded)",
    Obstacle.CRASHED: "camera không cho được hình trong 5 giây (no picture in 5 s)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at a camera found.

    `progress_s`: how far the stream's own time stamps moved, None where fewer than two packets carried one.
    `picture`: checksum of the first key picture at full size; `brightness` and `contrast`: mean and standard
    deviation of it in grey levels. These three are None where no key picture came in time.
    """

    obstacle: Obstacle
    packets: int = 0
    progress_s: float | None = None
    picture: int | None = None
    brightness: float | None = None
    contrast: float | None = None

    def __post_init__(self) -> None:
        require(0 <= self.packets < 100_000, "packets: 0 to 100,000")
        require(self.packets > 0 or self.obstacle is not Obstacle.NONE, "a look without packets met an obstacle")
        require(self.brightness is None or 0 <= self.brightness <= 255, "brightness: 0 to 255")
        require(self.contrast is None or 0 <= self.contrast <= 128, "contrast: 0 to 128")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one look alone would say."""

    at: datetime
    fault: CameraFault
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """What is believed of one camera. `fault` is None until enough was seen to say anything."""

    fault: CameraFault | None = None
    since_at: datetime | None = None
    detail: str = ""
    recent: tuple[Verdict, ...] = ()
    picture: int | None = None


def judge(look: Look, picture_before: int | None, rule: Rule) -> tuple[CameraFault, str] | None:
    """Say what one look shows. None where it shows nothing, because the monitor itself was in trouble."""
    if look.obstacle is Obstacle.MONITOR:
        return None
    if look.obstacle is not Obstacle.NONE:
        return _FAULTS[look.obstacle], _DETAILS[look.obstacle]
    if look.progress_s is not None and look.progress_s <= 0:
        return CameraFault.FROZEN, "dấu thời gian của luồng hình đứng yên (time stamps stand still)"
    if is_dark(look, rule):
        return CameraFault.DARK, f"hình tối, độ sáng {look.brightness:.0f}/255 (dark)"
    if look.picture is not None and look.picture == picture_before:
        return CameraFault.FROZEN, "hình giống hệt lần xem trước (the very same picture)"
    return CameraFault.NONE, ""


def is_dark(look: Look, rule: Rule) -> bool:
    """Dark is low mean and low contrast together: a lamp in the night is no fault."""
    if look.brightness is None or look.contrast is None:
        return False
    return look.brightness < rule.dark_brightness and look.contrast < rule.dark_contrast


def follow(health: Health, look: Look, at: datetime, rule: Rule) -> Health:
    """Take one more look into account.

    A fault opens when `opens_after` of the last `of` looks show it, dated by the first of them. It gives way, to
    health or to another fault, when the last `clears_after` looks agree. A camera never judged before is believed
    healthy at once.
    """
    judged = judge(look, health.picture, rule)
    if judged is None:
        return health
    verdict = Verdict(at, *judged)
    recent = (*health.recent, verdict)[-max(rule.of, rule.clears_after) :]
    picture = health.picture if look.picture is None else look.picture
    first = _turning_point(health.fault, recent, rule)
    if first is None:
        return Health(health.fault, health.since_at, health.detail, recent, picture)
    return Health(first.fault, first.at, first.detail, recent, picture)


def _turning_point(fault: CameraFault | None, recent: tuple[Verdict, ...], rule: Rule) -> Verdict | None:
    """The look with which another state began, once it is believed."""
    newest = recent[-1].fault
    if newest is fault:
        return None
    if newest is CameraFault.NONE and fault is None:
        return recent[-1]
    if fault in (None, CameraFault.NONE):
        same = [v for v in recent[-rule.of :] if v.fault is newest]
        return same[0] if len(same) >= rule.opens_after else None
    last = recent[-rule.clears_after :]
    agree = len(last) == rule.clears_after and all(v.fault is newest for v in last)
    return last[0] if agree else None
