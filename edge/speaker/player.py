"""The audio child: takes verified descriptors from the speaker, puts them on the sound card, says what was heard.

Started as `python -m edge.child player FD`, FD being a SOCK_SEQPACKET socket to the speaker. It may hang or crash at
any time (PortAudio, drivers, decoders); the speaker then kills it and starts another. It ends with the speaker.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from contract.terms import Reason
from edge.speaker.card import Card, CardFault, Stream
from edge.speaker.playhead import Playhead
from edge.speaker.rebroadcast import Rebroadcast
from edge.speaker.tape import Tape
from edge.speaker.timeline import Timeline

TICK_S = 0.05
"""How soon it is seen that the first or the last sample has left; orders are obeyed at once."""

BEAT_S = 0.5
"""How often the speaker hears that the card still asks for samples."""

_MESSAGE_MAX = 4096
_FDS_MAX = 32
_PR_SET_PDEATHSIG = 1
_REALTIME_PRIORITY = 5


class Play:
    """One item, from opening the card to its last sample. Raises CardFault where the card does not open."""

    def __init__(
        self, card: Card, name: str, tape: Tape | Rebroadcast, start_at: float | None, timeline: Timeline
    ) -> None:
        self._tape = tape
        self._feed = tape if isinstance(tape, Rebroadcast) else None
        self._playhead = Playhead(tape, start_at, timeline)
        self._stream: Stream = card.open(name, self._playhead.fill)
        self._phase = "armed"
        self._told_at = 0.0
        self._told_frames = -1
        self._told_on = ""

    def connect(self, fd: int) -> None:
        """Take over the stream's socket, where there is a rebroadcast to hear it."""
        if self._feed is None:
            os.close(fd)
        else:
            self._feed.connect(fd)

    def stop(self) -> None:
        self._playhead.stop()

    def close(self) -> None:
        self._stream.close()
        self._tape.close()

    def watch(self) -> dict[str, object] | None:
        """Look how far it is; give what the speaker should hear now, if anything."""
        now = time.time()
        on = ""
        if self._feed is not None:
            self._feed.tend()
            on = self._feed.course.on
        first_at = self._playhead.first_at()
        if self._playhead.is_over(now):
            return self._end()
        if not self._stream.is_running:
            return self.report("failed", now, Reason.SOUND_CARD, "sound card: it stopped by itself")
        phase = "armed" if first_at is None or now < first_at else "sounding"
        monotonic = time.monotonic()
        is_news = phase != self._phase or on != self._told_on
        is_beat = monotonic - self._told_at >= BEAT_S and self._playhead.frames != self._told_frames
        if not is_news and not is_beat:
            return None
        self._phase, self._told_at, self._told_frames, self._told_on = phase, monotonic, self._playhead.frames, on
        return self.report(phase, now)

    def report(self, phase: str, last_at: float | None, reason: str = "", fault: str = "") -> dict[str, object]:
        first_at = self._playhead.first_at()
        return {
            "phase": phase,
            "first_at": first_at,
            "last_at": None if first_at is None else last_at,
            "level_dbfs": self._playhead.level_dbfs(),
            "reason": reason,
            "fault": fault,
            "feed": None if self._feed is None else asdict(self._feed.course),
        }

    def _end(self) -> dict[str, object]:
        last_at = self._playhead.end_at()
        if self._tape.fault:
            return self.report("failed", last_at, Reason.BAD_AUDIO, self._tape.fault)
        return self.report("done", last_at)


class Player:
    """Obeys the speaker: one item at a time, told to it over the socket."""

    def __init__(self, speaker: socket.socket) -> None:
        self._speaker = speaker
        self._card = Card()
        self._play: Play | None = None
        self._timeline = Timeline()

    def run(self) -> None:
        """Serve until the speaker goes away."""
        self._say({"phase": "idle"})
        while True:
            readable, _, _ = select.select([self._speaker], [], [], TICK_S if self._play else None)
            if readable and not self._obey():
                return
            if self._play is not None:
                self._watch(self._play)

    def _obey(self) -> bool:
        data, fds, _, _ = socket.recv_fds(self._speaker, _MESSAGE_MAX, _FDS_MAX)
        if not data:
            return False
        order = json.loads(data)
        if order["do"] == "arm":
            tape = _open(fds, order["volume_pct"], order["offset_s"], order["feed"])
            self._arm(tape, order["start_at"], order["card"])
        elif order["do"] == "connect":
            self._connect(fds[0])
        elif self._play is not None:
            self._play.stop()
        return True

    def _connect(self, fd: int) -> None:
        if self._play is None:
            os.close(fd)
        else:
            self._play.connect(fd)

    def _arm(self, tape: Tape | Rebroadcast, start_at: float | None, name: str) -> None:
        tape.is_ready.wait()
        if tape.fault and tape.is_over:
            self._refuse(tape, Reason.BAD_AUDIO, tape.fault)
            return
        self._timeline = Timeline(self._timeline)
        try:
            self._play = Play(self._card, name, tape, start_at, self._timeline)
        except CardFault as error:
            self._refuse(tape, Reason.SOUND_CARD, str(error))

    def _refuse(self, tape: Tape | Rebroadcast, reason: Reason, fault: str) -> None:
        tape.close()
        self._say({"phase": "failed", "reason": reason, "fault": fault})
        self._say({"phase": "idle"})

    def _watch(self, play: Play) -> None:
        report = play.watch()
        if report is None:
            return
        self._say(report)
        if report["phase"] in ("done", "failed"):
            self._play = None
            play.close()
            self._say({"phase": "idle"})

    def _say(self, report: dict[str, object]) -> None:
        self._speaker.send(json.dumps(report).encode())


def _open(fds: Sequence[int], volume_pct: int, offset_s: float, feed: Mapping[str, float] | None) -> Tape | Rebroadcast:
    if feed is None:
        return Tape(fds, volume_pct, offset_s)
    tracks = len(fds) - int(feed["substitute"])
    return Rebroadcast(Tape(fds[:tracks], volume_pct, offset_s), fds[tracks:], feed["length_s"], volume_pct)


def _die_with_parent() -> None:
    """Ask the kernel to end this process with the speaker, even while a driver holds it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _come_first() -> None:
    """Ask for real-time scheduling, so that a busy Pi makes no gaps; where it is not allowed, go on without."""
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(_REALTIME_PRIORITY))


def _silence_libraries() -> None:
    """Send what ALSA, JACK and PortAudio print to nowhere; Python's own errors still reach the journal."""
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def main() -> None:
    _die_with_parent()
    _come_first()
    _silence_libraries()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    speaker = socket.socket(fileno=int(sys.argv[1]))
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        Player(speaker).run()
    os._exit(0)  # not through PortAudio's own clearing up, which may hang


if __name__ == "__main__":
    main()
