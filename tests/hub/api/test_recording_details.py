"""What is known of a recording: how it looks, what was typed for it, where it is in use; and newer versions of it."""

import pytest

from hub.media import voice
from hub.media.waveform import COLUMNS, Waveform
from hub.store import texts, waveforms
from hub.store.texts import Text
from tests.hub.api.conftest import Program, Programs
from tests.hub.api.test_recordings import WAV, kept
from tests.hub.web.world import World, tone

NOTHING = "0" * 64


def test_how_it_looks_is_told_in_numbers(program: Programs, world: World) -> None:
    guest, sound = program("khach"), world.add_sound("Bản tin")
    place = f"/recordings/{sound.sha256}/waveform"
    undrawn = guest.get(place)
    assert (undrawn.status_code, undrawn.json()["detail"]) == (404, "Bản thu này chưa có hình sóng âm.")
    drawn = Waveform(peaks=bytes([200] * COLUMNS), means=bytes([90] * COLUMNS), begins_s=0.7, ends_s=120.0)
    with world.database.write() as c:
        waveforms.put(c, sound.sha256, drawn)
    told = guest.get(place).json()
    assert (told["peaks"], told["means"]) == ([200] * COLUMNS, [90] * COLUMNS)
    assert (told["begins_s"], told["ends_s"]) == (0.7, 120.0)
    assert guest.get(f"/recordings/{NOTHING}/waveform").status_code == 404


@pytest.mark.real
def test_a_file_becomes_the_newer_version_of_a_recording(officer: Program) -> None:
    old = kept(officer, officer.post("/recordings?title=Kèn", content=tone(3), headers=WAV))
    place = f"/recordings/{old}"
    new = kept(officer, officer.post(f"{place}/versions", content=tone(2), headers=WAV))
    told = officer.get(f"{place}/versions").json()
    assert [(v["version"], v["is_chosen"], v["recording"]["title"]) for v in told] == [
        (1, False, "Kèn"),
        (2, True, "Kèn"),
    ]
    drawn = officer.get(f"/recordings/{new}/waveform").json()
    assert max(drawn["peaks"]) > 0
    assert 0 <= drawn["begins_s"] < drawn["ends_s"] <= 2.1


def test_a_newer_version_is_refused_before_it_is_received(officer: Program, leader: Program, world: World) -> None:
    sound = world.add_sound("Bản tin")
    place = f"/recordings/{sound.sha256}"
    assert officer.post(f"/recordings/{NOTHING}/versions", content=b"x" * 70_000, headers=WAV).status_code == 404
    assert officer.post(f"{place}/versions", content=b"").status_code == 409
    too_long = {"Content-Length": str(world.desk.limits.max_bytes + 1), **WAV}
    assert officer.post(f"{place}/versions", content=b"x", headers=too_long).status_code == 413
    officer.delete(place)
    binned = officer.post(f"{place}/versions", content=b"x", headers=WAV)
    assert (binned.status_code, "thùng rác" in binned.json()["detail"]) == (409, True)


def test_where_it_is_in_use_in_any_version(program: Programs, world: World) -> None:
    sound = world.add_sound("Bản tin", is_chime=True)
    order = world.order(sound=sound)
    told = program("khach").get(f"/recordings/{sound.sha256}/uses").json()
    assert [b["id"] for b in told["ahead"]] == [order.id]
    assert (told["past"], told["is_chime"], told["is_substitute"], told["held"]) == ([], True, False, 0)
    world.approve(order)
    world.clock.pass_(hours=2)
    later = program("khach").get(f"/recordings/{sound.sha256}/uses").json()
    assert ([b["id"] for b in later["past"]], later["ahead"]) == ([order.id], [])


def test_what_was_typed_is_told_to_be_corrected(program: Programs, world: World) -> None:
    sound = world.add_sound("Mời họp")
    place = f"/recordings/{sound.sha256}/text"
    assert program("lan").get(place).json()["detail"] == "Bản thu này không có lời đã gõ."
    behind = Text(typed="Họp 8h.", words="Họp tám giờ.", voice="vi", words_a_minute=140)
    with world.database.write() as c:
        texts.put(c, sound.sha256, behind)
    assert program("lan").get(place).json() == {
        "typed": "Họp 8h.",
        "words": "Họp tám giờ.",
        "voice": "vi",
        "words_a_minute": 140,
    }


@pytest.mark.real
@pytest.mark.skipif(not voice.is_here(), reason="no espeak-ng here")
def test_corrected_words_become_the_newer_version(officer: Program) -> None:
    first = officer.post("/speech/recordings", json={"text": "Mời bà con đi họp.", "title": "Mời họp"}).json()
    wanted = {"text": "Mời bà con đi họp sớm.", "typed": "Mời bà con đi họp sớm.", "version_of": first["sha256"]}
    second = officer.post("/speech/recordings", json=wanted).json()
    assert second["title"] == "Mời họp"
    assert officer.get(f"/recordings/{second['sha256']}/text").json()["typed"] == "Mời bà con đi họp sớm."
    assert len(officer.get(f"/recordings/{first['sha256']}/versions").json()) == 2


def test_words_of_nothing_are_no_version(officer: Program) -> None:
    answer = officer.post("/speech/recordings", json={"text": "Mời bà con.", "version_of": NOTHING})
    assert answer.status_code == 404
