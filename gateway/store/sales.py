"""What was sold, as tills, files and web shops tell it, each sale once; refunds are own rows.

An order that nobody rings up at a till is a sale once it is paid: of the web shop until somebody
collects it, then of the store. A till's sale that names the order takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, Index, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.measures import AT_TILL_MS
from gateway.core.sales import Channel, GivenBack, Links, NotTaken, Sold
from gateway.store import measured_days, profiles, stores, touches
from gateway.store.base import Base, insert, take_turns
from gateway.store.batches import filtered
from gateway.store.screen_sessions import ScreenSessionRow
from gateway.store.visits import VisitRow
from gateway.store.vouchers import VoucherRow
from gateway.store.weeks_of_visits import by_week

ORDERS = ""  # no till's name: sales that follow from orders by themselves


class SaleRow(Base):
    """One sale, or money that went back; the shop's accounts, which keep their sums for ever."""

    __tablename__ = "sale"
    __table_args__ = (
        Index("ix_sale_store_at", "store", "at_ms"),
        Index("ix_sale_member", "member", "at_ms"),
        Index("ix_sale_order_id", "order_id"),
        Index("ix_sale_refund_of", "source", "refund_of"),
    )

    source: Mapped[str] = mapped_column(primary_key=True)
    sale: Mapped[str] = mapped_column(primary_key=True)
    store: Mapped[str]  # empty: sent home
    at_ms: Mapped[int]
    amount_vnd: Mapped[int]  # below zero: given back
    channel: Mapped[str]  # gateway.core.sales.Channel
    staff: Mapped[str] = mapped_column(default="")
    member: Mapped[str | None] = mapped_column(ForeignKey("profile.member"))
    session: Mapped[str | None]
    order: Mapped[str | None] = mapped_column("order_id")
    voucher: Mapped[str | None]
    refund_of: Mapped[str | None]  # the sale of the same source; None: it is a sale


@dataclass(frozen=True, slots=True)
class OrderSold:
    """An order that is paid, as it stands."""

    order: str
    member: str
    store: str  # where it is collected; empty: anywhere, or it is sent
    total_vnd: int
    at_ms: int


def book(db: Session, sold: Sold, now_ms: int) -> tuple[SaleRow, bool] | NotTaken:
    """Keep a sale, and whether it is new; one that is here already and is the same changes nothing.

    Whoever the order, the voucher or the screen's session is of bought it, if nobody is named.
    """
    take_turns(db, [sold.store])
    links = sold.links
    values = {
        "source": sold.source,
        "sale": sold.sale,
        "store": sold.store,
        "at_ms": sold.at_ms,
        "amount_vnd": sold.amount_vnd,
        "channel": str(sold.channel),
        "staff": links.staff,
        "member": links.member or _buyer(db, sold.store, links),
        "session": links.session,
        "order_id": links.order,
        "voucher": links.voucher,
        "refund_of": None,
    }
    is_new = _put(db, values, now_ms)
    row = db.get_one(SaleRow, (sold.source, sold.sale), populate_existing=True)
    if (row.store, row.amount_vnd, row.refund_of) != (sold.store, sold.amount_vnd, None):
        return NotTaken.OTHER_SALE
    if is_new and links.order is not None and sold.source != ORDERS:
        _forget_own(db, links.order, now_ms)
    return row, is_new


def give_back(db: Session, given: GivenBack, now_ms: int) -> tuple[SaleRow, bool] | NotTaken:
    """Keep a refund, and whether it is new; never more than is left of its sale."""
    key = given.source, given.sale
    sold = db.get(SaleRow, key)
    if sold is None or sold.refund_of is not None:
        return NotTaken.UNKNOWN_SALE
    take_turns(db, [sold.store])
    db.refresh(sold, with_for_update=True)
    known = db.get(SaleRow, (given.source, given.refund), populate_existing=True)
    if known is not None:
        same = (known.refund_of, known.amount_vnd) == (given.sale, -given.amount_vnd)
        return (known, False) if same else NotTaken.OTHER_SALE
    row = SaleRow
    mine = (row.source == given.source) & (row.refund_of == given.sale)
    back = db.scalar(select(func.coalesce(func.sum(row.amount_vnd), 0)).where(mine)) or 0
    if given.amount_vnd > sold.amount_vnd + int(back):
        return NotTaken.TOO_MUCH
    _put_refund(db, sold, given, now_ms)
    return db.get_one(SaleRow, (given.source, given.refund)), True


def in_turn(db: Session, order: str, *more: str) -> None:
    """Wait before an order's row is held, so that nobody who closes a day waits for it."""
    row = SaleRow
    known = db.scalars(select(row.store).where(row.source == ORDERS, row.order == order))
    take_turns(db, {*known, *more} - {""})


def settle(db: Session, paid: OrderSold, now_ms: int) -> None:
    """An order costs so much and is paid; 0: it was called off, and the money goes back.

    The caller has called `in_turn` before.
    """
    if _is_rung_up(db, paid.order):
        return
    rows = _own(db, paid.order)
    now_vnd = sum(row.amount_vnd for row in rows)
    if not rows and paid.total_vnd:
        links = Links(paid.member, order=paid.order)
        channel, at_ms = Channel.WEB, paid.at_ms
        sold = Sold(ORDERS, paid.order, paid.store, at_ms, paid.total_vnd, channel, links)
        book(db, sold, now_ms)
    elif rows and paid.total_vnd < now_vnd:
        number = f"{paid.order}/{len(rows)}"
        given = GivenBack(ORDERS, number, paid.order, paid.at_ms, now_vnd - paid.total_vnd)
        give_back(db, given, now_ms)
    elif rows and paid.total_vnd > now_vnd:
        rows[0].amount_vnd += paid.total_vnd - now_vnd
        measured_days.outdate(db, [(rows[0].store, rows[0].at_ms)], now_ms)


