"""Redemptions and the counts that caps are kept by: each count and each state changes together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Index, func, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.offers.rules import Used
from gateway.core.redemption import HOLDING, State
from gateway.store import measured_days, touches, vouchers
from gateway.store.base import Base, insert

TOTAL = "total"


class RedemptionRow(Base):
    """One try to redeem an offer or a code; the first answer is kept for whoever asks again."""

    __tablename__ = "redemption"
    __table_args__ = (
        Index("ix_redemption_lapse", "state", "lock_until_ms"),
        Index("ix_redemption_member", "member", "offer"),
        Index("ix_redemption_store", "store", "state", "changed_at_ms"),
    )

    redemption: Mapped[int] = mapped_column(primary_key=True)
    idem_key: Mapped[str] = mapped_column(unique=True)
    request: Mapped[str]  # a digest of what was asked: a key is good for one question
    offer: Mapped[str] = mapped_column(index=True)  # empty for an unknown code
    code: Mapped[str | None]
    member: Mapped[str | None]
    visit: Mapped[int | None]
    store: Mapped[str]
    day: Mapped[str]  # in the shop's calendar, for the cap of a day
    state: Mapped[str]  # gateway.core.redemption.State
    reason: Mapped[str]  # gateway.core.offers.reasons.Reason
    cost_vnd: Mapped[int]
    at_ms: Mapped[int]
    lock_until_ms: Mapped[int]
    changed_at_ms: Mapped[int]
    order_ref: Mapped[str | None]
    rewards: Mapped[str] = mapped_column(default="[]")  # JSON, gateway.core.rewards.Reward


class TallyRow(Base):
    """How often an offer is held within one scope, and for how much."""

    __tablename__ = "tally"

    offer: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)  # total, store, day, profile, visit
    key: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[int] = mapped_column(default=0)
    spent_vnd: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True, slots=True)
class Holder:
    """For whom, where and when something is counted."""

    store: str
    day: str
    member: str | None
    visit: int | None
    asking: int = 0  # the redemption that asks, which is none of those before

    def scopes(self) -> list[tuple[str, str]]:
        """All that one use counts in, the one that locks first."""
        found = [(TOTAL, ""), ("store", self.store), ("day", self.day)]
        if self.member is not None:
            found.append(("profile", self.member))
        if self.visit is not None:
            found.append(("visit", str(self.visit)))
        return found


def take_turns(db: Session, offer: str) -> None:
    """Wait until nobody else counts this offer, till the transaction ends."""
    _bump(db, offer, TOTAL, "", Change(0, 0))


@dataclass(frozen=True, slots=True)
class Change:
    """How much is counted: of uses, and of money."""

    used: int
    spent_vnd: int


def first(db: Session, row: Mapping[str, object]) -> RedemptionRow | None:
    """Write down a new redemption; None if its key was used before. Then see `by_key`."""
    statement = insert(db, RedemptionRow).values(row)
    asked = statement.on_conflict_do_nothing(index_elements=["idem_key"])
    number = db.scalar(asked.returning(RedemptionRow.redemption))
    return None if number is None else db.get_one(RedemptionRow, number)


def by_key(db: Session, idem_key: str) -> RedemptionRow:
    """The redemption that was asked for under a key."""
    return db.scalars(select(RedemptionRow).filter_by(idem_key=idem_key)).one()


def get(db: Session, redemption: int) -> RedemptionRow | None:
    """One redemption, as it stands now."""
    return db.get(RedemptionRow, redemption, populate_existing=True)


def lately(db: Session, store: str, since_ms: int, limit: int) -> Sequence[RedemptionRow]:
    """What was held or used in a store since a time, newest first."""
    row = RedemptionRow
    query = select(row).where(row.store == store, row.at_ms >= since_ms)
    some = query.where(row.state != State.REFUSED).order_by(row.redemption.desc()).limit(limit)
    return db.scalars(some).all()


def hold(db: Session, row: RedemptionRow) -> None:
    """Count a reservation."""
    _count(db, row, Change(1, row.cost_vnd))


def set_aside(db: Session, offer: str, holder: Holder, change: Change) -> None:
    """Count what a lease holds, or give back what it held: nobody is named, only place and day."""
    for scope, key in holder.scopes():
        _bump(db, offer, scope, key, change)


def move(db: Session, row: RedemptionRow, state: State, now_ms: int) -> bool:
    """Take a redemption to another state, with its code and counts; False if it moved before.

    Who takes back what was confirmed has the store's turn (`base.take_turns`): a past day changes.
    """
    was, since_ms = State(row.state), row.changed_at_ms
    moved = (
        update(RedemptionRow)
        .where(RedemptionRow.redemption == row.redemption, RedemptionRow.state == was)
        .values(state=state, changed_at_ms=now_ms)
        .returning(RedemptionRow.redemption)
    )
    if db.scalar(moved) is None:
        return False
    if row.code is not None and row.member is not None:
        touches.due(db, [row.member])
    if was is State.CONFIRMED:
        measured_days.outdate(db, [(row.store, since_ms)], now_ms)
    if was in HOLDING and state not in HOLDING:
        if row.code is not None:
            vouchers.give_back(db, row.code)
        _count(db, row, Change(-1, -row.cost_vnd))
    return True


def lapse(db: Session, now_ms: int, offers: Collection[str]) -> int:
    """Let go of what nobody confirmed in time; returns how many."""
    query = select(RedemptionRow).where(
        RedemptionRow.state == State.RESERVED,
        RedemptionRow.lock_until_ms <= now_ms,
        RedemptionRow.offer.in_(offers),
    )
    late = db.scalars(query.order_by(RedemptionRow.offer, RedemptionRow.redemption)).all()
    for offer in sorted({row.offer for row in late}):
        take_turns(db, offer)
    return sum(move(db, row, State.EXPIRED, now_ms) for row in late)


def used(db: Session, offers: Collection[str], holder: Holder, now_ms: int) -> dict[str, Used]:
    """How often each of some offers is held, as far as this shopper's caps see it."""
    counts: dict[str, dict[str, TallyRow]] = {offer: {} for offer in offers}
    query = select(TallyRow).where(
        TallyRow.offer.in_(offers), tuple_(TallyRow.scope, TallyRow.key).in_(holder.scopes())
    )
    for tally in db.scalars(query.execution_options(populate_existing=True)):
        counts[tally.offer][tally.scope] = tally
    last_ms = dict(_last(db, offers, holder)) if holder.member is not None else {}
    return {
        offer: _used(found, (now_ms - last_ms[offer]) / 1000 if offer in last_ms else None)
        for offer, found in counts.items()
    }


