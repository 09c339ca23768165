"""The hours without staff: people let themselves in by pass and leave, and things go wrong.

Scripted like the busy hour, after it, at a door of its own. What truly happened is counted here,
for the audit to hold the door's and the gateway's books against.
"""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from random import Random

from contract.errors import ContractError
from kiosk.core import door_wire
from kiosk.core.door_wire import Records, TakeRecords
from kiosk.core.inputs import Button
from simulator.busy_hour import pace
from simulator.codes import Code
from simulator.errand import Seen
from simulator.opening import BROKER, OpenShop
from simulator.people import Shopper, guest
from simulator.premises import CAPACITY, DOOR, DOOR_KIOSK
from simulator.shop import Member, Shop

ANSWERS = ("let_in", "kept_out")
ANSWERED_WITHIN_S = 8.0  # shop time; a pass is read within a second, and the door has three
SETTLES_S = 0.2  # a contact's bouncing is believed after 0.05 s
MINUTE_S = 60.0
LATE_S = 2.0
CATCHES_UP_S = 5.0  # real time: shop time runs ahead of a busy machine's door and browser
FALLS_SHUT_S = 7.0  # the lock is released for 5 s
FORGOTTEN_S = 3.0  # a code that was away for 2.5 s is read anew
SLOT_S, EARLY_S = 15.0, 4.0  # a pass is changed every 15 s; the first seconds leave time to copy it
DRAINS_WITHIN_S = 30.0  # real time; the kiosk asks the door once a second
MAX_REPLY_BYTES = 1 << 16

Progress = Callable[[float], None]


@dataclass
class Doorbook:
    """What truly happened at the door."""

    entries: int = 0
    inside: int = 0
    most_inside: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # by what was shown
    alarms: Counter[str] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)  # where the door did what it must not


@dataclass
class Night:
    """One night at the door."""

    opened: OpenShop
    members: list[Member]
    rng: Random
    book: Doorbook = field(default_factory=Doorbook)
    inside: list[Member] = field(default_factory=list)
    strangers: int = 0  # inside, who came in behind somebody

    def comes(self, member: Member, code: Code, expected: str = "") -> bool:
        """Somebody holds a phone to the camera at the door; whether it let them in."""
        stage, browser = self.opened.stage, self.opened.browsers[DOOR_KIOSK]
        self._clears_the_screen()
        stage.raise_phone(DOOR_KIOSK, self._person(member), code)
        self._until(lambda seen: seen.screen in ANSWERS)
        stage.lower_phone(DOOR_KIOSK)
        if browser.seen.screen != expected:  # a disk may be slow; the door's late yes is a yes
            self._until(lambda seen: seen.screen == "let_in", LATE_S, catches_up_s=0.0)
        if browser.seen.screen != expected and expected:
            self.book.surprises.append(
                f"the door's screen says {browser.seen.screen} ({browser.seen.title}) to a {code}"
                f" and not {expected}"
            )
        if browser.seen.screen == "let_in":
            return True
        self.book.refused[code] += 1
        return False

    def enters(self, member: Member, *, is_followed: bool = False) -> None:
        """A member comes in, perhaps with somebody close behind."""
        if not self.comes(member, Code.PASS, "let_in"):
            return
        self.book.entries += 1
        self.inside.append(member)
        self.pulls(contact=True)
        self.pulls(contact=True, beam=True)
        self.pulls(contact=True)
        if is_followed:
            self.strangers += 1
            self.book.alarms["tailgated"] += 1
            self.pulls(contact=True, beam=True)
            self.pulls(contact=True)
        self.pulls()
        self._count()

    def leaves(self) -> None:
        """Somebody goes out by the handle, which no software holds back."""
        if self.strangers:
            self.strangers -= 1
        else:
            self.inside.pop(self.rng.randrange(len(self.inside)))
        self.pulls(handle=True)
        self.pulls(contact=True, beam=True)
        self.pulls(contact=True)
        self.pulls()
        self._count()

    def forces(self) -> None:
        """The door is levered open, and nobody comes in."""
        self.book.alarms["forced"] += 1
        self.pulls(contact=True)
        self.pulls()

    def copies(self, member: Member) -> None:
        """A member comes in, and a friend shows a picture of the same pass a moment later."""
        stage = self.opened.stage
        while stage.unix_s % SLOT_S > EARLY_S:
            self.passes(EARLY_S / 4)
        slot = stage.unix_s // SLOT_S
        self.enters(member)
        self.passes(FORGOTTEN_S)
        is_let_in = self.comes(member, Code.PASS)
        if not is_let_in:
            return
        if stage.unix_s // SLOT_S == slot:
            self.book.surprises.append("a copied pass let a second person in")
        self.book.entries += 1  # by now it was the next pass; but nobody pulls
        self.passes(FALLS_SHUT_S)

    def calls(self) -> None:
        """Somebody in the street asks for help."""
        browser = self.opened.browsers[DOOR_KIOSK]
        browser.press(Button.STAFF, browser.seen.revision)
        self._until(lambda seen: seen.screen == "staff_called")

    def pulls(self, *, contact: bool = False, handle: bool = False, beam: bool = False) -> None:
        """The door's wires are so for a moment."""
        stage = self.opened.stage
        stage.pull_at(DOOR, contact=contact, handle=handle, beam=beam)
        stage.step(SETTLES_S)
        stage.pull_at(DOOR, contact=contact, handle=handle, beam=beam)  # it has looked since

    def passes(self, seconds: float) -> None:
        """Time goes by."""
        until_s = self.opened.stage.world.now_s + seconds
        while self.opened.stage.world.now_s < until_s:
            self.opened.processes.tend()
            self.opened.stage.step(pace(self.opened))

    def _clears_the_screen(self) -> None:
        """So that nobody takes for theirs what was said to the one before."""
        browser = self.opened.browsers[DOOR_KIOSK]
        if browser.seen.screen in ANSWERS:
            browser.press(Button.BACK, browser.seen.revision)
        self._until(lambda seen: seen.screen not in ANSWERS)

    def _until(
        self,
        is_so: Callable[[Seen], bool],
        at_most_s: float = ANSWERED_WITHIN_S,
        catches_up_s: float = CATCHES_UP_S,
    ) -> bool:
        """Let shop time pass until it is so; then, standing still, wait for what is on its way."""
        browser = self.opened.browsers[DOOR_KIOSK]
        until_s = self.opened.stage.world.now_s + at_most_s
        while not is_so(browser.seen) and self.opened.stage.world.now_s < until_s:
            self.opened.processes.tend()
            self.opened.stage.step(pace(self.opened))
        return browser.wait_for(is_so, catches_up_s)

    def _person(self, member: Member) -> Shopper:
        return guest(f"dem-{member.member}", member, self.opened.stage.world.now_s)

    def _count(self) -> None:
        self.book.inside = len(self.inside) + self.strangers
        self.book.most_inside = max(self.book.most_inside, self.book.inside)


