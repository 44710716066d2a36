"""/emergency: confirm with the PIN, watch it reach the villages, cancel it. Its first step is `form`."""

import re
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form
from fastapi.responses import Response

from hub.alarms import alarm as alarms
from hub.alarms import emergency
from hub.media import voice
from hub.media.rejection import Rejected
from hub.orders.broadcasts import Broadcast
from hub.people.accounts import Act, theirs
from hub.refusals import NotFound, Refused
from hub.store import people, recordings
from hub.web import live, sight
from hub.web.emergency import alarm_view
from hub.web.emergency.form import REPEATS_S, TYPED, alarmable, find_or_speak
from hub.web.live import Fragments
from hub.web.patience import TooEager
from hub.web.visit import PIN, Alarmer, Looker, Orderer, Visit, proves

router = APIRouter()

_ID = re.compile(r"b[0-9a-f]{12}")


@router.get("/emergency/confirm")
def show_confirm(visit: Alarmer, recording: str = "", nodes: str = "", repeat_s: int = REPEATS_S[0]) -> Response:
    return _confirm_page(visit, recording, nodes, repeat_s)


@router.post("/emergency")
async def send(
    visit: Alarmer,
    id: Annotated[str, Form()] = "",
    recording: Annotated[str, Form()] = "",
    nodes: Annotated[str, Form()] = "",
    repeat_s: Annotated[int, Form()] = REPEATS_S[0],
    pin: Annotated[str, Form()] = "",
) -> Response:
    """The second step. Nothing is sent before the PIN is right."""
    fault, status = await _judge_pin(visit, pin)
    if not fault and _ID.fullmatch(id) is None:
        fault, status = visit.words.gettext("Go back and begin again."), 422
    if fault:
        return await run_sync(lambda: _confirm_page(visit, recording, nodes, repeat_s, status, fault))

    def act() -> str:
        villages = nodes.split() or None
        sent = alarms.send(
            visit.desk, visit.person, id=id, recording=recording, villages=villages, repeat_for_s=repeat_s
        )
        return sent.id

    return visit.go(f"/emergency/{await run_sync(act)}")


@router.get("/emergency/{id}")
def show_alarm(visit: Looker, id: str) -> Response:
    fragments = _fragments(visit, id)
    with visit.desk.database.read() as c:
        alarm, broadcast = alarms.find_alarm(c, id)
        default, kept = alarms.all_clear(visit.desk, c), recordings.kept(c)
        sounds = [(a, recordings.recording(c, a.sha256)) for a in broadcast.audio]
    choice = [r for r in kept if default is None or r.sha256 != default.sha256]
    return visit.page(
        "emergency.html",
        broadcast=broadcast,
        alarm=alarm,
        fragments=fragments,
        sounds=sounds,
        default=default,
        kept=choice,
        can_speak=voice.is_here(),
        text_max=voice.TEXT_MAX,
        can_stop=emergency.is_standing(broadcast, alarm, visit.now) and _may_stop(visit, broadcast),
        can_follow=visit.may(Act.ORDER, broadcast.nodes)
        and not alarm.all_clear
        and _is_lately(visit, broadcast, alarm),
    )


@router.get("/emergency/{id}/live")
async def stream_alarm(visit: Looker, id: str) -> Response:
    return await live.stream(visit, lambda present: _fragments(present, id))


@router.post("/emergency/{id}/cancel")
async def cancel(
    visit: Orderer,
    id: str,
    recording: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
) -> Response:
    """Silence comes first; words that are typed follow as soon as they are spoken."""
    is_typed = recording == TYPED
    await run_sync(alarms.cancel, visit.desk, id, "" if is_typed else recording, visit.person)
    if is_typed and text.strip():
        await _say_all_clear(visit, id, recording, text)
    return visit.go(f"/emergency/{id}")


@router.post("/emergency/{id}/all-clear")
async def follow(
    visit: Orderer,
    id: str,
    recording: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
) -> Response:
    """An all-clear for an alarm that an ordinary stop ended."""
    await _say_all_clear(visit, id, recording, text)
    return visit.go(f"/emergency/{id}")


async def _say_all_clear(visit: Visit, id: str, recording: str, text: str) -> None:
    try:
        sound = await run_sync(find_or_speak, visit, recording, text, limiter=visit.hub.alarming)
    except Rejected as error:
        raise Refused(
            "Báo động đã dừng, nhưng chưa có lời báo yên: " + error.message_vi,
            "The alarm has ended, but without an all-clear: " + error.message_en,
        ) from error
    await run_sync(alarms.follow, visit.desk, id, sound, visit.person)


async def _judge_pin(visit: Visit, pin: str) -> tuple[str, int]:
    """What to say to a person whose PIN does not confirm it, and the status; nothing where it does.

    Wrong ones are slowed for the person, wherever they come from, and never lock out: a storm does not wait.
    """
    person, words = visit.person, visit.words
    if not person.pin_hash:
        return words.gettext("You have no emergency PIN yet. Set one first; it takes your password."), 403
    try:
        is_right = await proves(visit.hub, person, PIN, person.pin_hash, pin.strip())
    except TooEager as error:
        return words.gettext("Too many tries. Wait %(seconds)s seconds.", seconds=round(error.wait_s)), 429
    if is_right:
        return "", 200
    await run_sync(alarms.note_wrong_pin, visit.desk, person)
    return words.gettext("The PIN is not right. Nothing was sent."), 401


def _confirm_page(
    visit: Visit, recording: str, named: str, repeat_s: int, status: int = 200, fault: str = ""
) -> Response:
    with visit.desk.database.read() as c:
        seen = sight.look(c, visit.now, visit.hub.online_since())
        sound = recordings.recording(c, recording)
        if sound is None:
            raise NotFound("Không có bản thu này.", "There is no such recording.")
        held = alarm_view.count_held(c, seen, sound)
        villages = [v for v in alarmable(visit, seen) if not named or v.node.id in named.split()]
        refusing = alarm_view.refusing(c, seen, villages, sound, repeat_s)
    return visit.page(
        "emergency_confirm.html",
        status,
        fault=fault,
        id=alarms.fresh_id(),
        sound=sound,
        named=named,
        villages=villages,
        all=len(seen.present),
        repeat_s=repeat_s,
        held=held,
        away=alarm_view.away(villages),
        refusing=refusing,
    )


def _may_stop(visit: Visit, broadcast: Broadcast) -> bool:
    return visit.may(Act.STOP) and bool(theirs(visit.person, broadcast.nodes))


def _is_lately(visit: Visit, broadcast: Broadcast, alarm: emergency.Alarm) -> bool:
    return visit.now <= emergency.ends_at(broadcast, alarm) + emergency.ALL_CLEAR_WITHIN


def _fragments(visit: Visit, id: str) -> Fragments:
    now = visit.now
    with visit.desk.database.read() as c:
        course = alarm_view.course(c, sight.look(c, now, visit.hub.online_since()), id)
        names = {u.name: u.title for u in people.users(c)}
    shared = {"course": course, "now": now, "names": names}
    return Fragments(
        {
            "state": visit.render("emergency/state.html", **shared),
            "villages": visit.render("emergency/villages.html", **shared),
        }
    )
