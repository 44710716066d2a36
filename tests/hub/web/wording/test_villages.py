"""What the board says of one village: plain words for what is wrong, and silence about what nobody can know."""

from datetime import UTC, datetime, timedelta

import pytest

from contract.reports import CameraReport, ClockReport, Heartbeat, NetworkReport, PlanReport, TargetReport, Vitals
from contract.terms import Ailment, CameraFault, NetworkCause, Reason, Trust
from hub.nodes.fleet import Flip, Node, Presence, Status
from hub.web.wording import phrases, words
from hub.web.wording.phrases import Tone
from hub.web.wording.villages import Village, broadcast_of, describe

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NODE = Node(id="binhminh-dong", title="Thôn Đông", added_at=NOW)
SEEN = Presence(is_online=True, changed_at=NOW - timedelta(hours=2), heard_at=NOW)
VI = words.load()["vi"]


def beat(
    *,
    plan: PlanReport | None = None,
    trust: Trust = Trust.TRUSTED,
    vitals: Vitals | None = None,
    cameras: tuple[CameraReport, ...] = (),
    targets: tuple[TargetReport, ...] = (),
    on_air: str = "",
    sound_fault: str = "",
    silent: tuple[str, ...] = (),
    network: NetworkReport | None = None,
) -> Heartbeat:
    return Heartbeat(
        at=NOW,
        plan=plan or PlanReport(),
        clock=ClockReport(trust=trust),
        vitals=vitals or Vitals(uptime_s=60),
        cameras=cameras,
        targets=targets,
        on_air=on_air,
        sound_fault=sound_fault,
        silent=silent,
        network=network,
    )


def village(heartbeat: Heartbeat | None, status: Status = Status.UP, flip: Flip | None = None) -> Village:
    return describe(NODE, status, SEEN, heartbeat, {} if flip is None else {flip.subject: flip})


def test_a_healthy_village_has_nothing_to_say() -> None:
    healthy = Vitals(uptime_s=60, temperature_c=55.0, throttled=0, disk_free_pct=60.0)
    assert village(beat(vitals=healthy)).faults == ()
    assert village(beat()).faults == (), "a machine without these sensors is not faulty"


@pytest.mark.parametrize(
    ("heartbeat", "said"),
    [
        (beat(trust=Trust.UNTRUSTED), "Đồng hồ chưa tin được: các buổi phát hẹn giờ phải chờ"),
        (beat(trust=Trust.HOLDOVER), "Đồng hồ tự chạy, chưa đồng bộ giờ qua mạng"),
        (beat(vitals=Vitals(uptime_s=1, temperature_c=82.4)), "Quá nóng: 82 °C"),
        (beat(vitals=Vitals(uptime_s=1, disk_free_pct=4.2)), "Thẻ nhớ gần đầy: còn trống 4 %"),
        (beat(vitals=Vitals(uptime_s=1, throttled=0x50005)), "Nguồn điện yếu: kiểm tra bộ nguồn và dây cấp điện"),
        (beat(vitals=Vitals(uptime_s=1, ailments=(Ailment.READ_ONLY,))), "Thẻ nhớ không ghi được nữa"),
        (beat(vitals=Vitals(uptime_s=1, ailments=(Ailment.MEMORY_LOW,))), "Bộ nhớ của Pi sắp hết"),
        (beat(vitals=Vitals(uptime_s=1, ailments=(Ailment.CARD_ERRORS,), card_errors=3)), "Thẻ nhớ có lỗi"),
        (
            beat(vitals=Vitals(uptime_s=1, ailments=(Ailment.USB_GONE,), usb_gone=("USB Audio Device",))),
            "Thiết bị USB bị rời ra: USB Audio Device",
        ),
        (
            beat(vitals=Vitals(uptime_s=1, ailments=(Ailment.ON_BATTERY,))),
            "Mất điện lưới: nút đang chạy bằng pin dự phòng",
        ),
        (
            beat(vitals=Vitals(uptime_s=1, ailments=(Ailment.WEAK_POWER,))),
            "Nguồn điện yếu: kiểm tra bộ nguồn và dây cấp điện",
        ),
        (beat(vitals=Vitals(uptime_s=1, throttled=0x50000)), "Đã có lúc nguồn điện yếu kể từ khi khởi động"),
        (beat(sound_fault="no card"), "Âm thanh không hoạt động: no card"),
        (beat(silent=("speaker",)), "Chương trình phát âm thanh trên nút không trả lời"),
        (beat(silent=("other",)), "Một chương trình trên nút không trả lời: other"),
        (beat(plan=PlanReport(refused=Reason.BAD_SIGNATURE)), "Nút từ chối lịch phát: chữ ký không hợp lệ"),
        (beat(plan=PlanReport(missing_count=2)), "Số bản thu còn đang tải về: 2"),
        (
            beat(cameras=(CameraReport(id="cong", fault=CameraFault.DARK, since_at=NOW),)),
            "Camera cong: màn hình đen",
        ),
        (beat(targets=(TargetReport(id="internet", is_up=False, since_at=NOW),)), "Mất internet"),
        (beat(targets=(TargetReport(id="loa-xa", is_up=False, since_at=NOW),)), "Không kết nối được: loa-xa"),
    ],
)
def test_each_fault_is_one_plain_sentence(heartbeat: Heartbeat, said: str) -> None:
    (line,) = village(heartbeat).faults
    assert phrases.say(VI, line) == said
    assert line.tone is not Tone.GOOD


LOST = tuple(TargetReport(id=id, is_up=False, since_at=NOW) for id in ("gateway", "dns", "internet"))


def told(cause: NetworkCause) -> NetworkReport:
    return NetworkReport(cause=cause, since_at=NOW - timedelta(minutes=7))


