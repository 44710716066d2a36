"""Hosts of two kinds of addresses, of which one may lead nowhere; all on loopback."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from edge.netmon.connection import Found, reach

pytestmark = pytest.mark.real
NET4, NET6 = socket.AF_INET, socket.AF_INET6
HOME = {NET4: "127.0.0.1", NET6: "::1"}


class House:
    """Ports of this machine, by IPv4 and by IPv6."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def listen(self, family: socket.AddressFamily, backlog: int = 5) -> Found:
        server = self._stack.enter_context(socket.socket(family))
        server.bind((HOME[family], 0))
        server.listen(backlog)
        return _found(family, server)

    def swallow(self, family: socket.AddressFamily) -> Found:
        """A port whose queue is full: whoever comes is neither answered nor refused."""
        found = self.listen(family, backlog=0)
        for _ in range(4):
            caller = self._stack.enter_context(socket.socket(family))
            caller.setblocking(False)
            caller.connect_ex(found[4])
        return found

    def refuse(self, family: socket.AddressFamily) -> Found:
        with closing(socket.socket(family)) as free:
            free.bind((HOME[family], 0))
            return _found(family, free)


def _found(family: socket.AddressFamily, server: socket.socket) -> Found:
    return (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", server.getsockname())


@pytest.fixture
def house() -> Iterator[House]:
    with ExitStack() as stack:
        one = House(stack)
        try:
            one.refuse(NET6)
        except OSError:
            pytest.skip("this machine has no IPv6")
        yield one


@pytest.mark.parametrize("dead", [NET4, NET6])
def test_a_line_of_which_one_kind_leads_nowhere_is_reached_by_the_other(
    house: House, dead: socket.AddressFamily
) -> None:
    alive = NET4 if dead == NET6 else NET6
    with reach([house.swallow(dead), house.listen(alive)], 1.0) as door:
        assert door.family == alive


def test_where_both_answer_it_is_ipv4_that_is_measured(house: House) -> None:
    with reach([house.listen(NET6), house.listen(NET4)], 1.0) as door:
        assert door.family == NET4


def test_where_none_answers_it_is_known_in_time_and_told_as_ipv4_met_it(house: House) -> None:
    began_s = time.monotonic()
    with pytest.raises(TimeoutError):
        reach([house.refuse(NET6), house.swallow(NET4)], 0.4)
    with pytest.raises(ConnectionRefusedError):
        reach([house.swallow(NET6), house.refuse(NET4)], 0.4)
    assert time.monotonic() - began_s < 2


def test_a_host_of_one_kind_alone_has_all_the_time(house: House) -> None:
    began_s = time.monotonic()
    with pytest.raises(TimeoutError):
        reach([house.swallow(NET6)], 0.4)
    assert time.monotonic() - began_s >= 0.39
