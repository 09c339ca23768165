"""The only place that reads the time: monotonic measures, UTC labels."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is. Given to whoever needs it, never looked up."""

    def monotonic_s(self) -> float:
        """Seconds that never jump and never go back; for measuring, since an unknown start."""

    def utc(self) -> datetime:
        """The time of day, for labels people read; may jump when the machine is set right."""


class SystemClock:
    """The machine's own clocks."""

    def monotonic_s(self) -> float:
        """Seconds since boot."""
        return time.monotonic()

    def utc(self) -> datetime:
        """Now, as the operating system knows it."""
        return datetime.now(UTC)


def system_clock(_options: Mapping[str, object], _inbox: object) -> SystemClock:
    """The `system` driver of a process: it needs no options and puts nothing in the inbox."""
    return SystemClock()


def unix_ms(at: datetime) -> int:
    """A wall-clock time as the contract writes it: milliseconds since 1970, UTC."""
    return int(at.timestamp() * 1000)


def stopwatch_ms() -> float:
    """Real milliseconds for latency figures, also where a simulated clock runs faster."""
    return time.perf_counter() * 1000