@pytest.mark.parametrize(
    ("cause", "said", "advice"),
    [
        (NetworkCause.PROVIDER, "Bộ phát wifi vẫn chạy nhưng đường truyền của nhà mạng bị mất", "gọi nhà mạng"),
        (NetworkCause.GATEWAY, "Bộ phát wifi không trả lời", "rút điện nó 10 giây"),
        (NetworkCause.POWER, "Nguồn điện của nút quá yếu và nút mất mạng", "bộ nguồn khác"),
    ],
)
def test_one_cause_is_one_sentence_and_one_thing_to_do(cause: NetworkCause, said: str, advice: str) -> None:
    weak = Vitals(uptime_s=1, throttled=0x50005 if cause is NetworkCause.POWER else 0)
    (line,) = village(beat(targets=LOST, network=told(cause), vitals=weak)).faults
    assert phrases.say(VI, line) == said
    assert advice in VI.gettext(line.advice)
    assert (line.tone, line.since_at) == (Tone.BAD, NOW - timedelta(minutes=7))


def test_each_cause_that_is_one_has_its_advice() -> None:
    for cause in NetworkCause:
        lines = village(beat(targets=LOST, network=told(cause))).faults
        is_cause = cause not in (NetworkCause.NONE, NetworkCause.UNKNOWN)
        assert [bool(line.advice) for line in lines] == ([True] if is_cause else [False] * len(LOST))


def test_a_page_that_fails_while_the_network_works_sends_nobody_out() -> None:
    page = TargetReport(id="internet-2", is_up=False, since_at=NOW)
    quiet = village(beat(targets=(page,), network=told(NetworkCause.NONE)))
    assert [phrases.say(VI, line) for line in quiet.faults] == ["Không kết nối được: Internet, trang thứ hai"]
    assert not quiet.needs_care


@pytest.mark.parametrize("status", [Status.DOWN, Status.UNKNOWN, Status.NEW])
def test_unknown_is_not_broken(status: Status) -> None:
    broken = beat(sound_fault="no card", on_air="b1", targets=(TargetReport(id="dns", is_up=False, since_at=NOW),))
    silent = village(broken, status)
    assert silent.faults == ()
    assert silent.on_air == ""
    assert not silent.is_fresh


def test_the_broadcast_on_air_is_known_by_its_id_or_its_cues() -> None:
    assert broadcast_of("b1.20261123T000000.dong") == "b1"
    assert village(beat(on_air="b1")).on_air == "b1"
    assert village(beat()).on_air == ""


def test_since_when_comes_from_the_last_change_of_that_kind() -> None:
    fell = Flip(node=NODE.id, subject="node", value="down", at=NOW - timedelta(minutes=9))
    assert village(None, Status.DOWN, fell).since_at == fell.at
    assert village(beat(), Status.UP, fell).since_at == SEEN.changed_at
    late = Flip(node=NODE.id, subject="node", value="late", at=NOW - timedelta(minutes=2))
    assert village(None, Status.DOWN, late).since_at == late.at, "the hub writes down that it is gone a moment later"
    assert village(None, Status.LATE, fell).since_at == SEEN.heard_at
    assert describe(NODE, Status.NEW, None, None, {}).since_at is None


@pytest.mark.parametrize("mute", [beat(silent=("speaker",)), beat(sound_fault="no card")])
def test_a_village_that_cannot_play_is_not_called_working(mute: Heartbeat) -> None:
    broken = village(mute)
    assert broken.status is Status.UP, "its presence is another matter"
    assert not broken.can_play
    assert (phrases.say(VI, broken.standing), broken.standing.tone) == ("Không phát được", Tone.BAD)
    assert broken.mute == broken.faults[0]


@pytest.mark.parametrize(
    ("heartbeat", "subject", "advice"),
    [
        (beat(silent=("speaker",)), "process:speaker", "rút điện nút 10 giây rồi cắm lại"),
        (beat(sound_fault="no card"), "sound", "Kiểm tra card âm thanh USB"),
    ],
)
def test_it_says_since_when_and_what_to_do(heartbeat: Heartbeat, subject: str, advice: str) -> None:
    fell = Flip(node=NODE.id, subject=subject, value="fault", at=NOW - timedelta(minutes=9))
    (line,) = village(heartbeat, flip=fell).faults
    assert line.since_at == fell.at
    assert advice in VI.gettext(line.advice)
    (line,) = village(heartbeat, flip=Flip(node=NODE.id, subject=subject, value="ok", at=NOW)).faults
    assert line.since_at is None, "the hub has not written it down yet"


def test_a_fault_in_the_contracts_own_words_is_said_in_vietnamese() -> None:
    (line,) = village(beat(sound_fault="silent")).faults
    assert phrases.say(VI, line) == "Âm thanh không hoạt động: card âm thanh không phát ra tiếng"


def test_a_dead_camera_process_keeps_no_horn_silent() -> None:
    blind = village(beat(silent=("camera",)))
    assert blind.can_play
    assert phrases.say(VI, blind.standing) == "Hoạt động"
    assert village(beat(sound_fault="no card"), Status.DOWN).mute is None, "nobody knows it now"


def test_what_needs_a_person_stands_first() -> None:
    down = village(None, Status.DOWN)
    faulty = village(beat(sound_fault="x"))
    healthy = village(beat())
    new = describe(NODE, Status.NEW, None, None, {})
    late = village(beat(), Status.LATE)
    hot = village(beat(vitals=Vitals(uptime_s=1, temperature_c=85.0)))
    order = [down, faulty, late, hot, healthy, new]
    assert sorted([new, hot, healthy, late, faulty, down], key=lambda v: v.place) == order
