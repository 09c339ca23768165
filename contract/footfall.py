"""What counts people without knowing who, and below how many it says nothing."""

from __future__ import annotations

from enum import StrEnum

COUNTED_LEAST = 5  # fewer people than this are somebody


class Counter(StrEnum):
    """What counts people without knowing who."""

    BEAM = "beam"  # how often a light barrier was broken, whichever way
    PHONES = "phones"  # about how many phones were near, of those that are heard
