"""The speaker: looks at the spool, decides, plays, records and tells. Composes the parts; `step` runs every second."""

import logging
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from contract import rules
from contract.form import MAX_TEXT
from contract.orders import Audio, Command, Cue, Plan
from contract.terms import Order, Outcome, Reason
from edge import errand
from edge.clock import Clock
from edge.config import Paths
from edge.errand import Errand
from edge.identity import NodeSettings
from edge.outbox import Outbox, committed_id
from edge.speaker import playout, policy, schedule
from edge.speaker.agenda import Agenda
from edge.speaker.air import Air
from edge.speaker.amplifier import Amplifier
from edge.speaker.authority import NONCE_BLIND_S, NONCE_EVERY_S, Authority, Taken
from edge.speaker.belief import Belief, TrustSource
from edge.speaker.config import SpeakerSettings
from edge.speaker.feed import On
from edge.speaker.inbox import Inbox
from edge.speaker.ledger import Ledger
from edge.speaker.mixer import Mixer
from edge.speaker.playout import Happening, Play
from edge.speaker.record import Record
from edge.speaker.schedule import Scene, Start, Want
from edge.speaker.shelf import Shelf
from edge.speaker.sound import Feed, Sound
from edge.speaker.track import Track
from edge.speaker.tuner import Tuner
from edge.speaker.word import Word
from edge.spool import Spool
from edge.summary import SpeakerSummary

HOUSEKEEPING_EVERY_S = 60.0
POLL_S = 0.2
ENDING_POLL_S = 0.02
MISSING_SHOWN = 64

_log = logging.getLogger(__name__)


