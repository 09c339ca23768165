"""Codes by which somebody else picks up an order, kept as digests: whoever reads here has none."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from hashlib import sha256

from sqlalchemy import update
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract import drawn_codes
from gateway.core import pick_up_codes, vouchers
from gateway.core.orders import Stop
from gateway.core.pick_up_codes import HOUR_MS, VALID_H, Collector, PickUpCode
from gateway.store import orders
from gateway.store.base import Base
from gateway.store.orders import Deed, OrderRow, Stopped


class PickUpCodeRow(Base):
    """One code."""

    __tablename__ = "pick_up_code"

    digest: Mapped[str] = mapped_column(primary_key=True)
    order: Mapped[str] = mapped_column("order_id", index=True)
    collector: Mapped[str]  # gateway.core.pick_up_codes.Collector
    name: Mapped[str]
    made_by: Mapped[str]
    expires_at_ms: Mapped[int]
    used_at_ms: Mapped[int | None]
    used_by: Mapped[str] = mapped_column(default="")  # who handed over, as an order's steps say it


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody else shall pick up an order."""

    order: str
    collector: Collector
    name: str
    by: str
    at_ms: int
    valid_h: int = VALID_H


def make(db: Session, wish: Wish) -> tuple[str, int]:
    """A new code, and until when it is good; those before it for this order are good no more."""
    row = PickUpCodeRow
    before = update(row).where(row.order == wish.order, row.used_at_ms.is_(None))
    earlier = before.where(row.expires_at_ms > wish.at_ms)
    db.execute(earlier.values(expires_at_ms=wish.at_ms))
    code, until_ms = drawn_codes.draw(secrets.randbelow), wish.at_ms + wish.valid_h * HOUR_MS
    db.add(
        PickUpCodeRow(
            digest=_digest(code),
            order=wish.order,
            collector=wish.collector,
            name=wish.name,
            made_by=wish.by,
            expires_at_ms=until_ms,
        )
    )
    db.flush()
    return drawn_codes.written(code), until_ms


def hand_over(db: Session, order: str, deed: Deed, typed: str) -> OrderRow | Stopped:
    """Take a step of handing over for whoever shows a code; who that is is written down.

    The order is handed over once, whatever runs in parallel, and so the code is used once.
    """
    row = db.get(PickUpCodeRow, _digest(vouchers.typed(typed)), populate_existing=True)
    code = None if row is None else _code(row)
    stop = pick_up_codes.judge(code, order, deed.at_ms)
    if row is None or code is None:
        return Stopped(Stop.CODE_UNKNOWN)
    if stop is Stop.CODE_USED:
        return Stopped(stop, row.used_by, row.used_at_ms or 0)
    if stop is not None:
        return Stopped(stop)
    taken = orders.take(db, order, replace(deed, to=pick_up_codes.called(code)))
    if isinstance(taken, OrderRow):
        row.used_at_ms, row.used_by = deed.at_ms, deed.by
        db.flush()
    return taken


def _code(row: PickUpCodeRow) -> PickUpCode:
    return PickUpCode(
        row.order, Collector(row.collector), row.name, row.expires_at_ms, row.used_at_ms
    )


def _digest(code: str) -> str:
    return sha256(code.encode()).hexdigest()[:32]
