"""What a technician would conclude from the same answers: one cause, or that nobody can know."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contract.reports import Vitals
from contract.terms import Miss, NetworkCause
from edge.netmon.diagnosis import Belief, House, diagnose

ROUTER = Belief(kind="gateway", is_up=True)
RESOLVER = Belief(kind="dns", is_up=True, is_own=True)
PUBLIC = Belief(kind="dns", is_up=True, is_outside=True)
PAGE = Belief(kind="http204", is_up=True, is_outside=True, is_named=True)
OTHER = Belief(kind="http204", is_up=True, is_outside=True, is_named=True)
HUB = Belief(kind="tls", is_up=True, is_outside=True)
WELL = (ROUTER, RESOLVER, PUBLIC, PAGE, OTHER, HUB)

FINE = Vitals(uptime_s=1.0, throttled=0)
WEAK = Vitals(uptime_s=1.0, throttled=0x50005)
WIRED = House(has_device=True, has_link=True, has_route=True, is_router_near=True)
ALONE = House(has_device=True, has_link=True, has_route=True, is_router_near=False)


def down(belief: Belief, miss: Miss = Miss.NONE) -> Belief:
    return replace(belief, is_up=False, miss=miss)


def unnamed(belief: Belief) -> Belief:
    return down(belief, Miss.UNNAMED)


def welcome(belief: Belief) -> Belief:
    return down(belief, Miss.CAPTIVE)


def unknown(belief: Belief) -> Belief:
    return replace(belief, is_up=None)


SILENCE = tuple(down(b) for b in WELL)


def test_an_ordinary_day() -> None:
    assert diagnose(WELL, WIRED, FINE) is NetworkCause.NONE


def test_a_digger_cuts_the_providers_cable() -> None:
    """The router answers; the public resolver, asked by its address, does not; no name is found any more."""
    seen = (ROUTER, down(RESOLVER), down(PUBLIC), unnamed(PAGE), unnamed(OTHER), down(HUB))
    assert diagnose(seen, WIRED, FINE) is NetworkCause.PROVIDER


@pytest.mark.parametrize("is_up", [True, False])
def test_whoever_gives_out_addresses_proves_nothing_of_the_line(is_up: bool) -> None:
    lease = Belief(kind="dhcp", is_up=is_up)
    assert diagnose((*WELL, lease), WIRED, FINE) is NetworkCause.NONE
    assert diagnose((*SILENCE, lease), ALONE, FINE) is NetworkCause.GATEWAY


def test_one_page_abroad_is_gone_and_nobody_is_sent_out() -> None:
    assert diagnose((ROUTER, RESOLVER, PUBLIC, down(PAGE), OTHER, HUB), WIRED, FINE) is NetworkCause.NONE


def test_the_sea_cable_breaks_and_the_hub_within_the_country_is_still_reached() -> None:
    seen = (ROUTER, RESOLVER, down(PUBLIC), down(PAGE), down(OTHER), HUB)
    assert diagnose(seen, WIRED, FINE) is NetworkCause.UNKNOWN, "a line that carries to the hub is no dead line"


def test_a_house_with_one_page_to_ask_cannot_tell_a_dead_page_from_a_dead_line() -> None:
    assert diagnose((ROUTER, RESOLVER, down(PAGE)), WIRED, FINE) is NetworkCause.UNKNOWN


def test_where_no_name_is_found_no_page_was_asked_and_the_line_is_not_blamed() -> None:
    assert diagnose((ROUTER, down(RESOLVER), unnamed(PAGE), unnamed(OTHER)), WIRED, FINE) is NetworkCause.UNKNOWN


def test_a_public_resolver_that_answers_with_an_error_is_not_silent() -> None:
    """Some router answers in its place, or the line carries: who knows."""
    wrong = down(PUBLIC, Miss.WRONG)
    seen = (ROUTER, down(RESOLVER, Miss.WRONG), wrong, unnamed(PAGE), unnamed(OTHER))
    assert diagnose(seen, WIRED, FINE) is NetworkCause.UNKNOWN


def test_the_houses_resolver_dies_while_the_line_lives() -> None:
    seen = (ROUTER, down(RESOLVER), PUBLIC, unnamed(PAGE), unnamed(OTHER), HUB)
    assert diagnose(seen, WIRED, FINE) is NetworkCause.DNS


def test_a_resolver_that_is_dead_while_names_are_found_by_another_is_no_outage() -> None:
    assert diagnose((ROUTER, down(RESOLVER), PUBLIC, PAGE, OTHER, HUB), WIRED, FINE) is NetworkCause.NONE


def test_the_wifi_wants_its_terms_agreed_to() -> None:
    seen = (ROUTER, RESOLVER, PUBLIC, welcome(PAGE), welcome(OTHER), down(HUB))
    assert diagnose(seen, WIRED, FINE) is NetworkCause.CAPTIVE


def test_one_odd_page_beside_a_good_one_is_no_portal() -> None:
    assert diagnose((ROUTER, RESOLVER, PUBLIC, welcome(PAGE), OTHER, HUB), WIRED, FINE) is NetworkCause.NONE


def test_the_commune_office_loses_power_and_with_it_the_hub() -> None:
    assert diagnose((ROUTER, RESOLVER, PUBLIC, PAGE, OTHER, down(HUB)), WIRED, FINE) is NetworkCause.HUB


def test_the_router_hangs() -> None:
    assert diagnose(SILENCE, ALONE, FINE) is NetworkCause.GATEWAY


def test_a_router_that_never_takes_pings_is_not_blamed_for_the_providers_line() -> None:
    assert diagnose(SILENCE, WIRED, FINE) is NetworkCause.PROVIDER
    assert diagnose((down(ROUTER), *WELL[1:]), WIRED, FINE) is NetworkCause.NONE


def test_a_router_that_took_pings_is_not_there_for_being_remembered() -> None:
    """The kernel keeps the router's entry for most of a minute after its cable was pulled."""
    fell_silent = replace(unknown(ROUTER), has_answered=True)
    assert diagnose((fell_silent, *SILENCE[1:]), WIRED, FINE) is NetworkCause.UNKNOWN, "two pings are lost so far"
    assert diagnose((down(fell_silent), *SILENCE[1:]), WIRED, FINE) is NetworkCause.GATEWAY


