"""Everything hangs, clocks jump, and all are killed while shoppers are served: nothing is lost.

A short dose of each in one shop; `hien rehearse` stages the full ones.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from gateway.store.events import EVENT_COLUMNS as EVENT
from simulator.faults import busy_shop, clock_jumps, hang, kill_storm
from simulator.faults.cli import every
from simulator.faults.clock_jumps import ClockJumps
from simulator.faults.hang import HANGS_S, Hang
from simulator.faults.kill_storm import TARGETS, KillStorm
from simulator.faults.scenario import Run
from simulator.faults.trouble import Trouble
from simulator.opening import OpenShop
from simulator.premises import Premises
from simulator.shop import Shop

SEED = 20261122
MARKS = ", ".join("?" for _ in EVENT)
SERVED_MIN = 15  # events, at seven processes a core; a machine with time to spare has a hundred


def short(scenario: str) -> int:
    """The dose of the suite."""
    return next(one.short for one in every() if one.name == scenario)


@pytest.mark.timeout(240)
def test_hangs_jumps_and_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    staged: list[Trouble] = []

    def make(opened: OpenShop, _shop: Shop, random: Random) -> Sequence[Trouble]:
        hanging = Hang(opened, short("hang"), random)
        jumping = ClockJumps(opened, short("clock-jumps"), random)
        staged.extend((hanging, jumping, kill_storm.storm(opened, short("kill-storm"), random)))
        return staged

    tally = busy_shop.serve(Run(1, SEED, tmp_path), make)

    assert (tally.lost, tally.doubled, tally.invented) == (0, 0, 0), tally
    assert tally.acknowledged >= SERVED_MIN
    hanging, jumping, storm = staged
    assert isinstance(hanging, Hang)
    assert isinstance(storm, KillStorm)
    assert hanging.waited_s
    assert max(hanging.waited_s) < HANGS_S[0]  # while all hung, on however slow a machine
    assert jumping.done == short("clock-jumps")
    assert not jumping.broken
    assert set(storm.kills) == set(TARGETS)
    premises = Premises(tmp_path, {})
    assert clock_jumps.backward_visits(premises.database) == 0
    _plant(premises)


def _plant(premises: Premises) -> None:
    """The same judge on the same shop, whose books were falsified."""
    good = busy_shop.judged(premises)
    with closing(sqlite3.connect(premises.database)) as db, db:
        rows = db.execute("SELECT * FROM event ORDER BY rowid LIMIT 2").fetchall()
        one, other = (dict(zip(EVENT, row, strict=True)) for row in rows)
        for planted in (one | {"epoch": "0", "id": "new"}, one | {"epoch": "1"}):
            db.execute(f"INSERT INTO event VALUES ({MARKS})", tuple(planted.values()))
        db.execute("DELETE FROM event WHERE id = ?", (other["id"],))
        db.execute("UPDATE visit SET last_at_ms = first_at_ms - 1 WHERE visit = 1")

    bad = replace(good, stored=good.stored + 1, lost=1, doubled=1, invented=2)
    assert busy_shop.judged(premises) == bad
    assert clock_jumps.backward_visits(premises.database) == 1


def test_a_late_answer_is_said() -> None:
    assert hang.late([0.1, 0.4]) == []
    assert hang.late([0.1, 0.6]) == ["1 touches were answered after more than 0.5 s"]
    assert hang.late([]) == ["nobody touched a screen while something hung"]
