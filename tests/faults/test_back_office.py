"""Poison, a slow gateway and a locked database, a short dose of each while kiosks talk: 0 lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

from simulator.faults import back_office, locked_database
from simulator.faults.back_office import Office, Plan
from simulator.faults.cli import every
from simulator.faults.locked_database import Locks
from simulator.faults.poison import Flood
from simulator.faults.scenario import Run
from simulator.faults.slow_gateway import SlowGateway
from simulator.faults.trouble import Trouble

SEED = 20261122


def short(scenario: str) -> int:
    """The dose of the suite."""
    return next(one.short for one in every() if one.name == scenario)


def test_poison_slowness_and_locks_lose_and_double_nothing(tmp_path: Path) -> None:
    offices: list[Office] = []

    def make(office: Office, random: Random) -> Sequence[Trouble]:
        offices.append(office)
        locks = Locks(office, short("locked-database"), random, locked_database.lock_file)
        flood = Flood(office, short("poison-flood"), random)
        return [flood, SlowGateway(office, short("slow-gateway")), locks]

    tally = back_office.serve(Run(1, SEED, tmp_path), Plan(queued=50), make)

    assert (tally.lost, tally.doubled, tally.invented) == (0, 0, 0), tally
    assert tally.acknowledged > 50
    assert tally.figures["poison"] == tally.figures["dead_letters"] == short("poison-flood")
    assert tally.figures["intake_grew_mb"] < 64
    assert tally.figures["longest_lock_s"] >= 1
    _plant(offices[0])


def _plant(office: Office) -> None:
    """The same judge on the same office, whose books were falsified."""
    good = back_office.judged(office)
    with closing(sqlite3.connect(office.folder / "gateway.db")) as db, db:
        ids = [row[0] for row in db.execute("SELECT id FROM event ORDER BY rowid LIMIT 3")]
        db.execute("UPDATE event SET id = 'nobody' WHERE id = ?", ids[:1])
        db.execute("UPDATE event SET id = ? WHERE id = ?", ids[1:])
        columns = "store, kiosk, kind, state, session, offered_at_ms"
        called = f"SELECT {columns} FROM alert WHERE session IS NOT NULL LIMIT 1"
        db.execute(f"INSERT INTO alert ({columns}) {called}")
    assert back_office.judged(office) == replace(good, lost=2, doubled=2, invented=1)
