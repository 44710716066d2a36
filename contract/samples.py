"""One sample of each message: for the generated page of the wire (docs/mqtt.md), golden bytes and round trips."""

from datetime import UTC, datetime, timedelta

from contract.events import Change, Key, Playout, Refusal
from contract.limits import Limits
from contract.orders import Audio, Command, Counter, Cue, Envelope, Grant, Plan, Receipt
from contract.pictures import Pictures
from contract.reports import (
    Birth,
    CameraReport,
    ClockReport,
    Heartbeat,
    NetworkReport,
    PlanReport,
    Restarts,
    State,
    TargetReport,
    Vitals,
    Wifi,
)
from contract.terms import Ailment, CameraFault, Ending, Miss, NetworkCause, Order, Outcome, Priority, Reason, Trust

AT = datetime(2026, 12, 1, 22, 0, 0, tzinfo=UTC)
SHA = "a" * 64
AUDIO = Audio(sha256=SHA, size=120_000, duration_s=15.0)
CUE = Cue(
    id="k3f9a2.20261201T220000.thon-1",
    broadcast="k3f9a2",
    title="Lịch tiêm chủng",
    at=AT,
    duration_s=15.0,
    priority=Priority.ROUTINE,
    audio=(SHA,),
)
PLAN = Plan(
    node="binhminh-thon-1",
    counter=Counter(0, 7),
    issued_at=AT,
    valid_until=AT + timedelta(days=45),
    audio=(AUDIO,),
    cues=(CUE,),
    keep=(SHA,),
)
COMMAND = Command(
    node="binhminh-thon-1", counter=Counter(0, 3), nonce="9f0c", ttl_s=60.0, order=Order.PLAY, cue=CUE, audio=(AUDIO,)
)
KEY = Key(stream="5d41402abc4b2a76", seq=12)
MESSAGES: dict[str, object] = {
    "state": State(is_online=True),
    "birth": Birth(
        at=AT,
        software="0.1.0",
        hardware="Raspberry Pi 4 Model B",
        started_at=AT,
        limits=Limits(),
        plan=Counter(0, 7),
        command=Counter(0, 3),
        kid="0123456789abcdef",
    ),
    "report": Heartbeat(
        at=AT,
        plan=PlanReport(received=Counter(0, 7), accepted=Counter(0, 7), missing=(SHA,), missing_count=1),
        clock=ClockReport(trust=Trust.TRUSTED, error_ms=3.5),
        vitals=Vitals(
            uptime_s=86400.0,
            temperature_c=51.2,
            throttled=0,
            disk_free_pct=81.0,
            memory_free_mb=2800.0,
            load_1min=0.12,
            is_read_only=False,
            card_errors=2,
            written_mb=14.5,
            is_on_battery=False,
            usb_gone=("USB Audio Device",),
            restarts=(Restarts(process="camera", count=3, at=AT, ending=Ending.HUNG),),
            ailments=(Ailment.CARD_ERRORS, Ailment.USB_GONE),
        ),
        command=Counter(0, 3),
        on_air=CUE.id,
        nonce="9f0c",
        cameras=(
            CameraReport(
                id="cong",
                fault=CameraFault.DARK,
                since_at=AT,
                detail="mean 4",
                title="Cổng nhà văn hoá",
                evidence={"brightness": 4.0},
                right_at=AT,
                clean_in_days=14.0,
                about="Example C1, 1.2.3",
                clock_ahead_s=1.5,
            ),
        ),
        targets=(
            TargetReport(id="gateway", is_up=True, since_at=AT, rtt_ms=1.2, jitter_ms=0.1, rtt_p95_ms=1.9),
            TargetReport(id="internet", is_up=False, since_at=AT, loss_pct=100.0, miss=Miss.CAPTIVE),
        ),
        silent=("camera",),
        network=NetworkReport(
            cause=NetworkCause.CAPTIVE,
            since_at=AT,
            wifi=Wifi(
                interface="wlan0",
                ssid="Nhà văn hoá thôn 1",
                rssi_dbm=-61,
                bitrate_mbps=72.2,
                frequency_mhz=2437,
                busy_pct=34.0,
                clients=12,
                guest_rssi_dbm=-64,
            ),
        ),
    ),
    "event playout": Playout(
        key=KEY,
        at=AT,
        cue=CUE.id,
        broadcast=CUE.broadcast,
        outcome=Outcome.AIRED,
        planned_at=AT,
        first_sample_at=AT,
        last_sample_at=AT + timedelta(seconds=15),
        level_dbfs=-18.2,
    ),
    "event change": Change(key=KEY, at=AT, subject="camera:cong", value="dark", detail="mean 4"),
    "event refusal": Refusal(key=KEY, at=AT, what="plan", reason=Reason.REPLAYED, detail="0.6"),
    "picture": Pictures(
        at=AT, command=Counter(0, 4), camera="cong", now=b"jpeg", after=b"jpeg", fault=CameraFault.DARK, fault_at=AT
    ),
    "plan (signed body)": PLAN,
    "command (signed body)": COMMAND,
    "grant (signed body)": Grant(epoch=1, daily_key="b" * 64),
    "envelope": Envelope(kid="0123456789abcdef", body=b"deflated", sig=b"s" * 64),
    "receipt": Receipt(stream=KEY.stream, seqs=(12, 13)),
}
