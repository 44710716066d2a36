"""The decoding child: `python -m hub.media.transcode <job>`, the upload on standard input, reports on standard output.

It limits itself before it looks at the first byte and can open nothing afterwards, neither file nor socket. Its
parent may kill it at any moment.
"""

import io
import math
import os
import resource
import sys
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec
from av.audio import AudioFrame

from contract.orders import MAX_AUDIO_BYTES
from hub.media.decode import Unusable, Watch, read_stored, read_upload, recognise
from hub.media.encode import write_opus
from hub.media.graph import RATE, run, silence
from hub.media.job import Done, IntakeLimits, Job, Progress, Refused, Report
from hub.media.levelling import Levelling, Trial, choose, is_level
from hub.media.loudness import Loudness, Unmeasurable, measure
from hub.media.meter import Meter
from hub.media.rejection import Cause

_SILENT_LUFS = -55.0
"""Below this the needed gain is 39 dB or more, and what becomes loud is the hiss of an empty recording."""
_ATTEMPTS = 6
_JUDGED_AT = 0.2
"""Where the progress stands when the upload has been measured; it takes a fifth of the work."""
_ATTEMPT_PART = 0.8
"""Of the progress that is left, an attempt's reading and encoding takes this much; the rest is measuring it."""
_PROGRESS_STEP = 0.01
_DETAIL_MAX = 500


def main(arguments: list[str]) -> int:
    job = msgspec.json.decode(arguments[1], type=Job)
    rehearse()
    confine(job.limits)
    with open(0, "rb", closefd=False) as upload:
        _say(_report(upload, job))
    return 0


def _report(upload: BinaryIO, job: Job) -> Report:
    try:
        if job.out_fd is None:
            return survey(upload, job)
        with open(job.out_fd, "w+b", closefd=False) as out:
            return transcode(upload, out, job, _Reporter().watch)
    except Unusable as unusable:
        return Refused(unusable.cause, unusable.detail[:_DETAIL_MAX])
    except MemoryError:
        return Refused(Cause.TOO_HEAVY, f"more than {job.limits.memory_mb} MB of memory")


def rehearse() -> None:
    """Store and measure a moment of silence: PyAV loads parts of itself at first use, which confine forbids."""
    stored = io.BytesIO()
    write_opus([silence(RATE // 10)], stored, Levelling(gain_db=0, ceiling_dbtp=0, has_limiter=True))
    meter = Meter()
    measure(meter.watch(read_stored(stored)))
    meter.waveform()


def confine(limits: IntakeLimits) -> None:
    """Give up what decoding does not need: memory, time, priority, core dumps and every further descriptor."""
    for what, wanted in (
        (resource.RLIMIT_AS, limits.memory_mb * 1024 * 1024),
        (resource.RLIMIT_CPU, math.ceil(limits.wall_s)),
        (resource.RLIMIT_FSIZE, MAX_AUDIO_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(what, (most, most))
    os.nice(10)


def survey(sound: BinaryIO, job: Job) -> Done:
    """Look at a sound and store nothing. Raises Unusable."""
    meter = Meter()
    return _done(_judge(meter.watch(read_upload(sound, recognise(sound), job.limits, _unwatched)), job.limits), meter)


def transcode(upload: BinaryIO, out: BinaryIO, job: Job, watch: Watch) -> Done:
    """Judge, level and store one upload; `watch` hears 0 to 1. Raises Unusable."""
    kind = recognise(upload)

    def read(begun: float, ended: float) -> Iterator[AudioFrame]:
        frames = read_upload(upload, kind, job.limits, _part(watch, begun, ended))
        return frames if job.cut is None else run(frames, *job.cut.filters)

    source = _judge(read(0, _JUDGED_AT), job.limits)
    trials: list[Trial] = []
    begun = _JUDGED_AT
    while len(trials) < _ATTEMPTS and (levelling := choose(source, job.target_lufs, trials)) is not None:
        ended = begun + (1 - begun) * _ATTEMPT_PART
        meter = Meter()
        stored = _store(read(begun, ended), out, levelling, meter)
        if is_level(stored, job.target_lufs):
            watch(1.0)
            return _done(stored, meter)
        trials.append(Trial(levelling=levelling, stored=stored))
        begun = ended
    last = trials[-1].stored
    detail = f"{len(trials)} attempts, at last {last.integrated_lufs:.1f} LUFS, {last.true_peak_dbtp:.1f} dBTP"
    raise Unusable(Cause.UNEVEN, detail)


def _done(measured: Loudness, meter: Meter) -> Done:
    return Done(measured.duration_s, measured.integrated_lufs, measured.true_peak_dbtp, meter.waveform())


def _judge(frames: Iterable[AudioFrame], limits: IntakeLimits) -> Loudness:
    try:
        source = measure(frames)
    except Unmeasurable as error:
        raise Unusable(Cause.DAMAGED, str(error)) from error
    if source.duration_s < limits.min_duration_s:
        raise Unusable(Cause.TOO_SHORT, f"{source.duration_s:.2f} s")
    if source.integrated_lufs < _SILENT_LUFS:
        raise Unusable(Cause.SILENT, f"{source.integrated_lufs:.1f} LUFS")
    return source


def _store(frames: Iterable[AudioFrame], out: BinaryIO, levelling: Levelling, meter: Meter) -> Loudness:
    """Write the stored form anew and measure what was written; `meter` is shown it."""
    out.seek(0)
    out.truncate()
    write_opus(frames, out, levelling)
    return measure(meter.watch(read_stored(out)))


def _unwatched(_fraction: float) -> None:
    """Nobody waits for it."""


def _part(watch: Watch, begun: float, ended: float) -> Watch:
    return lambda fraction: watch(begun + (ended - begun) * fraction)


class _Reporter:
    """Says the progress in steps that are worth a line."""

    def __init__(self) -> None:
        self._said = 0.0

    def watch(self, fraction: float) -> None:
        if fraction >= min(1.0, self._said + _PROGRESS_STEP):
            self._said = fraction
            _say(Progress(fraction))


def _say(report: Report) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
