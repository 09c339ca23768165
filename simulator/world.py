"""The shop at one moment: who is where, who waits for which kiosk, what their tags send.

Steps forward when told; owned by one thread. It reads no clock and touches no network: what
people see on screens is passed in, what they do with their hands comes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import atan2, pi
from random import Random

from simulator import errand, floor
from simulator.errand import Act, Errand, Leave, Seen
from simulator.floor import KIOSKS, STANDS, Spot
from simulator.people import Plan, Shopper
from simulator.radio_waves import Receiver, Shadow
from simulator.tags import INTERVAL_S, JITTER_S

BROWSE_S = 15.0  # somebody whose kiosk is taken looks around this long before trying again
AT_KIOSK_M = 1.6  # who is put down this near to a kiosk is meant to stand before it
ASKS_AGAIN = 40  # then gives up; a shop of three kiosks serves everybody long before
LOOK_UP_RAD = -pi / 2  # people look at shelves, and shelves are above them on the plan


@dataclass(frozen=True, slots=True)
class Sent:
    """One advertisement as one kiosk received it."""

    kiosk: str
    at_s: float
    payload: bytes
    rssi_dbm: int


@dataclass
class Person:
    """Somebody in the shop."""

    shopper: Shopper
    at: Spot
    way: tuple[Spot, ...] = ()
    heading_rad: float = LOOK_UP_RAD
    looks: list[tuple[Spot, float]] = field(default_factory=list)
    stays_until_s: float = 0.0
    errand: Errand | None = None
    asks: int = 0  # how often the kiosk they wanted was taken
    is_done: bool = False  # has been at the kiosk, or never wanted to
    is_led: bool = False  # a person at the stage moves them
    sends_at_s: float = 0.0  # the tag's next advertisement

    @property
    def name(self) -> str:
        """The shopper's id, by which everything else knows them."""
        return self.shopper.shopper


@dataclass(frozen=True, slots=True)
class Done:
    """Somebody did something at a kiosk."""

    kiosk: str
    shopper: Shopper
    act: Act


