"""Membership tiers, lowest first."""

from __future__ import annotations

from enum import StrEnum


class Tier(StrEnum):
    """How much a member has bought over the years."""

    MEMBER = "member"
    SILVER = "silver"
    GOLD = "gold"


TIERS = list(Tier)
