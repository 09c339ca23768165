"""What vendors' bodies have in common: amounts, names, phones, times. Refuses, never guesses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

NAME_MAX = 80  # what a screen may be told (contract.messages)
PHONE_MAX = 20  # E.164 has 15 digits and a plus; people add brackets and dashes
ITEMS_MAX = 1_000
VND_MAX = 10**12  # as in CSV files
ID_MAX = 64  # longer than any vendor's
NOBODY = "Khách"  # a guest who gave no name: staff still hand over by the order's number


class UnreadableError(ValueError):
    """A field is not what the vendor's documentation says: the delivery is kept and refused."""


class ForeignCurrencyError(ValueError):
    """Something is to be paid, and not in đồng: nobody here knows how much that is."""


def vnd(amount: str, currency: str) -> int:
    """What "150000.00" is in đồng; 0 is 0 in every currency."""
    try:
        value = Decimal(amount)
    except InvalidOperation as error:
        raise UnreadableError("an amount is no number") from error
    if not value.is_finite() or not 0 <= value <= VND_MAX:
        raise UnreadableError("an amount is out of bounds")
    if value and currency != "VND":
        raise ForeignCurrencyError(currency)
    if value != value.to_integral_value():
        raise UnreadableError("đồng have no decimals")
    return int(value)


def total_vnd(amount: str | None, currency: str) -> int | None:
    """What an order costs in all; None where nobody says so, or says it in other money."""
    try:
        return None if amount is None else vnd(amount, currency)
    except ForeignCurrencyError:
        return None


def name(*parts: str | None) -> str:
    """A name from its parts."""
    return " ".join(" ".join(part for part in parts if part).split())[:NAME_MAX] or NOBODY


def phone(*numbers: str | None) -> str:
    """The first number that is one, without what people put between digits; "" if none is."""
    for number in numbers:
        bare = "".join(letter for letter in number or "" if letter not in " .-()/")
        if bare.removeprefix("+").isdecimal() and bare.isascii() and len(bare) <= PHONE_MAX:
            return bare
    return ""


def items(quantities: Iterable[int]) -> int:
    """How many pieces are to be handed over: at least one, else it were no order."""
    return min(max(sum(quantities), 1), ITEMS_MAX)


def unix_ms(at: datetime | None) -> int:
    """A vendor's time; without a zone it is UTC; 0 if there is none."""
    if at is None:
        return 0
    whole = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return int(whole.timestamp() * 1000)


def iso(at_ms: int) -> str:
    """A time for a query, in UTC and whole seconds: "2026-03-01T05:00:00Z"."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
