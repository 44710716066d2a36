"""Mornings to look at: a busy one (villages that are well, in trouble and silent, broadcasts of every kind, an alarm
that is out), an ordinary one, and people who log in in two steps.
"""

import io
import math
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pyotp
from PIL import Image, ImageDraw

from contract.reports import CameraReport, NetworkReport, PlanReport, Restarts, Vitals, Wifi
from contract.terms import Ailment, CameraFault, Ending, NetworkCause, Outcome, Reason
from hub.alarms import alarm
from hub.alerts.delivery import sealed
from hub.alerts.letter import Fault
from hub.alerts.message import Message
from hub.alerts.place import Hears, Kind, Place
from hub.cameras import asking
from hub.history.figures import Rollup, Spread
from hub.history.levels import Level, start_of
from hub.incidents import handling
from hub.incidents.incident import About, Incident, Member
from hub.media.intake import Stored
from hub.media.waveform import draw
from hub.nodes import maintenance as maintenance_of
from hub.nodes.fleet import Flip, Node
from hub.nodes.positions import Position
from hub.nodes.windows import Window
from hub.orders.broadcasts import Broadcast
from hub.people import second_factor, staff
from hub.people.accounts import Role
from hub.sounds import versions
from hub.store import alerts, history, incidents, maintenance, nodes, photos, records, texts, waveforms
from hub.store.alerts import Posted, Ticket
from hub.store.photos import Photo
from hub.store.texts import Text
from hub.web.wording.alert_words import AlertWords
from hub.web.wording.words import load as load_words
from tests.hub.web.world import MORNING, PASSWORD, VILLAGES, World

EAST, WEST, MIDDLE = VILLAGES
LINK = "vHn2Zk0xTq8"
"""Of the link in an alert."""
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
POSITIONS = {
    EAST: Position(21.0312, 105.8124),
    WEST: Position(21.0451, 105.8307),
    MIDDLE: Position(21.0388, 105.8203),
}
SECRET = "LOALANG2" * 4
"""What an app for codes keeps, the same in each run."""


def _make_versions(world: World, old: str) -> None:
    """A typed announcement with silence before it, and a shorter version that an order does not have yet."""
    said = Text(typed="…", words="Mời các hộ nộp thủy lợi phí.\nXin cảm ơn bà con.", voice="vi", words_a_minute=140)
    course = np.concatenate([np.zeros(300), np.abs(np.sin(np.arange(900) / 40))])
    draft = world.shelf.folder / "shorter.part"
    draft.write_bytes(b"shorter" * 100)
    sha256, size = world.shelf.add(draft)
    drawn = draw(course, np.square(course) / 3)
    levels = {"size": size, "duration_s": 80.0, "loudness_lufs": -16.0, "true_peak_dbtp": -1.0}
    stored = Stored(sha256=sha256, waveform=drawn, **levels)  # type: ignore[arg-type]
    lan = world.user("lan")
    versions.keep(world.desk, stored, versions.former(world.desk, old, lan), lan, "cut", said)
    with world.database.write() as c:
        waveforms.put(c, old, drawn)
        texts.put(c, old, said)


def _ill_machine() -> Vitals:
    """A Pi whose sound card fell off, on an ageing card, that runs on its battery."""
    return Vitals(
        uptime_s=86_400,
        temperature_c=58.0,
        throttled=0x50000,
        disk_free_pct=64.0,
        is_read_only=False,
        card_errors=3,
        written_mb=48.0,
        is_on_battery=True,
        usb_gone=("USB Audio Device",),
        restarts=(Restarts(process="camera", count=2, at=MORNING - timedelta(hours=9), ending=Ending.HUNG),),
        ailments=(Ailment.CARD_ERRORS, Ailment.USB_GONE, Ailment.ON_BATTERY),
    )


