"""What an order may have besides its recording, through the pages."""

from hub.broadcasts import Broadcast
from tests.hub.web.test_board import text
from tests.hub.web.test_broadcasts import form, only
from tests.hub.web.world import Browser, World


def test_an_intro_and_an_outro_are_chosen_and_heard_in_their_order(officer: Browser, world: World) -> None:
    intro, outro = world.add_sound("Lời chào", 5.0), world.add_sound("Lời kết", 4.0)
    filled = form(world, intro=intro.sha256, outro=outro.sha256)
    answer = officer.post("/broadcasts", data=filled)
    draft: Broadcast = only(world)
    assert [a.sha256 for a in (*draft.audio, *draft.outro)] == [intro.sha256, filled["recording"], outro.sha256]
    page = text(officer, answer.headers["location"])
    assert page.index("Lời chào") < page.index("Bản tin 2 phút") < page.index("Lời kết")
    refused = officer.post("/broadcasts", data=filled | {"title": "", "time": "17:00"}).text
    assert refused.count(f'value="{outro.sha256}" selected') == 1
    assert '<details class="panel more" open>' in refused
