"""Cameras that speak ONVIF: found on the LAN, asked, told to restart; good ones, and ones whose letters are traps."""

import io
import itertools
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.settings import parse
from edge.__main__ import main
from edge.camera import tool
from edge.camera.config import Camera, CameraSettings
from edge.camera.logins import CameraLogin, CameraLogins, read_logins
from edge.camera.onvif import discovery, proposal, soap, survey
from edge.camera.onvif.client import at_home
from edge.camera.onvif.discovery import Found, read_answer
from edge.camera.onvif.proposal import Information, Profile, Proposal
from edge.camera.onvif.soap import BadXml
from edge.camera.onvif.survey import EVERY_S, FIRST_S, Known, Surveyor, notice
from edge.camera.source.login import Login
from edge.camera.source.wire import Met
from edge.clock import SystemClock, VirtualClock
from edge.config import Paths
from simulator.onvif import HOST, OnvifCamera

LOGIN = Login("loa", "mat-khau")
LOGINS = CameraLogins(logins=(CameraLogin(camera="*", user="loa", password="mat-khau"),))
NOON = datetime(2026, 5, 1, 5, tzinfo=UTC)


@pytest.fixture
def camera() -> Iterator[OnvifCamera]:
    with OnvifCamera() as one:
        yield one


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths(tmp_path)
    paths.make()
    return paths


def look_at(camera: OnvifCamera, login: Login | None = LOGIN) -> Proposal:
    return tool.look_at(Found(camera.url, camera.name), login, SystemClock())


def configured(camera: OnvifCamera) -> Camera:
    return Camera(id="cho", url="rtsp://127.0.0.1/1", onvif=camera.url)


# Found and proposed -----------------------------------------------------------------------------------------------


@pytest.mark.real
def test_a_camera_on_the_lan_is_found_by_multicast_and_believed_only_about_its_paths(camera: OnvifCamera) -> None:
    (found,) = discovery.find([HOST], wait_s=0.5, port=camera.discovery_port)
    assert found == Found(camera.url, "Cổng chợ", "SV-2", "1700000000"), "not at 10.0.0.1, where it says it is"


@pytest.mark.real
@pytest.mark.parametrize("way", ["token", "digest"])
@pytest.mark.parametrize("ahead", [timedelta(), timedelta(minutes=10), timedelta(days=-9000)])
def test_a_login_works_by_either_way_however_wrong_the_cameras_clock_is(way: str, ahead: timedelta) -> None:
    with OnvifCamera(way=way, clock_ahead=ahead) as camera:  # type: ignore[arg-type]
        made = look_at(camera)
        assert made.trouble == ""
        assert made.information == Information("Sao Vàng", "SV-2", "V5.5.0", "SN001")
        assert made.url == f"rtsp://{HOST}:554/Streaming/Channels/102", "moved to where the camera was found"
        assert made.size == (640, 360), "the smallest that shows enough"
        assert made.drift_s == pytest.approx(ahead.total_seconds(), abs=2)
        assert all("mat-khau" not in head for head in camera.heads)


@pytest.mark.real
def test_a_wrong_password_is_said_so_and_the_clock_still_told(camera: OnvifCamera) -> None:
    camera.clock_ahead = timedelta(minutes=10)
    for login in (Login("loa", "sai"), None):
        made = look_at(camera, login)
        assert "wrong user or password" in made.trouble
        assert made.drift_s == pytest.approx(600, abs=2)


