"""The speaker rebroadcasts: it asks for the stream, covers for it, tells what became of it. In virtual time."""

import socket
from dataclasses import replace
from datetime import timedelta

import pytest

from contract.events import Change
from contract.orders import Cue
from contract.terms import Outcome, Reason
from edge import wish
from edge.speaker.schedule import Start, Want
from edge.speaker.tuner import AHEAD_S
from tests.edge.speaker.house import House, at, cue, sound

ADDRESS = "http://radio.example/vov1"
CHIME_S, INSTEAD_S, LENGTH_S = 15.0, 20.0, 600.0


def put_news(house: House, has_substitute: bool = True) -> Cue:
    """A signed plan with a rebroadcast at six: a chime, then VOV1 until ten minutes after."""
    chime, instead = sound("news", CHIME_S), sound("instead", INSTEAD_S)
    planned = cue("news", at("06:00"), CHIME_S)
    house.know([planned, cue("instead", at("06:00"), INSTEAD_S)])
    fallbacks = ((instead.sha256,),) if has_substitute else ()
    news = replace(planned, duration_s=LENGTH_S, stream=ADDRESS, fallbacks=fallbacks)
    plan = replace(house.hub.plan([], house.clock.now(), keep=[chime, instead]), cues=(news,), keep=())
    house.deliver(chime, instead)
    house.put_wire(house.hub.seal(plan))
    house.speaker.step()
    return news


def start(news: Cue) -> Start:
    return Start(Want(news, news.at, news.at + timedelta(minutes=1), LENGTH_S, 0.0), news.at, 0.0, LENGTH_S)


def changes(house: House) -> list[tuple[str, str]]:
    return [(e.value, e.detail) for e in house.events() if isinstance(e, Change) and e.subject == "stream"]


def test_it_asks_for_the_stream_as_long_as_the_cue_lasts(house: House) -> None:
    put_news(house)
    house.leap_to(at("05:59:53"))
    assert wish.read(house.paths.run) is None
    house.run_until(at("05:59:56"))
    asked = wish.read(house.paths.run)
    assert asked is not None
    assert asked.address == ADDRESS
    at_s = house.clock.monotonic() + (at("06:00") - house.clock.now()).total_seconds()
    assert asked.from_s == pytest.approx(at_s + CHIME_S - AHEAD_S, abs=0.01)
    assert asked.until_s == pytest.approx(at_s + LENGTH_S, abs=1.1)
    house.run_until(at("06:10:02"))
    assert wish.read(house.paths.run) is None
    assert not wish.door(house.paths.run).exists()


def test_it_plays_until_the_cues_end_and_says_that_all_was_well(house: House) -> None:
    put_news(house)
    house.leap_to(at("05:59"))
    house.run_until(at("06:11"))
    playout = house.playout("news")
    assert (playout.outcome, playout.reason, playout.rung) == (Outcome.AIRED, Reason.NONE, 0)
    assert (playout.first_sample_at, playout.last_sample_at) == (at("06:00"), at("06:10"))
    assert changes(house) == []


def test_a_loss_and_the_return_are_told_each_once(house: House) -> None:
    put_news(house)
    house.leap_to(at("05:59"))
    house.run_until(at("06:02"))
    house.sound.script.level_dbfs = None
    house.run(60)
    (house.paths.run / "stream-trouble").write_text("the server is silent")
    house.sound.script.level_dbfs = -20.0
    house.run_until(at("06:11"))
    assert changes(house) == [("lost", ADDRESS), ("back", ADDRESS)]
    assert house.playout("news").reason is Reason.NONE


def test_where_the_substitute_played_for_the_most_of_it_the_record_says_so(house: House) -> None:
    put_news(house)
    house.leap_to(at("05:59"))
    house.sound.script.level_dbfs = -80.0
    (house.paths.run / "stream-trouble").write_text("nothing is sent")
    house.run_until(at("06:11"))
    playout = house.playout("news")
    assert (playout.outcome, playout.reason, playout.rung) == (Outcome.AIRED, Reason.STREAM, 1)
    assert changes(house) == [("silent", f"{ADDRESS} nothing is sent")]


def test_where_nothing_was_heard_it_has_not_aired(house: House) -> None:
    put_news(house, has_substitute=False)
    house.leap_to(at("05:59"))
    house.sound.script.level_dbfs = None
    house.run_until(at("06:11"))
    playout = house.playout("news")
    assert (playout.outcome, playout.reason, playout.rung) == (Outcome.CUT, Reason.STREAM, 0)


def test_one_that_begins_late_still_ends_on_time(house: House) -> None:
    put_news(house)
    house.leap_to(at("06:00:30"))
    house.run_until(at("06:11"))
    playout = house.playout("news")
    assert playout.last_sample_at is not None
    assert abs(playout.last_sample_at - at("06:10")) < timedelta(seconds=0.5)


def test_the_substitute_is_fetched_with_the_rest(house: House) -> None:
    put_news(house)
    assert sound("instead", INSTEAD_S) in house.spool.wanted().audio


def test_a_stop_closes_the_door(house: House) -> None:
    put_news(house)
    house.leap_to(at("05:59"))
    house.run_until(at("06:02"))
    assert wish.door(house.paths.run).exists()
    house.stop_now()
    house.run(2)
    assert not wish.door(house.paths.run).exists()
    assert house.playout("news").outcome is Outcome.CUT


def test_a_wish_of_a_process_that_died_is_withdrawn_at_the_start(house: House) -> None:
    put_news(house)
    house.leap_to(at("05:59"))
    house.run_until(at("06:02"))
    house.restart()
    house.run(2)
    assert wish.read(house.paths.run) is None
    assert house.outcomes() == {"news": (Outcome.CUT, Reason.POWER)}


def test_whoever_brings_the_stream_is_let_in(house: House) -> None:
    news = put_news(house)
    tuner = house.speaker._tuner
    feed = tuner.tune(start(news), CHIME_S, [])
    assert feed.door.answer() is None
    with socket.socket(socket.AF_UNIX) as guest:
        guest.connect(str(wish.door(house.paths.run)))
        fd = feed.door.answer()
        assert fd is not None
        with socket.socket(fileno=fd) as taken:
            guest.sendall(b"ab")
            assert taken.recv(2) == b"ab"
    tuner._trusted = set()
    with socket.socket(socket.AF_UNIX) as guest:
        guest.connect(str(wish.door(house.paths.run)))
        assert feed.door.answer() is None
        assert guest.recv(1) == b""
