"""One incident a cause: stories of a commune's bad days."""

import pytest

from hub.incidents.book import RULES, is_frozen
from hub.incidents.incident import UPS, About, Turn
from tests.hub.incidents.course import VILLAGES, Commune, at, count, window


@pytest.fixture
def commune() -> Commune:
    return Commune()


def test_a_node_that_is_late_is_no_incident_and_one_that_is_down_is(commune: Commune) -> None:
    commune.lose(0, 0)
    assert commune.go_to(1) == []
    (incident,) = commune.go_to(2)
    assert (incident.about, incident.since_at, incident.opened_at) == (About.CONTACT, at(0.4), at(1.5))
    commune.regain(40, 0)
    assert commune.go_to(41) == []
    assert [s.turn for s in commune.steps] == [Turn.OPENED, Turn.CLOSED]


def test_six_villages_without_power_are_one_incident_from_its_first_moment(commune: Commune) -> None:
    commune.lose(0, 0, 1, 2)
    commune.lose(0.7, 3, 4)
    commune.lose(1.8, 5)
    (incident,) = commune.go_to(5)
    assert incident.is_wide
    assert len(incident.away) == 6
    assert [s.turn for s in commune.steps] == [Turn.OPENED]


@pytest.mark.parametrize(("fleet", "least"), [(3, 3), (30, 3), (200, 4), (1_000, 6), (5_000, 6), (100_000, 100)])
def test_six_villages_are_more_than_chance_in_any_district(fleet: int, least: int) -> None:
    assert RULES.least_of(fleet) == least


def test_six_of_a_thousand_villages_without_power_are_one_incident(commune: Commune) -> None:
    commune.villages = (*VILLAGES, *(f"huyen-thon-{n}" for n in range(970)))
    commune.lose(0, 0, 1, 2, 3, 4, 5)
    (incident,) = commune.go_to(5)
    assert incident.is_wide
    assert len(incident.away) == 6


def test_it_shrinks_as_they_come_back_and_closes_with_the_last(commune: Commune) -> None:
    commune.lose(0, 0, 1, 2, 3)
    for n in range(4):
        (incident,) = commune.go_to(60 + n)
        assert len(incident.away) == 4 - n
        commune.regain(60.5 + n, n)
    assert commune.go_to(70) == []
    assert commune.opened == 1


def test_batteries_that_run_out_later_are_the_same_power_cut(commune: Commune) -> None:
    commune.lose(0, 0, 1, 2, 3)
    commune.lose(22, 4)
    commune.lose(45, 5)
    first, second = commune.go_to(50)
    assert (len(first.away), second.nodes) == (5, {VILLAGES[5]})


def test_a_battery_that_runs_out_is_the_power_cut_that_it_began_with(commune: Commune) -> None:
    commune.say(0, 0, UPS, "on_battery")
    (cut,) = commune.go_to(1)
    assert (cut.about, cut.nodes) == (About.MAINS, {VILLAGES[0]})
    commune.lose(90, 0)
    assert commune.go_to(95) == [cut]
    assert (cut.about, len(cut.away), commune.opened) == (About.CONTACT, 2, 1)
    commune.regain(200, 0)
    commune.say(201, 0, UPS, "ok")
    assert commune.go_to(220) == []
    assert count(commune.steps, Turn.CLOSED) == 1


def test_no_battery_lasts_for_days_so_contact_lost_then_is_news(commune: Commune) -> None:
    commune.say(0, 0, UPS, "on_battery")
    commune.lose(3 * 24 * 60, 0)
    mains, contact = commune.go_to(3 * 24 * 60 + 5)
    assert (mains.about, contact.about) == (About.MAINS, About.CONTACT)


def test_one_power_cut_takes_contact_here_and_mains_power_there(commune: Commune) -> None:
    commune.lose(0, 0, 1)
    for node in (2, 3):
        commune.say(0.5, node, UPS, "on_battery")
    (cut,) = commune.go_to(5)
    assert (cut.is_wide, cut.about, cut.nodes) == (True, About.CONTACT, set(VILLAGES[:4]))
    commune.lose(80, 2, 3)
    assert commune.go_to(90) == [cut]


