"""The reference page says what the contract says."""

from pathlib import Path

from contract.page import page

PAGE = Path(__file__).resolve().parents[2] / "docs/mqtt.md"


def test_the_page_is_the_contracts_own() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: .venv/bin/python -m contract.page > docs/mqtt.md"
