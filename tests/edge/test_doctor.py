"""The doctor before anything else works: what it says of a bare Pi, and of each thing that is wrong."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contract.reports import NetworkReport, Vitals
from contract.terms import NetworkCause
from edge import starts, summary
from edge.camera.scripted import ScriptedProbe as Cameras
from edge.clock import SystemClock
from edge.config import Paths
from edge.doctor import Finding, examine
from edge.netmon.probe import Answer, CannotMeasure
from edge.netmon.probe import ScriptedProbe as Network
from edge.summary import NetmonSummary

pytestmark = pytest.mark.real
"""It opens the sound card, if there is one, in a child."""


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths(tmp_path)
    paths.make()
    return paths


def examined(paths: Paths, cameras: Cameras | None = None, network: Network | None = None) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(paths, cameras or Cameras(), network or Network())}


def test_a_pi_that_was_not_joined_is_told_how(paths: Paths) -> None:
    found = examined(paths)
    assert found["hub"].is_ok is False
    assert "loa-edge join" in found["hub"].text
    assert found["camera"].is_ok is None, "no camera at all is a valid house"
    assert found["rơ-le / relay"].is_ok is None


def test_a_router_that_does_not_answer_is_told_from_an_internet_that_does_not(paths: Paths) -> None:
    network = Network()
    network.set("internet", Answer(None, "không trả lời (no answer)"))
    found = examined(paths, network=network)
    assert found["bộ phát wifi / gateway"].is_ok is True
    assert found["internet"] == Finding("internet", False, "không trả lời (no answer)")


def test_what_cannot_be_asked_is_told_with_its_own_reason(paths: Paths) -> None:
    network = Network()

    def nobody_offers() -> Answer:
        raise CannotMeasure("chưa thấy ai cấp địa chỉ / nobody offers addresses")

    network.set("dhcp", nobody_offers)
    found = examined(paths, network=network)["cấp địa chỉ / DHCP"]
    assert (found.is_ok, found.text) == (None, "chưa thấy ai cấp địa chỉ / nobody offers addresses")


def test_what_the_running_node_makes_of_its_network_comes_with_what_to_do(paths: Paths) -> None:
    now = SystemClock().now()
    network = NetworkReport(cause=NetworkCause.PROVIDER, since_at=now)
    said = NetmonSummary(at=now, vitals=Vitals(uptime_s=1.0), network=network)
    summary.post(paths.run, "netmon", said)
    finding = examined(paths)["mạng / network"]
    assert finding.is_ok is False
    assert "gọi nhà mạng" in finding.text
    summary.post(paths.run, "netmon", replace(said, at=now - timedelta(minutes=5)))
    assert "mạng / network" not in examined(paths), "a dead process says nothing of now"


def test_each_camera_is_told_by_its_place_and_never_by_its_password(paths: Paths) -> None:
    (paths.etc / "camera.toml").write_text(
        "".join(
            f'[[cameras]]\nid = "{id}"\nurl = "rtsp://admin:matkhau123@192.168.1.{n}/1"\n'
            for n, id in enumerate(("cong", "san"), start=64)
        ),
        encoding="utf-8",
    )
    cameras = Cameras()
    cameras.show("san", "off")
    found = examined(paths, cameras)
    assert found["camera cong"].is_ok is True
    assert found["camera san"].is_ok is False
    assert "192.168.1.65" in found["camera san"].text
    assert "matkhau123" not in "".join(finding.text for finding in found.values())


def test_a_settings_file_that_cannot_be_used_is_a_finding_and_stops_no_other_check(paths: Paths) -> None:
    for name in ("node", "speaker", "camera", "netmon"):
        (paths.etc / f"{name}.toml").write_text("khong_co = 1\n", encoding="utf-8")
    found = examined(paths)
    for name in ("node.toml", "speaker.toml", "camera.toml", "netmon.toml"):
        assert found[name].is_ok is False
        assert "khong_co" in found[name].text
    assert "thẻ nhớ / disk" in found


def test_the_relay_of_a_stopped_speaker_is_clicked(paths: Paths) -> None:
    relay = '[amplifier]\npin = 17\npin_factory = "mock"\n'
    (paths.etc / "speaker.toml").write_text(relay, encoding="utf-8")
    assert examined(paths)["rơ-le / relay"].is_ok is True


def test_a_process_that_hung_and_was_started_again_is_told_with_its_cause(paths: Paths) -> None:
    for result in ("success", "watchdog"):
        (paths.run / "camera.end").write_text(result, encoding="ascii")
        with starts.life(paths, "camera"):
            pass
    finding = examined(paths)["camera khởi động lại / started again"]
    assert finding.is_ok is None
    assert finding.text.startswith("1 trong 99 lần gần nhất")
    assert finding.text.endswith("bị treo / hung")
