"""The hub's keys: made once, kept private, the recovery secret shown once and able to replace the daily key."""

from dataclasses import replace
from pathlib import Path

import pytest

from contract.orders import Counter, Plan
from contract.samples import PLAN
from contract.signing import Keys, sign
from hub.security import keys
from hub.security.keys import BadRecoveryKey, HubKeys


def stored(folder: Path) -> HubKeys:
    found = keys.load(folder)
    assert found is not None
    return found


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    made = keys.create(tmp_path)
    assert stored(tmp_path).daily_public == made.daily_public
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_the_recovery_secret_is_shown_once(tmp_path: Path) -> None:
    keys.create(tmp_path)
    assert keys.is_recovery_unseen(tmp_path)
    text = keys.reveal(tmp_path)
    assert text
    assert keys.reveal(tmp_path) is None
    assert not [p for p in tmp_path.iterdir() if text.encode() in p.read_bytes()]


def test_a_stolen_hub_is_shut_out_by_the_paper_key(tmp_path: Path) -> None:
    old = keys.create(tmp_path)
    node = Keys(daily=old.daily_public, recovery=old.recovery_public)
    new = keys.rotate(tmp_path, old, keys.reveal(tmp_path) or "")
    assert stored(tmp_path).daily_public == new.daily_public
    envelope = sign(replace(PLAN, counter=Counter(1, 1)), new.daily, new.grant)
    assert node.admit(envelope).open(envelope, Plan, PLAN.node).counter == Counter(1, 1)


@pytest.mark.parametrize("slip", ["", "AAAA", "không phải khóa"])
def test_a_mistyped_recovery_key_changes_nothing(tmp_path: Path, slip: str) -> None:
    old = keys.create(tmp_path)
    with pytest.raises(BadRecoveryKey):
        keys.rotate(tmp_path, old, slip)
    assert stored(tmp_path).daily_public == old.daily_public


def test_paper_forgives_case_and_spaces_but_no_wrong_letter(tmp_path: Path) -> None:
    keys.create(tmp_path)
    text = keys.reveal(tmp_path) or ""
    assert keys.to_text(keys.from_text(f" {text.lower()} \n")) == text
    wrong = ("B" if text[0] == "A" else "A") + text[1:]
    with pytest.raises(BadRecoveryKey):
        keys.from_text(wrong)


def test_the_recovery_key_of_another_commune_is_refused(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    mine = keys.create(here)
    keys.create(there)
    with pytest.raises(BadRecoveryKey, match="not the recovery key"):
        keys.rotate(here, mine, keys.reveal(there) or "")


def test_a_hub_restored_from_before_a_rotation_goes_above_what_its_nodes_believe(tmp_path: Path) -> None:
    old = keys.create(tmp_path)
    paper = keys.reveal(tmp_path) or ""
    node = Keys(daily=old.daily_public, recovery=old.recovery_public)
    newer = keys.rotate(tmp_path, old, paper)
    assert newer.grant is not None
    node = node.follow(newer.grant)
    restored = keys.rotate(tmp_path, old, paper, known_epoch=node.epoch)
    assert restored.grant is not None
    assert node.follow(restored.grant).daily == restored.daily_public