def test_villages_that_all_have_batteries_are_one_power_cut_too(commune: Commune) -> None:
    for node in range(6):
        commune.say(0.2 * node, node, UPS, "on_battery")
    (cut,) = commune.go_to(5)
    assert (cut.is_wide, cut.about, len(cut.nodes)) == (True, About.MAINS, 6)
    for node in range(5):
        commune.say(40, node, UPS, "ok")
    (own,) = commune.go_to(80)
    assert (own.about, own.nodes) == (About.MAINS, {VILLAGES[5]})


def test_who_was_on_its_battery_long_before_is_no_part_of_what_others_lose(commune: Commune) -> None:
    commune.say(0, 0, UPS, "on_battery")
    commune.lose(120, 1, 2)
    assert [i.nodes for i in commune.go_to(130)] == [{village} for village in VILLAGES[:3]]


def test_who_stays_away_long_after_the_others_has_an_incident_of_its_own(commune: Commune) -> None:
    commune.lose(0, 0, 1, 2, 3, 4)
    commune.regain(60, 0, 1, 2, 3)
    (whole,) = commune.go_to(89)
    assert whole.is_wide
    (own,) = commune.go_to(91)
    assert (own.nodes, own.since_at, own.opened_at) == ({VILLAGES[4]}, at(0.4), at(90))
    assert whole.closed_at == at(90)
    assert own.id != whole.id


def test_half_a_region_whose_power_stays_off_is_still_one(commune: Commune) -> None:
    commune.lose(0, *range(10))
    commune.regain(60, *range(5))
    (incident,) = commune.go_to(300)
    assert len(incident.away) == 5


def test_two_villages_far_apart_in_time_are_two(commune: Commune) -> None:
    commune.lose(0, 0)
    commune.lose(10, 1)
    commune.lose(20, 2)
    assert len(commune.go_to(30)) == 3


def test_villages_that_gave_no_sign_before_become_one_when_there_are_enough(commune: Commune) -> None:
    for n in range(4):
        commune.say(n * 0.3, n, "node", "down")
    (incident,) = commune.go_to(5)
    assert len(incident.away) == 4
    assert [s.turn for s in commune.steps] == [Turn.OPENED, Turn.OPENED, Turn.CLOSED]
    assert incident.id == 1, "the first becomes the whole"
    commune.regain(60, 0, 1, 2, 3)
    assert commune.go_to(61) == []
    assert count(commune.steps, Turn.CLOSED) == 2


def test_what_a_node_takes_with_it_opens_nothing(commune: Commune) -> None:
    commune.lose(0, 0)
    commune.go_to(2)
    commune.say(60, 0, "target:internet", "down", began=0.1)
    commune.say(60, 0, "target:internet", "up", began=59.9)
    commune.say(60, 0, "camera:cong", "offline", began=3)
    commune.regain(60.02, 0)
    commune.say(62, 0, "camera:cong", "ok")
    commune.say(60, 0, "camera:san", "covered", began=20)
    (incident,) = commune.go_to(70)
    assert (incident.about, incident.since_at, incident.opened_at) == (About.CAMERA, at(20), at(65.02))
    assert commune.opened == 2


def test_what_a_node_that_was_only_late_takes_with_it_opens_nothing(commune: Commune) -> None:
    commune.say(0, 0, "node", "late")
    commune.say(0.6, 0, "node", "up")
    commune.say(1, 0, "camera:cong", "offline")
    commune.say(1, 0, "sound", "fault")
    commune.say(4, 0, "camera:cong", "ok")
    (incident,) = commune.go_to(7)
    assert (incident.about, incident.opened_at) == (About.SOUND, at(5.6)), "five minutes after it was back"
    assert commune.opened == 1


