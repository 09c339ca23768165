"""A whole shop that serves its busy hour while things go wrong: every process is the real one."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from random import Random

from simulator import audit, busy_hour, ports
from simulator.busy_hour import Script
from simulator.faults.scenario import Run, Tally
from simulator.faults.trouble import Trouble, Troubles
from simulator.opening import Opening, OpenShop, open_shop
from simulator.premises import SERVERS, Premises
from simulator.shop import Shop, make_shop

OPENED_AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # ten in the morning in Huế
STILL_FPS = 1.0  # of cameras nobody stands before
PAUSE_S = 0.02  # after each step of half a second: the processor is for those who start anew
AGAIN_S = 0.1  # systemd waits a second; here more is to happen in less time
CROWD = Script(shoppers=200, minutes=30)  # twice as dense as the demo's

Make = Callable[[OpenShop, Shop, Random], Sequence[Trouble]]


def serve(run: Run, make: Make, *, has_door: bool = False) -> Tally:
    """Serve shoppers for as long as the troubles last, wait until all has arrived, and judge."""
    numbers = dict(zip(SERVERS, ports.free(len(SERVERS)), strict=True))
    premises = Premises(run.folder, numbers, has_door)
    shop = make_shop(OPENED_AT.date())
    plan = Opening(OPENED_AT.timestamp(), run.seed, STILL_FPS, is_headless=True, restart_s=AGAIN_S)
    with _signals_kept(), open_shop(premises, shop, plan) as opened:
        troubles = Troubles(make(opened, shop, Random(run.seed)), run.progress)
        pause = threading.Event()
        with troubles.healing():
            for _ in _crowds(opened, shop, run.seed):
                troubles.step()
                if troubles.are_over:
                    break
                pause.wait(PAUSE_S)
        busy_hour.drain(opened)
        recovered_s = time.monotonic() - (troubles.healed_s or 0)
    figures = {**troubles.figures, "recovered_s": round(recovered_s, 1)}
    return replace(judged(premises), figures=figures, broken=troubles.broken)


def _crowds(opened: OpenShop, shop: Shop, seed: int) -> Iterator[float]:
    """Busy hours without end, each with other people."""
    for number in count(seed):
        yield from busy_hour.steps(opened, shop, replace(CROWD, seed=number))


def judged(premises: Premises) -> Tally:
    """What the outboxes numbered and the logs promised, against what the gateway has."""
    books = audit.read(premises.database)
    given = audit.given(premises.outboxes)
    told = audit.told(premises.logs)
    reckoning = audit.reckon(books, premises.outboxes, premises.logs)
    return Tally(
        attempted=len(given),
        acknowledged=len(told),
        stored=books.numbers.total(),
        lost=reckoning.lost,
        doubled=reckoning.duplicated,
        invented=len(books.numbers.keys() - given),
    )


@contextmanager
def _signals_kept() -> Iterator[None]:
    """A shop that closes turns interrupts off, which is right only for a process that ends."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
