"""What goes up and when, in virtual time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import codec
from contract.events import Key
from contract.limits import Limits
from contract.orders import Counter, Receipt
from contract.reports import Birth, CameraReport, ClockReport, Heartbeat, NetworkReport, TargetReport, Vitals
from contract.terms import CameraFault, NetworkCause, Reason, Trust
from edge import uplink
from edge.outbox import Waiting
from edge.summary import CameraSummary, NetmonSummary, SpeakerSummary
from edge.uplink import Hearing, Node, Pulse, Window, birth, heartbeat

AT = datetime(2026, 12, 1, 22, 0, tzinfo=UTC)
SHA = "a" * 64
CAMERA = CameraReport(id="cong", fault=CameraFault.NONE, since_at=AT)
TARGET = TargetReport(id="internet", is_up=True, since_at=AT, rtt_ms=20.0)
SPEAKER = SpeakerSummary(
    at=AT, limits=Limits(minutes_a_day=45), clock=ClockReport(trust=Trust.TRUSTED), plan=Counter(0, 7), nonce="n1"
)
NODE = Node(
    speaker=SPEAKER,
    camera=CameraSummary(at=AT, cameras=(CAMERA,)),
    netmon=NetmonSummary(at=AT, vitals=Vitals(uptime_s=5.0, temperature_c=50.0), targets=(TARGET,)),
    received=Counter(0, 8),
)
BEAT = heartbeat(NODE, AT)


def with_speaker(summary: SpeakerSummary) -> Heartbeat:
    return heartbeat(replace(NODE, speaker=summary), AT)


class TestHeartbeat:
    def test_it_tells_what_each_process_said(self) -> None:
        assert (BEAT.plan.received, BEAT.plan.accepted) == (Counter(0, 8), Counter(0, 7))
        assert BEAT.cameras == (CAMERA,)
        assert BEAT.targets == (TARGET,)
        assert BEAT.vitals.temperature_c == 50.0
        assert BEAT.nonce == "n1"

    def test_before_anybody_has_spoken_it_claims_nothing(self) -> None:
        beat = heartbeat(Node(uptime_s=12.0), AT)
        assert beat.plan.accepted is None
        assert beat.clock.trust is Trust.UNTRUSTED
        assert beat.vitals == Vitals(uptime_s=12.0)

    def test_what_a_silent_process_said_last_is_no_news(self) -> None:
        on_air = replace(SPEAKER, on_air="k3f9a2")
        beat = heartbeat(replace(NODE, speaker=on_air, silent=("speaker", "camera", "netmon")), AT)
        assert beat.silent == ("speaker", "camera", "netmon")
        assert (beat.plan.accepted, beat.on_air, beat.nonce, beat.cameras, beat.targets) == (None, "", "", (), ())
        assert beat.vitals.temperature_c is None
        assert beat.clock.trust is Trust.TRUSTED  # the machine's, not the process's

    @given(
        missing=st.integers(min_value=0, max_value=300),
        count=st.integers(min_value=-5, max_value=300),
        text=st.text(max_size=700),
        cameras=st.integers(min_value=0, max_value=100),
    )
    def test_whatever_is_said_it_can_be_sent(self, missing: int, count: int, text: str, cameras: int) -> None:
        said = replace(SPEAKER, missing=(SHA,) * missing, missing_count=count, on_air=text, sound_fault=text)
        seen = replace(NODE, speaker=said, camera=CameraSummary(at=AT, cameras=(CAMERA,) * cameras))
        beat = heartbeat(seen, AT)
        assert codec.decode(codec.encode(beat), Heartbeat) == beat


def test_a_birth_tells_the_limits_the_speaker_keeps() -> None:
    born = birth(SPEAKER, AT, AT - timedelta(hours=1), "loalang 0.1.0", "Raspberry Pi 4 Model B" * 50)
    assert born.limits.minutes_a_day == 45
    assert born.plan == Counter(0, 7)
    assert codec.decode(codec.encode(born), Birth) == born


class TestPulse:
    def test_one_a_minute_while_nothing_changes(self) -> None:
        pulse = Pulse()
        sent_s = [second for second in range(301) if pulse.is_due(BEAT, second)]
        assert sent_s == [0, 60, 120, 180, 240, 300]

    @pytest.mark.parametrize(
        "changed",
        [
            heartbeat(replace(NODE, received=Counter(0, 9)), AT),
            with_speaker(replace(SPEAKER, plan=Counter(0, 8))),
            with_speaker(replace(SPEAKER, refused=Reason.BAD_SIGNATURE)),
            with_speaker(replace(SPEAKER, missing=(SHA,), missing_count=1)),
            with_speaker(replace(SPEAKER, command=Counter(0, 1))),
            with_speaker(replace(SPEAKER, on_air="k3f9a2")),
            with_speaker(replace(SPEAKER, sound_fault="no card")),
            with_speaker(replace(SPEAKER, clock=ClockReport(trust=Trust.HOLDOVER))),
            heartbeat(
                replace(NODE, camera=CameraSummary(at=AT, cameras=(replace(CAMERA, fault=CameraFault.DARK),))), AT
            ),
            heartbeat(
                replace(
                    NODE,
                    netmon=NetmonSummary(at=AT, vitals=Vitals(uptime_s=5), targets=(replace(TARGET, is_up=False),)),
                ),
                AT,
            ),
            heartbeat(
                replace(
                    NODE,
                    netmon=NetmonSummary(
                        at=AT,
                        vitals=Vitals(uptime_s=5),
                        targets=(TARGET,),
                        network=NetworkReport(cause=NetworkCause.HUB, since_at=AT),
                    ),
                ),
                AT,
            ),
            heartbeat(replace(NODE, silent=("camera",)), AT),
        ],
    )
    def test_a_change_that_matters_goes_at_once(self, changed: Heartbeat) -> None:
        pulse = Pulse()
        assert pulse.is_due(BEAT, 0.0)
        assert pulse.is_due(changed, 1.0)

    def test_measurements_and_fresh_nonces_wait_for_the_minute(self) -> None:
        pulse = Pulse()
        assert pulse.is_due(BEAT, 0.0)
        warmer = NetmonSummary(
            at=AT, vitals=Vitals(uptime_s=6.0, temperature_c=60.0), targets=(replace(TARGET, rtt_ms=9.0),)
        )
        assert not pulse.is_due(heartbeat(replace(NODE, netmon=warmer), AT), 30.0)
        assert not pulse.is_due(with_speaker(replace(SPEAKER, nonce="n2")), 31.0)
        figures = replace(CAMERA, detail="8 %", evidence={"lost": 0.1}, clean_in_days=13.0, clock_ahead_s=2.0)
        assert not pulse.is_due(heartbeat(replace(NODE, camera=CameraSummary(at=AT, cameras=(figures,))), AT), 32.0)

    def test_a_fresh_nonce_goes_at_once_to_whom_a_stale_one_failed(self) -> None:
        pulse = Pulse()
        stale = replace(SPEAKER, refused=Reason.STALE_NONCE)
        assert pulse.is_due(with_speaker(stale), 0.0)
        assert pulse.is_due(with_speaker(replace(stale, nonce="n2")), 1.0)

    @given(
        st.lists(
            st.tuples(st.floats(min_value=0.0, max_value=90.0), st.integers(min_value=0, max_value=3)), max_size=60
        )
    )
    def test_however_it_flutters_never_two_a_second_and_the_last_word_gets_through(
        self, story: list[tuple[float, int]]
    ) -> None:
        pulse, now_s, sent = Pulse(), 0.0, list[tuple[float, int]]()
        for passed_s, plan in [*story, (2.0, 0)]:
            now_s += passed_s
            if pulse.is_due(with_speaker(replace(SPEAKER, plan=Counter(0, plan))), now_s):
                sent.append((now_s, plan))
        assert all(later - earlier >= uplink.HEARTBEAT_GAP_S for (earlier, _), (later, _) in pairwise(sent))
        assert sent[-1][1] == 0

    def test_a_new_listener_hears_at_once(self) -> None:
        pulse = Pulse()
        assert pulse.is_due(BEAT, 0.0)
        pulse.renew()
        assert pulse.is_due(BEAT, 0.5)


class TestHearing:
    def test_who_stops_speaking_is_named_after_a_while(self) -> None:
        hearing = Hearing(("speaker", "camera"), 0.0)
        for second in range(0, 60, 5):
            said = {"speaker": replace(SPEAKER, at=AT + timedelta(seconds=second)), "camera": NODE.camera}
            silent = hearing.silent(said, float(second))
            assert silent == (("camera",) if second > uplink.SILENT_S else ())

    def test_who_never_spoke_is_named_after_a_while(self) -> None:
        hearing = Hearing(("speaker",), 0.0)
        assert hearing.silent({"speaker": None}, 15.0) == ()
        assert hearing.silent({"speaker": None}, 15.1) == ("speaker",)

    def test_a_step_of_the_clock_makes_nobody_silent(self) -> None:
        hearing = Hearing(("speaker",), 0.0)
        hearing.silent({"speaker": SPEAKER}, 1.0)
        back = replace(SPEAKER, at=AT - timedelta(days=900))
        assert hearing.silent({"speaker": back}, 14.0) == ()
        assert hearing.silent({"speaker": back}, 28.0) == ()


def event(id: int, stream: str = "s1") -> Waiting:
    return Waiting(id, Key(stream=stream, seq=id), b"{}")


def receipt(*ids: int) -> Receipt:
    return Receipt(stream="s1", seqs=ids)


class TestWindow:
    def test_events_go_once_and_in_order(self) -> None:
        window = Window()
        window.hold([event(1), event(2)])
        assert [e.id for e in window.due(0.0)] == [1, 2]
        assert window.due(1.0) == []

    def test_without_a_receipt_they_go_again(self) -> None:
        window = Window()
        window.hold([event(1), event(2)])
        window.due(0.0)
        window.confirm(receipt(1))
        assert window.due(29.9) == []
        assert [e.id for e in window.due(30.0)] == [2]

    def test_after_a_reconnection_they_go_again_at_once(self) -> None:
        window = Window()
        window.hold([event(1), event(2), event(3)])
        window.due(0.0)
        window.confirm(receipt(2))
        window.resend()
        assert [e.id for e in window.due(0.1)] == [1, 3]

    def test_the_cursor_passes_only_what_is_receipted_without_a_gap(self) -> None:
        window = Window(cursor=4)
        window.hold([event(5), event(7), event(8)])
        assert not window.confirm(receipt(7))
        assert window.cursor == 4
        assert window.confirm(receipt(5))
        assert window.cursor == 7

    def test_a_receipt_for_another_stream_or_an_unknown_event_changes_nothing(self) -> None:
        window = Window()
        window.hold([event(1)])
        assert not window.confirm(Receipt(stream="other", seqs=(1,)))
        assert not window.confirm(receipt(2, 3))
        assert [e.id for e in window.due(0.0)] == [1]

    def test_one_event_the_hub_never_receipts_does_not_stop_the_others(self) -> None:
        window = Window()
        for id in range(1, 1001):
            window.hold([event(id)])
            window.due(0.0)
            if id != 1:
                window.confirm(receipt(id))
        assert window.room == uplink.WINDOW - 1
        assert window.cursor == 0
        assert window.confirm(receipt(1))
        assert window.cursor == 1000

    @given(st.data())
    def test_nothing_is_forgotten_before_its_receipt(self, data: st.DataObject) -> None:
        """Any order of reading, sending, receipts, losses: the cursor never passes an unreceipted event, and what
        has no receipt can always be sent again."""
        window, newest, now_s = Window(), 0, 0.0
        receipted: set[int] = set()
        for step in data.draw(st.lists(st.sampled_from(["read", "send", "receipt", "resend"]), max_size=60)):
            now_s += 1.0
            if step == "read":
                window.hold([event(newest := newest + 1) for _ in range(min(window.room, 3))])
            elif step == "send":
                window.due(now_s)
            elif step == "receipt":
                seqs = tuple(data.draw(st.lists(st.integers(1, 90), min_size=1, max_size=8)))
                receipted |= {seq for seq in seqs if seq <= newest}
                window.confirm(Receipt(stream="s1", seqs=seqs))
            else:
                window.resend()
            assert window.cursor == next((id - 1 for id in range(1, newest + 1) if id not in receipted), newest)
        window.resend()
        assert {e.id for e in window.due(now_s)} == set(range(1, newest + 1)) - receipted


@given(st.integers(min_value=0, max_value=100_000), st.floats(min_value=0.0, max_value=1.0))
def test_attempts_are_spread_between_about_one_and_thirty_seconds(failures: int, chance: float) -> None:
    assert 0.75 <= uplink.backoff_s(failures, chance) <= 37.5
    assert uplink.backoff_s(failures, chance) <= uplink.backoff_s(failures + 1, chance)
