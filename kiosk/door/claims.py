"""Asks whether another door of the store has let in the same pass.

A store with one door needs to ask nobody: its journal knows.
"""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from kiosk.core.entry import Spend


class Claim(Enum):
    """What the store's other doors say."""

    OURS = "ours"
    TAKEN = "taken"
    UNKNOWN = "unknown"  # nobody answered in time


class Claims(Protocol):
    """The one place of a store where each pass is claimed once."""

    def claim(self, spend: Spend) -> Claim:
        """Claim a pass for this door. Waits a moment at most and raises nothing."""


class OnlyDoor:
    """The claims of a store with one door."""

    def claim(self, spend: Spend) -> Claim:
        """Nobody else could have taken it."""
        del spend
        return Claim.OURS
