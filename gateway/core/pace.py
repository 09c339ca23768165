"""How fast somebody may ask: a bucket that fills evenly, and is emptied by asking. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

BURST = 200  # a shop system that catches up after a night may send this many at once
PER_S = 20.0  # and this many for ever: a busy shop has one sale in some seconds
ASKERS = 1_000  # remembered at most; a retailer has a handful of connectors


@dataclass(slots=True)
class Pace:
    """The buckets of all who asked lately."""

    burst: int = BURST
    per_s: float = PER_S
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)  # by asker: left, as of

    def wait_s(self, asker: str, now_s: float) -> float:
        """How long they have to wait; 0 if they may go on, which is then counted."""
        left, as_of_s = self._left.pop(asker, (float(self.burst), now_s))
        left = min(self.burst, left + max(0.0, now_s - as_of_s) * self.per_s)
        is_allowed = left >= 1
        self._left[asker] = (left - 1 if is_allowed else left, now_s)
        if len(self._left) > ASKERS:
            del self._left[next(iter(self._left))]
        return 0.0 if is_allowed else (1 - left) / self.per_s
