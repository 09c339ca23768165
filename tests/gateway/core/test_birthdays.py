"""How far a birthday is."""

from datetime import date

import pytest

from gateway.core.birthdays import days_from


@pytest.mark.parametrize(
    ("birthday", "today", "days"),
    [
        ("1990-03-01", date(2026, 3, 1), 0),
        ("03-04", date(2026, 3, 1), 3),
        ("1990-02-26", date(2026, 3, 1), 3),
        ("12-30", date(2026, 1, 2), 3),
        ("01-02", date(2026, 12, 30), 3),
        ("1992-02-29", date(2026, 2, 28), 0),
        ("1992-02-29", date(2028, 2, 29), 0),
        ("", date(2026, 3, 1), None),
    ],
)
def test_the_nearest_birthday_counts(birthday: str, today: date, days: int | None) -> None:
    assert days_from(birthday, today) == days
