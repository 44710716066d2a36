"""The promises of `Sound`, kept by the fake in virtual time and by the real one on a simulated sound card."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contract.terms import Reason
from edge.clock import SystemClock, VirtualClock
from edge.speaker.feed import On
from edge.speaker.silent import SilentSound
from edge.speaker.sound import Feed, Phase, Sounding
from edge.speaker.track import Track
from simulator.soundcard import SoundCard
from simulator.sounds import make_sweep, write_opus
from tests.edge.speaker.stage import Stage, name_by_content, seconds_between, set_up_card, set_up_silent
from tests.edge.speaker.station import Station

AHEAD_S = 2.2


@pytest.fixture(params=["silent", pytest.param("card", marks=pytest.mark.real)])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    (tmp_path / "audio").mkdir()
    if request.param == "silent":
        with set_up_silent(tmp_path / "audio") as stage:
            yield stage
        return
    with SoundCard(tmp_path / "card", ["horn"]) as card, set_up_card(card, tmp_path / "audio") as stage:
        yield stage


def test_at_first_nothing_sounds(stage: Stage) -> None:
    stage.sound.stop()
    assert stage.sound.poll() == Sounding(Phase.IDLE)


def test_an_item_waits_for_its_instant_sounds_and_is_done(stage: Stage) -> None:
    at = stage.clock.now() + timedelta(seconds=AHEAD_S)
    stage.sound.arm([stage.make(make_sweep(0.4))], at, 100)
    assert stage.sound.poll().phase is Phase.ARMED
    sounding = stage.wait_for(lambda state: state.phase is not Phase.ARMED, AHEAD_S + 1)
    assert sounding.phase is Phase.SOUNDING
    assert sounding.last_sample_at is None
    assert stage.clock.now() >= at - timedelta(milliseconds=20)
    done = stage.wait_for_end()
    assert done.phase is Phase.DONE
    assert done.reason is Reason.NONE
    assert done.first_sample_at is not None
    assert abs(done.first_sample_at - at) < timedelta(milliseconds=20)
    assert done.level_dbfs is not None
    assert -40 < done.level_dbfs < 0


def test_chime_and_programme_sound_back_to_back(stage: Stage) -> None:
    chime, programme = stage.make(make_sweep(0.25)), stage.make(make_sweep(0.5))
    stage.sound.arm([chime, programme], None, 100)
    done = stage.wait_for_end()
    assert seconds_between(done) == pytest.approx(0.75, abs=0.02)


def test_an_item_can_be_joined_in_its_middle(stage: Stage) -> None:
    first, second = stage.make(make_sweep(0.3)), stage.make(make_sweep(1.0))
    at = stage.clock.now() + timedelta(seconds=AHEAD_S)
    stage.sound.arm([first, second], at, 100, 0.5)
    done = stage.wait_for_end()
    assert seconds_between(done) == pytest.approx(0.8, abs=0.02)
    assert done.first_sample_at is not None
    assert abs(done.first_sample_at - at) < timedelta(milliseconds=20)


def test_without_an_instant_it_sounds_at_once(stage: Stage) -> None:
    stage.pass_time(1.0)
    asked_at = stage.clock.now()
    stage.sound.arm([stage.make(make_sweep(0.2))], None, 100)
    done = stage.wait_for_end()
    assert done.first_sample_at is not None
    assert done.first_sample_at - asked_at < timedelta(seconds=1)


def test_an_instant_that_has_passed_means_at_once(stage: Stage) -> None:
    asked_at = stage.clock.now()
    stage.sound.arm([stage.make(make_sweep(0.2))], asked_at - timedelta(seconds=30), 100)
    done = stage.wait_for_end()
    assert done.first_sample_at is not None
    assert done.first_sample_at >= asked_at
    assert seconds_between(done) == pytest.approx(0.2, abs=0.02)


def test_stop_cuts_it_and_tells_the_last_sample(stage: Stage) -> None:
    stage.sound.arm([stage.make(make_sweep(20))], None, 100)
    stage.wait_for(lambda state: state.phase is Phase.SOUNDING, 5)
    stage.pass_time(0.5)
    stopped_at = stage.clock.now()
    stage.sound.stop()
    done = stage.wait_for_end(2)
    assert done.phase is Phase.DONE
    assert done.last_sample_at is not None
    assert timedelta() <= done.last_sample_at - stopped_at < timedelta(seconds=0.5)
    assert 0.5 <= seconds_between(done) < 3


def test_stop_before_its_instant_leaves_nothing_heard(stage: Stage) -> None:
    stage.sound.arm([stage.make(make_sweep(0.5))], stage.clock.now() + timedelta(seconds=30), 100)
    stage.pass_time(0.5)
    stage.sound.stop()
    done = stage.wait_for_end(2)
    assert (done.phase, done.first_sample_at, done.last_sample_at) == (Phase.DONE, None, None)


def test_an_absent_track_fails_for_want_of_audio(stage: Stage) -> None:
    stage.sound.arm([Track(stage.folder / "absent", "0" * 64, 5)], None, 100)
    failed = stage.sound.poll()
    assert (failed.phase, failed.reason) == (Phase.FAILED, Reason.NO_AUDIO)
    assert "absent" in failed.fault


def test_a_track_that_was_changed_is_never_heard(stage: Stage) -> None:
    good, changed = stage.make(make_sweep(0.2)), stage.make(make_sweep(0.3))
    changed.path.write_bytes(good.path.read_bytes())
    stage.sound.arm([good, changed], None, 100)
    failed = stage.wait_for_end()
    assert (failed.phase, failed.reason, failed.first_sample_at) == (Phase.FAILED, Reason.BAD_AUDIO, None)


def test_a_genuine_file_that_is_no_audio_fails(stage: Stage) -> None:
    path = stage.folder / "text"
    path.write_bytes(b"the minutes of the last meeting" * 100)
    stage.sound.arm([name_by_content(path)], None, 100)
    failed = stage.wait_for_end()
    assert (failed.phase, failed.reason, failed.first_sample_at) == (Phase.FAILED, Reason.BAD_AUDIO, None)


def test_after_a_failure_the_next_item_sounds(stage: Stage) -> None:
    stage.sound.arm([Track(stage.folder / "absent", "0" * 64, 5)], None, 100)
    assert stage.wait_for_end().phase is Phase.FAILED
    stage.sound.arm([stage.make(make_sweep(0.2))], None, 100)
    assert stage.wait_for_end().phase is Phase.DONE


def test_one_item_at_a_time(stage: Stage) -> None:
    track = stage.make(make_sweep(0.2))
    stage.sound.arm([track], stage.clock.now() + timedelta(seconds=20), 100)
    with pytest.raises(RuntimeError, match="stop it first"):
        stage.sound.arm([track], None, 100)
    stage.sound.stop()
    assert stage.wait_for_end(2).first_sample_at is None
    stage.sound.arm([track], None, 100)
    assert stage.wait_for_end().first_sample_at is not None


def test_a_rebroadcast_goes_from_its_chime_to_the_stream_and_ends_on_time(stage: Stage) -> None:
    at = stage.clock.now() + timedelta(seconds=AHEAD_S)
    with Station(stage) as station:
        stage.sound.arm([stage.make(make_sweep(0.5))], at, 100, feed=Feed(station, 3.0))
        done = stage.wait_for_end()
    assert (done.phase, done.reason) == (Phase.DONE, Reason.NONE)
    assert seconds_between(done) == pytest.approx(3.0, abs=0.02)
    assert done.feed is not None
    assert done.feed.stream_s == pytest.approx(2.5, abs=0.11)
    assert (done.feed.on, done.feed.substitute_s) == (On.STREAM, 0)


def test_a_silent_stream_gives_way_to_the_substitute(stage: Stage) -> None:
    at = stage.clock.now() + timedelta(seconds=AHEAD_S + 3)
    with Station(stage, is_hushed=True) as station:
        stage.sound.arm([], at, 100, feed=Feed(station, 8.0, (stage.make(make_sweep(0.7)),)))
        on = stage.wait_for(lambda state: state.feed is not None and state.feed.on is not On.STREAM, 13)
        done = stage.wait_for_end()
    assert on.feed is not None
    assert on.feed.on is On.SILENT
    assert done.phase is Phase.DONE
    assert done.feed is not None
    assert done.feed.substitute_s == pytest.approx(3.0, abs=0.8)
    assert seconds_between(done) == pytest.approx(8.0, abs=0.02)


def test_a_rebroadcast_can_be_stopped(stage: Stage) -> None:
    with Station(stage, is_dead=True) as station:
        stage.sound.arm([], None, 100, feed=Feed(station, 600.0))
        stage.wait_for(lambda state: state.phase is Phase.SOUNDING, 5)
        stage.pass_time(0.6)
        stage.sound.stop()
        done = stage.wait_for_end(2)
    assert done.phase is Phase.DONE
    assert done.feed is not None
    assert done.feed.stream_s == 0


def test_the_fake_keeps_what_would_have_been_heard(tmp_path: Path) -> None:
    clock = VirtualClock(SystemClock().now())
    sound = SilentSound(clock)
    write_opus(tmp_path / "a", make_sweep(0.5))
    track = name_by_content(tmp_path / "a")
    sound.arm([track, track], None, 70)
    sound.poll()
    clock.advance(3600)
    assert seconds_between(sound.poll()) == 1.0
    assert [(heard.tracks, heard.volume_pct) for heard in sound.heard] == [((track, track), 70)]


def test_the_fake_can_have_a_broken_card(tmp_path: Path) -> None:
    clock = VirtualClock(SystemClock().now())
    sound = SilentSound(clock)
    write_opus(tmp_path / "a", make_sweep(5))
    sound.arm([name_by_content(tmp_path / "a")], None, 100)
    sound.poll()
    clock.advance(2)
    sound.card_fault = "unplugged"
    failed = sound.poll()
    assert (failed.phase, failed.reason, failed.fault) == (Phase.FAILED, Reason.SOUND_CARD, "unplugged")
    assert seconds_between(failed) == 2.0
