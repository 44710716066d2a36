"""An officer reads one clear sentence, in Vietnamese first."""

import pytest

from hub.media.rejection import Cause, Rejected, say_duration, say_size


@pytest.mark.parametrize("cause", list(Cause))
def test_each_cause_is_one_whole_sentence_in_both_languages(cause: Cause) -> None:
    rejected = Rejected(cause, "for the log", say_duration(7200))
    assert rejected.code == cause.value
    for message in (rejected.message_vi, rejected.message_en):
        assert message.endswith(".")
        assert ". " not in message
        assert "{" not in message
        assert "for the log" not in message
    assert any(ord(letter) > 127 for letter in rejected.message_vi)


def test_the_limit_that_was_broken_is_named() -> None:
    assert "2 giờ" in Rejected(Cause.TOO_LONG, "", say_duration(7200)).message_vi
    assert "200 MB" in Rejected(Cause.TOO_LARGE, "", say_size(200_000_000)).message_en


def test_limits_are_written_as_people_say_them() -> None:
    assert say_duration(5400) == ("90 phút", "90 minutes")
    assert say_duration(0.5) == ("0,5 giây", "0.5 seconds")
    assert say_size(1_500_000) == ("1,5 MB", "1.5 MB")
