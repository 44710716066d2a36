"""The link against a real Mosquitto: its presence, and what comes down for the speaker."""

import logging
from pathlib import Path

import pytest

from contract import codec
from contract.orders import Counter
from contract.pictures import Pictures
from contract.reports import Birth, Heartbeat, State
from edge import parcel, wish
from edge.backlog import TELL_EVERY_S
from edge.wish import Wish
from tests.edge.conftest import AT, Authority, Broker, House, Hub, command, make_authority, plan, until

pytestmark = pytest.mark.real


def heard_beats(hub: Hub) -> list[Heartbeat]:
    return [codec.decode(payload, Heartbeat) for payload in hub.payloads("report")]


def states(hub: Hub) -> list[bool]:
    return [codec.decode(payload, State).is_online for payload in hub.payloads("state")]


class TestPresence:
    def test_it_comes_online_and_says_what_it_is(self, house: House, hub: Hub) -> None:
        house.until(lambda: (hub.payloads("birth") and hub.payloads("report")) or None)
        birth = codec.decode(hub.payloads("birth")[0], Birth)
        assert birth.limits.minutes_a_day == 45
        assert birth.software.startswith("loalang")
        assert states(hub)[-1]

    def test_presence_is_retained_for_a_hub_that_comes_later(self, house: House, broker: Broker) -> None:
        house.connect()
        house.settle()
        late = Hub(broker)
        assert until(lambda: states(late) or None) == [True]
        late.close()

    def test_it_says_goodbye_when_it_is_stopped(self, house: House, hub: Hub) -> None:
        house.until(lambda: states(hub) or None)
        house.link.close()
        until(lambda: states(hub)[-1:] == [False] or None)
        house.start()

    def test_the_birth_waits_for_the_speakers_limits(self, house: House, hub: Hub) -> None:
        (house.paths.run / "speaker.json").unlink()
        house.until(lambda: hub.payloads("report") or None)
        house.settle()
        assert hub.payloads("birth") == []
        house.say()
        house.until(lambda: hub.payloads("birth") or None)

    def test_a_hub_that_comes_back_is_told_everything_again(self, house: House, hub: Hub) -> None:
        hub.announce(True)
        house.until(lambda: house.link.is_hub_online or None)
        house.settle()
        births = len(hub.payloads("birth"))
        hub.announce(False)
        house.until(lambda: (not house.link.is_hub_online) or None)
        hub.announce(True)
        house.until(lambda: len(hub.payloads("birth")) > births or None)

    def test_a_heartbeat_a_minute_and_at_a_change(self, house: House, hub: Hub) -> None:
        house.until(lambda: heard_beats(hub) or None)
        house.settle()
        heard = len(heard_beats(hub))
        house.clock.advance(2.0)
        hub.publish("plan", plan(7), retain=True)
        beat = house.until(lambda: heard_beats(hub)[heard:] or None)[-1]
        assert beat.plan.received == Counter(0, 7)
        for _ in range(6):
            house.clock.advance(10.0)
            house.say()
            house.settle()
        assert len(heard_beats(hub)) == heard + 2

    def test_what_is_measured_while_the_hub_is_away_is_told_when_it_is_back(self, house: House, hub: Hub) -> None:
        hub.announce(True)
        house.until(lambda: (house.link.is_hub_online and heard_beats(hub)) or None)
        house.link.step()
        hub.announce(False)
        house.until(lambda: (not house.link.is_hub_online) or None)
        away_at = house.clock.now()
        for _ in range(12):
            house.clock.advance(60.0)
            house.say()
            house.settle()
        assert not any(beat.is_kept for beat in heard_beats(hub))
        hub.announce(True)
        house.until(lambda: any(beat.is_kept for beat in heard_beats(hub)) or None)
        house.clock.advance(TELL_EVERY_S)
        house.until(lambda: sum(beat.is_kept for beat in heard_beats(hub)) == 2 or None)
        told = [(beat.at - away_at).total_seconds() for beat in heard_beats(hub) if beat.is_kept]
        assert told == [300.0, 600.0]

    def test_a_silent_speaker_is_named(self, house: House, hub: Hub) -> None:
        house.connect()
        house.clock.advance(16.0)
        house.until(lambda: any("speaker" in beat.silent for beat in heard_beats(hub)) or None)


class TestStream:
    def test_a_wish_of_the_speaker_starts_the_child_and_its_end_ends_it(self, house: House) -> None:
        now_s = house.clock.monotonic()
        wish.ask(house.paths.run, Wish("http://127.0.0.1:9/vov1", now_s, now_s + 60))
        house.until(lambda: house.link._streams.child_pid)
        wish.withdraw(house.paths.run)
        house.until(lambda: house.link._streams.child_pid is None or None)