class World:
    """Everybody in the shop and every receiver."""

    def __init__(self, rng: Random, origin_unix_s: float = 0.0) -> None:
        """`origin_unix_s` is the time of day at which its own clock says 0."""
        self._rng = rng
        self._origin_unix_s = origin_unix_s
        self.now_s = 0.0
        self.people: dict[str, Person] = {}
        self.at_kiosk: dict[str, str] = {}  # who stands before which kiosk
        self.receivers = {
            stand.kiosk: Receiver(stand.at, Shadow(rng), Random(rng.random())) for stand in KIOSKS
        }

    def enter(self, shopper: Shopper) -> Person:
        """Somebody opens the door."""
        person = Person(shopper, floor.DOOR, looks=list(shopper.looks), stays_until_s=self.now_s)
        person.is_done = shopper.plan is Plan.NOTHING
        person.sends_at_s = self.now_s + self._rng.uniform(0, INTERVAL_S)
        self.people[person.name] = person
        return person

    def leave(self, person: Person) -> None:
        """Somebody is out of the door, and so is their tag."""
        self._free_kiosk(person)
        for receiver in self.receivers.values():
            receiver.forget(person.name)
        self.people.pop(person.name, None)

    def lead(self, person: Person, goal: Spot, *, at_once: bool = False) -> None:
        """Lead somebody by the hand, or carry them; they stay where they are put.

        Who is put before a kiosk has it to themselves: whoever was there goes on.
        """
        self._free_kiosk(person)
        person.errand, person.is_led = None, True
        goal = floor.clamp(goal)
        kiosk = next((one.kiosk for one in KIOSKS if floor.metres(one.at, goal) < AT_KIOSK_M), None)
        if kiosk is not None:
            self._make_room(kiosk)
            person.shopper = replace(person.shopper, kiosk=kiosk)
            self.at_kiosk[kiosk] = person.name
            goal = STANDS[kiosk].front
        person.way = floor.route(person.at, goal)
        if at_once:
            person.at, person.way = goal, ()
            person.heading_rad = _facing(goal)

    def let_go(self, person: Person) -> None:
        """Whoever was led does what they want again; a guest wants to leave."""
        self._free_kiosk(person)
        person.is_led, person.way, person.stays_until_s = False, (), self.now_s

    def step(self, dt_s: float, seen: Mapping[str, Seen]) -> list[Done]:
        """Let `dt_s` pass; `seen` is what each kiosk's screen says. Returns what hands did."""
        self.now_s += dt_s
        done = []
        for person in list(self.people.values()):
            self._walk(person, dt_s)
            if person.errand is not None:
                kiosk = person.shopper.kiosk
                person.errand, act = errand.step(person.errand, seen.get(kiosk, Seen()), self.now_s)
                if act is not None:
                    done.append(Done(kiosk, person.shopper, act))
                if isinstance(act, Leave):
                    self._leave_kiosk(person)
            elif not person.way and not person.is_led and self.now_s >= person.stays_until_s:
                self._decide(person)
        return done

    def advertisements(self) -> list[Sent]:
        """What all tags have sent since they were last asked, as each kiosk received it."""
        sent = []
        for person in self.people.values():
            tag = person.shopper.tag
            while tag is not None and person.sends_at_s <= self.now_s:
                at_s = person.sends_at_s
                person.sends_at_s += INTERVAL_S + self._rng.uniform(0, JITTER_S)
                payload = tag.payload_at(self._origin_unix_s + at_s)
                for kiosk, receiver in self.receivers.items():
                    rssi_dbm = receiver.hear(person.name, person.at, person.heading_rad)
                    if rssi_dbm is not None:
                        sent.append(Sent(kiosk, at_s, payload, rssi_dbm))
        return sorted(sent, key=lambda one: one.at_s)

    def _walk(self, person: Person, dt_s: float) -> None:
        left_m = person.shopper.walk_m_per_s * dt_s
        while person.way and left_m > 0:
            goal, *rest = person.way
            gap_m = floor.metres(person.at, goal)
            if gap_m > 0:
                person.heading_rad = _towards(person.at, goal)
            if gap_m > left_m:
                share = left_m / gap_m
                person.at = Spot(
                    person.at.x_m + share * (goal.x_m - person.at.x_m),
                    person.at.y_m + share * (goal.y_m - person.at.y_m),
                )
                return
            person.at, person.way, left_m = goal, tuple(rest), left_m - gap_m
            if not person.way:
                self._arrive(person)

    def _arrive(self, person: Person) -> None:
        """At the end of a way: before a kiosk, at a shelf, or out of the door."""
        kiosk = person.shopper.kiosk
        if self.at_kiosk.get(kiosk) == person.name and not person.is_led:
            person.heading_rad = _towards(person.at, STANDS[kiosk].at)
            person.errand = errand.begin(person.shopper, self.now_s)
            return
        person.heading_rad = _facing(person.at)
        if person.at == floor.DOOR and not person.is_led:
            self.leave(person)

    def _decide(self, person: Person) -> None:
        """Somebody without a way, an errand or a wish to stay: what next?"""
        if person.looks:
            spot, stay_s = person.looks.pop()
            self._go(person, spot, stay_s)
        elif person.is_done:
            self._go(person, floor.DOOR, 0.0)
        else:
            self._go_to_kiosk(person)

    def _go_to_kiosk(self, person: Person) -> None:
        wanted = person.shopper.kiosk
        free = [stand.kiosk for stand in KIOSKS if stand.kiosk not in self.at_kiosk]
        if wanted not in free and free:
            wanted = min(free, key=lambda kiosk: floor.metres(person.at, STANDS[kiosk].front))
            person.shopper = replace(person.shopper, kiosk=wanted)
        if wanted in free:
            self.at_kiosk[wanted] = person.name
            self._go(person, STANDS[wanted].front, 0.0)
            return
        person.asks += 1
        person.is_done = person.asks >= ASKS_AGAIN
        self._go(person, self._rng.choice(floor.SIGHTS), BROWSE_S)

    def _leave_kiosk(self, person: Person) -> None:
        self._free_kiosk(person)
        person.errand, person.is_done = None, True

    def _free_kiosk(self, person: Person) -> None:
        if self.at_kiosk.get(person.shopper.kiosk) == person.name:
            del self.at_kiosk[person.shopper.kiosk]

    def _make_room(self, kiosk: str) -> None:
        """Somebody else is put before this kiosk."""
        name = self.at_kiosk.pop(kiosk, None)
        if name is not None:
            person = self.people[name]
            person.errand, person.is_done, person.way = None, True, ()

    def _go(self, person: Person, goal: Spot, stay_s: float) -> None:
        person.way = floor.route(person.at, goal)
        walk_s = floor.length_m(person.at, person.way) / person.shopper.walk_m_per_s
        person.stays_until_s = self.now_s + walk_s + stay_s


def loudest(world: World, people: Iterable[Person]) -> dict[str, tuple[str, float]]:
    """For each person with a tag, the kiosk that hears it loudest, and how loud without fading."""
    heard = {}
    for person in people:
        if person.shopper.tag is not None:
            levels = {
                kiosk: receiver.mean_dbm(person.at, person.heading_rad)
                for kiosk, receiver in world.receivers.items()
            }
            kiosk = max(levels, key=levels.__getitem__)
            heard[person.name] = (kiosk, levels[kiosk])
    return heard


def _towards(one: Spot, other: Spot) -> float:
    return atan2(other.y_m - one.y_m, other.x_m - one.x_m)


def _facing(at: Spot) -> float:
    """Before a kiosk people face it, elsewhere the shelf."""
    for stand in KIOSKS:
        if floor.metres(at, stand.front) < 0.5:
            return _towards(at, stand.at)
    return LOOK_UP_RAD