def totals(db: Session) -> dict[str, Change]:
    """How often each offer that ever was given is held in all, and for how much."""
    query = select(TallyRow.offer, TallyRow.used, TallyRow.spent_vnd).filter_by(scope=TOTAL)
    return {offer: Change(used, spent_vnd) for offer, used, spent_vnd in db.execute(query)}


def is_locked(db: Session, code: str) -> bool:
    """Whether somebody holds a code just now who may still let it go."""
    query = select(RedemptionRow.redemption).filter_by(code=code, state=State.RESERVED)
    return len(db.scalars(query.limit(2)).all()) > 1  # one of them is who asks


def _last(db: Session, offers: Collection[str], holder: Holder) -> Iterable[tuple[str, int]]:
    query = select(RedemptionRow.offer, func.max(RedemptionRow.at_ms)).where(
        RedemptionRow.member == holder.member,
        RedemptionRow.redemption != holder.asking,
        RedemptionRow.offer.in_(offers),
        RedemptionRow.state.in_(HOLDING),
    )
    return [(offer, at_ms) for offer, at_ms in db.execute(query.group_by(RedemptionRow.offer))]


def _used(found: Mapping[str, TallyRow], quiet_s: float | None) -> Used:
    def of(scope: str) -> int:
        return found[scope].used if scope in found else 0

    spent_vnd = found[TOTAL].spent_vnd if TOTAL in found else 0
    return Used(of(TOTAL), of("store"), of("day"), of("profile"), of("visit"), spent_vnd, quiet_s)


def _count(db: Session, row: RedemptionRow, change: Change) -> None:
    for scope, key in Holder(row.store, row.day, row.member, row.visit).scopes():
        _bump(db, row.offer, scope, key, change)


def _bump(db: Session, offer: str, scope: str, key: str, change: Change) -> None:
    new = {"offer": offer, "scope": scope, "key": key}
    statement = insert(db, TallyRow).values(
        {**new, "used": change.used, "spent_vnd": change.spent_vnd}
    )
    db.execute(
        statement.on_conflict_do_update(
            index_elements=list(new),
            set_={
                "used": TallyRow.used + change.used,
                "spent_vnd": TallyRow.spent_vnd + change.spent_vnd,
            },
        )
    )
