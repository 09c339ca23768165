"""The disk is full, read-only or broken for a while; short doses of `hien rehearse`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.faults import bad_disk
from simulator.faults.io_log import Said
from simulator.faults.scenario import Run, Scenario


# A gateway takes a second to start: its are rehearsed only.
@pytest.mark.parametrize("scenario", bad_disk.SCENARIOS[:3], ids=lambda one: one.name)
def test_what_was_told_survives_a_bad_disk(tmp_path: Path, scenario: Scenario) -> None:
    tally = scenario.run(Run(scenario.short, 20261122, tmp_path))

    assert tally.is_kept, tally
    assert tally.figures["points"] == scenario.short
    assert tally.figures["refused"] > 0


def test_an_acknowledgement_that_is_not_true_is_seen(tmp_path: Path) -> None:
    subject = replace(bad_disk.OUTBOX.subject, module="tests.faults.hopeful_outbox")
    hopeful = replace(bad_disk.OUTBOX, subject=subject)

    tally = bad_disk.spoil(hopeful, "EIO", Run(1, 1, tmp_path))

    assert tally.lost > 0


@pytest.mark.parametrize(
    ("lines", "broken"),
    [
        (["kept 1 1", "refused cannot append: the disk is full; free some space"], 0),
        (["kept 1 1", "refused cannot append: error 13"], 1),
        (["kept 1 1", "recovered 10.5"], 1),
        (["failed DeviceError: cannot open outbox"], 1),
    ],
)
def test_every_other_bar_is_looked_at(lines: list[str], broken: int) -> None:
    _, found = bad_disk._answers(map(Said, lines))

    assert len(found) == broken
