"""What an order becomes when its shop says something new; what was done here stays done."""

from __future__ import annotations

from gateway.core.changes import Progress

# The states of an order here, as gateway.store.orders writes them.
PREPARING, READY, ARRIVED = "preparing", "ready", "arrived"
HANDED_OVER, CANCELLED = "handed_over", "cancelled"
OVER = frozenset({HANDED_OVER, "partly", "refused"})  # somebody stood here and took it, or did not


def state_after(here: str | None, told: Progress) -> str:
    """The state from now on; `here` is None for an order that is new.

    A shop knows of payment, cancelling and hand-over; that something is ready, or that its
    customer has come, is known here, and an edited address does not make it undone.
    """
    if here in OVER:
        return str(here)
    match told:
        case Progress.CANCELLED:
            return CANCELLED
        case Progress.HANDED_OVER:
            return HANDED_OVER
        case Progress.READY:
            return ARRIVED if here == ARRIVED else READY
    return PREPARING if here in (None, CANCELLED) else str(here)


def unpaid_vnd(told_vnd: int, paid_vnd: int) -> int:
    """What is to be paid at the desk: less what came by transfer, of which the shop knows not."""
    return max(0, told_vnd - paid_vnd)
