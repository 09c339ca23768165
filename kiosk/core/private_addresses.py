"""Phones' private addresses (RPA): which were met lately, and whose they may be believed to be.

Bounded, in memory only: a stranger's address is forgotten after minutes, and never leaves here.
Deterministic: time and the trying of keys are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import nlargest
from typing import Protocol

from contract.messages import TrustedIrk

BATCH = 64  # addresses tried with a key at once: 400 times cheaper than one by one
WAITING = 4_096  # addresses not tried yet; a flood of 10,000 a second turns them over in 0.4 s
STRANGERS = 8_192  # addresses tried in vain, so that none is tried twice
OWNED = 1_024  # addresses that fit a key; apart, so that no flood drives them out
LIFE_S = 18 * 60.0  # phones take a new address after 15 minutes (Core Spec 5.4, Vol 3, Part C, A)
WITNESSES = 2  # distinct addresses before anything is believed
WITNESS_S = 60 * 60.0  # within so long: a visit's length, in which a phone shows four


class KeyRing(Protocol):
    """Identity resolving keys that can be tried on addresses."""

    def know(self, irks: Sequence[TrustedIrk]) -> None:
        """Forget all keys, and know these."""

    def match(self, addresses: Sequence[bytes]) -> Mapping[bytes, str]:
        """The tag whose key fits, by address; nothing for a stranger's. At most BATCH at once."""


class PrivateAddresses:
    """One match proves little: of a stranger's addresses, one in 16.8 million fits a given key.

    With 10,000 keys and 800 new addresses an hour, a stranger fits somebody's key every other
    hour. That strangers fit the same key twice within an hour is seen once in twenty years.
    """

    def __init__(self, ring: KeyRing | None) -> None:
        """Without a ring every phone is a stranger."""
        self._ring = ring
        self._irks: frozenset[TrustedIrk] = frozenset()
        self._owned: dict[bytes, tuple[str, float]] = {}  # tag, and until when
        self._strangers: dict[bytes, float] = {}  # until when
        self._waiting: dict[bytes, tuple[int, int]] = {}  # times heard, dBm at best
        self._witnesses: dict[str, dict[bytes, float]] = {}  # by tag: address, last heard

    def __len__(self) -> int:
        return len(self._owned) + len(self._strangers) + len(self._waiting)

    def know(self, irks: Sequence[TrustedIrk]) -> None:
        """Know these keys and no others; begin anew, because a stranger may now be known."""
        if self._ring is None or frozenset(irks) == self._irks:
            return
        self._irks = frozenset(irks)
        self._ring.know(irks)
        self._owned.clear()
        self._strangers.clear()
        self._waiting.clear()
        self._witnesses.clear()

    def find(self, address: bytes, rssi_dbm: int, now_s: float) -> str | None:
        """The tag an address is believed to belong to; an address not met before is tried soon."""
        if address in self._owned:
            tag, _ = self._owned[address]
            witnesses = self._witnesses.setdefault(tag, {})
            witnesses[address] = now_s
            return tag if len(witnesses) >= WITNESSES else None
        if self._irks and address not in self._strangers:
            times, best_dbm = self._waiting.pop(address, (0, rssi_dbm))
            self._waiting[address] = (times + 1, max(rssi_dbm, best_dbm))
            if len(self._waiting) > WAITING:
                del self._waiting[next(iter(self._waiting))]
        return None

    def resolve(self, now_s: float) -> None:
        """Forget what is old and try one batch; call it at every tick.

        Those heard most often come first, then the loudest: a flood of addresses that are each
        used once does not hide a phone.
        """
        self._forget(now_s)
        if self._ring is None or not self._waiting:
            return
        batch = nlargest(BATCH, self._waiting, key=self._waiting.__getitem__)
        found = self._ring.match(batch)
        for address in batch:
            del self._waiting[address]
            if address in found:
                self._owned[address] = (found[address], now_s + LIFE_S)
                self._witnesses.setdefault(found[address], {})[address] = now_s
            else:
                self._strangers[address] = now_s + LIFE_S

    def _forget(self, now_s: float) -> None:
        """Both tables are in the order in which their addresses grow old."""
        while self._strangers:
            oldest, until_s = next(iter(self._strangers.items()))
            if until_s > now_s and len(self._strangers) <= STRANGERS:
                break
            del self._strangers[oldest]
        while self._owned:
            oldest, (_, until_s) = next(iter(self._owned.items()))
            if until_s > now_s and len(self._owned) <= OWNED:
                break
            del self._owned[oldest]
        for tag, heard in [*self._witnesses.items()]:
            for address in [one for one, at_s in heard.items() if now_s - at_s > WITNESS_S]:
                del heard[address]
            if not heard:
                del self._witnesses[tag]


def resolvable(written: str) -> bytes | None:
    """A random address written as `4A:11:22:33:44:55`, if it is a resolvable private one."""
    if written[0] not in "4567":  # the two highest bits; most addresses end here
        return None
    return bytes.fromhex(written.replace(":", ""))
