"""How far a birthday is, also of who does not tell the year."""

from __future__ import annotations

from datetime import date


def is_birthday(said: str) -> bool:
    """Whether this is a day, `1990-03-01`, or `03-01` of who does not tell the year."""
    try:
        date.fromisoformat(said if len(said) == len("1990-03-01") else f"2000-{said}")
    except ValueError:
        return False
    return True


def days_from(birthday: str, today: date) -> int | None:
    """Days to or from the nearest birthday, `1990-03-01` or `03-01`; None if none is known.

    Who was born on 29 February celebrates on the 28th in other years.
    """
    if not birthday:
        return None
    month, day = (int(part) for part in birthday.split("-")[-2:])
    years = (today.year - 1, today.year, today.year + 1)
    return min(abs((_in(year, month, day) - today).days) for year in years)


def _in(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)