def _wifi_link() -> NetworkReport:
    wifi = Wifi(
        interface="wlan0",
        ssid="Nhà văn hoá thôn Đoài",
        rssi_dbm=-71,
        bitrate_mbps=26.0,
        frequency_mhz=2437,
        busy_pct=57.0,
        clients=14,
        guest_rssi_dbm=-78,
    )
    return NetworkReport(cause=NetworkCause.NONE, since_at=MORNING - timedelta(hours=9), wifi=wifi)


def _furnish_camera(world: World) -> CameraReport:
    """A camera with a past: watched for ten weeks, off for two days, worked on once, covered since last evening."""
    days = timedelta(days=1)
    begun = MORNING - 9.4 * timedelta(hours=1)
    past = [(70, "ok"), (52.3, "moved"), (52.1, "ok"), (30.9, "dark"), (30.4, "ok"), (12.2, "offline"), (12, "ok")]
    for ago, value in past:
        world.change(WEST, "camera:cong", value, MORNING - ago * days)
    world.change(WEST, "camera:cong", "covered", begun)
    with world.database.write() as c:
        worked = Window(
            id="m1",
            node=WEST,
            camera="cong",
            starts_at=MORNING - 12.3 * days,
            ends_at=MORNING - 11.9 * days,
            reason="thay dây mạng",
            made_by="tam",
            made_at=MORNING - 13 * days,
        )
        maintenance.add(c, [worked])
    return CameraReport(
        id="cong",
        fault=CameraFault.COVERED,
        since_at=begun,
        title="Cổng nhà văn hóa",
        detail="hình bị che khoảng 63 % khung hình; cần gỡ vật che (covered)",
        evidence={"still": 0.63, "lost": 0.71, "flat": 0.4},
        clean_in_days=15.0,
        about="Example C1, 1.2.3",
        clock_ahead_s=612.0,
        restarted_at=MORNING - 12 * days,
    )


def _furnish_past(world: World) -> None:
    """Two months of the nodes: one was always there but for a quarter of an hour, one is often gone; the third was only
    just added, and nobody knows it yet."""
    past = {
        EAST: ((60, "up"), (8.31, "late"), (8.3095, "down"), (8.3, "up")),
        WEST: ((60, "up"), (41.5, "down"), (39.4, "up"), (6.4, "down"), (5.9, "up"), (3.2, "down"), (3.1, "up")),
    }
    with world.database.write() as c:
        for village, changes in past.items():
            flips = [
                Flip(node=village, subject="node", value=value, at=MORNING - days * timedelta(days=1))
                for days, value in changes
            ]
            records.add_flips(c, [Flip(node=village, subject="boot", value="ok", at=flips[0].at), *flips])
    world.change(WEST, "target:internet", "up", MORNING - timedelta(days=60))
    for days, value in ((20.2, "down"), (20.1, "up")):
        world.change(WEST, "target:internet", value, MORNING - timedelta(days=days))


def _furnish_figures(world: World) -> None:
    """What the often gone node measured: a day by five minutes, 90 days by the day; nothing while it was away."""
    chance = Random(43)
    five, day = timedelta(minutes=5), timedelta(days=1)
    begun = MORNING.replace(minute=0) - 24 * timedelta(hours=1)
    today = start_of(Level.DAY, MORNING, ZONE)

    def measured(at: datetime, n: int) -> Rollup:
        warm = 45 + 9 * math.sin((at - begun) / day * 2 * math.pi - 1.2)
        slow = 30 if MORNING - at < timedelta(hours=6) else 0
        values = {
            "": (warm, 512, 71.4, 0.3),
            "gateway": (0, 2, 0.5, 6),
            "internet": (slow / 3, 24 + slow, 3, 90 + slow),
        }
        return {
            subject: [_spread(chance, n, value) for value in row] for subject, row in values.items()
        }  # fmt: skip

    with world.database.write() as c:
        history.put(
            c,
            Level.FIVE_MINUTES,
            [((begun + n * five, WEST), measured(begun + n * five, 5)) for n in range(290) if not 100 < n < 124],
        )
        history.put(
            c,
            Level.DAY,
            [((today - n * day, WEST), measured(today - n * day, 1440)) for n in range(1, 60) if n not in (40, 41)],
        )


