"""Journeys from a first online touch to visit and sale, and who gets the credit: kept, and counted.

A member is counted anew soon after anything of theirs changed. What is older than the horizon is
final and belongs to nobody any more: its touches are forgotten soon.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.attribution import (
    DAY_MS,
    Bought,
    Credit,
    Journey,
    Key,
    Stay,
    Story,
    Touch,
    Windows,
    credits_of,
    journeys,
)
from gateway.core.consent import Purpose
from gateway.core.matching import CHECKED_IN
from gateway.core.redemption import State
from gateway.core.shop_days import day_of
from gateway.store import batches
from gateway.store.base import Base
from gateway.store.batches import among
from gateway.store.profiles import ConsentRow
from gateway.store.redemptions import RedemptionRow
from gateway.store.sales import SaleRow
from gateway.store.touches import JourneyDueRow, TouchRow
from gateway.store.visits import VisitRow
from gateway.store.weeks_of_visits import by_week

HORIZON_MS = 80 * DAY_MS  # touches are kept for 90 days: what is counted anew has all of them


class JourneyRow(Base):
    """One journey, as far as it went."""

    __tablename__ = "journey"
    __table_args__ = (Index("ix_journey_day", "day"), Index("ix_journey_member", "member"))

    journey: Mapped[int] = mapped_column(primary_key=True)
    member: Mapped[str | None]  # None: it is too old to be anybody's
    day: Mapped[date]
    began_ms: Mapped[int]
    key: Mapped[str]
    campaign: Mapped[str]
    touches: Mapped[int]
    came_ms: Mapped[int | None]
    store: Mapped[str]  # where they came; empty: nowhere yet
    bought_ms: Mapped[int | None]
    amount_vnd: Mapped[int]


class CreditRow(Base):
    """A visit (no amount) or a sale, and the first and the last touch before it."""

    __tablename__ = "credit"
    __table_args__ = (
        Index("ix_credit_store_day", "store", "day"),
        Index("ix_credit_member", "member"),
    )

    credit: Mapped[int] = mapped_column(primary_key=True)
    member: Mapped[str | None]
    store: Mapped[str]
    day: Mapped[date]
    at_ms: Mapped[int]
    is_sale: Mapped[int]  # 1 or 0: what is added up
    is_check_in: Mapped[int]  # a visit of which the member said so themselves: 1 or 0
    amount_vnd: Mapped[int]
    first_key: Mapped[str]
    first_campaign: Mapped[str]
    last_key: Mapped[str]
    last_campaign: Mapped[str]


JOURNEY = (
    *("member", "day", "began_ms", "key", "campaign", "touches"),
    *("came_ms", "store", "bought_ms", "amount_vnd"),
)
CREDIT = (
    *("member", "store", "day", "at_ms", "is_sale", "is_check_in", "amount_vnd"),
    *("first_key", "first_campaign", "last_key", "last_campaign"),
)


@dataclass(frozen=True, slots=True)
class Funnel:
    """Journeys that began in some days: how many got how far, and how long that took."""

    began: int = 0
    came: int = 0
    bought: int = 0
    amount_vnd: int = 0
    to_visit_s: int = 0  # added up over those who came
    to_sale_s: int = 0  # and over those who bought, from the first touch


def waiting(db: Session) -> int:
    """How many members are to be counted anew."""
    return db.scalar(select(func.count()).select_from(JourneyDueRow)) or 0


def recount(db: Session, now_ms: int, windows: Windows, most: int = 200) -> int:
    """Count some of those anew who wait for it; how many those were."""
    row = JourneyDueRow
    members = db.scalars(select(row.member).order_by(row.member).limit(most)).all()
    if not members:
        return 0
    db.execute(delete(row).where(among(row.member, rows=members)))
    since_ms = now_ms - HORIZON_MS
    for table, at_ms in ((JourneyRow, JourneyRow.began_ms), (CreditRow, CreditRow.at_ms)):
        theirs = among(table.member, rows=members), at_ms >= since_ms
        db.execute(delete(table).where(*theirs))
    agreed = select(ConsentRow.member).where(
        ConsentRow.purpose == str(Purpose.PROFILING), among(ConsentRow.member, rows=members)
    )
    allowed = set(db.scalars(agreed))
    refused = sorted(set(members) - allowed)
    for theirs_too in (TouchRow, JourneyRow, CreditRow):
        db.execute(delete(theirs_too).where(among(theirs_too.member, rows=refused)))
    told: list[tuple[object, ...]] = []
    credited: list[tuple[object, ...]] = []
    for member, story in _stories(db, sorted(allowed), since_ms, windows).items():
        told += [
            _journey(member, one) for one in journeys(story, windows) if one.first.at_ms >= since_ms
        ]
        credited += [
            _credit(member, one) for one in credits_of(story, windows) if _at_ms(one) >= since_ms
        ]
    batches.put_rows(db, JourneyRow, JOURNEY, told)
    batches.put_rows(db, CreditRow, CREDIT, credited)
    return len(members)


def make_nobodys(db: Session, now_ms: int) -> None:
    """What is final does not say any more whose it was."""
    for table, at_ms in ((JourneyRow, JourneyRow.began_ms), (CreditRow, CreditRow.at_ms)):
        old = table.member.is_not(None), at_ms < now_ms - HORIZON_MS
        final = update(table).where(*old).values(member=None)
        db.execute(final.execution_options(synchronize_session=False))


def funnel(db: Session, days: Sequence[date]) -> dict[tuple[str, str], Funnel]:
    """The journeys that began in some days, by key and campaign of the first touch."""
    row = JourneyRow
    asked = (row.key, row.campaign)
    query = (
        select(
            *asked,
            func.count(),
            func.count(row.came_ms),
            func.count(row.bought_ms),
            func.sum(row.amount_vnd),
            func.coalesce(func.sum((row.came_ms - row.began_ms) // 1000), 0),
            func.coalesce(func.sum((row.bought_ms - row.began_ms) // 1000), 0),
        )
        .where(row.day.between(days[0], days[-1]))
        .group_by(*asked)
    )
    return {
        (key, campaign): Funnel(*(int(one or 0) for one in numbers))
        for key, campaign, *numbers in db.execute(query)
    }


@dataclass(frozen=True, slots=True)
class Credited:
    """Visits and sales that followed a touch of one sort."""

    visits: int = 0
    sales: int = 0
    revenue_vnd: int = 0


def credited(
    db: Session, store: str, days: Sequence[date], *, is_last: bool
) -> dict[tuple[str, str], Credited]:
    """A store's visits and sales by key and campaign of the last touch before, or of the first."""
    row = CreditRow
    asked = (row.last_key, row.last_campaign) if is_last else (row.first_key, row.first_campaign)
    query = (
        select(*asked, func.sum(1 - row.is_sale), func.sum(row.is_sale), func.sum(row.amount_vnd))
        .where(row.store == store, row.day.between(days[0], days[-1]))
        .group_by(*asked)
    )
    return {
        (key, campaign): Credited(*(int(one or 0) for one in numbers))
        for key, campaign, *numbers in db.execute(query)
    }