class Speaker:
    """The whole process but for its loop. It takes over sound, amplifier, ledger and outbox, and closes them."""

    def __init__(
        self,
        node: NodeSettings,
        settings: SpeakerSettings,
        *,
        paths: Paths,
        spool: Spool,
        outbox: Outbox,
        ledger: Ledger,
        sound: Sound,
        mixer: Mixer,
        amplifier: Amplifier,
        clock: Clock,
        trust: TrustSource,
    ) -> None:
        """Raises sqlite3.Error where the ledger or the outbox cannot be used."""
        self._settings = settings
        self._limits = settings.limits.limits
        self._paths = paths
        self._spool = spool
        self._outbox = outbox
        self._ledger = ledger
        self._amplifier = amplifier
        self._clock = clock
        self._belief = Belief(trust, clock)
        self._authority = Authority(node.node, node.keys, ledger, clock)
        self._inbox = Inbox(spool, self._authority, ledger, outbox, clock)
        self._record = Record(ledger, outbox, clock)
        self._air = Air(ledger, sound, mixer, amplifier, clock)
        self._shelf = Shelf(spool)
        self._agenda = Agenda()
        self._word = Word(paths.run, outbox, clock)
        self._tuner = Tuner(paths.run, clock)
        self._word.tell("stream", "back")
        self._disk_fault = ""
        self._has_more_records = False
        self._has_more_files = False
        self._new_plan: Plan | None = None
        self._is_agenda_new = True
        self._housekept_s = clock.monotonic()
        self._recover()

    def step(self) -> float:
        """Do what there is to do now; returns in how many seconds to be called again (sooner when the bell rings).

        A disk that refuses stops the stage it refused in, not the others, and shows as a fault.
        """
        former, self._disk_fault = self._disk_fault, ""
        for stage in (
            self._watch_clock,
            self._look_at_air,
            self._look_for_plan,
            self._look_for_commands,
            self._decide,
            self._write_down,
            self._look_after_sounds,
            self._keep_house,
            self._tell,
            self._tell_sound,
            self._tell_stream,
        ):
            try:
                stage()
            except (sqlite3.Error, OSError) as error:
                self._disk_fault = f"thẻ nhớ lỗi / disk: {error}"[:MAX_TEXT]
        if self._disk_fault and self._disk_fault != former:
            _log.error("%s", self._disk_fault)
        return self._next_wish_s()

    def close(self) -> None:
        """Silence, power off, files closed. What was on air is recorded as cut at the next start."""
        self._air.close()
        self._tuner.let_go()
        self._shelf.close()
        self._ledger.close()
        self._outbox.close()

    def _recover(self) -> None:
        self._record.recover()
        plan = self._authority.resume()
        if plan is not None:
            self._agenda.take_plan(plan, self._ledger.unknown(plan.cues))

    def _watch_clock(self) -> None:
        plan = self._agenda.plan
        self._belief.look(plan.issued_at if plan else None)
        self._word.tell("clock", self._belief.report.trust.value)

    def _look_at_air(self) -> None:
        ended = self._air.step()
        if ended is None:
            return
        self._tuner.let_go()
        if not ended.is_over:
            self._agenda.pause(ended, self._clock.monotonic())
            return
        self._close(ended)
        if Reason.BAD_AUDIO in (ended.reason, ended.lack):
            self._shelf.doubt(ended.cue.sounds)
        self._record.settle()

    def _look_for_plan(self) -> None:
        self._inbox.follow_grant()
        plan = self._inbox.plan(self._belief.believed_now)
        self._new_plan = plan or self._new_plan
        if self._new_plan is not None:
            self._take_plan(self._new_plan)
            self._new_plan = None

    def _look_for_commands(self) -> None:
        for taken in self._inbox.commands():
            self._take_command(taken)

    def _take_plan(self, plan: Plan) -> None:
        """A plan that drops the cue on air stops it; otherwise it leaves it alone."""
        former = {cue.id for cue in self._agenda.plan.cues} if self._agenda.plan else set()
        new = {cue.id for cue in plan.cues}
        on_air = self._air.play
        if on_air is not None and policy.is_withdrawn(on_air.cue.id, former, new):
            self._air.end(Happening.WITHDRAWN)
        for play in self._agenda.paused:
            if policy.is_withdrawn(play.cue.id, former, new):
                self._close(playout.advance(play, Happening.WITHDRAWN))
        self._agenda.take_plan(plan, self._ledger.unknown(plan.cues))
        self._is_agenda_new = True

    def _take_command(self, taken: Taken) -> None:
        command = taken.command
        if command.order.is_camera:
            errand.give(
                self._paths.run,
                Errand(counter=command.counter, order=command.order, camera=command.camera, until_s=taken.until_s),
            )
        if command.order is Order.STOP:
            self._stop(command)
        if command.at is not None:
            self._belief.hear(command.at, taken.took_s)
        if command.cue is not None and not taken.is_known:
            self._agenda.take_live(command, command.cue, self._clock.monotonic(), taken.until_s)
            self._is_agenda_new = True

    def _stop(self, command: Command) -> None:
        """End what sounds, and what waits to sound now."""
        on_air = self._air.play
        if on_air is not None and policy.is_stopped(on_air.cue, command):
            self._air.end(Happening.STOPPED)
        now = self._clock.now()
        for want in self._wants(now):
            is_waiting = want.is_live or (self._belief.is_good and now <= want.until_at)
            if not is_waiting or not policy.is_stopped(want.cue, command):
                continue
            if want.play is not None:
                self._close(playout.advance(want.play, Happening.STOPPED))
            else:
                self._dismiss(want.cue, Outcome.MISSED, Reason.STOPPED)

    def _close(self, play: Play) -> None:
        """A play is over."""
        self._record.add_play(play)
        self._agenda.drop({play.cue.id})

    def _dismiss(self, cue: Cue, outcome: Outcome, reason: Reason) -> None:
        """A cue is over without having begun."""
        self._record.add(cue, outcome, reason)
        self._agenda.drop({cue.id})

    def _decide(self) -> None:
        if self._air.is_ending:
            return
        now = self._clock.now()
        wants = self._wants(now)
        if wants:
            decision = schedule.decide(wants, self._scene(wants, now))
            self._agenda.waits = decision.waits
            for verdict in decision.verdicts:
                if verdict.want.play is not None:
                    self._close(playout.advance(verdict.want.play, Happening.LAPSED))
                else:
                    self._dismiss(verdict.want.cue, verdict.outcome, verdict.reason)
            if decision.start is not None:
                self._start(decision.start)
        self._belief.make_good()

    def _start(self, start: Start) -> None:
        """Silence what is on air first: the decision is taken anew once it has faded out."""
        cue = start.want.cue
        if self._air.play is not None:
            self._air.end(*policy.preemption(cue, self._air.play.cue))
            return
        cap_pct = rules.volume_pct(self._limits, cue.volume_pct, cue.priority, start.at)
        volume_pct = cap_pct * self._settings.volume_pct // 100
        ladder = [self._tracks(rung) for rung in self._agenda.ladder(cue)]
        self._air.begin(start, ladder, volume_pct, feed=self._feed(start))
        self._agenda.begin(cue)

    def _tracks(self, sounds: Sequence[Audio]) -> list[Track]:
        return [Track(self._spool.audio_path(each.sha256), each.sha256, each.size) for each in sounds]

    def _feed(self, start: Start) -> Feed | None:
        """The stream of a rebroadcast, asked for where it has one."""
        cue = start.want.cue
        if not cue.stream:
            return None
        intro_s = sum(each.duration_s for each in self._agenda.ladder(cue)[start.rung])
        substitute = self._tracks(self._agenda.substitute(cue))
        return self._tuner.tune(start, max(0.0, intro_s - start.offset_s), substitute)

    def _wants(self, now: datetime) -> list[Want]:
        return self._agenda.wants(now, self._clock.monotonic(), self._settings.arm_ahead_s)

    def _scene(self, wants: list[Want], now: datetime) -> Scene:
        blind = self._settings.blind_classes
        asking = [want.cue for want in wants if self._belief.is_good or want.cue.priority in blind]
        return Scene(
            now=now,
            warm_at=now + timedelta(seconds=self._amplifier.warm_up_left_s),
            limits=self._limits,
            is_clock_good=self._belief.is_good,
            blind_classes=blind,
            blind_since=self._belief.blind_since,
            heard=self._air.heard(now, self._agenda.paused),
            lacks={cue.id: [self._shelf.lack(rung) for rung in self._agenda.ladder(cue)] for cue in asking},
            waits=self._agenda.waits,
            on_air=self._air.play,
        )

    def _write_down(self) -> None:
        """After all sound, so that none waits for what the outbox takes."""
        self._has_more_records = True
        self._has_more_records = self._record.flush()
        self._air.note_start()

    def _look_after_sounds(self) -> None:
        if self._is_agenda_new:
            self._shelf.want(self._agenda.wanted(self._clock.now()))
            self._is_agenda_new = False
        self._has_more_files = self._shelf.work()

    def _keep_house(self) -> None:
        now_s = self._clock.monotonic()
        if now_s - self._housekept_s >= HOUSEKEEPING_EVERY_S:
            self._housekept_s = now_s
            self._shelf.look_again()
            self._is_agenda_new = True
            self._outbox.prune(committed_id(self._paths.state / "link.db", "speaker"))
            self._ledger.prune()

    def _tell(self) -> None:
        self._authority.nonces.refresh(NONCE_EVERY_S if self._belief.is_good else NONCE_BLIND_S)
        self._word.post(self._summary())

    def _tell_sound(self) -> None:
        self._word.tell("sound", "fault" if self._air.fault else "ok", self._air.fault)

    def _tell_stream(self) -> None:
        """A stream that is only about to be heard is no change yet."""
        play = self._air.play
        if play is not None and play.feed is not None and (play.feed.stream_s or play.feed.on is not On.STREAM):
            self._word.tell("stream", *self._tuner.describe(play.feed))

    def _summary(self) -> SpeakerSummary:
        play, missing = self._air.play, self._shelf.missing
        return SpeakerSummary(
            at=self._clock.now(),
            limits=self._limits,
            clock=self._belief.report,
            plan=self._authority.counter("plan"),
            command=self._authority.counter("command"),
            kid=self._authority.kid,
            refused=self._inbox.refused,
            missing=missing[:MISSING_SHOWN],
            missing_count=len(missing),
            on_air=play.cue.broadcast if play and play.first_sample_at else "",
            nonce=self._authority.nonces.newest,
            sound_fault=(self._air.fault or self._disk_fault)[:MAX_TEXT],
        )

    def _next_wish_s(self) -> float:
        if self._air.is_ending:
            return ENDING_POLL_S
        if self._has_more_files or (self._has_more_records and not self._disk_fault):
            return 0.0
        if self._air.play is not None or self._agenda.is_waiting:
            return POLL_S
        next_due_s = self._agenda.next_due_s(self._clock.now(), self._settings.arm_ahead_s)
        return max(0.0, min(next_due_s, self._word.due_s()))
