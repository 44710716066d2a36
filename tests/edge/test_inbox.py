"""What comes down, and the card it is written to."""

from pathlib import Path

import pytest

from contract.orders import Counter
from edge.inbox import MAX_COMMANDS, Inbox
from edge.spool import Spool
from tests.edge.conftest import command, plan


class TestInbox:
    def test_what_a_full_card_refuses_is_kept_and_tried_again(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path)
        rings: list[int] = []
        inbox = Inbox(spool, lambda: rings.append(1))
        commands = tmp_path / "commands"
        commands.rmdir()
        commands.write_text("no room")
        with pytest.raises(NotADirectoryError):
            list(spool.commands())
        inbox.take("command", command(1))
        inbox.take("command", command(2))
        commands.unlink()
        commands.mkdir()
        inbox.settle()
        assert [wire for _, wire in spool.commands()] == [command(1), command(2)]
        assert len(rings) == 2

    def test_a_flood_of_commands_does_not_fill_the_card(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path)
        inbox = Inbox(spool, lambda: None)
        for n in range(MAX_COMMANDS + 50):
            inbox.take("command", command(n))
        assert len(list(spool.commands())) == MAX_COMMANDS

    def test_commands_stay_in_order_over_a_restart(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path)
        Inbox(spool, lambda: None).take("command", command(1))
        Inbox(spool, lambda: None).take("command", command(2))
        assert [wire for _, wire in spool.commands()] == [command(1), command(2)]

    def test_a_damaged_spool_is_as_good_as_none(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path)
        spool.put_plan(b"half a pl")
        inbox = Inbox(spool, lambda: None)
        assert inbox.received is None
        inbox.take("plan", plan(3))
        assert inbox.received == Counter(0, 3)
        assert spool.plan() == plan(3)
