"""The fleet in figures, read as Prometheus reads it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from contract.reports import CameraReport, NetworkReport, Restarts, TargetReport, Vitals, Wifi
from contract.terms import Ailment, CameraFault, Ending, NetworkCause
from hub.alerts.content import Content
from hub.incidents.incident import About, Incident, Member
from hub.store import alerts, incidents
from hub.store.alerts import Posted
from tests.hub.api.conftest import Program, Programs
from tests.hub.web.world import MORNING, VILLAGES, World

EAST, WEST, NORTH = VILLAGES
FROZEN = CameraReport(id="cong", fault=CameraFault.FROZEN, since_at=MORNING)
CLEAR = CameraReport(id="san", fault=CameraFault.NONE, since_at=MORNING)
SLOW = TargetReport(id="gateway", is_up=True, since_at=MORNING, loss_pct=25.0, rtt_ms=12.5, jitter_ms=None)


def read(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    def samples() -> Iterator[tuple[tuple[str, frozenset[tuple[str, str]]], float]]:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                yield (sample.name, frozenset(sample.labels.items())), sample.value

    found = list(samples())
    assert len(dict(found)) == len(found), "nothing is told twice"
    return dict(found)


def of(**labels: str) -> frozenset[tuple[str, str]]:
    return frozenset(labels.items())


def test_what_a_node_says_stands_there_in_base_units(program: Programs, world: World) -> None:
    vitals = Vitals(uptime_s=3600.0, temperature_c=61.5, throttled=0b1, disk_free_pct=42.0, memory_free_mb=512.0)
    wifi = Wifi(interface="wlan0", ssid="Nhà văn hoá", rssi_dbm=-61, bitrate_mbps=72.2, frequency_mhz=2437, clients=12)
    cut = NetworkReport(cause=NetworkCause.PROVIDER, since_at=MORNING, wifi=wifi)
    world.beat(EAST, vitals=vitals, cameras=(FROZEN, CLEAR), targets=(SLOW,), network=cut)
    answer = program("khach").get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    told = read(answer.text)
    assert told["loa_node_up", of(node=EAST)] == 1
    assert told["loa_node_uptime_seconds", of(node=EAST)] == 3600
    assert told["loa_node_disk_free_ratio", of(node=EAST)] == 0.42
    assert told["loa_node_memory_free_bytes", of(node=EAST)] == 512e6
    assert told["loa_node_under_voltage", of(node=EAST)] == 1
    assert told["loa_camera_healthy", of(node=EAST, camera="san")] == 1
    assert told["loa_camera_healthy", of(node=EAST, camera="cong")] == 0
    assert told["loa_camera_fault", of(node=EAST, camera="cong", fault="frozen")] == 1
    assert told["loa_target_rtt_seconds", of(node=EAST, target="gateway")] == 0.0125
    assert told["loa_target_loss_ratio", of(node=EAST, target="gateway")] == 0.25
    assert told["loa_node_network_cause", of(node=EAST, cause="provider")] == 1
    assert told["loa_node_wifi_signal_dbm", of(node=EAST)] == -61
    assert told["loa_node_wifi_clients", of(node=EAST)] == 12
    assert ("loa_node_wifi_channel_busy_ratio", of(node=EAST)) not in told
    health = program("khach").get(f"/nodes/{EAST}").json()["health"]
    assert (health["network"], health["wifi"]["channel"], health["wifi"]["busy_pct"]) == ("provider", 6, None)
    assert ("loa_target_jitter_seconds", of(node=EAST, target="gateway")) not in told


def test_a_node_that_names_a_camera_twice_spoils_no_other_figure(program: Programs, world: World) -> None:
    world.beat(EAST, cameras=(CLEAR, FROZEN, replace(FROZEN, id="san")))
    told = read(program("khach").get("/metrics").text)
    assert told["loa_camera_healthy", of(node=EAST, camera="san")] == 0


def test_the_machine_of_a_node_stands_there_and_what_it_does_not_say_is_left_out(
    program: Programs, world: World
) -> None:
    restarts = Restarts(process="camera", count=3, at=MORNING, ending=Ending.HUNG)
    ill = Vitals(
        uptime_s=43_200.0,
        throttled=0x10000,
        is_read_only=True,
        card_errors=7,
        written_mb=20.0,
        usb_gone=("USB Audio Device",),
        restarts=(restarts,),
        ailments=(Ailment.READ_ONLY, Ailment.CARD_ERRORS, Ailment.USB_GONE),
    )
    world.beat(EAST, vitals=ill)
    told = read(program("khach").get("/metrics").text)
    assert told["loa_node_card_read_only", of(node=EAST)] == 1
    assert told["loa_node_card_errors", of(node=EAST)] == 7
    assert told["loa_node_card_written_bytes", of(node=EAST)] == 20e6
    assert told["loa_node_usb_devices_gone", of(node=EAST)] == 1
    assert told["loa_node_under_voltage_since_boot", of(node=EAST)] == 1
    assert told["loa_node_process_restarts", of(node=EAST, process="camera")] == 3
    assert ("loa_node_on_battery", of(node=EAST)) not in told
    health = program("khach").get(f"/nodes/{EAST}").json()["health"]
    assert health["card_written_mb_a_day"] == 40
    assert health["ailments"] == ["read_only", "card_errors", "usb_gone"]
    assert health["restarts"] == [
        {"process": "camera", "count": 3, "at": health["restarts"][0]["at"], "ending": "hung"}
    ]


def test_of_a_node_that_is_off_nothing_is_told_but_that(program: Programs, world: World) -> None:
    world.beat(EAST, cameras=(FROZEN,), targets=(SLOW,))
    world.clock.now += timedelta(hours=2)
    told = read(program("khach").get("/metrics").text)
    assert told["loa_node_up", of(node=EAST)] == 0
    assert {name for name, labels in told if ("node", EAST) in labels} == {
        "loa_node_up",
        "loa_node_can_play",
        "loa_node_faults",
        "loa_node_heard_timestamp_seconds",
    }


def test_nodes_are_counted_by_status_and_a_new_one_is_neither_up_nor_down(program: Programs, world: World) -> None:
    told = read(program("khach").get("/metrics").text)
    count = {dict(labels)["status"]: value for (name, labels), value in told.items() if name == "loa_nodes"}
    assert sum(count.values()) == len(VILLAGES)
    for village in VILLAGES:
        is_new = ("loa_node_up", of(node=village)) not in told
        assert is_new == (("loa_node_heard_timestamp_seconds", of(node=village)) not in told)


def test_the_hub_itself_stands_there_with_what_is_wrong_and_what_has_not_arrived(
    program: Programs, world: World
) -> None:
    content = Content(subject="s")
    waiting = Posted(id="m1", place="p1", kind="alert", content=content, made_at=MORNING, next_at=MORNING)
    member = Member(node=EAST, subject="node", value="down", detail="", since_at=MORNING)
    cut = Incident(id=1, about=About.CONTACT, since_at=MORNING, opened_at=MORNING, members=[member])
    with world.database.write() as c:
        incidents.put(c, [cut, replace(cut, id=2, closed_at=MORNING)])
        alerts.post(c, waiting)
        alerts.post(c, replace(waiting, id="m2", next_at=None))
    told = read(program("khach").get("/metrics").text)
    assert told["loa_incidents", of(about="contact")] == 1
    assert told["loa_incidents", of(about="camera")] == 0
    assert told["loa_alerts_waiting", of()] == 1
    assert told["process_resident_memory_bytes", of()] > 1e6
    assert told["process_start_time_seconds", of()] > 1e9


def test_without_a_token_no_figure_is_told(client: TestClient) -> None:
    assert Program(client, "").get("/metrics").status_code == 401


def test_where_prometheus_looks_by_itself_leads_to_the_figures_and_asks_for_the_token(client: TestClient) -> None:
    sent = client.get("/metrics", follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (307, "/api/v1/metrics")
    assert client.get("/metrics", follow_redirects=True).status_code == 401
