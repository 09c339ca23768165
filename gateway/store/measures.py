"""A store's measures by day and hour: one query each, kept once a day is over.

A day that something late changed is counted anew. What is not kept yet is counted when asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, mapped_column

from contract.events import Direction, Kind
from contract.footfall import Counter
from gateway.core import shop_days
from gateway.core.matching import CHECKED_IN
from gateway.core.measures import AT_TILL_MS, Measure, Tally
from gateway.core.orders import OrderStep
from gateway.core.redemption import State
from gateway.core.shop_days import HOUR_MS, DaySpan, span
from gateway.store import measured_days, visits
from gateway.store.alert_rows import AlertRow
from gateway.store.base import Base, take_turns
from gateway.store.batches import filtered
from gateway.store.entries import DoorRecordRow
from gateway.store.footfall import CountedRow
from gateway.store.orders import OrderRow, OrderStepRow
from gateway.store.redemptions import RedemptionRow
from gateway.store.sales import SaleRow
from gateway.store.shop_months import month
from gateway.store.visits import VisitRow
from gateway.store.weeks_of_visits import by_week
from gateway.store.zone_hours import ZoneHourRow


class MeasuredRow(Base):
    """What one part of a store had of one measure in one hour of a day that is over."""

    __tablename__ = "measured"

    store: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)  # gateway.core.measures.Measure
    hour: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)  # a kiosk, an offer, a sort of card
    count: Mapped[int]
    total: Mapped[int]


@dataclass(frozen=True, slots=True)
class Cell:
    """One hour's tally of one part of a store."""

    measure: Measure
    hour: int
    part: str
    tally: Tally


T = TypeVar("T")
Cases = Select[str, int, str, Any] | Select[str, int, str, Any, int]
"""Store, when in ms, which part, how much; and how many cases that is together, if not one."""


def _visits() -> Cases:
    row = VisitRow
    return select(row.store, row.first_at_ms, row.kiosk, literal(1))


def _returning() -> Cases:
    row, earlier = VisitRow, aliased(VisitRow)
    came_before = exists().where(
        earlier.member == row.member,
        by_week(earlier.first_at_ms),
        filtered(earlier.store) == row.store,
        earlier.first_at_ms < row.first_at_ms,
    )
    return select(row.store, row.first_at_ms, row.kiosk, case((came_before, 1), else_=0))


def _dwell() -> Cases:
    row = VisitRow
    stayed_s = (row.last_at_ms - row.first_at_ms) // 1000
    return select(row.store, row.first_at_ms, row.kiosk, stayed_s).where(
        row.last_at_ms > row.first_at_ms
    )


def _serve() -> Cases:
    row = AlertRow
    waited_s = (row.claimed_at_ms - row.offered_at_ms) // 1000
    return select(row.store, row.offered_at_ms, row.kind, waited_s).where(
        row.claimed_at_ms.is_not(None)
    )


def _hand_over() -> Cases:
    given, came = OrderStepRow, aliased(OrderStepRow)
    waited_s = (given.at_ms - came.at_ms) // 1000
    return (
        select(OrderRow.store, given.at_ms, literal(""), waited_s)
        .select_from(given)
        .join(OrderRow, OrderRow.order == given.order)
        .join(came, and_(came.order == given.order, came.step == OrderStep.ARRIVE))
        .where(given.step.in_((OrderStep.HAND_OVER, OrderStep.HAND_OVER_PARTLY)))
    )


def _check_ins() -> Cases:
    row = VisitRow
    own = [str(source) for source in CHECKED_IN]
    return select(row.store, row.first_at_ms, row.evidence, literal(1)).where(row.evidence.in_(own))