@pytest.mark.real
def test_what_is_found_is_written_once_a_person_has_agreed(
    camera: OnvifCamera, paths: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (paths.etc / "camera.toml").write_text('# của tôi\n[[cameras]]\nid = "cong-cho"\nurl = "rtsp://192.0.2.1/1"\n')

    def answer(*lines: str) -> None:
        typed = io.StringIO("".join(line + "\n" for line in lines))
        typed.isatty = lambda: True  # type: ignore[method-assign]
        monkeypatch.setattr(sys, "stdin", typed)
        monkeypatch.setattr("getpass.getpass", lambda _prompt: "mat-khau")

    answer("loa", "k")
    assert tool.find(paths, [HOST], SystemClock(), camera.discovery_port) == 0
    before = (paths.etc / "camera.toml").read_text()
    assert "onvif" not in before, "said no: nothing is changed"
    assert not (paths.etc / "camera-login.toml").exists()
    answer("loa", "có")
    assert tool.find(paths, [HOST], SystemClock(), camera.discovery_port) == 0
    text = (paths.etc / "camera.toml").read_text()
    assert text.startswith(before.rstrip())
    old, new = parse(text, CameraSettings).cameras
    assert old.id == "cong-cho"
    assert (new.id, new.title, new.onvif) == ("cong-cho-1", "Cổng chợ", camera.url)
    assert new.url == f"rtsp://{HOST}:554/Streaming/Channels/102"
    assert (paths.etc / "camera-login.toml").stat().st_mode & 0o777 == 0o600
    assert read_logins(paths).of("cong-cho-1") == LOGIN
    assert "mat-khau" not in text + capsys.readouterr().out
    assert tool.find(paths, [HOST], SystemClock(), camera.discovery_port) == 0
    assert (paths.etc / "camera.toml").read_text() == text, "what is known already is not proposed again"


def test_of_several_streams_the_smallest_that_shows_enough_is_taken() -> None:
    sizes = [(2560, 1440), (640, 360), (176, 144)]
    profiles = [Profile(str(width), "H264", width, height) for width, height in sizes]
    assert [proposal.smallest(each) for each in (profiles, profiles[2:], [])] == [profiles[1], profiles[2], None]
    assert proposal.smallest([Profile("jpeg", "JPEG", 640, 360), *profiles[:1]]) == profiles[0]


@given(st.text(max_size=60), st.text(max_size=60), st.lists(st.sampled_from(["a", "camera-64", "cong"]), max_size=3))
def test_whatever_a_camera_calls_itself_the_proposal_is_a_working_file(name: str, maker: str, taken: list[str]) -> None:
    found = [
        Proposal(onvif=f"http://192.0.2.{n}/x", name=name, information=Information(maker), url="rtsp://192.0.2.64/1")
        for n in (64, 65)
    ]
    cameras = parse(proposal.write(found, taken), CameraSettings).cameras
    assert len({camera.id for camera in cameras}) == 2
    assert not {camera.id for camera in cameras} & set(taken)


# Asked again ------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_a_restart_new_firmware_and_a_wrong_clock_are_noticed(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with OnvifCamera() as camera:
        monkeypatch.setattr(discovery.ask_one, "__defaults__", (1.0, camera.discovery_port))
        table = f'[[cameras]]\nid = "cho"\nurl = "rtsp://127.0.0.1/1"\nonvif = "{camera.url}"\n'
        (paths.etc / "camera.toml").write_text(table)
        file = paths.etc / "camera-login.toml"
        file.write_text('[[logins]]\ncamera = "*"\nuser = "loa"\npassword = "mat-khau"\n')
        file.chmod(0o600)
        assert tool.check(paths, SystemClock(), tool.say) == 0
        first = survey.read(paths)["cho"]
        assert (first.firmware, first.started, first.is_clock_wrong) == ("V5.5.0", "1700000000", False)
        assert first.restarted_at is first.firmware_changed_at is None
        camera.firmware, camera.started, camera.clock_ahead = "V5.6.1", 1_700_000_900, timedelta(minutes=-10)
        tool.check(paths, SystemClock(), tool.say)
        second = survey.read(paths)["cho"]
        assert second.is_clock_wrong
        assert second.firmware_before == "V5.5.0"
        assert second.restarted_at == second.firmware_changed_at == second.asked_at
        said = capsys.readouterr().out
        assert re.search(r"-(599|600|601) s: SAI / WRONG", said)
        assert "V5.5.0 → V5.6.1" in said
    tool.check(paths, SystemClock(), tool.say)
    gone = survey.read(paths)["cho"]
    assert "connection refused" in gone.trouble
    assert (gone.firmware, gone.restarted_at) == ("V5.6.1", second.restarted_at), "what was known stays known"


def test_another_camera_in_its_place_is_no_change_of_firmware() -> None:
    before = Known(asked_at=NOON, serial="A", firmware="1", started="5")
    other = Known(asked_at=NOON, serial="B", firmware="2", started="9")
    assert notice(before, other) == other
    same = notice(before, replace(before, asked_at=NOON + timedelta(hours=1)))
    assert same.restarted_at is same.firmware_changed_at is None
    assert notice(None, before) == before


def test_a_broken_file_of_what_was_known_is_as_none(paths: Paths) -> None:
    assert survey.read(paths) == {}
    (paths.state / survey.FILE).write_text("{")
    assert survey.read(paths) == {}


@pytest.mark.real
def test_the_camera_process_asks_by_a_child_once_an_hour_and_ends_one_that_stays(
    paths: Paths, camera: OnvifCamera
) -> None:
    clock = VirtualClock(NOON)
    settings = CameraSettings(cameras=(configured(camera),))
    (paths.etc / "camera.toml").write_text(
        f'[[cameras]]\nid = "cho"\nurl = "rtsp://127.0.0.1/1"\nonvif = "{camera.url}"\n'
    )
    surveyor = Surveyor(settings, paths.root, clock)
    assert surveyor.step() == FIRST_S
    clock.advance(FIRST_S)
    surveyor.step()
    until_s = time.monotonic() + 30
    while not survey.read(paths) and time.monotonic() < until_s:
        time.sleep(0.05)
    assert "wrong user or password" in survey.read(paths)["cho"].trouble
    clock.advance(survey.LIMIT_S)
    assert surveyor.step() == pytest.approx(EVERY_S - survey.LIMIT_S)
    surveyor.close()
    silent = Surveyor(CameraSettings(cameras=(replace(configured(camera), onvif=""),)), paths.root, clock)
    clock.advance(10 * EVERY_S)
    assert silent.step() > 0
    assert silent._child is None, "no camera speaks ONVIF: nothing is started"


# Restarted --------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_a_camera_is_restarted_when_asked_and_once_an_hour_at_most(camera: OnvifCamera, paths: Paths) -> None:
    camera.clock_ahead = timedelta(days=-3000)
    (paths.etc / "camera.toml").write_text(
        f'[[cameras]]\nid = "cho"\nurl = "rtsp://loa:mat-khau@127.0.0.1/1"\nonvif = "{camera.url}"\n'
    )
    clock = VirtualClock(datetime.now(UTC))
    assert tool.reboot(paths, "cho", clock) == 0
    assert camera.reboots == 1
    clock.advance(3599)
    assert tool.reboot(paths, "cho", clock) == 1
    clock.step(-1800)
    assert tool.reboot(paths, "cho", clock) == 1, "not by turning the clock either"
    clock.step(1800)
    assert camera.reboots == 1
    clock.advance(1)
    assert tool.reboot(paths, "cho", clock) == 0
    assert camera.reboots == 2
    assert tool.reboot(paths, "vuon", clock) == 1


@pytest.mark.real
def test_the_command_line_knows_the_three_and_says_what_it_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = ["--root", str(tmp_path), "cameras"]
    Paths(tmp_path).make()
    assert main([*root, "find", "--on", HOST]) == 0
    assert main([*root, "check", "--quiet"]) == 0
    assert main([*root, "reboot", "cong"]) == 1
    assert main([*root, "find", "--on", "nowhere"]) == 1
    said = capsys.readouterr()
    assert "found 0" in said.out
    assert "no such camera with onvif" in said.out
    assert said.err.startswith("loa-edge: ")


# Letters that are traps -------------------------------------------------------------------------------------------

LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(20)
)
TRAPS = {
    "a billion laughs": f"<?xml version='1.0'?>{LAUGHS}]><l>&u;</l>".encode(),
    "a file": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "an address": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
    "an address by a parameter": b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]><x/>',
    "in UTF-16": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY e "x">]><x>&e;</x>'.encode("utf-16"),
    "a deep one": b"<a>" * 10_000 + b"</a>" * 10_000,
    "a wide one": b"<a>" + b"<b/>" * 50_000 + b"</a>",
    "a long one": b"<a>" + b"x" * 600_000 + b"</a>",
    "no end": b"<a><b>",
    "no XML": b"\x00\x01<html>",
    "an unknown encoding": b'<?xml version="1.0" encoding="klingon"?><a/>',
}


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_no_letter(name: str) -> None:
    started_s = time.monotonic()
    with pytest.raises(BadXml):
        soap.read(TRAPS[name])
    assert time.monotonic() - started_s < 2