def credited_check_ins(db: Session, store: str, days: Sequence[date]) -> int:
    """How many visits with a touch before them were check-ins as well."""
    row = CreditRow
    mine = row.store == store, row.day.between(days[0], days[-1]), row.is_check_in == 1
    return db.scalar(select(func.count()).where(*mine)) or 0


def _stories(
    db: Session, members: Sequence[str], since_ms: int, windows: Windows
) -> Mapping[str, Story]:
    """All of some members since long enough before a time to know what came before it."""
    from_ms = since_ms - max(windows.visit_ms, windows.sale_ms)
    touches: dict[str, list[Touch]] = defaultdict(list)
    stays: dict[str, list[Stay]] = defaultdict(list)
    sold: dict[str, list[Bought]] = defaultdict(list)
    for member, at_ms, key, campaign in db.execute(_touches(members, from_ms)):
        touches[member].append(Touch(at_ms, Key(key), campaign))
    for buyer, at_ms, offer in db.execute(_codes(members, from_ms)):
        touches[str(buyer)].append(Touch(at_ms, Key.CODE, offer))
    having = sorted(touches)
    for member, *stay in _stays(db, having, from_ms):
        stays[member].append(Stay(*stay))
    for buyer, sale, store, at_ms, amount_vnd in db.execute(_sales(having, from_ms)):
        sold[str(buyer)].append(Bought(sale, store, at_ms, amount_vnd))
    return {
        member: Story(sorted(touches[member], key=_when), stays[member], sold[member])
        for member in having
    }


def _when(touch: Touch) -> int:
    return touch.at_ms


def _touches(members: Collection[str], from_ms: int) -> Select[str, int, str, str]:
    row = TouchRow
    query = select(row.member, row.at_ms, row.key, row.campaign)
    return query.where(among(row.member, rows=members), row.at_ms >= from_ms)


def _stays(db: Session, members: Collection[str], from_ms: int) -> Sequence[Any]:
    row = VisitRow
    own = row.evidence.in_([str(source) for source in CHECKED_IN])
    visits = select(row.member, row.visit, row.store, row.first_at_ms, row.last_at_ms, own)
    theirs = among(row.member, rows=members), by_week(row.first_at_ms)
    return db.execute(
        visits.where(*theirs, row.first_at_ms >= from_ms).order_by(row.first_at_ms, row.visit)
    ).all()


def _codes(members: Collection[str], from_ms: int) -> Select[str | None, int, str]:
    """Codes that were used; their offer is their campaign."""
    row = RedemptionRow
    query = select(row.member, row.changed_at_ms, row.offer).where(row.code.is_not(None))
    used = row.state == str(State.CONFIRMED), row.changed_at_ms >= from_ms
    return query.where(among(row.member, rows=members), *used)


def _sales(members: Collection[str], from_ms: int) -> Select[str | None, str, str, int, int]:
    row = SaleRow
    query = select(row.member, row.sale, row.store, row.at_ms, row.amount_vnd)
    is_sale: ColumnElement[bool] = row.refund_of.is_(None)
    mine = among(row.member, rows=members), row.at_ms >= from_ms, is_sale
    return query.where(*mine).order_by(row.at_ms, row.sale)


def _journey(member: str, one: Journey) -> tuple[object, ...]:
    came, bought = one.came, one.bought
    return (
        member,
        day_of(one.first.at_ms).isoformat(),
        one.first.at_ms,
        str(one.first.key),
        one.first.campaign,
        one.touches,
        None if came is None else came.first_ms,
        "" if came is None else came.store,
        None if bought is None else bought.at_ms,
        0 if bought is None else bought.amount_vnd,
    )


def _at_ms(one: Credit) -> int:
    return one.of.first_ms if isinstance(one.of, Stay) else one.of.at_ms


def _credit(member: str, one: Credit) -> tuple[object, ...]:
    at_ms = _at_ms(one)
    is_sale = isinstance(one.of, Bought)
    return (
        member,
        one.of.store,
        day_of(at_ms).isoformat(),
        at_ms,
        int(is_sale),
        int(isinstance(one.of, Stay) and one.of.is_check_in),
        one.of.amount_vnd if isinstance(one.of, Bought) else 0,
        str(one.first.key),
        one.first.campaign,
        str(one.last.key),
        one.last.campaign,
    )
