"""The real probe and its fake answer alike of the same state of the world; all on loopback."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from edge.netmon.config import Target
from edge.netmon.probe import Answer, CannotMeasure, NetworkProbe, Probe, ScriptedProbe
from simulator.internet import GATEWAY, Internet, State

Switch = Callable[[State], None]
Scene = tuple[Probe, Target, Target, Switch]
NO = Answer(None, "không trả lời (no answer)")
PORTAL = Answer(None, "bị chuyển tới trang chào của wifi (captive portal, HTTP 302)")


@pytest.fixture(params=["scripted", pytest.param("network", marks=pytest.mark.real)])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    """A probe, a resolver and a page to ask, and the means to switch the internet behind them."""
    if request.param == "scripted":
        fake = ScriptedProbe()

        def switch(state: State) -> None:
            fake.set("dns", NO if state == "down" else Answer(5.0))
            fake.set("internet", {"up": Answer(20.0), "down": NO, "captive": PORTAL}[state])

        yield fake, Target(id="dns", kind="dns"), Target(id="internet", kind="http204", address="http://x/"), switch
        return
    with Internet() as net:
        yield (
            NetworkProbe(timeout_s=0.3),
            Target(id="dns", kind="dns", address=net.resolver),
            Target(id="internet", kind="http204", address=net.page),
            net.switch,
        )


def test_up_means_an_answer_in_some_time(scene: Scene) -> None:
    probe, dns, page, switch = scene
    switch("up")
    for target in (dns, page):
        answer = probe.ask(target)
        assert answer.detail == ""
        assert answer.rtt_ms is not None
        assert 0 < answer.rtt_ms < 300


def test_down_means_no_answer(scene: Scene) -> None:
    probe, dns, page, switch = scene
    switch("down")
    assert probe.ask(dns) == NO
    assert probe.ask(page) == NO


def test_a_welcome_page_is_not_the_internet(scene: Scene) -> None:
    probe, dns, page, switch = scene
    switch("captive")
    assert probe.ask(page) == PORTAL
    assert probe.ask(dns).rtt_ms is not None


@pytest.mark.real
def test_this_machine_answers_its_own_ping() -> None:
    try:
        answer = NetworkProbe(timeout_s=1).ask(Target(id="gateway", kind="gateway", address=GATEWAY))
    except CannotMeasure:
        pytest.skip("this machine permits this user no ping")
    assert answer.rtt_ms is not None
    assert answer.detail == ""


@pytest.mark.real
def test_a_port_where_nobody_listens_is_refused_at_once() -> None:
    with closing(socket.create_server((GATEWAY, 0))) as free:
        port = free.getsockname()[1]
    answer = NetworkProbe().ask(Target(id="internet", kind="http204", address=f"http://{GATEWAY}:{port}/"))
    assert answer == Answer(None, "từ chối kết nối (refused)")


@pytest.mark.real
def test_a_page_that_drips_its_answer_does_not_hold_the_probe() -> None:
    with closing(socket.create_server((GATEWAY, 0))) as silent:
        target = Target(id="internet", kind="http204", address=f"http://{GATEWAY}:{silent.getsockname()[1]}/")
        assert NetworkProbe(timeout_s=0.2).ask(target) == NO
