"""Each change in the life of a node as a sentence, unknown ones too."""

from datetime import UTC, datetime

import pytest

from hub.nodes.fleet import Flip
from hub.nodes.leavers import LEFT
from hub.web.wording import flips, phrases, words
from hub.web.wording.phrases import Tone

VI = words.load()["vi"]


@pytest.mark.parametrize(
    ("subject", "value", "said", "tone"),
    [
        ("node", "down", "Mất liên lạc", Tone.BAD),
        ("node", "up", "Hoạt động", Tone.GOOD),
        ("camera:cong", "frozen", "Camera cong: đứng hình", Tone.BAD),
        ("camera:cong", "ok", "Camera cong: có hình", Tone.GOOD),
        ("target:internet", "down", "Mạng, Internet: không trả lời", Tone.BAD),
        ("target:internet", "up", "Mạng, Internet: có trả lời", Tone.GOOD),
        ("target:gateway", "down", "Mạng, Bộ phát wifi: không trả lời", Tone.BAD),
        ("target:loa-2", "up", "Mạng, loa-2: có trả lời", Tone.GOOD),
        ("network", "provider", "Bộ phát wifi vẫn chạy nhưng đường truyền của nhà mạng bị mất", Tone.BAD),
        ("network", "", "Mạng hoạt động", Tone.GOOD),
        ("network", "moon", "network: moon", Tone.BAD),
        ("clock", "untrusted", "Đồng hồ chưa tin được", Tone.BAD),
        ("clock", "holdover", "Đồng hồ tự chạy", Tone.WARN),
        ("clock", "trusted", "Đồng hồ đúng", Tone.GOOD),
        ("sound", "gone", "Âm thanh không hoạt động: gone", Tone.BAD),
        ("sound", "", "Âm thanh hoạt động", Tone.GOOD),
        ("process:speaker", "silent", "Chương trình phát âm thanh trên nút không trả lời", Tone.BAD),
        ("process:speaker", "ok", "Chương trình phát âm thanh trên nút đã trả lời lại", Tone.GOOD),
        ("process:other", "silent", "process:other: silent", Tone.BAD),
        ("view:cong", "ok", "Camera cong: đã nhận góc nhìn mới làm góc đúng", Tone.INFO),
        ("camera:cong", "eaten", "camera:cong: eaten", Tone.BAD),
        ("boot", "ok", "Nút vừa khởi động", Tone.INFO),
        ("power", "weak_power", "Nguồn điện của Pi quá yếu", Tone.BAD),
        ("power", "ok", "Nguồn điện của Pi đã đủ trở lại", Tone.GOOD),
        ("card", "moon", "card: moon", Tone.BAD),
        ("restart:speaker", "hung", "Chương trình phát âm thanh trên nút đã được khởi động lại: nó bị treo", Tone.WARN),
        ("later", "thing", "later: thing", Tone.BAD),
    ],
)
def test_a_change_is_said_plainly(subject: str, value: str, said: str, tone: Tone) -> None:
    line = flips.describe(Flip(node="xa-dong", subject=subject, value=value, at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert phrases.say(VI, line) == said
    assert line.tone is tone


@pytest.mark.parametrize(
    ("subject", "value", "said"),
    [
        ("camera:cong", "ok", "cong: nút không còn theo dõi"),
        ("target:gateway", "up", "Bộ phát wifi: nút không còn theo dõi"),
    ],
)
def test_what_a_node_watches_no_more_is_not_said_to_be_well(subject: str, value: str, said: str) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    line = flips.describe(Flip(node="xa-dong", subject=subject, value=value, at=at, detail=LEFT))
    assert (phrases.say(VI, line), line.tone) == (said, Tone.MUTED)
