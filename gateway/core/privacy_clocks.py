"""By when each request of a person is answered and done: a table for who advises the owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gateway.core.changes import Ask

ANSWER_WORKING_DAYS = 2  # Decree 356/2025: that it came, and what will be done
WEEKEND = (5, 6)  # Saturday, Sunday; public holidays are not known, so a day too early at worst


@dataclass(frozen=True, slots=True)
class Clocks:
    """Days from the request to the deed, and hours; the shop itself aims at three days."""

    see: int = 10  # Decree 356/2025: 10 days to see and to mend, 20 to erase; Shopify: 30
    erase: int = 10  # the shorter of its days: nobody waits for what takes a minute
    erase_shop: int = 10
    breach_hours: int = 72  # Law 91/2025: until the authority knows of an incident

    def days(self, ask: Ask) -> int:
        """How many for one sort of request."""
        by_ask: Mapping[Ask, int] = {
            Ask.SEE: self.see,
            Ask.ERASE: self.erase,
            Ask.ERASE_SHOP: self.erase_shop,
        }
        return by_ask[ask]


def due_ms(clocks: Clocks, ask: Ask, asked_ms: int) -> int:
    """When a request has to be done."""
    return asked_ms + clocks.days(ask) * 86_400_000


def answer_ms(asked_ms: int) -> int:
    """When whoever asked has to have heard of it."""
    at = datetime.fromtimestamp(asked_ms / 1000, UTC)
    left = ANSWER_WORKING_DAYS
    while left:
        at += timedelta(days=1)
        left -= at.weekday() not in WEEKEND
    return int(at.timestamp() * 1000)
