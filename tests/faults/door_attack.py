"""Shows a door everything that must not open it, and everything that must; counts what opened.

`python -m tests.faults.door_attack --attacks 1000000 --good 10000 --seed 1` is the full dose. What
is shown depends on the seed alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from msgspec import json

from contract import base45, passes
from contract.commands import MAX_COMMAND_BYTES
from contract.events import Decision
from contract.retailer_passes import Sort
from kiosk.core.door_wire import Answer, AnyAsk, PassOrder, ShowPass
from kiosk.core.doorway import DoorwayRules, Sensed
from kiosk.door.app import DoorRules
from tests.kiosk.door.rig import Rig
from tests.kiosk.door.shop import (
    ISSUER,
    ISSUERS,
    RULES,
    STORE_NO,
    STRANGER,
    TODAY,
    Members,
    Order,
    card,
)

MEMBERS = 300
REVOKED = 20  # the first ones
TURN = 2_000  # attacks between two looks at the clock; 15 s pass
QUICK = DoorRules(replace(RULES, trust_age_s=10**9), ISSUERS, DoorwayRules(hold_s=0.2))


@dataclass
class Outcome:
    """What came of it."""

    seed: int
    attacks: int = 0
    opened_by_attacks: int = 0
    good: int = 0
    opened_by_good: int = 0
    seconds: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass
class Attacker:
    """Somebody with old, foreign, stolen, revoked and home-made passes, and much patience."""

    random: Random
    members: Members
    slot: int = 0
    used: list[str] = field(default_factory=list)

    def asks(self) -> Iterator[AnyAsk]:
        """Endless. None of them may open anything."""
        ways: tuple[Callable[[], AnyAsk], ...] = (
            *(self._changed_bytes,) * 4,
            *(self._changed_letters,) * 2,
            self._cut,
            self._out_of_time,
            self._elsewhere,
            self._forged,
            self._replayed,
            self._revoked,
            self._relabelled,
            self._wrong_card,
            self._noise,
            self._order,
        )
        while True:
            yield self.random.choice(ways)()

    def good_pass(self, number: int) -> str:
        """One that must open: each member's in turn, the revoked left out."""
        names = list(self.members.keys)[REVOKED:]
        return self.members.show(names[number % len(names)], self.slot)

    def _any(self) -> str:
        name = self.random.choice(list(self.members.keys)[REVOKED:])
        return card() if self.random.random() < 0.3 else self.members.show(name, self.slot)

    def _changed_bytes(self) -> AnyAsk:
        text = self._any()
        data = bytearray(base45.decode(text[4:]))
        for place in self.random.sample(range(len(data)), self.random.randint(1, 4)):
            data[place] ^= self.random.randint(1, 255)
        return ShowPass(text[:4] + base45.encode(bytes(data)))

    def _changed_letters(self) -> AnyAsk:
        letters = list(self._any())
        place = self.random.randrange(len(letters))
        others = base45.ALPHABET.replace(letters[place], "") + "abc\x00é"
        letters[place] = self.random.choice(others)
        return ShowPass("".join(letters))

    def _cut(self) -> AnyAsk:
        text = self._any()
        end = self.random.randrange(len(text))
        return ShowPass(text[:end] if self.random.random() < 0.5 else text + text[: end % 39 + 1])

    def _out_of_time(self) -> AnyAsk:
        name = self.random.choice(list(self.members.keys))
        late = self.random.choice((-1, 1)) * (3 + int(self.random.expovariate(0.01)))
        return ShowPass(self.members.show(name, max(self.slot + late, 0)))

    def _elsewhere(self) -> AnyAsk:
        name = self.random.choice(list(self.members.keys))
        store = self.random.choice([no for no in (1, 6, 8, 700, 65_535) if no != STORE_NO])
        return ShowPass(self.members.show(name, self.slot, store))

    def _forged(self) -> AnyAsk:
        name = self.random.choice(list(self.members.keys))
        return ShowPass(passes.make(STRANGER, self.random.randrange(3), name, self.slot, STORE_NO))

    def _replayed(self) -> AnyAsk:
        return ShowPass(self.random.choice(self.used)) if self.used else self._cut()

    def _revoked(self) -> AnyAsk:
        name = self.random.choice(list(self.members.keys)[:REVOKED])
        return ShowPass(self.members.show(name, self.slot))

    def _relabelled(self) -> AnyAsk:
        text = self._any()
        labels = [label for label in ("MV1:", "MD1:", "MB1:", "") if label != text[:4]]
        return ShowPass(self.random.choice(labels) + text[4:])

    def _wrong_card(self) -> AnyAsk:
        number = f"{self.random.getrandbits(64):016x}"
        if self.random.random() < 0.5:
            return ShowPass(card(number, last_day=TODAY - self.random.randint(1, 400)))
        return ShowPass(card(number, sort=self.random.choice([Sort.VOUCHER, Sort.PICK_UP])))

    def _noise(self) -> AnyAsk:
        prefix = self.random.choice(("MD1:", "MV1:", "", "https://", "hien-sealed-1 command 5 "))
        alphabet = self.random.choice((base45.ALPHABET, "01", "\x00\n\\\"'", "ắễộ😀"))
        length = self.random.choice((117, self.random.randrange(130)))
        return ShowPass(prefix + "".join(self.random.choices(alphabet, k=length)))

    def _order(self) -> AnyAsk:
        at_s = self.slot * passes.SLOT_S
        nonce = f"{self.random.getrandbits(128):032x}"
        order = Order(nonce=nonce, at_s=at_s - self.random.randint(30, 10**6))
        if self.random.random() < 0.3:
            order = Order(nonce=nonce, at_s=at_s, device="back")
        sealed = order.sealed(self.random.choice((ISSUER, ISSUER, STRANGER)))
        data = bytearray(sealed)
        if self.random.random() < 0.5:
            data[self.random.randrange(len(data))] ^= self.random.randint(1, 127)
        return PassOrder(data.decode("utf-8", "replace")[:MAX_COMMAND_BYTES])


