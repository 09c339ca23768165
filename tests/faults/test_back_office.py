"""Weather, poison, a slow gateway and a locked database, some of each while kiosks talk: 0 lost."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from simulator.faults import back_office, locked_database, network
from simulator.faults.back_office import Office, Plan
from simulator.faults.cli import every
from simulator.faults.locked_database import Locks
from simulator.faults.network import FAR_HOST, Network
from simulator.faults.poison import Flood
from simulator.faults.scenario import Run
from simulator.faults.slow_gateway import SlowGateway
from simulator.faults.trouble import Trouble
from simulator.faults.weather import KINDS, ChangingWeather

SEED = 20261122


def short(scenario: str) -> int:
    """The dose of the suite."""
    return next(one.short for one in every() if one.name == scenario)


def test_weather_poison_slowness_and_locks_lose_and_double_nothing(tmp_path: Path) -> None:
    reason = network.missing(os.geteuid())
    with nullcontext() if reason else network.opened(SEED) as between:
        _a_bad_day(tmp_path, between)
    if between is None:
        pytest.skip(f"all but the weather: {reason}")
    assert between.counts.lost
    assert between.counts.doubled


def _a_bad_day(folder: Path, between: Network | None) -> None:
    offices: list[Office] = []
    plan = Plan(queued=50)
    if between is not None:
        plan = replace(plan, host=FAR_HOST, near=between.near, far=between.far)

    def make(office: Office, random: Random) -> Sequence[Trouble]:
        offices.append(office)
        locks = Locks(office, short("locked-database"), random, locked_database.lock_file)
        flood = Flood(office, short("poison-flood"), SEED)
        others: list[Trouble] = [flood, SlowGateway(office, short("slow-gateway")), locks]
        if between is None:
            return others
        mixed = {"all of it": KINDS["all of it"]}
        return [ChangingWeather(between, short("weather"), random, mixed), *others]

    tally = back_office.serve(Run(1, SEED, folder), plan, make)

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
