"""What nodes refused in the last day, as a line a technician understands, on the board and on the node's page."""

from datetime import timedelta

import pytest

from contract.events import Key, Refusal
from contract.terms import Reason
from hub.store import records
from hub.web.wording import phrases, words
from hub.web.wording.order_faults import describe
from hub.web.wording.phrases import Tone
from tests.hub.web.world import MORNING, VILLAGES, Browser, World

EAST, *_ = VILLAGES
VI = words.load()["vi"]


def refuse(world: World, reasons: list[Reason], hours_ago: float = 1) -> None:
    at = world.clock() - timedelta(hours=hours_ago)
    refusals = [
        (EAST, Refusal(key=Key(stream=f"s{hours_ago}", seq=n), at=at, what="command", reason=reason), at)
        for n, reason in enumerate(reasons, start=1)
    ]
    with world.database.write() as c:
        records.insert_events(c, refusals)


@pytest.mark.parametrize(
    ("refused", "said", "tone"),
    [
        (
            {Reason.REPLAYED: 2, Reason.BAD_SIGNATURE: 10},
            "12 lệnh bị từ chối trong 24 giờ: chữ ký sai 10, phát lại 2",
            Tone.BAD,
        ),
        ({Reason.MALFORMED: 1}, "1 lệnh bị từ chối trong 24 giờ: không đọc được 1", Tone.BAD),
        ({Reason.REPLAYED: 1}, "1 lệnh bị từ chối trong 24 giờ: phát lại 1", Tone.WARN),
        (
            {Reason.STALE_NONCE: 2, Reason.EXPIRED: 1},
            "3 lệnh bị từ chối trong 24 giờ: hết hiệu lực 2, đến quá muộn 1",
            Tone.INFO,
        ),
        ({Reason.POWER: 1, Reason.DAY: 1}, "2 lệnh bị từ chối trong 24 giờ: lý do khác 2", Tone.WARN),
    ],
)
def test_one_line_says_how_many_of_which_kind(refused: dict[Reason, int], said: str, tone: Tone) -> None:
    (line,) = describe(refused)
    assert (phrases.say(VI, line), line.tone) == (said, tone)


def test_where_nothing_was_refused_nothing_is_said() -> None:
    assert list(describe({})) == []


def test_board_and_node_show_the_last_day_and_no_more(officer: Browser, world: World) -> None:
    refuse(world, [Reason.BAD_SIGNATURE] * 3 + [Reason.REPLAYED])
    refuse(world, [Reason.BAD_SIGNATURE] * 5, hours_ago=25)
    said = "4 lệnh bị từ chối trong 24 giờ: chữ ký sai 3, phát lại 1"
    assert said in officer.get("/").text
    assert said in officer.get(f"/nodes/{EAST}").text
    world.clock.now = MORNING + timedelta(hours=24)
    assert "bị từ chối trong 24 giờ" not in officer.get("/").text
