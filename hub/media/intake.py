"""The parent's side of an upload: start the decoding child, listen to it, kill it in time, keep what it made.

Synchronous: call it in a thread. Whatever happens, the child is gone and nothing half-done stays on the shelf.
"""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from hub.media import chime, voice
from hub.media.cut import Cut
from hub.media.job import TARGET_LUFS, Done, IntakeLimits, Job, Progress, Refused, Report
from hub.media.rejection import Cause, Rejected, say_duration, say_size
from hub.media.shelf import Shelf
from hub.media.waveform import Waveform

_LINE_MAX = 4096
_STDERR_SHOWN = 2000
_TOO_HEAVY_SIGNALS = frozenset({signal.SIGXCPU, signal.SIGKILL})
_reports = msgspec.json.Decoder(Report)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A sound on the shelf; duration, loudness and true peak were measured on the stored bytes."""

    sha256: str
    size: int
    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    waveform: Waveform


def _ignore(_fraction: float) -> None:
    """Nobody watches."""


def receive(
    source: Path,
    shelf: Shelf,
    limits: IntakeLimits | None = None,
    progress: Callable[[float], None] = _ignore,
    target_lufs: float = TARGET_LUFS,
    cut: Cut | None = None,
) -> Stored:
    """Decode a file in full, level it, or what is left of it after a cut, and put that on the shelf; the file itself is
    left to the caller.

    `progress` hears 0 to 1, never falling, from the calling thread. Raises Rejected.
    """
    limits = limits or IntakeLimits()
    try:
        with _open_regular(source) as upload, shelf.draft() as draft:
            _check_size(os.fstat(upload.fileno()).st_size, limits)
            with draft.open("r+b") as out:
                job = Job(out_fd=out.fileno(), limits=limits, target_lufs=target_lufs, cut=cut)
                done = _run_child(upload, job, progress)
            sha256, size = shelf.add(draft)
    except OSError as error:
        raise Rejected(Cause.FAULT, str(error)) from error
    return Stored(
        sha256=sha256,
        size=size,
        duration_s=done.duration_s,
        loudness_lufs=done.loudness_lufs,
        true_peak_dbtp=done.true_peak_dbtp,
        waveform=done.waveform,
    )


def survey(sha256: str, shelf: Shelf) -> Waveform:
    """Look at a sound of the shelf. Takes as long as decoding it. Raises Rejected."""
    try:
        with _open_regular(shelf.path(sha256)) as sound:
            return _run_child(sound, Job(out_fd=None), _ignore).waveform
    except OSError as error:
        raise Rejected(Cause.FAULT, str(error)) from error


def receive_chime(shelf: Shelf) -> Stored:
    """Put the default chime on the shelf, the way every sound goes. Raises Rejected."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder, "chime.wav")
        wav.write_bytes(chime.write_wav(chime.synthesise()))
        return receive(wav, shelf)


def receive_speech(text: str, shelf: Shelf) -> Stored:
    """Put a text on the shelf as speech, the way every sound goes. Raises Rejected."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder, "speech.wav")
        voice.speak(text, wav)
        return receive(wav, shelf)


def _open_regular(source: Path) -> IO[bytes]:
    """Open an upload; a pipe or a device would hang the reader, so it is refused."""
    descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Rejected(Cause.NOT_AUDIO, f"{source} is no regular file")
    return os.fdopen(descriptor, "rb")


def _check_size(size: int, limits: IntakeLimits) -> None:
    if size == 0:
        raise Rejected(Cause.EMPTY)
    if size > limits.max_bytes:
        raise Rejected(Cause.TOO_LARGE, f"{size} bytes", say_size(limits.max_bytes))


def _run_child(upload: IO[bytes], job: Job, progress: Callable[[float], None]) -> Done:
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(
            [sys.executable, "-I", "-m", "hub.media.transcode", msgspec.json.encode(job).decode()],
            stdin=upload,
            stdout=subprocess.PIPE,
            stderr=errors,
            pass_fds=() if job.out_fd is None else (job.out_fd,),
            env={"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,
        ) as child:
            deadline = threading.Timer(job.limits.wall_s, child.kill)
            deadline.start()
            try:
                verdict = _listen(child, progress)
                child.wait()
            finally:
                deadline.cancel()
                child.kill()
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - _STDERR_SHOWN))
        last_words = errors.read().decode(errors="replace")
        return _conclude(verdict, child.returncode, last_words, job.limits)


def _listen(child: subprocess.Popen[bytes], progress: Callable[[float], None]) -> Done | Refused | None:
    """Read reports until the child closes its output. They are judged like any outside byte: a decoder that was
    taken over by a hostile file may say anything."""
    assert child.stdout is not None
    verdict: Done | Refused | None = None
    told = 0.0
    while line := child.stdout.readline(_LINE_MAX):
        try:
            report = _reports.decode(line)
        except msgspec.MsgspecError as error:
            raise Rejected(Cause.FAULT, f"the decoding child said {line[:80]!r}: {error}") from error
        if not isinstance(report, Progress):
            verdict = report
        elif told < report.fraction <= 1:
            told = report.fraction
            progress(told)
    return verdict


def _conclude(verdict: Done | Refused | None, exit_code: int, last_words: str, limits: IntakeLimits) -> Done:
    if -exit_code in _TOO_HEAVY_SIGNALS:
        raise Rejected(Cause.TOO_HEAVY, f"killed by signal {-exit_code}, at most {limits.wall_s:g} s")
    if exit_code < 0:
        raise Rejected(Cause.DAMAGED, f"the decoder crashed with signal {-exit_code}")
    if exit_code > 0 or verdict is None:
        raise Rejected(Cause.FAULT, f"exit code {exit_code}: {last_words}")
    if isinstance(verdict, Refused):
        raise Rejected(verdict.cause, verdict.detail, _limit(verdict.cause, limits))
    return verdict


def _limit(cause: Cause, limits: IntakeLimits) -> tuple[str, str]:
    if cause is Cause.TOO_LONG:
        return say_duration(limits.max_duration_s)
    if cause is Cause.TOO_SHORT:
        return say_duration(limits.min_duration_s)
    return "", ""