class TestDown:
    def test_a_plan_is_spooled_and_the_speaker_is_rung(self, house: House, hub: Hub) -> None:
        house.connect()
        hub.publish("plan", plan(7), retain=True)
        house.until(house.spool.plan)
        assert house.spool.plan() == plan(7)
        assert house.speaker_bell.wait(1.0)

    def test_a_plan_that_is_retained_meets_the_node_when_it_connects(
        self, tmp_path: Path, authority: Authority, broker: Broker, hub: Hub
    ) -> None:
        hub.publish("plan", plan(8), retain=True)
        house = House(tmp_path / "node", authority, broker)
        house.until(house.spool.plan)
        house.close()

    def test_the_same_plan_again_spares_the_card(self, house: House, hub: Hub) -> None:
        house.connect()
        hub.publish("plan", plan(7), retain=True)
        house.until(house.spool.plan)
        stamp = house.spool.plan_stamp()
        house.link.close()
        house.start()
        house.connect()
        house.settle()
        assert house.spool.plan_stamp() == stamp
        assert any(beat.plan.received == Counter(0, 7) for beat in heard_beats(hub))

    def test_commands_are_spooled_in_order(self, house: House, hub: Hub) -> None:
        house.connect()
        for n in range(1, 13):
            hub.publish("command", command(n))
        house.until(lambda: len(list(house.spool.commands())) == 12 or None)
        assert [wire for _, wire in house.spool.commands()] == [command(n) for n in range(1, 13)]
        assert house.speaker_bell.wait(1.0)

    @pytest.mark.parametrize("kind", ["plan", "command", "receipt"])
    @pytest.mark.parametrize(
        "payload",
        [
            b"",
            b"{}",
            b"\xff\x00" * 100,
            b"[" * 100_000,
            b"x" * (codec.MESSAGE_MAX + 1),
            plan(7).replace(b'"body":"', b'"body":"AAAA'),
        ],
        ids=["nothing", "empty", "bytes", "nested", "too large", "not deflated"],
    )
    def test_what_has_not_the_form_is_dropped_and_the_next_is_taken(
        self, house: House, hub: Hub, kind: str, payload: bytes
    ) -> None:
        house.connect()
        hub.publish(kind, payload)
        hub.publish("command", command(1))
        house.until(lambda: list(house.spool.commands()) or None)
        assert house.spool.plan() is None
        assert [wire for _, wire in house.spool.commands()] == [command(1)]

    def test_a_malformed_state_of_the_hub_counts_as_no_hub(self, house: House, hub: Hub) -> None:
        hub.announce(True)
        house.until(lambda: house.link.is_hub_online or None)
        hub.say_of_itself(b"online!")
        house.until(lambda: (not house.link.is_hub_online) or None)


class TestPictures:
    PICTURES = Pictures(at=AT, command=Counter(0, 7), camera="cong", now=b"jpeg", after=b"jpeg")

    def post(self, house: House) -> None:
        assert parcel.post(house.paths.run, self.PICTURES, house.clock.monotonic())

    def test_they_go_to_the_hub_once_and_lie_nowhere_after(
        self, house: House, hub: Hub, caplog: pytest.LogCaptureFixture
    ) -> None:
        hub.announce(True)
        house.until(lambda: house.link.is_hub_online or None)
        with caplog.at_level(logging.INFO):
            self.post(house)
            assert house.until(lambda: hub.payloads("picture") or None) == [codec.encode(self.PICTURES)]
        assert "pictures of cong sent, for command 0.7" in caplog.text
        assert list((house.paths.run / "pictures").iterdir()) == []
        house.settle()
        assert len(hub.payloads("picture")) == 1

    def test_they_wait_for_a_hub_that_is_away_and_not_for_long(self, house: House, hub: Hub) -> None:
        house.connect()
        self.post(house)
        house.settle()
        assert hub.payloads("picture") == []
        hub.announce(True)
        house.until(lambda: hub.payloads("picture") or None)
        hub.announce(False)
        house.until(lambda: (not house.link.is_hub_online) or None)
        self.post(house)
        house.clock.advance(301)
        house.settle()
        assert list((house.paths.run / "pictures").iterdir()) == []

    def test_a_folder_that_cannot_be_read_is_told_once_and_costs_nothing_else(
        self, house: House, hub: Hub, caplog: pytest.LogCaptureFixture
    ) -> None:
        (house.paths.run / "pictures").write_text("no folder")
        hub.announce(True)
        house.until(lambda: house.link.is_hub_online or None)
        house.settle()
        assert len([r for r in caplog.records if "pictures cannot be taken" in r.getMessage()]) == 1
        assert heard_beats(hub)


class TestRefusal:
    def told(self, house: House, caplog: pytest.LogCaptureFixture, words: str) -> None:
        with caplog.at_level(logging.WARNING):
            house.until(lambda: words in caplog.text or None)
        assert not house.link.is_connected
        house.close()

    def test_a_revoked_credential_is_told_in_words(
        self, tmp_path: Path, authority: Authority, broker: Broker, caplog: pytest.LogCaptureFixture
    ) -> None:
        house = House(tmp_path / "node", authority, broker, secret="mat-khau-nay-da-bi-thu-hoi")
        self.told(house, caplog, "không nhận mật khẩu")

    def test_a_stranger_with_another_ca_is_not_spoken_to(
        self, tmp_path: Path, broker: Broker, caplog: pytest.LogCaptureFixture
    ) -> None:
        house = House(tmp_path / "node", make_authority(tmp_path / "other"), broker)
        self.told(house, caplog, "chứng chỉ của máy chủ không khớp")

    def test_no_broker_is_told_in_words_and_waited_for(
        self, tmp_path: Path, authority: Authority, broker: Broker, caplog: pytest.LogCaptureFixture
    ) -> None:
        broker.stop()
        house = House(tmp_path / "node", authority, broker)
        with caplog.at_level(logging.WARNING):
            house.until(lambda: "từ chối kết nối" in caplog.text or None)
        broker.start()
        house.connect()
        house.close()