def attack(folder: Path, attacks: int, good: int, seed: int, revoked: int = REVOKED) -> Outcome:
    """Both kinds, mixed, at one door with a real journal that was told of `revoked` members."""
    members = Members.several(MEMBERS)
    rig = Rig(folder, QUICK, members)
    rig.trust(revoked=((1 << revoked) - 1).to_bytes(MEMBERS // 8, "little"))
    outcome = Outcome(seed)
    attacker = Attacker(Random(seed), members)
    asks = attacker.asks()
    began_s = time.monotonic()
    with rig.running():
        turns = max(-(-attacks // TURN), 1)
        for turn in range(turns):
            rig.waits(15.0)
            attacker.slot = rig.slot()
            for number in range(turn * good // turns, (turn + 1) * good // turns):
                _show_good(rig, attacker, number, outcome)
            for _ in range(min(TURN, attacks - outcome.attacks)):
                _show_bad(rig, next(asks), outcome)
        rig.app.close()
    outcome.seconds = round(time.monotonic() - began_s, 1)
    return outcome


def _show_good(rig: Rig, attacker: Attacker, number: int, outcome: Outcome) -> None:
    if number and number % (MEMBERS - REVOKED) == 0:
        rig.waits(15.0)  # everybody has been in: their phones show the next pass
        attacker.slot = rig.slot()
    text = attacker.good_pass(number)
    pulses = len(rig.lock.pulses)
    rig.says(text)
    outcome.good += 1
    outcome.opened_by_good += len(rig.lock.pulses) - pulses
    attacker.used = [*attacker.used[-999:], text]
    for is_open in (True, False):
        rig.lines.sensed = Sensed(is_open=is_open)
        rig.passes(0.1)
    rig.lines.sensed = Sensed(is_exit_asked=True)  # and out again: the shop stays empty
    rig.passes(0.02)
    for is_open in (True, False):
        rig.lines.sensed = Sensed(is_open=is_open)
        rig.passes(0.1)


def _show_bad(rig: Rig, ask: AnyAsk, outcome: Outcome) -> None:
    pulses = len(rig.lock.pulses)
    answer = rig.app.handle(ask)
    assert isinstance(answer, Answer)
    outcome.attacks += 1
    outcome.reasons[answer.reason] += 1
    opened = len(rig.lock.pulses) - pulses
    assert opened == (answer.decision is Decision.GRANTED), "it says what it does"
    outcome.opened_by_attacks += opened


def main(arguments: list[str]) -> int:
    """The full dose by default; exit status 1 if anything opened that must not, or did not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attacks", type=int, default=1_000_000)
    parser.add_argument("--good", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        outcome = attack(Path(folder), told.attacks, told.good, told.seed)
    sys.stdout.write(json.encode(vars(outcome)).decode() + "\n")
    return int(outcome.opened_by_attacks > 0 or outcome.opened_by_good != outcome.good)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
