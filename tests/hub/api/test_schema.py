"""What the OpenAPI document promises holds for every role: no mistakes of the hub, no answer that is not documented,
nothing taken that does not fit, nobody let in without a token."""

import os
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import seed
from schemathesis import Case

from tests.hub.api.fuzz import SLOW, asked_by, bounded, document
from tests.hub.web.world import PEOPLE

SEED = int(os.environ.get("LOA_SEED") or secrets.randbelow(2**32))


@pytest.fixture(scope="module", params=PEOPLE)
def role(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with asked_by(request.param, tmp_path_factory.mktemp(request.param)):
        yield request.param


@document.exclude(path_regex=SLOW).parametrize()
@bounded(3)
def test_the_document_is_kept(role: str, case: Case[Any]) -> None:
    case.call_and_validate()


@pytest.mark.soak
@document.parametrize()
@bounded(40)
@seed(SEED)
def test_the_document_is_kept_at_length(role: str, case: Case[Any]) -> None:
    """Other examples each time; LOA_SEED has them again."""
    print(f"LOA_SEED={SEED}")  # noqa: T201
    case.call_and_validate()
