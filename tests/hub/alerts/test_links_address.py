"""Where the links of alerts lead: to where a phone elsewhere finds the pages."""

import pytest

from hub.app import links_address
from hub.config import HubSettings
from hub.web.doors import Doors


@pytest.mark.parametrize(
    ("settings", "names", "address"),
    [
        ({"public_host": "loa.xa.vn"}, ["loa.xa.vn", "10.0.0.7"], "https://loa.xa.vn:8000"),
        ({"public_host": "localhost"}, ["hub", "10.0.0.7"], "https://10.0.0.7:8000"),
        ({"public_host": "loa.xa.vn", "links_address": "https://loa.vn/"}, ["loa.xa.vn"], "https://loa.vn"),
        ({"page_host": "127.0.0.1"}, None, ""),
        ({"page_host": "127.0.0.1", "links_address": "https://loa.vn"}, None, "https://loa.vn"),
    ],
)
def test_a_link_leads_where_a_phone_gets(settings: dict[str, str], names: list[str] | None, address: str) -> None:
    known = HubSettings(**settings)  # type: ignore[arg-type]
    doors = None if names is None else Doors(known.public_host, lambda: names, known.page_port, known.plain_port)
    assert links_address(known, doors) == address