def _members() -> Cases:
    row, other = VisitRow, aliased(VisitRow)
    member = other.member == row.member, by_week(other.first_at_ms)
    theirs = *member, filtered(other.store) == row.store
    began_ms = select(func.min(other.first_at_ms)).where(*theirs).scalar_subquery()
    came_before = exists().where(
        *theirs,
        month(other.first_at_ms) == month(row.first_at_ms),
        tuple_(other.first_at_ms, other.visit) < tuple_(row.first_at_ms, row.visit),
    )
    return select(row.store, row.first_at_ms, month(began_ms), literal(1)).where(~came_before)


def _sales() -> Cases:
    row = SaleRow
    return select(row.store, row.at_ms, row.channel, row.amount_vnd).where(row.refund_of.is_(None))


def _revenue() -> Cases:
    row = SaleRow
    return select(row.store, row.at_ms, row.channel, row.amount_vnd)


def _bought() -> Cases:
    row, sale = VisitRow, SaleRow
    paid = exists().where(
        sale.member == row.member,
        sale.store == row.store,
        sale.refund_of.is_(None),
        sale.at_ms.between(row.first_at_ms, row.last_at_ms + AT_TILL_MS),
    )
    return select(row.store, row.first_at_ms, row.kiosk, case((paid, 1), else_=0))


def _redemptions() -> Cases:
    row = RedemptionRow
    return select(row.store, row.changed_at_ms, row.offer, row.cost_vnd).where(
        row.state == State.CONFIRMED
    )


def _entries() -> Cases:
    row = DoorRecordRow
    return select(row.store, row.decided_ms, row.door, literal(1)).where(
        row.kind == Kind.PASSAGE, row.what == Direction.IN
    )


def _passed() -> Cases:
    row = CountedRow
    return select(row.store, row.at_ms, row.kiosk, row.number).where(row.what == Counter.BEAM)


def _phones() -> Cases:
    row = CountedRow
    return select(row.store, row.at_ms, row.kiosk, row.number).where(
        row.what == Counter.PHONES, row.number.is_not(None)
    )


def _stays() -> Cases:
    row = ZoneHourRow
    return select(row.store, row.at_ms, row.zone, row.stayed_s, row.stays)


_CASES = {
    Measure.VISITS: _visits,
    Measure.RETURNING: _returning,
    Measure.DWELL_S: _dwell,
    Measure.SERVE_S: _serve,
    Measure.HAND_OVER_S: _hand_over,
    Measure.REDEMPTIONS: _redemptions,
    Measure.GIVEN_VND: _redemptions,
    Measure.ENTRIES: _entries,
    Measure.CHECK_INS: _check_ins,
    Measure.MEMBERS: _members,
    Measure.SALES: _sales,
    Measure.REVENUE_VND: _revenue,
    Measure.TICKET_VND: _sales,
    Measure.BOUGHT: _bought,
    Measure.PASSED: _passed,
    Measure.PHONES: _phones,
    Measure.STAY_S: _stays,
}
"""Of each measure that is counted, its single cases."""


def cells(db: Session, store: str, day: DaySpan, measure: Measure) -> list[Cell]:
    """Count one day of a store from what happened on it."""
    asked = {"store": store, "from_ms": day.from_ms, "until_ms": day.until_ms}
    return [
        Cell(measure, int(at), which, Tally(int(count), int(total)))
        for at, which, count, total in db.execute(_counted(measure), asked)
    ]


@cache
def _counted(measure: Measure) -> Select[Any, Any, int, Any]:
    """Put together once: for a small day that cost more than the database's answer."""
    query = _CASES[measure]()
    at_store, at_ms, *_ = query.exported_columns
    from_ms = bindparam("from_ms", type_=BigInteger())
    until_ms = bindparam("until_ms", type_=BigInteger())
    of_day = at_store == bindparam("store"), at_ms >= from_ms, at_ms < until_ms
    _, when_ms, which, much, *many = query.where(*of_day).subquery().columns
    hour = (when_ms - from_ms) // HOUR_MS
    count = func.sum(many[0]) if many else func.count()
    return select(hour, which, count, func.sum(much)).group_by(hour, which)


