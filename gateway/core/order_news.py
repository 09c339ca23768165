"""What an order becomes when its shop says something new; what was done here stays done."""

from __future__ import annotations

from gateway.core.changes import Progress
from gateway.core.orders import OrderState, OrderStep

# Somebody stood here and took it, or did not: no shop far away undoes that.
OVER = frozenset({OrderState.HANDED_OVER, OrderState.PARTLY, OrderState.REFUSED})

STEPS = {
    OrderState.READY: OrderStep.MAKE_READY,
    OrderState.HANDED_OVER: OrderStep.HAND_OVER,
    OrderState.CANCELLED: OrderStep.CANCEL,
}
"""How a change that a shop tells of is written down, by where it leads."""


def state_after(here: OrderState | None, told: Progress) -> OrderState:
    """The state from now on; `here` is None for an order that is new.

    A shop knows of payment, cancelling and hand-over; that something is ready, or that its
    customer has come, is known here, and an edited address does not make it undone.
    """
    if here in OVER and here is not None:
        return here
    match told:
        case Progress.CANCELLED:
            return OrderState.CANCELLED
        case Progress.HANDED_OVER:
            return OrderState.HANDED_OVER
        case Progress.READY:
            return OrderState.ARRIVED if here is OrderState.ARRIVED else OrderState.READY
    return OrderState.PLACED if here in (None, OrderState.CANCELLED) else here


def unpaid_vnd(told_vnd: int, paid_vnd: int) -> int:
    """What is to be paid at the desk: less what came by transfer, of which the shop knows not."""
    return max(0, told_vnd - paid_vnd)
