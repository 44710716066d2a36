"""The promises of `Sound`, kept by the fake in virtual time and by the real one on a simulated sound card."""

import hashlib
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from contract.terms import Reason
from edge.clock import Clock, SystemClock, VirtualClock
from edge.speaker.sound import ACTIVE, HUNG_S, CardSound, Phase, SilentSound, Sound, Sounding, Track
from simulator.listening import listen, read_audio
from simulator.soundcard import SoundCard
from simulator.sounds import make_sweep, write_opus

AHEAD_S = 2.2
STEP_S = 0.01


@dataclass
class Stage:
    """A sound to try, and its time: virtual or the machine's."""

    sound: Sound
    clock: Clock
    folder: Path
    is_real: bool

    def pass_time(self, seconds: float) -> None:
        if isinstance(self.clock, VirtualClock):
            self.clock.advance(seconds)
        else:
            time.sleep(seconds)

    def wait_for(self, is_so: Callable[[Sounding], bool], at_most_s: float) -> Sounding:
        for _ in range(round(at_most_s / STEP_S)):
            if is_so(self.sound.poll()):
                break
            self.pass_time(STEP_S)
        state = self.sound.poll()
        assert is_so(state), state
        return state

    def wait_for_end(self, at_most_s: float = 10.0) -> Sounding:
        return self.wait_for(lambda state: state.phase not in ACTIVE, at_most_s)

    def make(self, samples: NDArray[np.int16]) -> Track:
        path = self.folder / f"{len(list(self.folder.iterdir()))}.opus"
        write_opus(path, samples)
        return name_by_content(path)


def name_by_content(path: Path) -> Track:
    data = path.read_bytes()
    return Track(path, hashlib.sha256(data).hexdigest(), len(data))


@pytest.fixture
def card(tmp_path: Path) -> Iterator[SoundCard]:
    with SoundCard(tmp_path / "card", ["horn"]) as card:
        yield card


@pytest.fixture
def real(card: SoundCard, tmp_path: Path) -> Iterator[Stage]:
    (tmp_path / "audio").mkdir()
    clock = SystemClock()
    sound = CardSound(clock, "", card.env("horn"))
    yield Stage(sound, clock, tmp_path / "audio", True)
    sound.close()


@pytest.fixture(params=["silent", pytest.param("card", marks=pytest.mark.real)])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    if request.param == "card":
        yield request.getfixturevalue("real")
        return
    (tmp_path / "audio").mkdir()
    clock = VirtualClock(SystemClock().now())
    yield Stage(SilentSound(clock), clock, tmp_path / "audio", False)


def seconds_between(state: Sounding) -> float:
    assert state.first_sample_at is not None
    assert state.last_sample_at is not None
    return (state.last_sample_at - state.first_sample_at).total_seconds()


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


@pytest.mark.real
def test_the_horn_gives_the_right_sound_at_the_right_instant_and_whole(
    real: Stage, card: SoundCard, tmp_path: Path
) -> None:
    tracks = [real.make(make_sweep(1.0)), real.make(make_sweep(2.0, 3000, 500))]
    at = real.clock.now() + timedelta(seconds=AHEAD_S)
    with card.record("horn", tmp_path / "horn.wav") as recording:
        real.sound.arm(tracks, at, 100)
        done = real.wait_for_end()
        real.pass_time(0.5)
        heard = listen(recording, np.concatenate([read_audio(track.path) for track in tracks]))
    assert heard.likeness > 0.9
    assert abs(heard.first_sample_at - at) < timedelta(milliseconds=20)
    assert done.first_sample_at is not None
    assert abs(heard.first_sample_at - done.first_sample_at) < timedelta(milliseconds=20)
    assert done.last_sample_at is not None
    assert abs(heard.last_sample_at - done.last_sample_at) < timedelta(milliseconds=20)


@pytest.mark.real
def test_half_the_volume_is_six_decibels_less(real: Stage) -> None:
    levels = []
    for volume_pct in (100, 50):
        real.sound.arm([real.make(make_sweep(0.3))], None, volume_pct)
        levels.append(real.wait_for_end().level_dbfs or math.nan)
    assert levels[0] == pytest.approx(-9.03, abs=0.2)
    assert levels[0] - levels[1] == pytest.approx(6.02, abs=0.05)


@pytest.mark.real
def test_a_card_is_chosen_by_part_of_its_name(card: SoundCard, real: Stage) -> None:
    named = Stage(CardSound(real.clock, "HOR", card.env("horn")), real.clock, real.folder, True)
    named.sound.arm([named.make(make_sweep(0.2))], None, 100)
    assert named.wait_for_end().phase is Phase.DONE
    named.sound.close()