@pytest.mark.real
@pytest.mark.parametrize("name", TRAPS)
def test_a_camera_that_sends_a_trap_is_told_apart_and_nothing_else_happens(name: str, camera: OnvifCamera) -> None:
    camera.distort = lambda question, answer: TRAPS[name] if question == "GetDeviceInformation" else answer
    made = look_at(camera)
    assert made.url == ""
    assert made.trouble
    assert made.drift_s == pytest.approx(0, abs=2)


@pytest.mark.real
def test_discovery_believes_no_trap_and_no_flood(camera: OnvifCamera) -> None:
    answers = itertools.cycle([*TRAPS.values(), b"", bytes(60_000)])
    camera.distort = lambda _question, _answer: next(answers)[:60_000]
    assert discovery.find([HOST], wait_s=0.3, port=camera.discovery_port) == []


@pytest.mark.parametrize(
    "named", ["file:///etc/passwd", "http://[::1", "ftp://x/", "http:///x", "", "javascript:1", "http://user:pw@[::1]/"]
)
def test_an_answer_that_names_no_service_is_none(named: str) -> None:
    assert read_answer(OnvifCamera().discovered(named or " "), "192.0.2.7") is None


@given(st.binary(max_size=300))
def test_any_datagram_is_read_or_dropped(data: bytes) -> None:
    assert read_answer(data, "192.0.2.7") is None


@given(
    st.text(max_size=60) | st.sampled_from(["rtsp://evil/x", "rtsp://a:b@evil:8554/x?y=1", "rtsps://evil", "file:///e"])
)
def test_a_stream_is_always_at_the_camera_that_told_of_it_and_has_no_login(named: str) -> None:
    try:
        parts = urlsplit(at_home("http://192.0.2.7/onvif", named))
    except Met:
        return
    assert parts.hostname == "192.0.2.7"
    assert parts.username is None
    assert parts.scheme in ("rtsp", "rtsps", "http", "https")


@pytest.mark.real
def test_a_camera_that_redirects_or_is_silent_is_given_up_in_time() -> None:
    with OnvifCamera(distort=lambda _question, _answer: b"") as camera:
        assert look_at(camera).trouble
    gone = tool.look_at(Found("http://127.0.0.1:1/x"), LOGIN, SystemClock())
    assert "refused" in gone.trouble
