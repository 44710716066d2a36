"""The real `CardSound` on a simulated sound card: what is heard, and what happens when card or child fail."""

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from contract.terms import Reason
from edge.speaker.sound import HUNG_S, CardSound, Phase
from simulator.listening import listen, read_audio
from simulator.soundcard import SoundCard
from simulator.sounds import make_sweep
from tests.edge.speaker.stage import STEP_S, Stage, set_up_card

pytestmark = pytest.mark.real
AHEAD_S = 2.2


@pytest.fixture
def card(tmp_path: Path) -> Iterator[SoundCard]:
    with SoundCard(tmp_path / "card", ["horn"]) as card:
        yield card


@pytest.fixture
def real(card: SoundCard, tmp_path: Path) -> Iterator[Stage]:
    (tmp_path / "audio").mkdir()
    with set_up_card(card, tmp_path / "audio") as stage:
        yield stage


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


def test_half_the_volume_is_six_decibels_less(real: Stage) -> None:
    levels = []
    for volume_pct in (100, 50):
        real.sound.arm([real.make(make_sweep(0.3))], None, volume_pct)
        levels.append(real.wait_for_end().level_dbfs or math.nan)
    assert levels[0] == pytest.approx(-9.03, abs=0.2)
    assert levels[0] - levels[1] == pytest.approx(6.02, abs=0.05)


def test_a_card_is_chosen_by_part_of_its_name(card: SoundCard, tmp_path: Path) -> None:
    with set_up_card(card, tmp_path, "HOR") as stage:
        stage.sound.arm([stage.make(make_sweep(0.2))], None, 100)
        assert stage.wait_for_end().phase is Phase.DONE


def test_a_card_that_is_not_there_is_a_clear_fault(card: SoundCard, tmp_path: Path) -> None:
    with set_up_card(card, tmp_path, "Scarlett") as stage:
        stage.sound.arm([stage.make(make_sweep(0.2))], None, 100)
        failed = stage.wait_for_end()
    assert (failed.phase, failed.reason) == (Phase.FAILED, Reason.SOUND_CARD)
    assert "'Scarlett'" in failed.fault


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


def test_a_child_that_dies_while_idle_is_replaced_before_it_is_needed(real: Stage) -> None:
    assert isinstance(real.sound, CardSound)
    real.sound.arm([real.make(make_sweep(0.1))], None, 100)
    real.wait_for_end()
    child = real.sound.child_pid
    os.kill(child, signal.SIGKILL)
    real.wait_for(lambda _: isinstance(real.sound, CardSound) and real.sound.child_pid != child, 2)
    assert real.sound.poll().phase is Phase.DONE


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


def test_the_libraries_chatter_does_not_reach_the_journal(
    card: SoundCard, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with set_up_card(card, tmp_path, "nowhere") as stage:
        stage.sound.arm([stage.make(make_sweep(0.1))], None, 100)
        stage.wait_for_end()
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
