"""How exactly a scheduled item starts: the error of its first sample against its instant, heard at a null sink.

One core is kept busy. Ours goes the real way, through `CardSound` and its audio child; a parec recording, timed by the
arrival of its blocks, says what was heard. MPD and Liquidsoap follow on sinks of their own, where they are installed.
    python -m benchmarks.playout_start [--starts 200] [--peer-starts 20]
"""

import argparse
import hashlib
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import _peers
from benchmarks._result import report, say
from edge.clock import SystemClock
from edge.speaker.sound import CardSound, Phase, Sounding, Track
from simulator.listening import Wave, find, find_instant, hear, read_audio
from simulator.soundcard import RATE_HZ, NoSoundCard, Recording, SoundCard
from simulator.sounds import make_sweep, write_opus

AHEAD_S = 2.2
SWEEP_S = 0.15
POLL_S = 0.02
NEAR_S = 0.9
LIKE = 0.8
UNHEARD_MS = 1000.0
WARM_S = 2.0
AT_ONCE = 10
HERE = "ours"
PEERS: dict[str, Callable[[SoundCard, str, Path, Path, int], list[float]]] = {
    "mpd": _peers.start_with_mpd,
    "liquidsoap": _peers.start_with_liquidsoap,
}
SAYS = {"mpd": "MPD told at the instant", "liquidsoap": "Liquidsoap by schedule"}

Errors = NDArray[np.float64]


def main() -> None:
    options = _read_options()
    busy = multiprocessing.Process(target=_keep_busy, daemon=True)
    busy.start()
    try:
        with tempfile.TemporaryDirectory(prefix="playout") as name:
            _measure_all(Path(name), options.starts, options.peer_starts)
    except NoSoundCard as error:
        raise SystemExit(f"playout_start: {error}") from None
    finally:
        busy.kill()


def _measure_all(folder: Path, starts: int, peer_starts: int) -> None:
    sound, reference = _make_sound(folder)
    with SoundCard(folder / "card", [HERE, *PEERS]) as card:
        with card.record(HERE, folder / "ours.wav") as recording:
            say(f"{starts} starts, one every {AHEAD_S + 2 * SWEEP_S + 0.2:.1f} s; one core busy")
            instants, soundings = _start_ours(card, sound, starts, AHEAD_S)
            errors = _find_errors(recording, reference, instants)
            orders, _ = _start_ours(card, sound, AT_ONCE, 0.0)
            delays = _find_errors(recording, reference, orders)
        _describe("ours", errors)
        _describe_reports(errors, instants, soundings)
        p50, most = np.percentile(delays, [50, 100])
        say(f"at once, from the order to the first sample: p50 {p50:.1f}, max {most:.1f} ms, {len(delays)} starts")
        for peer, start in PEERS.items():
            if not _peers.is_installed(peer):
                say(f"{SAYS[peer]}: not installed: apt install mpd liquidsoap")
            elif peer_starts:
                with card.record(peer, folder / f"{peer}.wav") as recording:
                    instants = start(card, peer, sound, folder / peer, peer_starts)
                    _describe(SAYS[peer], _find_errors(recording, reference, instants))
    fitted = np.abs(_fit_out_drift(errors))
    report("playout_start_p95_ms", round(float(np.percentile(fitted, 95)), 3), "ms", 2)
    report("playout_start_p99_ms", round(float(np.percentile(fitted, 99)), 3), "ms", 5)


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="error of the first sample against its instant")
    parser.add_argument("--starts", type=int, default=int(os.environ.get("LOA_BENCH_STARTS", "200")))
    parser.add_argument("--peer-starts", type=int, default=20)
    return parser.parse_args()


def _make_sound(folder: Path) -> tuple[Path, Wave]:
    """A sweep and then silence, so that it lasts long enough for Liquidsoap's schedule by the second."""
    path = folder / "sweep.opus"
    silence = np.zeros(RATE_HZ * 13 // 10, np.int16)
    write_opus(path, np.concatenate([make_sweep(SWEEP_S), silence]))
    return path, read_audio(path)[: round(SWEEP_S * RATE_HZ)]


def _keep_busy() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    while True:
        hashlib.sha256(bytes(1 << 20))


def _start_ours(card: SoundCard, path: Path, starts: int, ahead_s: float) -> tuple[list[float], list[Sounding]]:
    """Arm so much ahead of each instant (0: to sound at once, the instant being that of the order)."""
    data = path.read_bytes()
    track = Track(path, hashlib.sha256(data).hexdigest(), len(data))
    sound = CardSound(SystemClock(), "", card.env(HERE))
    time.sleep(WARM_S)
    instants: list[float] = []
    soundings: list[Sounding] = []
    for _ in range(starts):
        instants.append(time.time() + ahead_s)
        sound.arm([track], datetime.fromtimestamp(instants[-1], UTC) if ahead_s else None, 100)
        time.sleep(ahead_s + 2 * SWEEP_S)
        sound.stop()
        while sound.poll().phase in (Phase.ARMED, Phase.SOUNDING):
            time.sleep(POLL_S)
        soundings.append(sound.poll())
        if soundings[-1].phase is Phase.FAILED:
            say(f"start {len(instants)} failed: {soundings[-1].fault}")
        time.sleep(0 if ahead_s else 2 * NEAR_S)
    sound.close()
    return instants, soundings


def _find_errors(recording: Recording, reference: Wave, instants: Sequence[float]) -> Errors:
    """Milliseconds late, for each instant; `UNHEARD_MS` where nothing was heard near it."""
    heard = hear(recording)
    return np.array([_find_error(recording, heard, reference, instant) for instant in instants])


def _find_error(recording: Recording, heard: Wave, reference: Wave, instant: float) -> float:
    heads = np.array(recording.heads)
    sample, at = heads[np.argmin(np.abs(heads[:, 1] - instant))]
    middle = int(sample + (instant - at) * RATE_HZ)
    start = max(0, middle - int(NEAR_S * RATE_HZ))
    match = find(reference, heard[start : middle + int(NEAR_S * RATE_HZ) + len(reference)])
    if match.likeness < LIKE:
        return UNHEARD_MS
    return (find_instant(recording, start + match.offset) - instant) * 1000


def _fit_out_drift(errors: Errors) -> Errors:
    """Take the straight line through the run out of the errors: the sink's clock against the system's."""
    heard = errors < UNHEARD_MS
    if heard.sum() < 3:
        return errors
    run = np.arange(len(errors)) - len(errors) / 2
    slope, _ = np.polyfit(run[heard], errors[heard], 1)
    fitted: Errors = errors - slope * run
    return fitted


def _describe(name: str, errors: Errors) -> None:
    for kind, values in (("raw", errors), ("drift fitted out", _fit_out_drift(errors))):
        late = np.abs(values)
        p50, p95, p99 = np.percentile(late, [50, 95, 99])
        say(
            f"{name}, {kind}: |error| p50 {p50:.3f}, p95 {p95:.3f}, p99 {p99:.3f}, max {late.max():.3f} ms; "
            f"from {values.min():+.3f} to {values.max():+.3f} ms, {len(values)} starts"
        )


def _describe_reports(errors: Errors, instants: Sequence[float], soundings: Sequence[Sounding]) -> None:
    off = [
        abs((sounding.first_sample_at.timestamp() - instant) * 1000 - error)
        for error, instant, sounding in zip(errors, instants, soundings, strict=True)
        if sounding.first_sample_at is not None
    ]
    say(f"reported against heard first sample: p50 {np.percentile(off, 50):.3f}, p99 {np.percentile(off, 99):.3f} ms")


if __name__ == "__main__":
    main()