def collected(db: Session, paid: OrderSold, staff: str) -> None:
    """Somebody has an order in their hands: it is the store's sale, of this moment.

    The caller has called `in_turn` before.
    """
    if _is_rung_up(db, paid.order) or not paid.total_vnd:
        return
    settle(db, paid, paid.at_ms)
    sold = _own(db, paid.order)[0]
    measured_days.outdate(db, [(sold.store, sold.at_ms)], paid.at_ms)
    sold.channel, sold.store = str(Channel.PICK_UP), paid.store
    sold.at_ms, sold.staff = paid.at_ms, staff
    db.flush()


def give_to(db: Session, key: tuple[str, str], member: str | None, now_ms: int) -> SaleRow | None:
    """Somebody else bought it, or nobody who is known; what was given back goes with it.

    None if there is no such sale. What counts visits and journeys counts those days anew.
    """
    sold = db.get(SaleRow, key)
    if sold is None or sold.refund_of is not None:
        return None
    take_turns(db, [sold.store])
    db.refresh(sold, with_for_update=True)
    row, before = SaleRow, sold.member
    of_it = (row.source == sold.source) & ((row.sale == sold.sale) | (row.refund_of == sold.sale))
    for one in db.scalars(select(row).where(of_it)):
        one.member = member
    values = [{"member": name, "store": sold.store} for name in (before, member)]
    days = [day for one in values for day in _visits(db, one, sold.at_ms)]
    measured_days.outdate(db, [(sold.store, sold.at_ms), *days], now_ms)
    touches.due_if_touched(db, [name for name in (before, member) if name is not None])
    db.flush()
    return sold


def of_source(db: Session, source: str, sale: str) -> SaleRow | None:
    """One sale or refund, by the number its till gave it."""
    return db.get(SaleRow, (source, sale))


def _buyer(db: Session, store: str, links: Links) -> str | None:
    if links.voucher is not None:
        voucher = db.get(VoucherRow, links.voucher)
        if voucher is not None and voucher.member is not None:
            return voucher.member
    if links.session is None:
        return None
    row = ScreenSessionRow
    kiosks = [kiosk for at, kiosk in stores.kiosks(db) if at == store]
    found = select(row.member).where(
        row.store == store, row.kiosk.in_(kiosks), row.session == links.session
    )
    member = db.scalar(found.limit(1))
    return None if member is None else profiles.heirs(db, {member}).get(member, member)


def _put(db: Session, values: Mapping[str, object], now_ms: int) -> bool:
    put = insert(db, SaleRow).values(values).on_conflict_do_nothing()
    if db.scalar(put.returning(SaleRow.sale)) is None:
        return False
    store, at_ms = str(values["store"]), int(str(values["at_ms"]))
    touches.due_if_touched(db, [str(values["member"])])
    measured_days.outdate(db, [(store, at_ms), *_visits(db, values, at_ms)], now_ms)
    return True


def _visits(db: Session, values: Mapping[str, object], at_ms: int) -> list[tuple[str, int]]:
    """The visits that this sale may be of; one may have begun before midnight."""
    row = VisitRow
    member = row.member == values["member"], by_week(row.first_at_ms)
    mine = *member, filtered(row.store) == values["store"]
    since = row.last_at_ms >= at_ms - AT_TILL_MS, row.first_at_ms <= at_ms
    found = db.execute(select(row.store, row.first_at_ms).where(*mine, *since))
    return [(store, began_ms) for store, began_ms in found]


def _put_refund(db: Session, sold: SaleRow, given: GivenBack, now_ms: int) -> None:
    values = {
        "source": given.source,
        "sale": given.refund,
        "store": sold.store,
        "at_ms": given.at_ms,
        "amount_vnd": -given.amount_vnd,
        "channel": sold.channel,
        "staff": sold.staff,
        "member": sold.member,
        "session": None,
        "order_id": sold.order,
        "voucher": None,
        "refund_of": sold.sale,
    }
    _put(db, values, now_ms)


def _is_rung_up(db: Session, order: str) -> bool:
    """Whether a till has told of an order's sale itself."""
    row = SaleRow
    told = select(row.sale).where(row.order == order, row.source != ORDERS).limit(1)
    return db.scalar(told) is not None


def _own(db: Session, order: str) -> Sequence[SaleRow]:
    """An order's sale and what was given back of it, the sale first."""
    row = SaleRow
    mine = select(row).where(row.source == ORDERS, row.order == order)
    locked = mine.order_by(row.refund_of.is_not(None), row.sale).with_for_update()
    return db.scalars(locked.execution_options(populate_existing=True)).all()


def _forget_own(db: Session, order: str, now_ms: int) -> None:
    rows = _own(db, order)
    measured_days.outdate(db, [(row.store, row.at_ms) for row in rows], now_ms)
    gone = delete(SaleRow).where(SaleRow.source == ORDERS, SaleRow.order == order)
    db.execute(gone.execution_options(synchronize_session=False))
    db.expire_all()
