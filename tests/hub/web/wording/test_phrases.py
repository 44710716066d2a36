"""Every term of the contract and of the hub has its words, in both languages."""

from enum import StrEnum

import pytest

from contract.terms import CameraFault, Doubt, NetworkCause, Outcome, Priority, Reason, Trust
from hub.alarms.emergency import Reach
from hub.nodes.fleet import Status
from hub.orders.broadcasts import Readiness
from hub.people.accounts import Role, Scope
from hub.web.wording import phrases, words
from hub.web.wording.phrases import Line, OrderFault, Phase, Target, Tone

TERMS: tuple[type[StrEnum], ...] = (
    Status, Phase, Priority, Outcome, Reason, Readiness, CameraFault, Trust, Target, Role, Scope, Reach, OrderFault,
    NetworkCause, Doubt,
)  # fmt: skip


@pytest.mark.parametrize("kind", TERMS, ids=lambda kind: kind.__name__)
def test_no_term_is_without_words(kind: type[StrEnum]) -> None:
    for language in words.load().values():
        said = [phrases.say(language, term) for term in kind]
        assert all(said)
        assert len(set(said)) == len(said), "two terms that say the same"


@pytest.mark.parametrize("kind", [Status, Phase, Priority, Outcome, Reach], ids=lambda kind: kind.__name__)
def test_a_state_is_told_by_icon_and_colour_as_well(kind: type[StrEnum]) -> None:
    for term in kind:
        icon, tone = phrases.badge(term)
        assert icon
        assert tone in Tone


def test_terms_of_the_same_spelling_are_not_mixed_up() -> None:
    vietnamese = words.load()["vi"]
    assert phrases.say(vietnamese, Priority.EMERGENCY) == "Khẩn cấp"
    assert phrases.say(vietnamese, Reason.EMERGENCY) == "có buổi phát khẩn cấp"


def test_a_line_puts_its_terms_in_the_same_language() -> None:
    line = Line("Camera %(name)s: %(fault)s", "camera", Tone.BAD, {"name": "cổng", "fault": CameraFault.FROZEN})
    languages = words.load()
    assert phrases.say(languages["vi"], line) == "Camera cổng: đứng hình"
    assert phrases.say(languages["en"], line) == "Camera cổng: picture stands still"


def test_an_english_page_takes_the_english_half_of_a_nodes_own_words() -> None:
    languages = words.load()
    both = "địa chỉ này từ chối kết nối (connection refused)"
    assert phrases.say_detail(languages["vi"], both) == both
    assert phrases.say_detail(languages["en"], both) == "connection refused"
    assert phrases.say_detail(languages["en"], "HTTP 401 (Unauthorized)") == "HTTP 401 (Unauthorized)"
    covered = "ống kính bị che; cần gỡ vật che (covered)"
    assert phrases.say_more(languages["vi"], covered, "ống kính") == "ống kính bị che; cần gỡ vật che"
    assert phrases.say_more(languages["en"], covered, "a lens") == "covered"
    assert phrases.say_more(languages["vi"], both, "hỏng") == both
    line = Line("The sound does not work: %(detail)s", "horn", Tone.BAD, {"detail": "không có card (no card)"})
    assert phrases.say(languages["en"], line) == "The sound does not work: no card"
