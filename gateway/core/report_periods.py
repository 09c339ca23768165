"""Which weeks or months a report is about, and which one is due. It sends none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Every(StrEnum):
    """How often it comes."""

    WEEK = "week"  # from Monday to Sunday
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """Some days, both ends with them."""

    first: date
    last: date


def last_over(every: Every, today: date) -> Period:
    """The newest week or month that is over."""
    begins = _begin(every, today)
    last = begins - timedelta(days=1)
    return Period(_begin(every, last), last)


def before(every: Every, period: Period) -> Period:
    """The one before."""
    return last_over(every, period.first)


def _begin(every: Every, day: date) -> date:
    if every is Every.MONTH:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday())
