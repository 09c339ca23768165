"""Keeps the last few hundred durations and says their percentiles."""

from __future__ import annotations

from collections import deque

KEPT = 500  # an hour of a busy kiosk; old enough to be stable, short enough to show a change


class Latencies:
    """Durations in milliseconds, newest `KEPT` only. Owned by one thread."""

    def __init__(self) -> None:
        self._values_ms: deque[float] = deque(maxlen=KEPT)

    def add(self, duration_ms: float) -> None:
        """Count one more."""
        self._values_ms.append(duration_ms)

    def percentile_ms(self, percent: float) -> float | None:
        """The value that `percent` of the kept ones do not exceed; None if there are none."""
        if not self._values_ms:
            return None
        ordered = sorted(self._values_ms)
        return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]
