"""What a member looked at elsewhere, and how long it says anything about them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

DAY_MS = 86_400_000
MOST_WORDS = 100  # of one kind and member: a catalogue is no interest


class InterestKind(StrEnum):
    """How a member came near a product or a group of them."""

    VIEWED = "viewed"
    CARTED = "carted"  # and not bought yet
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody tells us: a member came near these things, or is done with them."""

    kind: InterestKind
    words: tuple[str, ...]
    source: str
    at_ms: int
    is_gone: bool = False  # left the cart, was bought, was answered


# As long as a shop's customers decide: a cart of last month is no plan any more.
LIFE_MS = {
    InterestKind.VIEWED: 30 * DAY_MS,
    InterestKind.CARTED: 30 * DAY_MS,
    InterestKind.ASKED: 90 * DAY_MS,
}
