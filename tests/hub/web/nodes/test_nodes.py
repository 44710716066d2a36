"""A node's page for the technician in front of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contract.events import Change, Key, Refusal
from contract.limits import Limits
from contract.reports import CameraReport, NetworkReport, Restarts, TargetReport, Vitals, Wifi
from contract.terms import Ailment, CameraFault, Doubt, Ending, Miss, NetworkCause, Outcome, Reason
from hub.incidents.incident import About, Incident, Member
from hub.nodes.fleet import Flip
from hub.nodes.positions import Position
from hub.store import incidents, nodes, people, records
from tests.hub.web.board.test_board import text
from tests.hub.web.world import MORNING, VILLAGES, Browser, World

EAST, WEST, _ = VILLAGES
PATH = f"/nodes/{EAST}"


def test_a_node_that_never_spoke_says_so(officer: Browser) -> None:
    page = text(officer, PATH)
    assert "Thôn Đông binhminh-thon-1" in page
    assert "Nút này chưa báo cáo lần nào." in page


def test_everything_a_technician_asks_for_stands_there(officer: Browser, world: World) -> None:
    world.be_born(EAST, Limits(quiet_from_min=20 * 60, minutes_a_day=45))
    camera = CameraReport(id="cong", fault=CameraFault.NO_SIGNAL, since_at=MORNING, detail="HTTP 401")
    world.beat(EAST, cameras=(camera,))
    page = text(officer, PATH)
    for said in (
        "51,2 °C",
        "Đồng hồ đúng (± 3,4 ms)",
        "trống 71 %",
        "trống 612 MB",
        "30 giờ 00 phút",
        "Raspberry Pi 4 Model B",
        "không gửi hình",
        "HTTP 401",
        "có trả lời",
        "20:00–04:30",
        "12 buổi, 45 phút",
    ):
        assert said in page


@pytest.mark.parametrize(("language", "said"), [("vi", "không trả lời"), ("en", "no answer")])
def test_a_network_that_does_not_answer_says_so_once(officer: Browser, world: World, language: str, said: str) -> None:
    officer.post("/language", data={"language": language})
    detail = "không trả lời (no answer)"
    down = TargetReport(id="internet", is_up=False, since_at=MORNING, loss_pct=100, detail=detail)
    refused = TargetReport(id="loa-2", is_up=False, since_at=MORNING, detail="từ chối kết nối (refused)")
    world.beat(EAST, targets=(down, refused), cameras=())
    with world.database.write() as c:
        records.add_flips(c, [Flip(node=EAST, subject="target:internet", value="down", at=MORNING, detail=detail)])
    page = text(officer, PATH)
    assert page.count(said) == 3, "once for each target, once in the history"
    assert "refused" in page, "what says more is shown"


def test_a_network_behind_a_welcome_page_is_told_with_its_cause_and_what_to_do(officer: Browser, world: World) -> None:
    up = TargetReport(id="gateway", is_up=True, since_at=MORNING, rtt_ms=2.0, rtt_p95_ms=7.5)
    page = TargetReport(id="internet", is_up=False, since_at=MORNING, miss=Miss.CAPTIVE)
    network = NetworkReport(cause=NetworkCause.CAPTIVE, since_at=MORNING, doubt=Doubt.SLOWED)
    world.beat(EAST, targets=(up, page), network=network)
    said = text(officer, PATH)
    assert "Wifi đòi đồng ý trang chào rồi mới cho nút ra internet" in said
    assert "Tắt trang chào cho nút trong bộ phát wifi" in said
    assert "95 trên 100 lần không quá 7,5 ms" in said
    assert "bộ xử lý của nút đang bị giảm tốc" in said
    assert "không trả lời" not in said
    assert "Wifi đòi đồng ý trang chào" in text(officer, "/")


def test_out_of_contact_the_figures_are_of_then(officer: Browser, world: World) -> None:
    world.beat(EAST)
    world.clock.pass_(minutes=20)
    page = text(officer, PATH)
    assert "Mất liên lạc" in page
    assert "Máy Pi Số liệu lần cuối, lúc 04:30" in page
    assert "Mạng Số liệu lần cuối, lúc 04:30" in page
    assert "Chưa thấy lỗi nào" not in page
    network = officer.get(PATH).text.partition('id="network-title"')[2].partition("</section>")[0]
    assert network.count('class="tag muted"') == 3
    assert "tag good" not in network, "nobody knows that it answers now"


def test_it_has_been_away_since_the_first_sign_as_its_incident_says(officer: Browser, world: World) -> None:
    world.beat(EAST)
    world.clock.pass_(minutes=20)
    late, gone = MORNING + timedelta(minutes=1.2), MORNING + timedelta(minutes=2)
    for value, at in (("up", MORNING - timedelta(days=1)), ("late", late), ("down", gone)):
        with world.database.write() as c:
            records.add_flips(c, [Flip(node=EAST, subject="node", value=value, at=at)])
    assert "Mất liên lạc từ 04:31" in text(officer, PATH)
    assert "Thôn Đông: Mất liên lạc từ 04:31" in text(officer)
    with world.database.write() as c:
        records.add_flips(c, [Flip(node=EAST, subject="node", value="up", at=gone + timedelta(minutes=1))])
        records.add_flips(c, [Flip(node=EAST, subject="node", value="down", at=gone + timedelta(minutes=5))])
    assert "Mất liên lạc từ 04:37" in text(officer, PATH), "a hub that was away saw no first sign"


def test_no_quiet_hours_are_said_to_be_none(officer: Browser, world: World) -> None:
    world.be_born(EAST, Limits(quiet_from_min=0, quiet_until_min=0))
    assert "Giờ yên lặng không có" in text(officer, PATH)


def test_the_limits_of_the_province_stand_there(officer: Browser, world: World) -> None:
    province = Limits(days=(0, 1, 2, 3, 4), sessions_a_day=2, volumes=((270, 60), (420, 100)))
    world.be_born(EAST, province)
    page = text(officer, PATH)
    for said in ("Thứ Hai, Thứ Ba, Thứ Tư, Thứ Năm, Thứ Sáu", "Âm lượng từ 04:30 60 %", "2 buổi, 180 phút"):
        assert said in page


def test_the_machine_tells_of_its_card_its_supply_and_what_failed(officer: Browser, world: World) -> None:
    ill = Vitals(
        uptime_s=86_400,
        throttled=0x10000,
        is_read_only=False,
        card_errors=3,
        written_mb=52.0,
        is_on_battery=True,
        usb_gone=("USB Audio Device",),
        restarts=(Restarts(process="camera", count=4, at=MORNING, ending=Ending.HUNG),),
        ailments=(Ailment.CARD_ERRORS, Ailment.USB_GONE, Ailment.ON_BATTERY),
    )
    world.beat(EAST, vitals=ill)
    shown = text(officer, PATH)
    for said in (
        "Tình trạng thẻ nhớ 3 lỗi",
        "Ghi vào thẻ 52 MB mỗi ngày",
        "Điện lưới mất: đang chạy bằng pin",
        "Thiết bị USB bị rời ra USB Audio Device",
        "Camera 4 trong 99 lần khởi động gần nhất; lần cuối",
        "vì nó bị treo",
        "Mang theo thẻ nhớ mới đã cài sẵn cho làng này và thay thẻ.",
    ):
        assert said in shown


def test_the_wifi_link_is_told_as_far_as_its_driver_knows_it(officer: Browser, world: World) -> None:
    wifi = Wifi(interface="wlan0", ssid="<b>Nhà văn hoá", rssi_dbm=-61, frequency_mhz=2437, busy_pct=34.0, clients=12)
    guests = replace(wifi, bitrate_mbps=72.2, guest_rssi_dbm=-80)
    world.beat(EAST, network=NetworkReport(cause=NetworkCause.NONE, since_at=MORNING, wifi=wifi))
    shown = text(officer, PATH)
    assert "Wifi &lt;b&gt;Nhà văn hoá mạnh -61 dBm kênh 6 (2437 MHz); kênh bận 34 %; 12 máy đang nối" in shown
    world.beat(EAST, network=NetworkReport(cause=NetworkCause.NONE, since_at=MORNING, wifi=guests))
    shown = text(officer, PATH)
    assert "72 Mbit/s; kênh 6" in shown
    assert "Wifi cho khách yếu -80 dBm" in shown


def test_a_late_signal_is_no_word_of_health(officer: Browser, world: World) -> None:
    world.beat(EAST)
    assert "Chưa thấy lỗi nào" in text(officer, PATH)
    world.clock.pass_(minutes=1, seconds=20)
    page = text(officer, PATH)
    assert "Tín hiệu trễ" in page
    assert "Chưa thấy lỗi nào" not in page


def test_what_changed_and_what_was_refused_is_listed_newest_first(officer: Browser, world: World) -> None:
    change = Change(key=Key(stream="s", seq=1), at=MORNING, subject="camera:cong", value="frozen")
    refusal = Refusal(key=Key(stream="s", seq=2), at=MORNING, what="plan", reason=Reason.BAD_SIGNATURE)
    with world.database.write() as c:
        records.add_flips(c, [Flip(node=EAST, subject="node", value="up", at=MORNING - timedelta(hours=1))])
        records.insert_events(c, [(EAST, change, MORNING), (EAST, refusal, MORNING)])
    page = text(officer, PATH)
    assert page.index("04:30 Camera cong: đứng hình") < page.index("03:30 Hoạt động")
    assert "Lịch phát: chữ ký không hợp lệ" in page


def test_what_is_on_air_there_is_named(officer: Browser, world: World) -> None:
    world.beat(EAST, on_air=world.approve(world.order("Bản tin")).id)
    assert "Đang phát: Bản tin" in text(officer, PATH)


def test_a_revoked_node_is_marked(officer: Browser, world: World) -> None:
    with world.database.write() as c:
        nodes.revoke(c, EAST)
    assert "Đã thu hồi" in text(officer, PATH)


def test_an_unknown_node_is_not_found(officer: Browser) -> None:
    answer = officer.get("/nodes/xa-la")
    assert answer.status_code == 404
    assert "Không có nút này." in answer.text
    assert officer.get("/nodes/xa-la/live").status_code == 404


def test_the_technician_writes_down_whom_to_call(browser: Browser, world: World) -> None:
    browser.enter(world, "tam")
    assert browser.post(f"{PATH}/phone", data={"phone": " 0912  345 678 "}).headers["location"] == PATH
    assert "0912 345 678" in text(browser, PATH)
    refused = browser.post(f"{PATH}/phone", data={"phone": "gọi bác Tư"})
    assert refused.status_code == 409
    assert "Số điện thoại chỉ gồm" in refused.text
    browser.enter(world, "lan")
    page = text(browser, PATH)
    assert "0912 345 678" in page
    assert "Lưu số điện thoại" not in page


def test_the_technician_writes_down_what_is_spoken_there(browser: Browser, world: World) -> None:
    browser.enter(world, "tam")
    assert browser.post(f"{PATH}/language", data={"language": " Tày "}).headers["location"] == PATH
    assert "Tiếng Tày" in text(browser, PATH)
    refused = browser.post(f"{PATH}/language", data={"language": "<b>"})
    assert (refused.status_code, "Tên tiếng nói chỉ gồm chữ" in refused.text) == (409, True)
    assert browser.post("/nodes/xa-la/language", data={"language": "Tày"}).status_code == 404
    with world.database.read() as c:
        assert [(n.act, n.subject, n.detail) for n in people.notes(c)] == [("language", EAST, "Tày")]
    browser.enter(world, "lan")
    page = text(browser, PATH)
    assert "Tiếng Tày" in page
    assert "Lưu tiếng nói" not in page


def test_the_technician_writes_down_where_the_village_lies(browser: Browser, world: World) -> None:
    browser.enter(world, "tam")
    saved = browser.post(f"{PATH}/position", data={"position": "21,0285; 105,8542"})
    assert saved.headers["location"] == f"{PATH}#position"
    assert "21.028500, 105.854200" in text(browser, PATH)
    refused = browser.post(f"{PATH}/position", data={"position": "cạnh chợ"})
    assert (refused.status_code, "Chưa đọc được vị trí" in refused.text) == (409, True)
    browser.enter(world, "quantri")
    assert "Lê Minh Tâm ghi vị trí của Thôn Đông trên bản đồ" in text(browser, "/audit")


@pytest.mark.parametrize(
    ("form", "typed"), [("phone", "gọi bác Tư"), ("language", "T@y"), ("position", "cạnh chợ"), ("position", "21.02")]
)
def test_what_was_refused_stands_in_its_field_still(browser: Browser, world: World, form: str, typed: str) -> None:
    browser.enter(world, "tam")
    refused = browser.post(f"{PATH}/{form}", data={form: typed}).text
    assert 'class="places"' in refused, "the way to the other pages"
    shown = refused[refused.index(f'action="{PATH}/{form}"') :].partition("</form>")[0]
    assert f'value="{typed}" autofocus' in shown
    assert 'role="alert"' in shown
    assert refused.count("autofocus") == 1
    assert browser.get(f"{PATH}/{form}").headers["location"] == PATH, "its address may be asked for again"
    assert 'role="alert"' not in browser.get(PATH).text


def test_a_position_abroad_is_asked_for_before_it_counts(browser: Browser, world: World) -> None:
    browser.enter(world, "tam")
    asked = browser.post(f"{PATH}/position", data={"position": "39.9, 116.4"}).headers["location"]
    assert "39.900000, 116.400000 không nằm ở Việt Nam" in text(browser, asked.partition("#")[0])
    with world.database.read() as c:
        assert [n.position for n in nodes.nodes(c)] == [None] * 3
    browser.post(f"{PATH}/position", data={"position": "39.9, 116.4", "is_meant": "yes"})
    with world.database.read() as c:
        assert Position(39.9, 116.4) in [n.position for n in nodes.nodes(c)]
    assert "Hãy ghi vị trí" in browser.post(f"{PATH}/position", data={"position": ""}).text
    with world.database.read() as c:
        assert Position(39.9, 116.4) in [n.position for n in nodes.nodes(c)], "an empty field takes nothing away"
    assert "Làng sẽ không còn trên bản đồ." in text(browser, PATH)
    browser.post(f"{PATH}/position", data={"remove": "yes"})
    with world.database.read() as c:
        assert [n.position for n in nodes.nodes(c)] == [None] * 3, "and forgotten again"


def test_a_node_tells_its_incidents_and_what_was_heard_there(officer: Browser, world: World) -> None:
    world.beat(EAST)
    assert "Làng này chưa có sự cố nào." in text(officer, f"/nodes/{EAST}")
    world.report(EAST, world.order("Họp thôn"), Outcome.AIRED)
    away = Member(node=EAST, subject="sound", value="fault", detail="", since_at=MORNING)
    was = replace(away, subject="clock", value="untrusted", left_at=MORNING)
    with world.database.write() as c:
        incidents.put(
            c,
            [
                Incident(
                    id=1, about=About.CLOCK, since_at=MORNING, opened_at=MORNING, closed_at=MORNING, members=[was]
                ),
                Incident(id=2, about=About.SOUND, since_at=MORNING, opened_at=MORNING, members=[away]),
            ],
        )
    shown = text(officer, f"/nodes/{EAST}")
    assert shown.index("Thôn Đông: âm thanh không hoạt động") < shown.index("Thôn Đông: đồng hồ của nút")
    assert "Họp thôn" in shown.partition("Đã phát")[2]
    assert "Thôn Đông: âm thanh" not in text(officer, f"/nodes/{WEST}")


def test_what_is_wrong_stands_first_and_what_is_written_down_last(browser: Browser, world: World) -> None:
    browser.enter(world, "tam")
    world.be_born(EAST)
    world.beat(EAST, sound_fault="Không thấy card âm thanh USB")
    lost = Member(node=EAST, subject="sound", value="fault", detail="", since_at=MORNING)
    with world.database.write() as c:
        nodes.set_phone(c, EAST, "0912 345 678")
        incidents.put(c, [Incident(id=1, about=About.SOUND, since_at=MORNING, opened_at=MORNING, members=[lost])])
    page = browser.get(PATH).text
    order = (
        *("Kiểm tra card âm thanh USB", 'href="tel:0912345678"', "Sự cố hiện nay", 'id="network-title"'),
        *('id="vitals-title"', 'id="cameras-title"', 'id="heard-title"', 'id="charts-title"', 'id="flips-title"'),
        *('id="maintenance-title"', 'id="phone-title"', 'id="language-title"', 'id="position-title"'),
    )
    places = [page.index(each) for each in order]
    assert places == sorted(places)
    assert '<details class="more" open' not in page, "no form is open"
