"""What a person at the stage page may do to the shop. Applied by the stage's thread, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.codes import Code
from simulator.floor import STANDS, Spot, metres
from simulator.people import guest
from simulator.premises import DOOR
from simulator.shop import Member
from simulator.stage import Stage

REACH_M = 1.6  # an arm and a step; who is farther away is put before the kiosk


@dataclass(frozen=True, slots=True)
class Enter:
    """A guest comes in, led by the hand from the start; `member` is empty for a stranger."""

    shopper: str
    member: str = ""


@dataclass(frozen=True, slots=True)
class Walk:
    """Walk there; with `at_once` be carried there."""

    shopper: str
    to: Spot
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class HoldUp:
    """Hold a phone with this code to a kiosk's camera, until told to lower it."""

    shopper: str
    kiosk: str
    code: Code


@dataclass(frozen=True, slots=True)
class PutDown:
    """Lower whatever is held to a kiosk's camera."""

    kiosk: str


@dataclass(frozen=True, slots=True)
class Pull:
    """A door's wires are so from now on: whether it stands open, its handle, who is in it."""

    contact: bool
    handle: bool
    beam: bool


@dataclass(frozen=True, slots=True)
class LetGo:
    """Do as you like; a guest leaves the shop."""

    shopper: str


@dataclass(frozen=True, slots=True)
class Skip:
    """Let time pass quickly."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Autopilot:
    """Whether shoppers come by themselves; who is inside goes on as intended."""

    is_on: bool


Command = Enter | Walk | HoldUp | PutDown | Pull | LetGo | Skip | Autopilot


@dataclass
class Director:
    """Carries out commands. A command to somebody who has left has no consequences."""

    stage: Stage
    members: Mapping[str, Member]
    autopilot: bool = True
    skip_s: float = 0.0

    def obey(self, command: Command) -> None:
        """One command."""
        world = self.stage.world
        match command:
            case Enter(name, member):
                person = world.enter(guest(name, self.members.get(member), world.now_s))
                world.lead(person, person.at)
            case Walk(name, to, at_once) if name in world.people:
                self._lower(name)
                world.lead(world.people[name], to, at_once=at_once)
            case HoldUp(name, kiosk, code) if name in world.people:
                person = world.people[name]
                stand = STANDS.get(kiosk)  # the screen at the door stands outside the plan
                if stand and (metres(person.at, stand.at) > REACH_M or not person.is_led):
                    self._lower(name)
                    world.lead(person, stand.front, at_once=True)
                self.stage.raise_phone(kiosk, person.shopper, code)
            case PutDown(kiosk):
                self.stage.lower_phone(kiosk)
            case Pull(contact, handle, beam):
                self.stage.pull_at(DOOR, contact=contact, handle=handle, beam=beam)
            case LetGo(name) if name in world.people:
                self._lower(name)
                world.let_go(world.people[name])
            case Skip(seconds):
                self.skip_s += seconds
            case Autopilot(is_on):
                self.autopilot = is_on

    def _lower(self, name: str) -> None:
        """Nobody walks away with the phone still before the camera."""
        for kiosk, raised in self.stage.phones.items():
            if raised.shopper.shopper == name:
                self.stage.lower_phone(kiosk)