def keep(db: Session, store: str, day: date) -> None:
    """Count a day that is over, and remember it; nobody else changes it meanwhile."""
    take_turns(db, [store])
    named = {"store": store, "day": day}
    db.execute(delete(MeasuredRow).filter_by(**named))
    rows = [
        {
            **named,
            "measure": str(one.measure),
            "hour": one.hour,
            "part": one.part,
            "count": one.tally.count,
            "total": one.tally.total,
        }
        for measure in _CASES
        for one in cells(db, store, span(day), measure)
    ]
    if rows:
        db.execute(insert(MeasuredRow), rows)
    measured_days.add(db, store, day)


def daily(
    db: Session, store: str, days: Sequence[date], only: Collection[Measure] = tuple(Measure)
) -> dict[date, dict[Measure, Tally]]:
    """Every measure, or some, of each of some days that follow each other."""
    found: dict[date, dict[Measure, Tally]] = {day: defaultdict(Tally) for day in days}
    missing = _not_kept(db, store, days)
    row = MeasuredRow
    asked = (row.day, row.measure)
    query = select(*asked, func.sum(row.count), func.sum(row.total)).group_by(*asked)
    for day, measure, count, total in db.execute(_among(query, store, days)):
        if day not in missing:
            found[day][Measure(measure)] += Tally(int(count), int(total))
    for day in missing:
        for measure in _CASES.keys() & {*only}:
            for one in cells(db, store, span(day), measure):
                found[day][measure] += one.tally
    return found


def hourly(
    db: Session, store: str, measure: Measure, days: Sequence[date]
) -> dict[tuple[date, int], Tally]:
    """One measure that is counted, for each hour of some days in which there was any."""
    return _each(db, store, measure, days, MeasuredRow.hour)


def parts(
    db: Session, store: str, measure: Measure, days: Sequence[date]
) -> dict[tuple[date, str], Tally]:
    """One measure that is counted, for each day and part of the store in which there was any."""
    return _each(db, store, measure, days, MeasuredRow.part)


def _each(
    db: Session,
    store: str,
    measure: Measure,
    days: Sequence[date],
    what: InstrumentedAttribute[T],
) -> dict[tuple[date, T], Tally]:
    found: dict[tuple[date, T], Tally] = defaultdict(Tally)
    missing = _not_kept(db, store, days)
    row = MeasuredRow
    query = select(row.day, what, func.sum(row.count), func.sum(row.total))
    mine = _among(query.group_by(row.day, what), store, days).where(row.measure == measure)
    for day, which, count, total in db.execute(mine):
        if day not in missing:
            found[day, which] += Tally(int(count), int(total))
    for day in missing:
        for one in cells(db, store, span(day), measure):
            found[day, getattr(one, what.key)] += one.tally
    return found


def months(
    db: Session, store: str, measure: Measure, first: date, last: date
) -> dict[tuple[str, str], int]:
    """How many cases of each part a measure had in each month, as 2026-03.

    Of days before the store's first visit nothing is kept, and there is nothing to count.
    """
    found: dict[tuple[str, str], int] = defaultdict(int)
    opened_ms = visits.first_ms(db, store)
    if opened_ms is None:
        return found
    since = max(first, shop_days.day_of(opened_ms))
    for (day, part), tally in parts(db, store, measure, shop_days.days(since, last)).items():
        found[part, f"{day:%Y-%m}"] += tally.count
    return found


def _not_kept(db: Session, store: str, days: Sequence[date]) -> list[date]:
    known = measured_days.kept(db, store, days[0], days[-1])
    return [day for day in days if day not in known]


def _among(
    query: Select[*tuple[Any, ...]], store: str, days: Sequence[date]
) -> Select[*tuple[Any, ...]]:
    return query.where(MeasuredRow.store == store, MeasuredRow.day.between(days[0], days[-1]))
