"""Which villages a board shows: by trouble, by name, by part of the map, and page by page."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contract.reports import CameraReport, ClockReport, Heartbeat, PlanReport, TargetReport, Vitals
from contract.terms import CameraFault, Trust
from hub.nodes.fleet import Node, Status
from hub.nodes.positions import Position
from hub.nodes.windows import Window
from hub.web.board import choice, map_view
from hub.web.board.choice import CARDS_MOST, TILES_A_PAGE, TROUBLED_CARDS, Box, Trouble, Wish
from hub.web.wording.phrases import Tone
from hub.web.wording.villages import Village, describe
from tests.hub.web.world import MORNING

BLIND = CameraReport(id="cong", fault=CameraFault.COVERED, since_at=MORNING)
CUT_OFF = TargetReport(id="internet", is_up=False, since_at=MORNING, rtt_ms=None)
AT_WORK = Window(
    id="m", node="thon-1", camera="", starts_at=MORNING, ends_at=MORNING + timedelta(hours=1), reason="sửa",
    made_by="tam", made_at=MORNING,
)  # fmt: skip


def village(
    n: int,
    title: str = "",
    status: Status = Status.UP,
    position: Position | None = None,
    windows: tuple[Window, ...] = (),
    **said: object,
) -> Village:
    told: dict[str, object] = {
        "at": MORNING, "plan": PlanReport(), "clock": ClockReport(trust=Trust.TRUSTED), "vitals": Vitals(uptime_s=9.0),
        **said,
    }  # fmt: skip
    beat = Heartbeat(**told)  # type: ignore[arg-type]
    node = Node(id=f"thon-{n}", title=title or f"Thôn {n:05}", added_at=MORNING, position=position)
    return describe(node, status, None, beat, {}, windows=windows)


def titles(villages: object) -> list[str]:
    assert isinstance(villages, list | tuple)
    return [v.node.title for v in villages]


@pytest.mark.parametrize(
    ("one", "kinds"),
    [
        (village(1), set()),
        (village(1, status=Status.LATE), set()),
        (village(1, status=Status.DOWN), {Trouble.ANY, Trouble.CONTACT}),
        (village(1, silent=("speaker",)), {Trouble.ANY, Trouble.SOUND}),
        (village(1, sound_fault="USB"), {Trouble.ANY, Trouble.SOUND}),
        (village(1, cameras=(BLIND,)), {Trouble.ANY, Trouble.CAMERA}),
        (village(1, targets=(CUT_OFF,)), {Trouble.ANY, Trouble.NETWORK}),
        (village(1, vitals=Vitals(uptime_s=9.0, temperature_c=85.0)), {Trouble.ANY, Trouble.NODE}),
        (village(1, cameras=(BLIND,), sound_fault="USB"), {Trouble.ANY, Trouble.CAMERA, Trouble.SOUND}),
        (village(1, plan=PlanReport(missing_count=2)), set()),
        (village(1, windows=(AT_WORK,), sound_fault="USB"), {Trouble.MAINTENANCE}),
    ],
)
def test_what_is_wrong_there(one: Village, kinds: set[Trouble]) -> None:
    assert choice.troubles(one) == kinds


def test_few_villages_are_cards_the_worst_first() -> None:
    fleet = [village(1), village(2, cameras=(BLIND,)), village(3, status=Status.DOWN)]
    found = choice.choose(choice.survey(fleet), Wish())
    assert titles(found.cards) == ["Thôn 00003", "Thôn 00002", "Thôn 00001"]
    assert (found.tiles, found.pages) == ((), 1)


def test_of_many_those_in_trouble_are_cards_and_all_are_tiles_by_name() -> None:
    fleet = [village(n, status=Status.DOWN if n % 2 else Status.UP) for n in range(CARDS_MOST + 1)]
    found = choice.choose(choice.survey(reversed(fleet)), Wish())
    assert len(found.cards) == TROUBLED_CARDS
    assert all(v.status is Status.DOWN for v in found.cards)
    assert titles(found.tiles) == [v.node.title for v in fleet]


def test_a_filter_counts_what_it_would_find_and_finds_that() -> None:
    fleet = [village(1), village(2, cameras=(BLIND,)), village(3, status=Status.DOWN), village(4, cameras=(BLIND,))]
    seen = choice.survey(fleet)
    assert choice.choose(seen, Wish()).counts == {Trouble.ANY: 3, Trouble.CAMERA: 2, Trouble.CONTACT: 1}
    for trouble, count in choice.choose(seen, Wish()).counts.items():
        found = choice.choose(seen, Wish(trouble))
        assert len(found.found) == count
        assert found.counts[Trouble.CAMERA] == 2, "the others' counts stay"


def test_a_search_needs_no_accents_and_knows_the_node_too() -> None:
    seen = choice.survey([village(1, "Thôn Đông"), village(2, "Xóm Đoài"), village(3, "Làng Đông Đoài")])
    assert titles(choice.choose(seen, Wish(words="dong")).cards) == ["Làng Đông Đoài", "Thôn Đông"]
    assert titles(choice.choose(seen, Wish(words="ĐOÀI dong")).cards) == ["Làng Đông Đoài"]
    assert titles(choice.choose(seen, Wish(words="thon-2")).cards) == ["Xóm Đoài"]
    assert choice.choose(seen, Wish(words="không có")).cards == []


def test_numbers_in_names_are_in_their_order() -> None:
    names = ["Xóm 2", "Thôn 10", "Đội 1", "Thôn 9", "Thôn 100"]
    found = choice.by_name(village(n, name) for n, name in enumerate(names))
    assert titles(found) == ["Đội 1", "Thôn 9", "Thôn 10", "Thôn 100", "Xóm 2"]


def test_every_village_is_on_one_page() -> None:
    fleet = [village(n) for n in range(2 * TILES_A_PAGE + 3)]
    pages = [choice.choose(choice.survey(fleet), Wish(page=page)) for page in (1, 2, 3)]
    assert [len(page.tiles) for page in pages] == [TILES_A_PAGE, TILES_A_PAGE, 3]
    assert [t for page in pages for t in titles(page.tiles)] == [v.node.title for v in fleet]
    late = choice.choose(choice.survey(fleet), Wish(page=99))
    assert (late.wish.page, late.pages) == (3, 3), "a page that is gone is the last one"


def test_the_address_holds_what_was_wished() -> None:
    wish = Wish(Trouble.CAMERA, "thôn đông", Box(20.0, 105.0, 21.0, 106.0), 2)
    box = "20.000000%2C105.000000%2C21.000000%2C106.000000"
    assert wish.query == f"?trouble=camera&q=th%C3%B4n+%C4%91%C3%B4ng&box={box}&page=2"
    assert Wish().query == ""
    assert wish.of(None).query.count("page") == 0, "another filter begins with its first page"
    assert choice.read_box(str(wish.box)) == wish.box


@pytest.mark.parametrize("text", ["1,2,3", "a,b,c,d", "2,0,1,1", "nan,0,1,1", "0,0,91,1", "1,2,3,4,5"])
def test_what_is_no_part_of_a_map_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        choice.read_box(text)


def test_a_pin_of_several_shows_the_worst_and_leads_to_them_alone() -> None:
    here, beside, far = Position(21.0, 105.8), Position(21.0001, 105.8), Position(21.2, 105.9)
    fleet = [village(1, position=here), village(2, position=beside, status=Status.DOWN), village(3, position=far)]
    seen = choice.survey([*fleet, village(4)])
    drawn = map_view.view(seen.villages, seen.tones, Wish())
    assert drawn is not None
    assert drawn.missing == 1
    alone, group = drawn.marks
    assert (alone.tone, group.tone) == (Tone.GOOD, Tone.BAD), "the worst is drawn last, above all others"
    assert alone.href == "/nodes/thon-3"
    assert titles(group.villages) == ["Thôn 00002", "Thôn 00001"]
    assert alone.label is None
    assert group.label is not None
    assert group.label.y < group.y, "at the bottom the name stands above"
    text = group.href.removeprefix("/?box=").removesuffix("#map").replace("%2C", ",")
    inside = choice.choose(seen, Wish(box=choice.read_box(text)))
    assert titles(inside.cards) == ["Thôn 00002", "Thôn 00001"]


def test_the_verdict_counts_the_whole_fleet() -> None:
    late, new = village(1, status=Status.LATE), village(2, status=Status.NEW)
    seen = choice.survey([late, new, village(3), village(4, status=Status.DOWN), village(5, cameras=(BLIND,))])
    assert (seen.troubled, seen.unsure, seen.able, seen.down, seen.faulty) == (2, 2, 2, 1, 1)
    gone = replace(village(6).node, is_revoked=True)
    assert len(choice.survey([replace(village(6), node=gone)]).villages) == 0
