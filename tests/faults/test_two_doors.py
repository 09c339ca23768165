"""The same pass at two doors at once, in a small dose."""

from __future__ import annotations

from pathlib import Path

from tests.faults import two_doors


def test_no_pass_lets_people_in_at_two_doors(tmp_path: Path) -> None:
    outcome = two_doors.replay(tmp_path, passes=60)

    assert (outcome.accepted_twice, outcome.accepted_once, outcome.accepted_never) == (0, 60, 0)
