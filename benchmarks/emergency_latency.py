"""From the click to the horn: the confirming POST of an emergency at the hub until its first sample at a null sink.

All is real but the hardware: the page with its PIN, the database, the broker over TLS, link, speaker and audio child of
one node. The sound is kept there already, and no relay has to warm up. A parec recording says what was heard when. Half
of the alarms come while nothing sounds, the others over a programme, which goes on after each.
    python -m benchmarks.emergency_latency [--alarms 50]
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from benchmarks._result import report, say
from hub.ports import free_port
from simulator.commune import Commune, Ports, Village
from simulator.listening import Wave, find, find_instant, hear, read_audio
from simulator.officer import Person
from simulator.soundcard import RATE_HZ, NoSoundCard, Recording
from simulator.sounds import make_sweep
from simulator.speech import speak

TARGET_MS = 500.0
SOUND_S = 1.5
BEGINNING_S = 0.15
REST_S = 3.5
"""Between two alarms: the sound, and a moment in which the node says that it is over."""
SEARCH_S = 4.0
LIKE = 0.8
UNHEARD_MS = 10_000.0
PATIENCE_S = 60.0
PIN = "260714"
SENTENCE = "Thông báo của Ủy ban nhân dân xã: sáng mai, trạm y tế tiêm chủng cho trẻ em dưới năm tuổi."
SENTENCE_S = 7.0
"""What espeak-ng takes for it, about."""
VILLAGE = Village("binhminh-thon-1", "Thôn 1")
SPEAKER = """\
[limits]
quiet_from = "00:00"
quiet_until = "00:00"
sessions_a_day = 1440
minutes_a_day = 1440
emergency_minutes_a_day = 1440
"""
"""No relay is wired, so nothing warms up."""

Delays = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description="from the confirming POST to the first sample")
    parser.add_argument("--alarms", type=int, default=int(os.environ.get("LOA_BENCH_ALARMS", "50")))
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="alarm") as name:
            quiet, over, posts = _measure(Path(name), max(1, options.alarms // 2))
    except NoSoundCard as error:
        raise SystemExit(f"emergency_latency: {error}") from None
    for title, delays in (("nothing on air", quiet), ("over a programme", over)):
        p50, p95, p99, most = np.percentile(delays, [50, 95, 99, 100])
        say(f"{title:16} {len(delays)} alarms: p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f}, max {most:.0f} ms")
    say(f"of which the page needs for its answer: p50 {np.percentile(posts, 50):.0f}, max {posts.max():.0f} ms")
    both = np.concatenate([quiet, over])
    report("emergency_p99_ms", round(float(np.percentile(both, 99)), 1), "ms", TARGET_MS)


def _measure(root: Path, alarms: int) -> tuple[Delays, Delays, Delays]:
    """Milliseconds from each POST to the first sample, with nothing on air and over a programme; and to the answer."""
    ports = Ports(page=free_port(), mqtt=free_port(), media=free_port())
    with Commune(root, "binhminh", [VILLAGE], ports) as commune:
        commune.start()
        (house,) = commune.houses
        house.configure("speaker", SPEAKER)
        house.processes["speaker"].stop()
        house.processes["speaker"].start()
        password = commune.add_user("lanhdao", "leader", "Lãnh đạo")
        leader = Person(commune.address, "lanhdao", password)
        leader.set_pin(password, PIN)
        sound = leader.upload(_write_sound(root / "sweep.wav"), "Báo động")
        leader.keep(sound)
        _await_kept(leader)
        beginning = read_audio(commune.hub_home / "media" / sound)[: round(BEGINNING_S * RATE_HZ)]
        with commune.sound_card.record(VILLAGE.node, root / "heard.wav") as recording:
            time.sleep(REST_S)
            quiet, quiet_answers = _raise_alarms(leader, sound, alarms)
            _go_on_air(leader, root, alarms)
            over, over_answers = _raise_alarms(leader, sound, alarms)
            time.sleep(REST_S)
        posts = np.array(quiet_answers + over_answers) - np.array(quiet + over)
        return _find_delays(recording, beginning, quiet), _find_delays(recording, beginning, over), posts * 1000


def _go_on_air(leader: Person, root: Path, alarms: int) -> None:
    """Order a programme long enough for so many alarms, which goes on after each; wait until it sounds."""
    seconds = alarms * (REST_S + 2 * SOUND_S + 1.0) + PATIENCE_S
    spoken = speak(" ".join([SENTENCE] * round(seconds / SENTENCE_S)), root / "programme.wav")
    programme = leader.upload(spoken, "Chương trình")
    broadcast = leader.order("Chương trình", programme, [VILLAGE.node], chime="", yields="resume")
    leader.approve(broadcast, "đo")
    deadline = time.monotonic() + PATIENCE_S
    while "Đang phát ở 1/1" not in leader.page(f"/broadcasts/{broadcast}"):
        if time.monotonic() > deadline:
            sys.exit("emergency_latency: the programme did not go on air")
        time.sleep(0.2)
    time.sleep(REST_S)


def _write_sound(path: Path) -> Path:
    """A rising tone as a WAV file, as somebody would upload it."""
    samples = make_sweep(SOUND_S)
    with av.open(str(path), "w", format="wav") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE_HZ, layout="mono")
        frame = AudioFrame(format="s16", layout="mono", samples=len(samples))
        frame.sample_rate = RATE_HZ
        frame.planes[0].update(samples.tobytes())
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _await_kept(leader: Person) -> None:
    """Wait until the page says that the village holds the sound ready."""
    deadline = time.monotonic() + PATIENCE_S
    while "1/1 làng đã có sẵn" not in leader.page("/emergency"):
        if time.monotonic() > deadline:
            sys.exit("emergency_latency: the village never held the sound ready")
        time.sleep(0.2)


def _raise_alarms(leader: Person, sound: str, alarms: int) -> tuple[list[float], list[float]]:
    clicks: list[float] = []
    answers: list[float] = []
    for _ in range(alarms):
        prepared = leader.prepare_alarm([VILLAGE.node], 0, sound)
        time.sleep(1.0)  # the PIN is typed
        clicks.append(time.time())
        leader.send_alarm(prepared, PIN)
        answers.append(time.time())
        time.sleep(REST_S)
    return clicks, answers


def _find_delays(recording: Recording, beginning: Wave, clicks: list[float]) -> Delays:
    heard = hear(recording)
    return np.array([_find_delay(recording, heard, beginning, click) for click in clicks])


def _find_delay(recording: Recording, heard: Wave, beginning: Wave, click: float) -> float:
    heads = np.array(recording.heads)
    sample, at = heads[np.argmin(np.abs(heads[:, 1] - click))]
    start = max(0, int(sample + (click - at) * RATE_HZ))
    match = find(beginning, heard[start : start + round(SEARCH_S * RATE_HZ)])
    if match.likeness < LIKE:
        return UNHEARD_MS
    return (find_instant(recording, start + match.offset) - click) * 1000


if __name__ == "__main__":
    main()
