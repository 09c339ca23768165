"""A member's orders as their screen shows them, and what a screen is told once one is paid.

It reads; who calls has decided that the screen may know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy.orm import Session

from contract.messages import Level, Show, ShownOrder
from contract.topics import KioskAddress
from gateway.core import pay_to
from gateway.core.orders import OrderState
from gateway.core.pay_to import Account
from gateway.store import orders, payments
from gateway.store.orders import OrderRow

LATELY_MS = 30 * 60 * 1000  # whoever was seen before is at no screen any more


def shown(row: OrderRow, store: str, account: Account | None) -> ShownOrder:
    """One order at a store's screen, with what a bank's app pays it by."""
    is_ready = row.state == OrderState.READY and orders.is_at(row, store)
    owed = pay_to.code(account, row.order, row.number, row.unpaid_vnd)
    return ShownOrder(row.order, row.number, row.items, row.unpaid_vnd, is_ready, owed)


def paid(
    db: Session, changed: Collection[str], account: Account | None, now_ms: int
) -> Iterator[tuple[KioskAddress, Show]]:
    """What to say to screens at which the members of some orders were seen lately.

    A screen that shows somebody else by now drops it: it is for a session.
    """
    for row, at in payments.at_screens(db, changed, now_ms - LATELY_MS):
        order = shown(row, at.store, account)
        asked_by = at.answers or "0" * 32
        yield (
            KioskAddress(at.store, at.kiosk),
            Show(at.session, asked_by, Level.ORDER, orders=(order,)),
        )
