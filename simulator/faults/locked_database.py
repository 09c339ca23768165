"""Somebody else holds the gateway's database: a backup tool, a forgotten console, a migration."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from random import Random

from gateway.store import base
from gateway.store.base import BUSY_S
from simulator.faults import back_office
from simulator.faults.back_office import Office, Plan
from simulator.faults.scenario import Run, Scenario, Tally
from simulator.opening import INTAKE
from simulator.postgres import Postgres

LOCKS_S = (1.0, 5.0)
LONGEST_S = BUSY_S + 5.0  # the last one: longer than anybody waits in silence
RESTS_S = 1.0
COMPLAINT = "the database does not answer, nothing is lost"

Take = Callable[[str, ExitStack], None]
"""Locks the database of a URL until the stack ends."""


def lock_file(url: str, stack: ExitStack) -> None:
    """SQLite: nobody else writes, nobody else reads what is new."""
    path = url.removeprefix("sqlite:///")
    db = stack.enter_context(closing(sqlite3.connect(path, isolation_level=None, timeout=BUSY_S)))
    db.execute("BEGIN EXCLUSIVE")


def lock_table(url: str, stack: ExitStack) -> None:
    """PostgreSQL: as ALTER TABLE does, so that even readers wait."""
    engine = stack.enter_context(base.opened(url))
    db = stack.enter_context(engine.begin())
    db.exec_driver_sql("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")  # of two, each might have one


class Locks:
    """Takes the lock, holds it for a while, lets go; the last time for long."""

    def __init__(self, office: Office, locks: int, random: Random, take: Take) -> None:
        self.dose = locks
        self.done = 0
        self._office = office
        self._random = random
        self._take = take
        self._held = ExitStack()
        self._is_held = False
        self._next_s = 0.0
        self._longest_s = 0.0

    def step(self) -> None:
        """Take the lock, or let go."""
        now_s = time.monotonic()
        if now_s < self._next_s:
            return
        if self._is_held:
            self.heal()
            self.done += 1
            self._next_s = now_s + RESTS_S
            return
        self._take(self._office.database, self._held)
        self._is_held = True
        is_last = self.done == self.dose - 1 and self.dose > 1
        held_s = LONGEST_S if is_last else self._random.uniform(*LOCKS_S)
        self._longest_s = max(self._longest_s, held_s)
        self._next_s = time.monotonic() + held_s

    def heal(self) -> None:
        """Let go."""
        self._held.close()
        self._is_held = False

    @property
    def figures(self) -> dict[str, float]:
        """How long it was locked at a time, at most."""
        return {"longest_lock_s": round(self._longest_s, 1)}

    @property
    def broken(self) -> Sequence[str]:
        """Who waits for long says so."""
        is_said = COMPLAINT in self._office.log(INTAKE)
        return ["nobody said that the database does not answer"] if self.is_long > is_said else []

    @property
    def is_long(self) -> bool:
        """Whether anybody should have lost patience."""
        return self._longest_s > BUSY_S


def _locked(run: Run, plan: Plan, take: Take) -> Tally:
    def make(office: Office, random: Random) -> Sequence[Locks]:
        return [Locks(office, run.dose, random, take)]

    return back_office.serve(run, plan, make)


def _run_file(run: Run) -> Tally:
    return _locked(run, Plan(), lock_file)


def _run_tables(run: Run) -> Tally:
    server = Postgres({"max_connections": "20"})
    try:
        return _locked(run, Plan(database=server.new("shop")), lock_table)
    finally:
        server.stop()


_scenario = partial(
    Scenario,
    bar=f"0 lost; beyond {BUSY_S} s the gateway says that it waits.",
    unit="locks",
    full=20,
    short=1,
)

SCENARIOS = (
    _scenario(
        name="locked-database",
        what=f"Another process locks the SQLite file for 1 to 5 s, and once for {LONGEST_S:.0f} s.",
        run=_run_file,
    ),
    _scenario(
        name="locked-tables",
        what=f"Somebody locks PostgreSQL's tables for 1 to 5 s, and once for {LONGEST_S:.0f} s.",
        run=_run_tables,
    ),
)
