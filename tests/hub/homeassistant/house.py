"""A village with all that Home Assistant is shown of one, for the tests of this folder."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from contract.reports import (
    CameraReport,
    ClockReport,
    Heartbeat,
    NetworkReport,
    PlanReport,
    TargetReport,
    Vitals,
)
from contract.terms import CameraFault, NetworkCause, Trust
from hub.homeassistant.discovery import Topics
from hub.homeassistant.entity import Seen
from hub.nodes.fleet import Node, Status

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
NODE = Node(id="binhminh-thon-1", title="Thôn 1", added_at=NOW)
TOPICS = Topics("loa.binhminh.vn", "homeassistant")
YARD = CameraReport(id="san.1", title="Sân", fault=CameraFault.COVERED, since_at=NOW)
HEARTBEAT = Heartbeat(
    at=NOW,
    plan=PlanReport(),
    clock=ClockReport(trust=Trust.TRUSTED),
    vitals=Vitals(
        uptime_s=100, temperature_c=48.26, throttled=0, disk_free_pct=70.0, memory_free_mb=300.0, load_1min=0.2
    ),
    cameras=(YARD,),
    targets=(
        TargetReport(id="gateway", is_up=True, since_at=NOW, rtt_ms=3.21),
        TargetReport(id="internet", is_up=False, since_at=NOW, loss_pct=100.0),
    ),
    network=NetworkReport(cause=NetworkCause.PROVIDER, since_at=NOW),
)
SEEN = Seen(node=NODE, status=Status.UP, heartbeat=HEARTBEAT, on_air="Thông báo họp thôn", started_at=NOW)


def seen(status: Status = Status.UP, **changes: Any) -> Seen:
    """The village with another status, or another word of its node."""
    return replace(SEEN, status=status, heartbeat=replace(HEARTBEAT, **changes))