@pytest.mark.real
def test_a_card_that_is_not_there_is_a_clear_fault(card: SoundCard, real: Stage) -> None:
    named = Stage(CardSound(real.clock, "Scarlett", card.env("horn")), real.clock, real.folder, True)
    named.sound.arm([named.make(make_sweep(0.2))], None, 100)
    failed = named.wait_for_end()
    assert (failed.phase, failed.reason) == (Phase.FAILED, Reason.SOUND_CARD)
    assert "'Scarlett'" in failed.fault
    named.sound.close()


@pytest.mark.real
def test_a_card_that_goes_away_fails_and_sounds_again_once_it_is_back(real: Stage, card: SoundCard) -> None:
    real.sound.arm([real.make(make_sweep(20))], None, 100)
    real.wait_for(lambda state: state.phase is Phase.SOUNDING, 5)
    card.close()
    failed = real.wait_for_end(HUNG_S + 2)
    assert (failed.phase, failed.reason) == (Phase.FAILED, Reason.SOUND_CARD)
    assert failed.first_sample_at is not None
    card.start()
    real.sound.arm([real.make(make_sweep(0.2))], None, 100)
    assert real.wait_for_end().phase is Phase.DONE


@pytest.mark.real
def test_a_card_that_hangs_is_given_up_and_sounds_again_once_it_answers(real: Stage, card: SoundCard) -> None:
    real.sound.arm([real.make(make_sweep(20))], None, 100)
    real.wait_for(lambda state: state.phase is Phase.SOUNDING, 5)
    card.freeze()
    failed = real.wait_for_end(HUNG_S + 2)
    assert (failed.phase, failed.reason) == (Phase.FAILED, Reason.SOUND_CARD)
    assert "hangs" in failed.fault
    assert failed.last_sample_at is not None
    card.thaw()
    real.sound.arm([real.make(make_sweep(0.2))], None, 100)
    assert real.wait_for_end().phase is Phase.DONE


@pytest.mark.real
@pytest.mark.parametrize("ended_by", [signal.SIGSTOP, signal.SIGKILL, signal.SIGSEGV])
def test_an_audio_child_that_hangs_or_dies_is_replaced(real: Stage, ended_by: signal.Signals) -> None:
    assert isinstance(real.sound, CardSound)
    real.sound.arm([real.make(make_sweep(20))], None, 100)
    real.wait_for(lambda state: state.phase is Phase.SOUNDING, 5)
    child = real.sound.child_pid
    os.kill(child, ended_by)
    failed = real.wait_for_end(HUNG_S + 2)
    assert (failed.phase, failed.reason) == (Phase.FAILED, Reason.SOUND_CARD)
    assert real.sound.child_pid != child
    real.sound.arm([real.make(make_sweep(0.2))], None, 100)
    assert real.wait_for_end().phase is Phase.DONE
    assert not is_alive(child)


@pytest.mark.real
def test_a_child_that_dies_while_idle_is_replaced_before_it_is_needed(real: Stage) -> None:
    assert isinstance(real.sound, CardSound)
    real.sound.arm([real.make(make_sweep(0.1))], None, 100)
    real.wait_for_end()
    child = real.sound.child_pid
    os.kill(child, signal.SIGKILL)
    real.wait_for(lambda _: isinstance(real.sound, CardSound) and real.sound.child_pid != child, 2)
    assert real.sound.poll().phase is Phase.DONE


@pytest.mark.real
def test_the_child_dies_with_the_speaker(card: SoundCard) -> None:
    script = (
        "import sys, time\n"
        "from edge.clock import SystemClock\n"
        "from edge.speaker.sound import CardSound\n"
        "sound = CardSound(SystemClock())\n"
        "print(sound.child_pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    env = {**os.environ, **card.env("horn")}
    speaker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=env)
    assert speaker.stdout is not None
    child = int(speaker.stdout.readline())
    time.sleep(1)
    os.kill(child, signal.SIGSTOP)
    speaker.kill()
    speaker.wait()
    speaker.stdout.close()
    assert not is_alive(child, within_s=3)


@pytest.mark.real
def test_the_libraries_chatter_does_not_reach_the_journal(
    card: SoundCard, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    clock = SystemClock()
    stage = Stage(CardSound(clock, "nowhere", card.env("horn")), clock, tmp_path, True)
    stage.sound.arm([stage.make(make_sweep(0.1))], None, 100)
    stage.wait_for_end()
    stage.sound.close()
    assert capfd.readouterr() == ("", "")


def is_alive(pid: int, within_s: float = 1.0) -> bool:
    """Whether a process is still there after a while, zombies not counted."""
    for _ in range(round(within_s / STEP_S)):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return False
        if state == "Z":
            return False
        time.sleep(STEP_S)
    return True