def test_the_wifis_password_was_changed() -> None:
    assert diagnose(SILENCE, replace(ALONE, has_link=False), FINE) is NetworkCause.ACCESS_POINT


def test_the_wifi_is_joined_and_gives_no_address() -> None:
    assert diagnose(SILENCE, replace(ALONE, has_route=False), FINE) is NetworkCause.ACCESS_POINT


def test_the_wifi_stick_fell_out() -> None:
    assert diagnose(SILENCE, House(has_device=False, has_link=False), FINE) is NetworkCause.PI


def test_a_thin_cable_starves_the_pi_until_its_wifi_goes() -> None:
    assert diagnose(SILENCE, replace(ALONE, has_link=False), WEAK) is NetworkCause.POWER
    assert diagnose(WELL, WIRED, WEAK) is NetworkCause.NONE, "weak, and yet the network works"


@pytest.mark.parametrize("seen", [(), tuple(unknown(b) for b in WELL), (ROUTER,), (ROUTER, RESOLVER)])
def test_of_what_was_not_seen_nothing_is_said(seen: tuple[Belief, ...]) -> None:
    assert diagnose(seen, WIRED, WEAK) is NetworkCause.UNKNOWN


def page_beyond(belief: Belief) -> Belief:
    """A page counts as the internet, wherever it is (`opinion.believe`)."""
    return replace(belief, is_outside=True) if belief.kind == "http204" else belief


BELIEFS = st.lists(
    st.builds(
        Belief,
        kind=st.sampled_from(["gateway", "dns", "http204", "tls"]),
        is_up=st.sampled_from([True, False, None]),
        miss=st.sampled_from(Miss),
        is_outside=st.booleans(),
        is_named=st.booleans(),
        is_own=st.booleans(),
        has_answered=st.booleans(),
    ).map(page_beyond),
    max_size=8,
)
MAYBE = st.sampled_from([True, False, None])
HOUSES = st.builds(House, has_device=MAYBE, has_link=MAYBE, has_route=MAYBE, is_router_near=MAYBE)
VITALS = st.builds(Vitals, uptime_s=st.just(1.0), throttled=st.sampled_from([None, 0, 0x1, 0x50000]))
OF_THE_HOUSE = {NetworkCause.POWER, NetworkCause.PI, NetworkCause.ACCESS_POINT, NetworkCause.GATEWAY}
RANK: list[NetworkCause] = [cause for cause in NetworkCause if cause is not NetworkCause.UNKNOWN]
"""From the smallest to the largest."""


@given(BELIEFS, HOUSES, VITALS)
def test_no_cause_contradicts_a_target_that_is_up(seen: list[Belief], house: House, vitals: Vitals) -> None:
    cause = diagnose(seen, house, vitals)
    up = [b for b in seen if b.is_up]
    assert cause not in OF_THE_HOUSE or not up
    assert cause is not NetworkCause.PROVIDER or not any(b.is_outside for b in up)
    assert cause is not NetworkCause.DNS or not any(b.is_named for b in up)
    assert cause is not NetworkCause.CAPTIVE or not any(b.kind == "http204" for b in up)
    assert cause is not NetworkCause.HUB or not any(b.kind == "tls" for b in up)
    assert cause is not NetworkCause.NONE or up


@given(BELIEFS, HOUSES, VITALS)
def test_a_cause_is_only_told_where_something_failed(seen: list[Belief], house: House, vitals: Vitals) -> None:
    cause = diagnose(seen, house, vitals)
    if cause not in (NetworkCause.NONE, NetworkCause.UNKNOWN):
        assert any(b.is_up is False for b in seen)


@given(BELIEFS, HOUSES, VITALS, st.data())
def test_one_more_failure_never_makes_the_cause_smaller(
    seen: list[Belief], house: House, vitals: Vitals, data: st.DataObject
) -> None:
    up = [n for n, b in enumerate(seen) if b.is_up]
    assume(up)
    n = data.draw(st.sampled_from(up))
    miss = data.draw(st.sampled_from(Miss))
    worse = [down(b, miss) if n == m else b for m, b in enumerate(seen)]
    before, after = diagnose(seen, house, vitals), diagnose(worse, house, vitals)
    if NetworkCause.UNKNOWN not in (before, after):
        assert RANK.index(after) >= RANK.index(before)


@given(BELIEFS, HOUSES, VITALS)
def test_the_order_of_the_targets_does_not_matter(seen: list[Belief], house: House, vitals: Vitals) -> None:
    assert diagnose(seen, house, vitals) is diagnose(reversed(seen), house, vitals)


@given(BELIEFS, VITALS)
def test_a_page_alone_that_fails_is_never_the_providers_outage(seen: list[Belief], vitals: Vitals) -> None:
    alone = [b for b in seen if not b.is_outside]
    assert diagnose([*alone, down(PAGE)], WIRED, vitals) is not NetworkCause.PROVIDER
