"""What is heard in place of what is not there: chosen by the commune, spoken once, in every plan."""

import shutil
from pathlib import Path

import pytest

from hub.media import voice
from hub.orders import fallback
from hub.refusals import NotAllowed, NotFound
from hub.store import meta, people, recordings
from hub.store.ground import ground
from tests.hub.web.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_one_recording_is_the_substitute_and_every_change_is_noted(world: World) -> None:
    officer, first, second = world.user("lan"), world.add_sound("Dân ca"), world.add_sound("Nhạc không lời")
    for sound in (first, first, second):
        fallback.choose_substitute(world.desk, sound.sha256, True, officer)
    fallback.choose_substitute(world.desk, first.sha256, False, officer)
    with world.database.read() as c:
        assert ground(c, world.clock()).fallbacks == ((second.audio,),)
    fallback.choose_substitute(world.desk, second.sha256, False, officer)
    with world.database.read() as c:
        assert ground(c, world.clock()).fallbacks == ()
        noted = [(n.who, n.act, n.detail) for n in people.notes(c)]
    assert sorted(noted) == [
        ("lan", "no-substitute", "Nhạc không lời"),
        ("lan", "substitute", "Dân ca"),
        ("lan", "substitute", "Nhạc không lời"),
    ]


def test_only_who_may_order_chooses_and_only_what_is_there(world: World) -> None:
    sound = world.add_sound("Dân ca")
    with pytest.raises(NotAllowed):
        fallback.choose_substitute(world.desk, sound.sha256, True, world.user("tam"))
    with pytest.raises(NotFound):
        fallback.choose_substitute(world.desk, "0" * 64, True, world.user("lan"))


def test_the_ladder_has_the_rungs_that_are_there(world: World) -> None:
    notice = world.add_sound("Báo không phát được", 4.0)
    with world.database.write() as c:
        meta.put(c, "notice", notice.sha256)
        assert ground(c, world.clock()).fallbacks == ((notice.audio,),)
    chime = world.add_sound("Nhạc hiệu", 2.0, is_chime=True)
    with world.database.read() as c:
        assert ground(c, world.clock()).fallbacks == ((chime.audio, notice.audio),)


@pytest.mark.real
@pytest.mark.skipif(shutil.which(voice.PROGRAM) is None, reason="no espeak-ng here (Debian: apt install espeak-ng)")
def test_the_notice_is_spoken_once(world: World) -> None:
    for _ in range(2):
        fallback.ensure_notice(world.desk)
    with world.database.read() as c:
        (notice,) = recordings.recordings(c)
        assert ground(c, world.clock()).fallbacks == ((notice.audio,),)
    assert 2 < notice.duration_s < 10


def test_a_machine_that_cannot_speak_does_without(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "PROGRAM", "espeak-not-here")
    fallback.ensure_notice(world.desk)
    with world.database.read() as c:
        assert ground(c, world.clock()).fallbacks == ()
