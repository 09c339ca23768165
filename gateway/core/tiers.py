"""Membership tiers, lowest first."""

from __future__ import annotations

from enum import StrEnum

from contract.messages import Text


class Tier(StrEnum):
    """How much a member has bought over the years."""

    MEMBER = "member"
    SILVER = "silver"
    GOLD = "gold"


TIERS = list(Tier)

TIER_NAMES = {
    Tier.MEMBER: Text("Thành viên", "Member"),
    Tier.SILVER: Text("Bạc", "Silver"),
    Tier.GOLD: Text("Vàng", "Gold"),
}
