"""When evidence belongs to a visit that is there already. Judged by the time things happened."""

from __future__ import annotations

from dataclasses import dataclass, replace

QUIET_MS = 120_000  # a visit ends two minutes after the last evidence; shorter split real visits


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last evidence of one person in one store, Unix milliseconds."""

    first_ms: int
    last_ms: int

    def covers(self, at_ms: int) -> bool:
        """Whether evidence of that time belongs to this visit, be it late or early."""
        return self.first_ms - QUIET_MS <= at_ms <= self.last_ms + QUIET_MS

    def with_evidence(self, at_ms: int) -> Span:
        """The visit with one more evidence."""
        return replace(self, first_ms=min(self.first_ms, at_ms), last_ms=max(self.last_ms, at_ms))
