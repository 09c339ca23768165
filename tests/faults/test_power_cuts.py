"""The power goes while what shoppers were told is being written; short doses of `hien rehearse`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.faults import power_cuts
from simulator.faults.scenario import Run, Scenario


# A gateway takes a second to start: that one is rehearsed only.
@pytest.mark.parametrize("scenario", power_cuts.SCENARIOS[:2], ids=lambda one: one.name)
def test_what_was_told_survives_a_power_cut(tmp_path: Path, scenario: Scenario) -> None:
    tally = scenario.run(Run(scenario.short, 20261122, tmp_path))

    assert tally.is_kept, tally
    assert (tally.figures["points"], tally.figures["corrupt"]) == (scenario.short, 0)
    assert tally.stored >= scenario.short


def test_a_planted_defect_is_seen(tmp_path: Path) -> None:
    """An outbox that is synced at checkpoints only, as SQLite does unless asked."""
    careless = replace(power_cuts.OUTBOX, module="tests.faults.careless_outbox")

    tally = power_cuts.cut(careless, Run(60, 1, tmp_path))

    assert tally.lost > 0
    assert "numbers that were given are given again" in tally.broken
