"""What the staff of a store did in some days: counts and times. It ranks nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.store.alert_rows import AlertRow
from gateway.store.sales import SaleRow


@dataclass(frozen=True, slots=True)
class Done:
    """One person's, or of all together; what was never is 0."""

    cards: int = 0
    waited_s: int = 0  # until each card was taken, added up
    closed: int = 0
    served_s: int = 0  # from taking a card to closing it, added up
    sales: int = 0
    revenue_vnd: int = 0

    def __add__(self, other: Done) -> Done:
        """Both together."""
        return Done(
            self.cards + other.cards,
            self.waited_s + other.waited_s,
            self.closed + other.closed,
            self.served_s + other.served_s,
            self.sales + other.sales,
            self.revenue_vnd + other.revenue_vnd,
        )


def by_person(db: Session, store: str, from_ms: int, until_ms: int) -> Mapping[str, Done]:
    """Who took cards that appeared then, and sold what; by the staff's ids."""
    card, sale = AlertRow, SaleRow
    cards = (
        select(
            card.staff,
            func.count(),
            func.sum((card.claimed_at_ms - card.offered_at_ms) // 1000),
            func.count(card.closed_at_ms),
            func.coalesce(func.sum((card.closed_at_ms - card.claimed_at_ms) // 1000), 0),
        )
        .where(card.store == store, card.offered_at_ms >= from_ms, card.offered_at_ms < until_ms)
        .where(card.claimed_at_ms.is_not(None), card.staff.is_not(None))
    )
    sold = (
        select(sale.staff, func.count(sale.sale).filter(sale.refund_of.is_(None)))
        .add_columns(func.sum(sale.amount_vnd))
        .where(sale.store == store, sale.at_ms >= from_ms, sale.at_ms < until_ms)
        .where(sale.staff != "")
    )
    found: dict[str, Done] = {}
    for staff, count, waited_s, closed, served_s in db.execute(cards.group_by(card.staff)):
        found[str(staff)] = Done(count, int(waited_s or 0), closed, int(served_s or 0))
    for staff, count, amount_vnd in db.execute(sold.group_by(sale.staff)):
        more = Done(sales=count, revenue_vnd=int(amount_vnd or 0))
        found[staff] = found.get(staff, Done()) + more
    return found
