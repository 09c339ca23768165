"""A door under attack, in a small dose; and the attack itself is attacked."""

from __future__ import annotations

from pathlib import Path

from tests.faults import door_attack

SEED = 20_261_122


def test_nothing_bad_opens_and_everything_good_does(tmp_path: Path) -> None:
    outcome = door_attack.attack(tmp_path, attacks=4_000, good=60, seed=SEED)

    assert (outcome.attacks, outcome.opened_by_attacks) == (4_000, 0)
    assert (outcome.good, outcome.opened_by_good) == (60, 60)
    assert {"unreadable", "forged", "unknown", "expired", "early"} <= set(outcome.reasons)
    assert {"foreign", "replayed", "revoked", "not_for_doors"} <= set(outcome.reasons)


def test_a_door_that_was_not_told_of_one_revoked_member_is_found(tmp_path: Path) -> None:
    """The attack is worth something only if it notices a door that is wrong."""
    told_of = door_attack.REVOKED - 1

    outcome = door_attack.attack(tmp_path, attacks=2_000, good=0, seed=SEED, revoked=told_of)

    assert outcome.opened_by_attacks > 0
