"""When a store lets people in: hours for each weekday, and days that are different.

Knows one store's calendar and no clock. Hours may run past midnight; they belong to the day on
which they begin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum

DAY_MIN = 24 * 60
LOOK_AHEAD_DAYS = 15  # Tết takes nine days; who is away for longer hangs up a sign
Spans = tuple[tuple[int, int], ...]
"""Minutes after midnight, from and until; until may lie on the next day, up to 48:00."""

ALL_DAY: Spans = ((0, DAY_MIN),)
_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")


class Shop(Enum):
    """How the shop is."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"  # on another weekday like this it would be open


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """A store's week, Monday first, and its special days."""

    zone: tzinfo = UTC
    week: tuple[Spans, ...] = (ALL_DAY,) * 7
    special: Mapping[date, Spans] = field(default_factory=dict)  # no spans: closed

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("a week has seven days")

    def local(self, unix_s: float) -> datetime:
        """The time on the store's wall clock."""
        return datetime.fromtimestamp(unix_s, self.zone)

    def day(self, unix_s: float) -> int:
        """The store's calendar day, counted from 1970-01-01 as passes do."""
        return (self.local(unix_s).date() - date(1970, 1, 1)).days


def parse(text: str) -> Spans:
    """`07:00-22:00`, `07:00-11:30, 13:00-02:00` or `closed`; ValueError for anything else.

    An end that is not after its beginning lies on the next day.
    """
    if text.strip() == "closed":
        return ()
    spans = []
    for part in text.split(","):
        found = _SPAN.fullmatch(part.strip())
        if found is None:
            raise ValueError(f"{part.strip()!r} is neither hours like 07:00-22:00 nor 'closed'")
        from_h, from_min, until_h, until_min = map(int, found.groups())
        begin, end = from_h * 60 + from_min, until_h * 60 + until_min
        if begin >= DAY_MIN or end > DAY_MIN or max(from_min, until_min) > 59:
            raise ValueError(f"{part.strip()!r} is no time of day")
        spans.append((begin, end if end > begin else end + DAY_MIN))
    return tuple(spans)


def at(hours: OpeningHours, unix_s: float) -> Shop:
    """Whether people may come in at a moment."""
    local = hours.local(unix_s)
    today, minute = local.date(), local.hour * 60 + local.minute
    yesterday = today - timedelta(days=1)
    late = any(begin <= minute + DAY_MIN < end for begin, end in _of(hours, yesterday))
    if late or any(begin <= minute < end for begin, end in _of(hours, today)):
        return Shop.OPEN
    usual = hours.week[today.weekday()]
    is_usual = any(begin <= minute < end for begin, end in usual)
    return Shop.HOLIDAY if is_usual else Shop.CLOSED


def next_opening(hours: OpeningHours, unix_s: float) -> datetime | None:
    """When people may come in next, on the store's wall clock; None if not within two weeks."""
    now = hours.local(unix_s)
    for day in (now.date() + timedelta(days=ahead) for ahead in range(LOOK_AHEAD_DAYS)):
        for begin, _ in sorted(_of(hours, day)):
            opens = datetime.combine(day, time(begin // 60, begin % 60), hours.zone)
            if opens > now:
                return opens
    return None


def _of(hours: OpeningHours, day: date) -> Spans:
    return hours.special.get(day, hours.week[day.weekday()])
