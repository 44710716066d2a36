"""What the sending child hands to a service: as much at once as that takes."""

import apprise
import pytest

from hub.alerts import sender

ITEM = "Thôn Đông mất liên lạc: xem nguồn điện trước, rồi đến bộ phát wifi\ntừ 14:02\nTôi đã biết: https://hub/known/x"
MANY = "\n\n".join(f"{n}. {ITEM}" for n in range(60))


@pytest.mark.parametrize(
    ("url", "most"),
    [("zalo://123456:abcdefghijk/chat12345/", 2000), (f"tgram://123456789:{'A' * 35}/-1001234/", 4096)],
    ids=["zalo", "telegram"],
)
def test_a_long_message_comes_in_parts_that_the_service_takes(
    url: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, sent = sender._service(url), list[str]()

    def send(body: str, **_: object) -> bool:
        sent.append(body)
        return True

    monkeypatch.setattr(service, "send", send)
    assert service.notify(body=MANY, title="Loa Làng", body_format=apprise.NotifyFormat.TEXT)
    assert len(sent) > 1
    assert max(map(len, sent)) <= most
    assert all(f"{n}. Thôn" in "".join(sent) for n in range(60))
