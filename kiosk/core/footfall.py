"""How many people come past, by a beam and by phones' radios, and not who. Keeps no address.

A phone's changing address becomes one of 256 slots under a salt that lives for a quarter of an hour
in memory: millions of phones share each slot, and nothing is the same in the next quarter. What
leaves this module is one number a quarter, and none below five.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b

from contract.events import Counted
from contract.footfall import COUNTED_LEAST, Counter

QUARTER_S = 900.0  # CNIL: destroyed within 24 hours; here, long before anybody comes again
SLOTS = 256  # one byte of a hash: 100 phones are counted to 5 %, 500 to 7 % (linear counting)
SALT_BYTES = 32
LEAST_DBM = -80  # about a shop's width; the street's far side is quieter


@dataclass
class Footfall:
    """One kiosk's. One thread owns it."""

    draw: Callable[[int], bytes] | None = None  # random bytes for salts; None: counts no phones
    counts_beam: bool = False
    _salt: bytes = field(default=b"", repr=False)
    _slots: set[int] = field(default_factory=set)
    _broken: int = 0
    _until_s: float | None = None

    def hear(self, address: bytes | None, rssi_dbm: int) -> None:
        """A phone is near; its address is forgotten before this returns."""
        if self._salt and address is not None and rssi_dbm >= LEAST_DBM:
            (slot,) = blake2b(address, key=self._salt, digest_size=1).digest()
            self._slots.add(slot)

    def passed(self) -> None:
        """Somebody broke the beam."""
        self._broken += self.counts_beam

    def due(self, now_s: float) -> list[Counted]:
        """What the quarter of an hour that is over had; call it at every tick."""
        if self._until_s is None:
            self._begin(now_s)
            return []
        if now_s < self._until_s:
            return []
        told = []
        if self._salt:
            told.append(_told(Counter.PHONES, estimate(len(self._slots))))
        if self.counts_beam and self._broken >= COUNTED_LEAST:
            told.append(_told(Counter.BEAM, self._broken))
            self._broken = 0  # fewer wait for the next quarter: none is lost
        self._begin(now_s)
        return told

    def _begin(self, now_s: float) -> None:
        self._until_s = now_s + QUARTER_S
        self._salt = b"" if self.draw is None else self.draw(SALT_BYTES)
        self._slots.clear()


def estimate(taken: int) -> int:
    """How many phones take so many slots, in all likelihood.

    Linear counting: K.-Y. Whang et al., A linear-time probabilistic counting algorithm, ACM TODS
    15 (1990). All slots taken mean this many or more.
    """
    free = max(SLOTS - taken, 1)
    return round(SLOTS * math.log(SLOTS / free))


def standard_error(phones: int) -> float:
    """How far an estimate is off, as a share of the phones; the same source, section 4."""
    load = phones / SLOTS
    return math.sqrt(SLOTS * (math.exp(load) - load - 1)) / phones


def _told(what: Counter, number: int) -> Counted:
    return Counted(what, number if number >= COUNTED_LEAST else None)
