"""Broker and gateway hang: the machine is there, its ports are open, and nothing answers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from random import Random

from kiosk.core.inputs import Button
from simulator.faults import busy_shop
from simulator.faults.scenario import Run, Scenario, Tally
from simulator.opening import BROKER, INTAKE, OpenShop
from simulator.premises import GATEWAY, KIOSK_NAMES
from simulator.shop import Shop

VICTIMS = ((BROKER, INTAKE), (BROKER,), (INTAKE,))
HANGS_S = (3.0, 9.0)  # a receipt that is 3 s late makes a kiosk say everything again
RESTS_S = 2.0
ANSWER_MAX_S = 0.5  # what feels like the kiosk's own answer
GIVES_UP_S = 3.0


class Hang:
    """Stops processes and lets them go on; meanwhile somebody calls for staff at every kiosk."""

    def __init__(self, opened: OpenShop, hangs: int, random: Random) -> None:
        self.dose = hangs
        self.done = 0
        self.waited_s: list[float] = []  # from a touch during a hang to the kiosk's own answer
        self.scanned_s: list[float] = []  # from a pass before the camera to the same
        self._scans_before = 0
        self._opened = opened
        self._random = random
        self._until_s: float | None = None  # None: nothing hangs
        self._rests_until_s = 0.0
        self._stopped: list[int] = []
        self._touches = 0

    def step(self) -> None:
        """Stop or let go if it is time; touch a screen while something hangs."""
        now_s = time.monotonic()
        if self._until_s is None:
            if now_s >= self._rests_until_s:
                self._stop(VICTIMS[self.done % len(VICTIMS)])
                self._until_s = now_s + self._random.uniform(*HANGS_S)
                self._scans_before = len(self._opened.glass.verdicts().accepted_ms)
        elif now_s < self._until_s:
            self._touches += 1
            self._touch(KIOSK_NAMES[self._touches % len(KIOSK_NAMES)])
        else:
            accepted_ms = self._opened.glass.verdicts().accepted_ms[self._scans_before :]
            self.scanned_s += [one_ms / 1000 for one_ms in accepted_ms]
            self.heal()
            self.done += 1
            self._until_s, self._rests_until_s = None, now_s + RESTS_S

    def heal(self) -> None:
        """Let everything go on."""
        for pid in self._stopped:
            os.kill(pid, signal.SIGCONT)
        self._stopped.clear()
        self._opened.stage.expect_silence()

    @property
    def figures(self) -> dict[str, float]:
        """How long shoppers waited for the kiosk's own answer while the network hung."""
        return {
            "touches": len(self.waited_s),
            "longest_answer_s": round(max(self.waited_s, default=0.0), 3),
            "scans": len(self.scanned_s),
            "longest_scan_s": round(max(self.scanned_s, default=0.0), 3),
        }

    @property
    def broken(self) -> Sequence[str]:
        """No shopper waits for a network."""
        return late(self.waited_s)

    def _stop(self, names: Sequence[str]) -> None:
        if INTAKE in names:
            self._opened.stage.expect_silence(GATEWAY)
        for name in names:
            pid = self._opened.processes.pid(name)
            os.kill(pid, signal.SIGSTOP)
            self._stopped.append(pid)

    def _touch(self, kiosk: str) -> None:
        """Call for staff: an event on the disk, and then a screen that says so."""
        browser = self._opened.browsers[kiosk]
        seen = browser.seen
        if seen.screen == "staff_called":
            browser.press(Button.BACK, seen.revision)
            browser.wait_for(lambda now: now.screen != "staff_called", GIVES_UP_S)
        if browser.seen.screen != "attract":
            return  # a shopper is there
        began_s = time.monotonic()
        revision = browser.seen.revision
        browser.press(Button.STAFF, revision)
        is_answered = browser.wait_for(lambda now: now.screen == "staff_called", GIVES_UP_S)
        # Somebody who came closer at that very moment turned the page under the finger.
        if is_answered or browser.seen.revision == revision:
            self.waited_s.append(time.monotonic() - began_s)


def late(waited_s: Sequence[float]) -> list[str]:
    """What is wrong with such answers."""
    if not waited_s:
        return ["nobody touched a screen while something hung"]
    number = sum(one_s > ANSWER_MAX_S for one_s in waited_s)
    return [f"{number} touches were answered after more than {ANSWER_MAX_S} s"] if number else []


def _run(run: Run) -> Tally:
    def make(opened: OpenShop, _shop: Shop, random: Random) -> Sequence[Hang]:
        return [Hang(opened, run.dose, random)]

    return busy_shop.serve(run, make)


SCENARIOS = (
    Scenario(
        name="hang",
        what="Broker and gateway hang for 3 to 9 s, together and each alone.",
        bar="0 lost, and every touch is answered by the kiosk within 0.5 s.",
        unit="hangs",
        full=30,
        short=1,
        run=_run,
    ),
)
