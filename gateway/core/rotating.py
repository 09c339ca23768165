"""What kiosks need of a tag with a rotating identity, for some hours and no longer."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

from contract.identities import BLOCK_S, MAX_COUNTER_S, TAG_CLOCK_PPM, temporary_key
from contract.messages import TrustedEid

MAX_UNSURE_S = 1 << 16  # fourteen years; contract.messages.TrustedEid allows no more


@dataclass(frozen=True, slots=True)
class TagClock:
    """How a tag's counter stands to the time of day, as far as is known."""

    started_s: int  # Unix time when it said 0
    set_at_s: int  # Unix time when that was last seen to be right


@dataclass(frozen=True, slots=True)
class RotatingTag:
    """A registered tag."""

    tag: str
    exponent: int  # a new EID every 2^exponent seconds
    key: bytes = field(repr=False)  # its identity key, which never leaves the gateway
    clock: TagClock

    def for_kiosks(self, now_s: float, until_s: float) -> TrustedEid:
        """The tag as a Trust names it: all temporary keys it may use between the two times."""
        drifted_s = max(0.0, until_s - self.clock.set_at_s) * TAG_CLOCK_PPM / 1_000_000
        unsure_s = min(ceil(drifted_s), MAX_UNSURE_S)
        reach_s = unsure_s + (2 << self.exponent)  # a window to each side, and where it begins
        first = _block(now_s - self.clock.started_s - reach_s)
        last = _block(until_s - self.clock.started_s + reach_s)
        keys = tuple(temporary_key(self.key, block).hex() for block in range(first, last + 1))
        return TrustedEid(self.tag, self.exponent, self.clock.started_s, unsure_s, first, keys)


def _block(counter_s: float) -> int:
    return int(min(max(counter_s, 0), MAX_COUNTER_S)) // BLOCK_S
