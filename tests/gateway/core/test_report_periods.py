"""Weeks from Monday to Sunday, and months."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.core.report_periods import Every, Period, before, last_over


@pytest.mark.parametrize(
    ("every", "today", "first", "last", "earlier"),
    [
        (Every.WEEK, "2026-03-02", "2026-02-23", "2026-03-01", "2026-02-16"),  # a Monday
        (Every.WEEK, "2026-03-08", "2026-02-23", "2026-03-01", "2026-02-16"),  # a Sunday
        (Every.WEEK, "2026-01-01", "2025-12-22", "2025-12-28", "2025-12-15"),
        (Every.MONTH, "2026-03-01", "2026-02-01", "2026-02-28", "2026-01-01"),
        (Every.MONTH, "2026-03-31", "2026-02-01", "2026-02-28", "2026-01-01"),
        (Every.MONTH, "2026-01-15", "2025-12-01", "2025-12-31", "2025-11-01"),
    ],
)
def test_the_newest_that_is_over_and_the_one_before(
    every: Every, today: str, first: str, last: str, earlier: str
) -> None:
    period = last_over(every, date.fromisoformat(today))

    assert period == Period(date.fromisoformat(first), date.fromisoformat(last))
    assert before(every, period).first == date.fromisoformat(earlier)
