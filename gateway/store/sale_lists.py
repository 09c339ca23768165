"""Sales to look at: of a day, one after the other, and what brought whoever bought. Writes none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from gateway.core.shop_days import day_of, span
from gateway.store.journeys import CreditRow
from gateway.store.sales import SaleRow

Number = tuple[str, str]  # who told of it, and the number they gave it


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sales; what is None is not asked for."""

    store: str | None = None
    day: date | None = None
    member: str | None = None
    sale: str | None = None
    source: str | None = None  # who told of it


@dataclass(frozen=True, slots=True)
class Brought:
    """The first and the last touch before a sale: key and campaign."""

    first: tuple[str, str]
    last: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sums:
    """All sales and refunds of a day together."""

    sales: int
    taken_vnd: int
    back_vnd: int  # not below zero


def after(db: Session, wanted: Wanted, last: Number | None, limit: int) -> Sequence[SaleRow]:
    """The next ones, in the order of their numbers: what comes meanwhile hides none of them."""
    row = SaleRow
    query = select(row)
    if wanted.store is not None:
        query = query.where(row.store == wanted.store)
    if wanted.day is not None:
        here = span(wanted.day)
        query = query.where(row.at_ms >= here.from_ms, row.at_ms < here.until_ms)
    if wanted.member is not None:
        query = query.where(row.member == wanted.member)
    if wanted.source is not None:
        query = query.where(row.source == wanted.source)
    if wanted.sale is not None:
        query = query.where(row.sale == wanted.sale)
    if last is not None:
        query = query.where(tuple_(row.source, row.sale) > last)
    return db.scalars(query.order_by(row.source, row.sale).limit(limit)).all()


def of_day(db: Session, store: str, day: date, limit: int, skip: int = 0) -> Sequence[SaleRow]:
    """A store's sales and refunds of a day, newest first."""
    here, row = span(day), SaleRow
    mine = row.store == store, row.at_ms >= here.from_ms, row.at_ms < here.until_ms
    newest = select(row).where(*mine).order_by(row.at_ms.desc(), row.source, row.sale)
    return db.scalars(newest.offset(skip).limit(limit)).all()


def sums(db: Session, store: str, day: date) -> Sums:
    """What a store took on a day and gave back."""
    here, row = span(day), SaleRow
    mine = row.store == store, row.at_ms >= here.from_ms, row.at_ms < here.until_ms
    by_sort = select(row.refund_of.is_(None), func.count(), func.sum(row.amount_vnd)).where(*mine)
    found = {
        bool(is_sale): (count, int(vnd))
        for is_sale, count, vnd in db.execute(by_sort.group_by(row.refund_of.is_(None)))
    }
    sold, back = found.get(True, (0, 0)), found.get(False, (0, 0))
    return Sums(sold[0], sold[1], -back[1])


def left(db: Session, rows: Collection[SaleRow]) -> dict[Number, int]:
    """Of each of some sales, what was not given back of it yet."""
    row = SaleRow
    sold = {(one.source, one.sale): one.amount_vnd for one in rows if one.refund_of is None}
    for source in {source for source, _ in sold}:
        numbers = [sale for name, sale in sold if name == source]
        back = select(row.refund_of, func.sum(row.amount_vnd)).where(row.source == source)
        mine = back.where(row.refund_of.in_(numbers)).group_by(row.refund_of)
        for sale, vnd in db.execute(mine):
            sold[source, str(sale)] += int(vnd)
    return sold


def brought(db: Session, rows: Collection[SaleRow]) -> Mapping[Number, Brought]:
    """What came before each of some sales, of those of which that is known."""
    row = CreditRow
    wanted = {(one.member, one.store, one.at_ms): one for one in rows if one.refund_of is None}
    members = {member for member, _, _ in wanted if member is not None}
    days = {day_of(at_ms) for _, _, at_ms in wanted}
    if not members:
        return {}
    touched = (row.first_key, row.first_campaign), (row.last_key, row.last_campaign)
    query = select(row.member, row.store, row.at_ms, *touched[0], *touched[1])
    mine = query.where(row.is_sale == 1, row.member.in_(members), row.day.in_(days))
    found = {}
    for member, store, at_ms, *keys in db.execute(mine):
        if (one := wanted.get((member, store, at_ms))) is not None:
            first_key, first_campaign, last_key, last_campaign = keys
            credit = Brought((first_key, first_campaign), (last_key, last_campaign))
            found[one.source, one.sale] = credit
    return found
