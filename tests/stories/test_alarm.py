"""The dyke breaks: the leader's red button, the PIN, the horns, the way back, and words that follow at once."""

from pathlib import Path

import pytest

from contract.terms import Outcome, Reason
from simulator.listening import read_audio
from simulator.officer import Refused
from simulator.soundcard import Recording
from tests.stories.conftest import Staff, eventually
from tests.stories.test_storm import LONG_S, is_heard, is_silent, repeat

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

PIN = "260714"


def test_two_steps_and_a_pin_are_heard_everywhere_and_an_all_clear_follows_the_end(
    staff: Staff, speeches: tuple[Path, Path], recordings: dict[str, Recording], tmp_path: Path
) -> None:
    staff.leader.set_pin(staff.passwords["lanhdao"], PIN)
    siren = staff.officer.upload(repeat(speeches[1], tmp_path / "vo-de.wav", LONG_S), "Vỡ đê")
    clear = staff.officer.upload(speeches[0], "Báo yên")
    for each in (siren, clear):
        staff.officer.keep(each)
    everywhere = f"{len(staff.nodes)}/{len(staff.nodes)} làng đã có sẵn"
    eventually(lambda: staff.leader.page("/emergency").count(everywhere) >= 2)

    prepared = staff.leader.prepare_alarm(staff.nodes, 600, siren)
    with pytest.raises(Refused, match="PIN"):
        staff.leader.send_alarm(prepared, "000001")
    assert all(is_silent(recording) for recording in recordings.values())
    alarm = staff.leader.send_alarm(prepared, PIN)
    eventually(lambda: all(is_heard(speeches[1], recording) for recording in recordings.values()))
    eventually(lambda: staff.officer.page(f"/emergency/{alarm}").count('data-reach="on_air"') == len(staff.nodes))

    staff.officer.cancel_alarm(alarm, clear)
    eventually(lambda: all(is_heard(speeches[0], recording) for recording in recordings.values()))
    eventually(lambda: len(staff.records(alarm)) == len(staff.nodes))
    assert {(p.outcome, p.reason) for _, p in staff.records(alarm)} == {(Outcome.CUT, Reason.STOPPED)}
    eventually(lambda: all(is_silent(recording) for recording in recordings.values()))
    page = staff.officer.page(f"/emergency/{alarm}")
    assert "Đã huỷ lúc" in page
    all_clear = page.partition('href="/broadcasts/b')[2].partition('"')[0]
    staff.await_aired(f"b{all_clear}")


def test_words_typed_in_the_hour_of_need_are_heard_though_no_village_had_them(
    staff: Staff, recordings: dict[str, Recording]
) -> None:
    staff.leader.set_pin(staff.passwords["lanhdao"], PIN)
    prepared = staff.leader.prepare_alarm(staff.nodes, 0, text="Vỡ đê ở đầu làng. Bà con lên chỗ cao ngay.")
    spoken = staff.commune.hub_home / "media" / prepared["recording"]
    alarm = staff.leader.send_alarm(prepared, PIN)
    assert len(read_audio(spoken)) > 0
    eventually(lambda: all(is_heard(spoken, recording) for recording in recordings.values()))
    staff.await_aired(alarm)
