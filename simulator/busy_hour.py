"""One scripted busy hour, played as fast as the kiosks keep up, with a broker killed in its middle.

The stage's time stands still for nobody but runs no faster than real time while a screen waits for
its answer: a network is a real thing, also in a simulation.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from runtime.clock import stopwatch_ms
from simulator import audit
from simulator.opening import BROKER, OpenShop
from simulator.people import Shopper, crowd
from simulator.shop import Shop
from simulator.stage import FRAME_S, STEP_S

LAST_ENTRY = 0.85  # of the time; the rest is for those who are inside
WAITING = frozenset(("waiting", "door_asked"))  # screens whose answer comes in real time
WAITS_S = 0.05  # how long to look at a waiting screen before time moves on by as much
DRAINS_WITHIN_S = 30.0  # real time; paho tries a dead broker again after 1, 2, 4, 8 s
DRAIN_STEP_S = 0.05

Progress = Callable[[float], None]
"""Told the share of the script that is played, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Script:
    """What happens."""

    shoppers: int = 200
    minutes: float = 60.0
    seed: int = 1

    @property
    def lasts_s(self) -> float:
        """The whole hour."""
        return self.minutes * 60


def play(opened: OpenShop, shop: Shop, script: Script, progress: Progress) -> None:
    """Play it to its end, kill the broker in its middle, and wait until every event has arrived.

    Or until it is plain that they do not arrive; what is lost then, the audit counts.
    """
    is_broker_killed = False
    for share in steps(opened, shop, script):
        if share >= 0.5 and not is_broker_killed:
            opened.processes.kill(BROKER)
            is_broker_killed = True
        progress(share)
    drain(opened)


def steps(opened: OpenShop, shop: Shop, script: Script) -> Iterator[float]:
    """Play it step by step; after each comes the share that is played, 0 to 1."""
    coming = deque(crowd(Random(script.seed), shop, script.shoppers, script.lasts_s * LAST_ENTRY))
    world, stage = opened.stage.world, opened.stage
    began_s = world.now_s
    while coming or world.people:
        played_s = world.now_s - began_s
        _let_in(opened, coming, played_s)
        opened.processes.tend()
        stage.step(pace(opened))
        yield min(played_s / script.lasts_s, 1.0)


def _let_in(opened: OpenShop, coming: deque[Shopper], played_s: float) -> None:
    while coming and coming[0].enters_s <= played_s:
        opened.stage.world.enter(coming.popleft())


def pace(opened: OpenShop) -> float:
    """How much time may pass next."""
    for browser in opened.browsers.values():
        if browser.seen.screen in WAITING:
            began_ms = stopwatch_ms()
            browser.wait_for(lambda seen: seen.screen not in WAITING, WAITS_S)
            return max((stopwatch_ms() - began_ms) / 1000, 0.001)
    return FRAME_S if opened.stage.is_filming else STEP_S


def drain(opened: OpenShop) -> int:
    """Wait, in real time, until the gateway has all; returns how many events it never got."""
    premises, clock = opened.premises, opened.clock
    began_s = clock.monotonic_s()
    while missing := audit.waiting(premises.database, premises.logs):
        if clock.monotonic_s() - began_s > DRAINS_WITHIN_S:
            break
        opened.processes.tend()
        next(iter(opened.browsers.values())).wait_for(lambda _seen: False, DRAIN_STEP_S)
        opened.stage.step(DRAIN_STEP_S)
    return missing