def _spread(chance: Random, n: int, value: float) -> Spread:
    low, high = sorted(round(100 * value * chance.uniform(0.985, 1.015)) for _ in range(2))
    return Spread(n, low, n * (low + high) // 2, high)


def _ask_for_pictures(world: World) -> None:
    asking.show(world.desk, WEST, "cong", world.user("tam"))
    (order,) = (o for o in world.take_up(WEST) if o.camera)
    assert world.send_pictures(WEST, order)
    asking.set_right(world.desk, WEST, "cong", world.user("tam"))
    later = world.clock() + timedelta(days=1)
    maintenance_of.plan(world.desk, WEST, "", later, later + timedelta(hours=2), "thay tăng âm", world.user("tam"))


def _photo() -> bytes:
    """A loose plug, as a phone saw it."""
    picture = Image.new("RGB", (640, 480), "#8a8172")
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((90, 130, 400, 350), 24, fill="#20262b", outline="#0f1214", width=6)
    draw.rectangle((330, 215, 400, 265), fill="#b9bec2")
    draw.rectangle((440, 215, 520, 265), fill="#c9ced1")
    draw.line((520, 240, 640, 300), fill="#111111", width=26)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def _have_incidents(world: World) -> None:
    """A card and a camera that are broken now; a power cut yesterday, and a line that was gone the day before."""
    hour, now = timedelta(hours=1), world.clock()

    def away(node: str, subject: str, value: str, ago: float, back: float | None = None) -> Member:
        left_at = None if back is None else now - back * hour
        since_at = now - ago * hour
        return Member(node=node, subject=subject, value=value, detail="", since_at=since_at, left_at=left_at)

    def incident(id: int, about: About, *members: Member) -> Incident:
        since_at, ends = min(m.since_at for m in members), [m.left_at for m in members if m.left_at is not None]
        return Incident(
            id=id,
            about=about,
            is_wide=len(members) > 1,
            since_at=since_at,
            opened_at=since_at,
            closed_at=max(ends, default=None),
            members=[*members],
        )

    line = incident(1, About.CONTACT, away(MIDDLE, "node", "down", 50, 46.5))
    power = incident(2, About.CONTACT, *(away(n, "node", "down", 22, 20 - 0.1 * k) for k, n in enumerate(VILLAGES)))
    camera = incident(3, About.CAMERA, away(WEST, "camera:cong", "covered", 9.4))
    sound = incident(4, About.SOUND, away(WEST, "sound", "fault", 1))
    sound.members[0].detail, power.reopenings = "Không thấy card âm thanh USB", 2
    with world.database.write() as c:
        incidents.put(c, [line, power, camera, sound])
        photos.add(c, Photo(id="p1", incident=4, at=now - hour / 4, who="tam"), _photo())
    world.change(WEST, "clock", "holdover", now - 1.7 * hour)
    world.change(WEST, "clock", "trusted", now - 1.4 * hour)
    handling.know(world.desk, 4, world.user("tam"))
    handling.assign(world.desk, 4, "tam", world.user("tam"))
    handling.add_note(world.desk, 4, "Mang theo card âm thanh mới", world.user("tam"))


def _have_alerts(world: World) -> None:
    """A technician, the group that steps in, and the province: what was sent, and one that did not arrive."""
    now, minute = world.clock(), timedelta(minutes=1)
    first = Place(
        id="p1",
        title="Tâm, kỹ thuật viên",
        kind=Kind.TELEGRAM,
        url="tgram://1:x/1/",
        shown="…4821",
        added_at=MORNING - 90 * timedelta(days=1),
        quiet_from_min=21 * 60,
        quiet_until_min=5 * 60,
        digest_min=17 * 60,
    )
    second = replace(first, id="p2", title="Nhóm lãnh đạo xã", kind=Kind.ZALO, shown="…0917", hears=Hears.TURN)
    second = replace(second, after_min=30, quiet_from_min=None, quiet_until_min=None, digest_min=None)
    third = replace(second, id="p3", title="Tỉnh", kind=Kind.WEBHOOK, shown="https://example.vn/…", hears=Hears.ALL)
    words = AlertWords(load_words(), ZoneInfo("Asia/Ho_Chi_Minh"))
    message = Message(place="p1", at=now - 59 * minute, gone=(4,))
    with world.database.write() as c:
        for place in (first, second, replace(third, after_min=0)):
            alerts.put_place(c, place)
        content = words(c, message, first, {})
        assert content is not None
        sent = Posted(id="m1", place="p1", kind="alert", content=content, made_at=message.at, tries=1)
        alerts.post(c, replace(sent, sent_at=message.at))
        alerts.post(c, replace(sent, id="m2", place="p3", tries=3, next_at=now + 4 * minute, fault=Fault.UNREACHABLE))
        test = replace(sent, id="m3", kind="test", content=words.test(first), made_at=MORNING - 200 * minute)
        alerts.post(c, replace(test, sent_at=test.made_at))
        alerts.add_tickets(c, [(sealed(LINK), Ticket(3, "p1", now + timedelta(days=7)))])


def furnish(world: World) -> dict[str, str]:
    """A busy morning; returns the pages to look at."""
    world.add_sound("Nhạc hiệu", 2.0, is_chime=True)
    aired = world.approve(world.order("Bản tin thời sự sáng của Đài truyền thanh xã", 10))
    ahead = world.approve(world.order("Nhắc nộp thuỷ lợi phí", 300))
    draft = world.order("Cảnh báo bão số 9", None)
    recurring = world.approve(world.order("Nhắc ngày rằm", rule="rằm và mùng một 6:00 trừ ngày lễ, quốc tang"))
    world.clock.pass_(minutes=20)
    world.be_born(EAST)
    counter = world.issue(EAST, ahead)
    world.beat(EAST, plan=PlanReport(accepted=counter))
    _furnish_past(world)
    _furnish_figures(world)
    camera = _furnish_camera(world)
    world.beat(
        WEST, cameras=(camera,), sound_fault="Không thấy card âm thanh USB", vitals=_ill_machine(), network=_wifi_link()
    )
    world.report(EAST, aired, late_s=0.001)
    world.report(WEST, aired, Outcome.MISSED, Reason.SOUND_CARD)
    siren = world.add_sound("Còi báo động", 20.0)
    with world.database.write() as c:
        course = np.abs(np.sin(np.arange(2000) / 30)) * np.linspace(0.9, 0.3, 2000)
        waveforms.put(c, siren.sha256, draw(course, np.square(course) / 3))
    _make_versions(world, ahead.audio[-1].sha256)
    alarm.keep(world.desk, siren.sha256, True, world.user("lan"))
    alarm.set_pin(world.desk, "hung", "260714", "hung")
    with world.database.write() as c:
        nodes.set_phone(c, MIDDLE, "0912 345 678")
        for village, position in POSITIONS.items():
            nodes.set_position(c, village, position)
    storm = alarm.send(
        world.desk,
        world.user("hung"),
        id=alarm.fresh_id(),
        recording=siren.sha256,
        villages=None,
        repeat_for_s=1800,
    )
    world.clock.pass_(seconds=15)
    world.beat(EAST, plan=PlanReport(accepted=counter), on_air=storm.id)
    _ask_for_pictures(world)
    _have_incidents(world)
    _have_alerts(world)
    return {
        "login": "/login",
        "board": "/",
        "audio": "/audio",
        "recording": f"/audio/{siren.sha256}",
        "version": f"/audio/{ahead.audio[-1].sha256}",
        "bin": "/audio/bin",
        "record": "/audio/record",
        "speech": "/speech",
        "script": "/speech?script=storm",
        "abbreviations": "/speech/abbreviations",
        "list": "/broadcasts",
        "week": "/calendar",
        "month": "/calendar?view=month",
        "day": "/calendar?view=day",
        "next": "/calendar?view=next",
        "import": "/calendar/import",
        "form": "/broadcasts/new",
        "draft": f"/broadcasts/{draft.id}",
        "edit": f"/broadcasts/{draft.id}/edit",
        "ahead": f"/broadcasts/{ahead.id}",
        "recurring": f"/broadcasts/{recurring.id}",
        "aired": f"/broadcasts/{aired.id}",
        "node": f"/nodes/{WEST}",
        "uptime": "/uptime",
        "camera": f"/nodes/{WEST}/cameras/cong",
        "incidents": "/incidents",
        "incident": "/incidents/4",
        "alerts": "/alerts",
        "alert-form": "/alerts/new?kind=zalo",
        "alert-place": "/alerts/p1",
        "alert-record": "/alerts/record",
        "known": f"/known/{LINK}",
        "emergency": "/emergency",
        "confirm": f"/emergency/confirm?recording={siren.sha256}&nodes=&repeat_s=1800",
        "alarm": f"/emergency/{storm.id}",
        "pin": "/pin",
        "people": "/people",
        "person": "/people/lan",
        "account": "/account",
        "tokens": "/account/tokens",
        "trust": "/trust",
        "invite": "/trust/invite",
        "offline": "/offline",
        "factor": "/account/second-factor",
        "audit": "/audit",
        "error": "/broadcasts/b0",
    }


def second_steps(world: World) -> tuple[tuple[str, str, str], ...]:
    """Who is asked for more than a password: name, password, and how the page is called that they then see."""
    second_factor.set_up(world.desk, world.user("hung"), SECRET, pyotp.TOTP(SECRET).at(world.clock()))
    given = staff.add(world.desk, "hoa", "Vũ Văn Hoa", Role.VIEWER, (), world.user("quantri"))
    return ("hung", PASSWORD, "Bước thứ hai"), ("hoa", given, "Chọn mật khẩu của bạn")


def crowd(world: World, count: int = 300) -> None:
    """Many villages around a valley, three of a hundred in one trouble or another."""
    names = [*VILLAGES, *(f"binhminh-xom-{n}" for n in range(count - len(VILLAGES)))]
    lot = Random(1)
    with world.database.write() as c:
        for name in names[len(VILLAGES) :]:
            title = f"Xóm {name.rpartition('-')[2]}"
            nodes.add_node(c, Node(id=name, title=title, added_at=MORNING), "0" * 64, "h")
        for name in names:
            bend = lot.random() * 2
            position = Position(21.0 + 0.14 * bend + 0.05 * lot.random(), 105.7 + 0.1 * bend**2 + 0.09 * lot.random())
            nodes.set_position(c, name, position)
    for n, name in enumerate(names):
        if n % 100 == 7:
            world.beat(name, sound_fault="Không thấy card âm thanh USB")
        elif n % 50 == 3:
            world.beat(name, cameras=(CameraReport(id="cong", fault=CameraFault.COVERED, since_at=MORNING),))
        else:
            world.beat(name)


def settle(world: World) -> tuple[Broadcast, Broadcast, Broadcast]:
    """An ordinary morning: a broadcast that every village heard, one that all are ready for, one to be approved."""
    world.add_sound("Nhạc hiệu", 2.0, is_chime=True)
    aired = world.approve(world.order("Bản tin thời sự sáng của Đài truyền thanh xã", 10))
    ahead = world.approve(world.order("Nhắc nộp thuỷ lợi phí", 60))
    world.clock.pass_(minutes=20)
    for village, late_s in zip(VILLAGES, (0.1, 0.3, 0.2), strict=True):
        world.be_born(village)
        world.beat(village, plan=PlanReport(accepted=world.issue(village, ahead)))
        world.report(village, aired, late_s=late_s)
    return aired, ahead, world.order("Mời tiêm phòng cho trẻ em", 90)
