"""Screens for who looks after a kiosk: behind a PIN, how it is, and what can be tried out.

Nothing of any shopper stands on them.
"""

from __future__ import annotations

from dataclasses import dataclass

from contract.messages import KioskState

PIN_DIGITS = 6
FIELDS = 12  # of the touch test: four rows of three, over the whole glass


@dataclass(frozen=True, slots=True)
class PinAsked:
    """Which PIN?"""

    wrong: int = 0  # so many were, since this was asked


@dataclass(frozen=True, slots=True)
class PinLocked:
    """Too many were wrong."""


@dataclass(frozen=True, slots=True)
class Maintenance:
    """How this kiosk is."""

    said: KioskState | None = None  # as it said last
    codes_read: int = 0  # since then; what stood in them is forgotten at once
    is_restarting: bool = False


@dataclass(frozen=True, slots=True)
class TouchTest:
    """Every part of the glass is to be touched once."""

    under: Maintenance
    touched: frozenset[int] = frozenset()
