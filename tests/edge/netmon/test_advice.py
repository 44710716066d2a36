"""The node and the hub say the same of a cause, in the same words."""

import pytest

from contract.terms import NetworkCause
from edge.netmon.advice import ACTIONS, SENTENCES, in_words
from hub.web.wording import network_lines, phrases, words


@pytest.mark.parametrize("cause", NetworkCause)
def test_node_and_hub_agree_on_the_words(cause: NetworkCause) -> None:
    languages = words.load()
    assert SENTENCES[cause] == tuple(phrases.say(languages[name], cause) for name in ("vi", "en"))
    advice = network_lines.ADVICE.get(cause)
    said = None if advice is None else tuple(languages[name].gettext(advice) for name in ("vi", "en"))
    assert ACTIONS.get(cause) == said


def test_a_cause_is_told_with_what_to_do() -> None:
    assert in_words(NetworkCause.NONE) == "Mạng hoạt động / The network works"
    assert "gọi nhà mạng. / The wifi router works" in in_words(NetworkCause.PROVIDER)
