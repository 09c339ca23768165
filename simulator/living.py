"""The living demo: real time, shoppers without end, and a person at the stage who takes part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from msgspec import Struct

from runtime.inbox import Inbox
from simulator.director import Command, Director
from simulator.opening import OpenShop
from simulator.people import Shopper, passers
from simulator.shop import Shop
from simulator.stage import FRAME_S, STEP_S

PACE_S = 0.1  # ten pictures of the floor a second
CATCH_UP_S = 0.5  # a step is never longer: a kiosk that hangs slows the shop down instead
GAP_S = 22.0  # between two shoppers, on average
CROWDED = 9  # people inside; with more the plan is hard to follow


class PersonSeen(Struct, frozen=True):
    """Somebody on the plan."""

    shopper: str
    name: str  # empty for strangers
    x_m: float
    y_m: float
    has_tag: bool
    is_led: bool
    kiosk: str  # where they stand, or nothing
    holds: str  # the code they hold up, or nothing


class KioskSeen(Struct, frozen=True):
    """A kiosk on the plan."""

    kiosk: str
    screen: str


class Snapshot(Struct, frozen=True):
    """The shop at one moment, as the stage page shows it."""

    t_s: float
    unix_s: float
    autopilot: bool
    skip_s: float
    people: tuple[PersonSeen, ...]
    kiosks: tuple[KioskSeen, ...]


@dataclass
class LivingShop:
    """The shop's life; one thread lives it, the page's threads put commands and read snapshots."""

    opened: OpenShop
    shop: Shop
    seed: int
    autopilot: bool
    commands: Inbox[Command] = field(default_factory=lambda: Inbox[Command](100))
    snapshot: Snapshot = field(init=False)

    def __post_init__(self) -> None:
        members = {member.member: member for member in self.shop.members}
        self._director = Director(self.opened.stage, members, self.autopilot)
        self._coming: Iterator[Shopper] = passers(Random(self.seed), self.shop, GAP_S)
        self._next = next(self._coming)
        self._late_s = 0.0
        self.snapshot = self._seen()

    def live(self) -> None:
        """Go on until KeyboardInterrupt, or until a process refuses to live."""
        clock = self.opened.clock
        passed_s = clock.monotonic_s()
        while True:
            self.opened.processes.tend()
            until_s = passed_s + self._pace_s()
            self._obey_until(until_s)
            now_s = clock.monotonic_s()
            self._pass(min(now_s - passed_s, CATCH_UP_S))
            passed_s = now_s
            self.snapshot = self._seen()

    def _obey_until(self, until_s: float) -> None:
        """Carry out what the stage page asks for; at least what lies there already."""
        while True:
            left_s = until_s - self.opened.clock.monotonic_s()
            command = self.commands.take(max(left_s, 0.0))
            if command is not None:
                self._director.obey(command)
                self.commands.done()
            elif left_s <= 0:
                return

    def _pace_s(self) -> float:
        """How long the next step should take: as long as it is, or no time if it is skipped."""
        if self._director.skip_s > 0:
            return 0.0
        return FRAME_S if self.opened.stage.is_filming else PACE_S

    def _pass(self, dt_s: float) -> None:
        """One step, or a quick one while time is skipped."""
        if self._director.skip_s > 0:
            dt_s = FRAME_S if self.opened.stage.is_filming else STEP_S
            self._director.skip_s = max(0.0, self._director.skip_s - dt_s)
        self._let_in(dt_s)
        self.opened.stage.step(dt_s)

    def _let_in(self, dt_s: float) -> None:
        world = self.opened.stage.world
        if not self._director.autopilot:
            self._late_s += dt_s  # who would have come stays outside, and in order
            return
        while self._next.enters_s + self._late_s <= world.now_s:
            if len(world.people) >= CROWDED:
                self._late_s = world.now_s + 1.0 - self._next.enters_s
                return
            world.enter(self._next)
            self._next = next(self._coming)

    def _seen(self) -> Snapshot:
        stage = self.opened.stage
        holding = {one.shopper.shopper: one.code.value for one in stage.phones.values()}
        standing = {name: kiosk for kiosk, name in stage.world.at_kiosk.items()}
        people = (
            PersonSeen(
                shopper=person.name,
                name=person.shopper.member.name if person.shopper.member else "",
                x_m=round(person.at.x_m, 2),
                y_m=round(person.at.y_m, 2),
                has_tag=person.shopper.tag is not None,
                is_led=person.is_led,
                kiosk=standing.get(person.name, "") if not person.way else "",
                holds=holding.get(person.name, ""),
            )
            for person in stage.world.people.values()
        )
        kiosks = (
            KioskSeen(kiosk, browser.seen.screen) for kiosk, browser in self.opened.browsers.items()
        )
        return Snapshot(
            t_s=round(stage.world.now_s, 2),
            unix_s=round(stage.unix_s, 2),
            autopilot=self._director.autopilot,
            skip_s=self._director.skip_s,
            people=tuple(people),
            kiosks=tuple(kiosks),
        )
