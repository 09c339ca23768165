"""When evidence belongs to a visit that is there already. Judged by the time things happened."""

from __future__ import annotations

from msgspec import Struct

from contract.events import ClockTrust, Event

QUIET_MS = 120_000  # a visit ends two minutes after the last evidence; shorter split real visits
# How long a tag counts as here whose departure nobody reported: its kiosk may have lost power.
UNREPORTED_MS = 2 * 60 * 60 * 1000
# A tag that was left behind is here for ever: each week it is on a new visit, so that whoever asks
# for a member's visit need not read all that they ever made.
LONGEST_MS = 7 * 24 * 60 * 60 * 1000
AHEAD_MS = 120_000  # clocks set over the network differ by far less; beyond it one of two is wrong
BELIEVED = (ClockTrust.TRUSTED, ClockTrust.HOLDOVER)


# Place and Span are structs, since each event makes several: a frozen dataclass takes four times
# as long to make.
class Place(Struct, frozen=True):
    """Where and when something happened."""

    store: str
    kiosk: str
    at_ms: int


class Span(Struct, frozen=True):
    """From the first to the last evidence of one person in one store, Unix milliseconds."""

    first_ms: int
    last_ms: int

    def meets(self, other: Span) -> bool:
        """Whether both are one visit: less than two quiet minutes lie between them."""
        return (
            self.first_ms <= other.last_ms + QUIET_MS and other.first_ms <= self.last_ms + QUIET_MS
        )

    def with_(self, other: Span) -> Span:
        """Both as one."""
        return Span(min(self.first_ms, other.first_ms), max(self.last_ms, other.last_ms))

    def while_heard(self, kiosks: int) -> Span:
        """How far it reaches while that many kiosks still hear the tag."""
        return Span(self.first_ms, self.last_ms + UNREPORTED_MS) if kiosks > 0 else self


def happened_ms(event: Event, now_ms: int) -> int:
    """When an event happened: as its kiosk says, unless that clock cannot be believed."""
    is_believed = event.clock in BELIEVED and event.at_ms <= now_ms + AHEAD_MS
    return event.at_ms if is_believed else now_ms
