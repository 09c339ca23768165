"""The screen by which somebody in the shop finds the kiosk that the console means."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identify:
    """Here I am; shown in the place of an invitation only."""
