"""Who must be recognised and who must not: the simulation knows, the product has to find out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from simulator.codes import Code
from simulator.people import Shopper
from simulator.world import World, loudest

# The presence rules enter at -67 dBm on average, slowly. A tag whose level without fading is
# 6 dB above that for 20 s cannot be missed by any rule worth having; between the two it may be.
LOUD_DBM = -61.0
LOUD_S = 20.0


@dataclass
class Truth:
    """By member id. `must` is found by evidence that leaves no doubt, `may` by any at all."""

    must: set[str] = field(default_factory=set)
    may: set[str] = field(default_factory=set)
    _loud_s: dict[tuple[str, str], float] = field(default_factory=dict)

    def watch(self, world: World, dt_s: float, listening: Collection[str]) -> None:
        """Time passed: whose tag has been loud for long enough at one kiosk that listens?"""
        standing = [
            person
            for person in world.people.values()
            if person.shopper.member is not None
            and person.shopper.tag is not None
            and person.shopper.member.may_be_noticed
        ]
        self.may |= {one.shopper.member.member for one in standing if one.shopper.member}
        at_kiosks = [person for person in standing if person.errand is not None]
        for name, (kiosk, level_dbm) in loudest(world, at_kiosks).items():
            loud_s = self._loud_s.get((name, kiosk), 0.0)
            is_loud = level_dbm >= LOUD_DBM and kiosk in listening
            loud_s = loud_s + dt_s if is_loud else 0.0
            self._loud_s[name, kiosk] = loud_s
            member = world.people[name].shopper.member
            if loud_s >= LOUD_S and member is not None:
                self.must.add(member.member)

    def showed(self, shopper: Shopper, code: Code) -> None:
        """A code is held to a camera; only one's own fresh pass is evidence."""
        if code is Code.PASS and shopper.code_of is not None:
            self.may.add(shopper.code_of.member)

    def was_seen(self, shopper: Shopper, code: Code) -> None:
        """The camera had enough good pictures of it, or the screen has accepted it."""
        if code is Code.PASS and shopper.code_of is not None:
            self.must.add(shopper.code_of.member)
