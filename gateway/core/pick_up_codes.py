"""Codes by which somebody else picks up an order: a courier, a friend. One order each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contract.messages import Text
from gateway.core.orders import Stop

HOUR_MS = 3_600_000
VALID_H = 48  # a courier comes within the hour, a neighbour on the way home tomorrow
LONGEST_H = 14 * 24  # longer than any shelf keeps an order


class Collector(StrEnum):
    """Who comes instead of the customer."""

    COURIER = "courier"
    DELEGATE = "delegate"


NAMES = {
    Collector.COURIER: Text("Người giao hàng", "Courier"),
    Collector.DELEGATE: Text("Người nhận thay", "Somebody the customer sent"),
}


@dataclass(frozen=True, slots=True)
class PickUpCode:
    """What a code is good for."""

    order: str
    collector: Collector
    name: str  # of the courier's company, or of the friend; may be empty
    expires_at_ms: int
    used_at_ms: int | None = None


def judge(code: PickUpCode | None, order: str, now_ms: int) -> Stop | None:
    """Why a code does not let somebody have an order now; None if it does."""
    if code is None:
        return Stop.CODE_UNKNOWN
    if code.order != order:
        return Stop.CODE_OF_ANOTHER
    if code.used_at_ms is not None:
        return Stop.CODE_USED
    return Stop.CODE_EXPIRED if now_ms >= code.expires_at_ms else None


def called(code: PickUpCode) -> str:
    """Who took the order, as it is written down: `courier`, or `courier Grab`."""
    return f"{code.collector} {code.name}".strip()