def test_a_node_that_is_late_again_and_again_hides_nothing_for_ever(commune: Commune) -> None:
    for n in range(10):
        commune.say(4 * n, 0, "node", "late")
        commune.say(4 * n + 0.5, 0, "node", "up")
    commune.say(1, 0, "sound", "fault")
    (incident,) = commune.go_to(12)
    assert (incident.about, incident.opened_at) == (About.SOUND, at(5.5))


def test_a_network_that_goes_before_its_node_waits_for_it(commune: Commune) -> None:
    commune.say(0, 0, "target:internet", "down")
    commune.say(0, 0, "target:dns", "down")
    commune.lose(0, 0)
    assert [i.about for i in commune.go_to(10)] == [About.CONTACT]


def test_a_network_without_its_node_is_one_with_all_its_targets(commune: Commune) -> None:
    commune.say(0, 0, "target:internet", "down")
    commune.say(0.2, 0, "target:dns", "down")
    (incident,) = commune.go_to(10)
    assert (incident.about, len(incident.away), incident.opened_at) == (About.NETWORK, 2, at(80 / 60))


def test_what_fails_beside_a_network_that_works_is_no_incident(commune: Commune) -> None:
    commune.say(0, 0, "network", "")
    commune.say(1, 0, "target:internet-2", "down")
    commune.say(1, 0, "target:gateway", "down")
    assert commune.go_to(30) == []
    commune.say(31, 0, "network", "provider")
    (incident,) = commune.go_to(33)
    assert {m.subject for m in incident.away} == {"target:internet-2", "target:gateway"}
    commune.say(40, 0, "network", "")
    assert commune.go_to(41) == [incident], "nothing is closed by it"


def test_who_gives_out_no_addresses_is_an_incident_though_the_network_works(commune: Commune) -> None:
    commune.say(0, 0, "network", "")
    commune.say(1, 0, "target:dhcp", "down")
    (incident,) = commune.go_to(5)
    assert incident.about is About.NETWORK


def test_one_provider_out_in_many_villages_is_one(commune: Commune) -> None:
    for n in range(5):
        commune.say(n * 0.1, n, "target:internet", "down")
        commune.say(n * 0.1, n, "target:dns", "down")
    (incident,) = commune.go_to(10)
    assert (incident.is_wide, len(incident.nodes), len(incident.away)) == (True, 5, 10)
    assert commune.opened == 1


def test_cameras_gone_together_are_one_and_a_covered_one_is_another(commune: Commune) -> None:
    for n, camera in enumerate(("cong", "san", "kho")):
        commune.say(n * 0.3, 0, f"camera:{camera}", "offline")
    commune.say(0.5, 0, "camera:bep", "covered")
    assert sorted(len(i.away) for i in commune.go_to(5)) == [1, 3]


def test_a_silent_camera_process_hides_its_cameras(commune: Commune) -> None:
    commune.say(0, 0, "process:camera", "silent")
    commune.say(1, 0, "camera:cong", "offline")
    commune.say(1, 0, "sound", "fault", detail="Không thấy card âm thanh USB")
    assert sorted(i.about for i in commune.go_to(3)) == [About.PROCESS, About.SOUND]


def test_a_flapping_line_is_one_incident_that_reopens(commune: Commune) -> None:
    for n in range(5):
        commune.lose(n * 10, 0)
        commune.regain(n * 10 + 4, 0)
    commune.lose(95, 0)
    (incident,) = commune.go_to(100)
    assert (incident.id, incident.reopenings) == (1, 5)
    assert count(commune.steps, Turn.REOPENED) == 5


def test_one_that_reopens_knows_when_it_began_first_and_when_the_last_time(commune: Commune) -> None:
    commune.lose(0, 0)
    commune.regain(2, 0)
    commune.lose(10, 0)
    (incident,) = commune.go_to(12)
    assert (incident.since_at, incident.again_at) == (at(0.4), at(10.4))
    assert [(m.since_at, m.left_at) for m in incident.members] == [(at(10.4), None)]
    commune.regain(13, 0)
    assert commune.go_to(14) == []
    assert (incident.since_at, incident.again_at, incident.closed_at) == (at(0.4), None, at(13))