def play(opened: OpenShop, shop: Shop, passages: int, seed: int, progress: Progress) -> Doorbook:
    """Play a night of so many passages besides the incidents; all are out at its end."""
    rng = Random(seed)
    members = [member for member in shop.members if member.has_pass]
    rng.shuffle(members)
    night = Night(opened, members, rng)
    for number, act in enumerate(_acts(night, passages)):
        act()
        night.passes(rng.uniform(1, 5))
        if number == passages // 3:
            opened.processes.kill(BROKER)  # the door does not mind
        if number == 2 * passages // 3:
            opened.processes.kill("intake")
        progress(number / (passages + 10))
    while night.book.inside:
        night.leaves()
    _bring_home(opened)
    return night.book


def _acts(night: Night, passages: int) -> Iterator[Callable[[], None]]:
    """What people do, one after the other."""
    comers = iter(night.members)
    yield lambda: night.enters(next(comers))
    for code in (Code.SCREENSHOT, Code.FOREIGN, Code.FORGED, Code.WEB):
        yield lambda code=code: _refused(night, next(comers), code)  # type: ignore[misc]
    yield lambda: night.copies(next(comers))
    yield lambda: night.enters(next(comers), is_followed=True)
    yield night.forces
    yield night.calls
    while night.book.inside < CAPACITY:
        yield lambda: night.enters(next(comers))
    for _ in range(passages):
        wants_in = night.rng.random() < 0.55 or not night.book.inside
        if not wants_in:
            yield night.leaves
        elif night.book.inside < CAPACITY:
            yield lambda: night.enters(next(comers))
        else:
            yield lambda: _waits_outside(night, next(comers))


def _refused(night: Night, member: Member, code: Code) -> None:
    night.comes(member, code, "kept_out")


def _waits_outside(night: Night, member: Member) -> None:
    """The shop is full; somebody comes out, and the same pass is as good as before."""
    night.comes(member, Code.PASS, "kept_out")
    night.leaves()
    night.passes(FORGOTTEN_S)
    night.enters(member)


def _bring_home(opened: OpenShop) -> None:
    """Wait, in real time, until the kiosk has all the door's records in its outbox."""
    began_s = opened.clock.monotonic_s()
    folder = os.open(opened.premises.door_socket.parent, os.O_PATH)  # a socket's path is short
    try:
        path = f"/proc/self/fd/{folder}/{opened.premises.door_socket.name}"
        while _waiting(path) and opened.clock.monotonic_s() - began_s < DRAINS_WITHIN_S:
            opened.processes.tend()
            opened.browsers[DOOR_KIOSK].wait_for(lambda _seen: False, SETTLES_S)
            opened.stage.step(SETTLES_S)
    finally:
        os.close(folder)


def _waiting(path: str) -> bool:
    """Whether the door still has records that no kiosk has taken. Asks only, and takes none."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as talk:
        talk.settimeout(DRAINS_WITHIN_S)
        try:
            talk.connect(path)
            talk.sendall(door_wire.line(TakeRecords()))
            heard = b""
            while not heard.endswith(b"\n"):
                data = talk.recv(MAX_REPLY_BYTES)
                if not data:
                    return True
                heard += data
            reply = door_wire.read_reply(heard)
        except (OSError, ContractError):
            return True
    return not isinstance(reply, Records) or bool(reply.records)
