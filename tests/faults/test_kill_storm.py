"""Broker, gateway and kiosks are killed at random while shoppers are served: nothing is lost.

The judge is `simulator/audit.py`; that it sees a planted loss, double and split visit stands in
`tests/simulator/test_audit.py`.
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from simulator import audit, busy_hour, ports
from simulator.busy_hour import Script
from simulator.opening import BROKER, Opening, OpenShop, open_shop
from simulator.premises import KIOSK_NAMES, SERVERS, Premises
from simulator.shop import make_shop

KILLS = 60
GAP_S = (0.05, 0.35)  # between two kills, real time: no process has rest
TARGETS = (BROKER, "intake", *KIOSK_NAMES)
WEIGHTS = (3, 1, 1, 1, 1)  # a broker is back at once; a Python process takes a second of a core
SERVED_MIN = 15  # events, at seven processes a core; a machine with time to spare has a hundred
SCRIPT = Script(shoppers=200, minutes=30)  # dense, and longer than any storm
OPENED_AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


class Storm:
    """Kills what it hits, at moments nobody can foresee but with the same seed."""

    def __init__(self, opened: OpenShop, random: Random) -> None:
        self._opened = opened
        self._random = random
        self._next_s = time.monotonic() + 1
        self.kills: Counter[str] = Counter()

    def rage(self) -> None:
        """Kill something if it is time."""
        if self.is_over or time.monotonic() < self._next_s:
            return
        (target,) = self._random.choices(TARGETS, WEIGHTS)
        if not self._is_at_work(target):
            return
        self._opened.processes.kill(target)
        self.kills[target] += 1
        self._next_s = time.monotonic() + self._random.uniform(*GAP_S)

    def _is_at_work(self, target: str) -> bool:
        """On a slow machine a kiosk that is killed while it starts up would never serve anybody."""
        return target not in KIOSK_NAMES or (target, "radio") in self._opened.stage.seats

    @property
    def is_over(self) -> bool:
        return self.kills.total() >= KILLS


@pytest.fixture(autouse=True)
def _keep_signals() -> Iterator[None]:
    """Closing a shop turns interrupts off, which is right for a process that ends."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.timeout(150)
def test_sixty_random_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    seed = 20261122
    premises = Premises(tmp_path, dict(zip(SERVERS, ports.free(len(SERVERS)), strict=True)))
    shop = make_shop(OPENED_AT.date())
    plan = Opening(OPENED_AT.timestamp(), seed, camera_fps=1.0, is_headless=True, restart_s=0.1)
    with open_shop(premises, shop, plan) as opened:
        storm = Storm(opened, Random(seed))
        for _share in busy_hour.steps(opened, shop, SCRIPT):
            storm.rage()
            if storm.is_over:
                break
        busy_hour.drain(opened)

    books = audit.read(premises.database)
    reckoning = audit.reckon(books, premises.outboxes, premises.logs)
    assert (reckoning.lost, reckoning.duplicated) == (0, 0), f"seed {seed}, {storm.kills}"
    assert books.numbers.total() >= SERVED_MIN
    assert storm.kills.total() == KILLS
    assert set(storm.kills) == set(TARGETS)