def test_a_fault_that_is_told_together_with_its_end_was_one(commune: Commune) -> None:
    commune.say(30, 0, "camera:cong", "covered", began=3)
    commune.say(30, 0, "camera:cong", "ok", began=9)
    assert commune.go_to(31) == []
    assert [s.turn for s in commune.steps] == [Turn.OPENED, Turn.CLOSED]
    (member,) = commune.book.incidents[1].members
    assert (member.since_at, member.left_at) == (at(3), at(9))


def test_a_fault_after_a_good_hour_is_another_one(commune: Commune) -> None:
    commune.lose(0, 0)
    commune.regain(5, 0)
    commune.lose(65, 0)
    (incident,) = commune.go_to(70)
    assert incident.id == 2


def test_maintenance_keeps_from_opening_and_never_from_closing(commune: Commune) -> None:
    commune.say(0, 0, "camera:cong", "covered")
    commune.windows[VILLAGES[0]] = [window(VILLAGES[0], 10, 60)]
    commune.lose(20, 0)
    (before,) = commune.go_to(30)
    assert before.about is About.CAMERA
    commune.regain(40, 0)
    commune.say(41, 0, "camera:cong", "ok")
    assert commune.go_to(59) == []
    commune.lose(50, 0)
    (after,) = commune.go_to(61)
    assert after.opened_at == at(60), "what is not mended by the end of the work is told then"


def test_right_after_a_restart_of_the_hub_nothing_opens_and_all_may_close(commune: Commune) -> None:
    commune.lose(0, 0)
    commune.go_to(5)
    commune.restart_hub(10)
    commune.regain(10.1, 0)
    for n in (1, 2, 3):
        commune.say(11.5, n, "node", "down")
    assert commune.go_to(11.9) == []
    (incident,) = commune.go_to(13)
    assert (len(incident.away), incident.opened_at) == (3, at(12))


def test_half_the_fleet_at_once_freezes_what_acts_by_itself(commune: Commune) -> None:
    commune.lose(0, *range(14))
    commune.go_to(2)
    assert not is_frozen(commune.book, commune.setting, at(2))
    commune.lose(2, 14)
    commune.go_to(4)
    assert is_frozen(commune.book, commune.setting, at(4))
    assert not is_frozen(commune.book, commune.setting, at(20))


def test_a_node_that_is_no_longer_of_the_fleet_leaves_its_incidents(commune: Commune) -> None:
    commune.lose(0, 0)
    commune.go_to(5)
    commune.villages = VILLAGES[1:]
    assert commune.go_to(6) == []


def test_a_card_that_gives_up_is_one_incident_until_it_is_changed(commune: Commune) -> None:
    commune.say(0, 3, "card", "card_errors")
    commune.say(10, 3, "card", "read_only")
    (incident,) = commune.go_to(11)
    assert (incident.about, incident.members[0].value) == (About.MACHINE, "read_only")
    commune.say(200, 3, "card", "ok")
    assert commune.go_to(201) == []
    assert commune.opened == 1


def test_a_usb_device_that_falls_off_for_want_of_power_is_no_incident_of_its_own(commune: Commune) -> None:
    commune.say(0, 3, "power", "weak_power")
    commune.say(0.5, 3, "usb", "usb_gone", detail="USB Audio Device")
    (incident,) = commune.go_to(30)
    assert [m.subject for m in incident.members] == ["power"]
    commune.say(40, 3, "power", "ok")
    (left,) = commune.go_to(41)
    assert [m.subject for m in left.members] == ["usb"]


def test_of_the_machine_of_a_village_without_contact_nothing_opens(commune: Commune) -> None:
    commune.lose(0, 3)
    commune.say(2, 3, "heat", "hot")
    assert [i.about for i in commune.go_to(30)] == [About.CONTACT]
