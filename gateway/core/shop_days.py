"""Days as the shop's customers count them: from one of its midnights to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHOP_TIME = ZoneInfo("Asia/Ho_Chi_Minh")  # every store so far; Việt Nam has one time zone
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class DaySpan:
    """One day, in Unix milliseconds: from its first to before its last."""

    day: date
    from_ms: int
    until_ms: int


def span(day: date) -> DaySpan:
    """When a day begins and ends."""
    first, after = (_midnight_ms(one) for one in (day, day + timedelta(days=1)))
    return DaySpan(day, first, after)


def day_of(at_ms: int) -> date:
    """On which day something happened."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHOP_TIME).date()


def days(first: date, last: date) -> list[date]:
    """All from the first to the last, both with them."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _midnight_ms(day: date) -> int:
    return int(datetime.combine(day, time.min, SHOP_TIME).timestamp() * 1000)
