"""What a redemption puts on its member's account when it is confirmed: points and cashback."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.core.ledger import DAY_MS, Currency
from gateway.core.offers.model import Effect, EffectKind

CURRENCIES: Mapping[EffectKind, Currency] = {
    EffectKind.POINTS: Currency.POINTS,
    EffectKind.CASHBACK_VND: Currency.VND,
}


@dataclass(frozen=True, slots=True)
class Reward:
    """So much of a currency, and its life."""

    currency: Currency
    amount: int
    pending_days: int = 0
    valid_days: int | None = None

    def usable_from_ms(self, at_ms: int) -> int:
        """From when on it can be used, if it is earned at a time."""
        return at_ms + self.pending_days * DAY_MS

    def expires_at_ms(self, at_ms: int) -> int | None:
        """When it is over; None: never."""
        return None if self.valid_days is None else at_ms + self.valid_days * DAY_MS


def rewards(effects: Iterable[Effect]) -> list[Reward]:
    """What some effects give that is kept in the ledger; nothing of nothing."""
    booked = [(one, CURRENCIES[one.kind]) for one in effects if one.kind in CURRENCIES]
    made = [
        Reward(
            currency,
            one.amount if one.max_vnd is None else min(one.amount, one.max_vnd),
            one.pending_days,
            one.valid_days,
        )
        for one, currency in booked
    ]
    return [reward for reward in made if reward.amount]
