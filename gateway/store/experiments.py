"""Experiments: the key their lots are drawn with, who was in which arm when, and what followed.

Only members who agreed to profiling stand here; who agrees no longer is forgotten at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Index, case, delete, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from gateway.core.consent_texts import DAY_MS
from gateway.core.offers.drawing import Arm
from gateway.core.offers.model import Experiment, Goal
from gateway.core.orders import GIVING
from gateway.core.redemption import State
from gateway.core.uplift import Share
from gateway.store.base import Base, insert
from gateway.store.batches import among
from gateway.store.orders import OrderRow, OrderStepRow
from gateway.store.redemptions import RedemptionRow
from gateway.store.visits import VisitRow
from gateway.store.weeks_of_visits import by_week


class ExperimentKeyRow(Base):
    """The one key; drawn when the table was made. With another, everybody is drawn anew."""

    __tablename__ = "experiment_key"

    key: Mapped[str] = mapped_column(primary_key=True)  # hex


class ExposureRow(Base):
    """A member was shown an offer for the first time, or would have been and was held out."""

    __tablename__ = "exposure"
    __table_args__ = (Index("ix_exposure_arm", "experiment", "arm", "at_ms"),)

    experiment: Mapped[str] = mapped_column(primary_key=True)
    member: Mapped[str] = mapped_column(primary_key=True)
    arm: Mapped[str]  # gateway.core.offers.drawing.Arm
    at_ms: Mapped[int]


class Exposure(NamedTuple):
    """One member's part in an experiment."""

    experiment: str
    member: str
    arm: Arm
    at_ms: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How an experiment stands: of each arm, how many reached each goal within the window."""

    shares: Mapping[Goal, Mapping[Arm, Share]]
    waiting: int  # members whose window is not over
    counted_until_ms: int | None  # who came later is not looked at; None: too few yet, all count
    seen: Mapping[Arm, int] = field(default_factory=dict)  # whose window is over


def key(db: Session) -> bytes:
    """What lots are drawn with."""
    return bytes.fromhex(db.scalar(select(ExperimentKeyRow.key)) or "")


def expose(db: Session, exposures: Iterable[Exposure]) -> None:
    """Remember who was in which arm; the first time counts."""
    row = ExposureRow
    rows = [one._asdict() for one in sorted(exposures)]  # two stores' intakes in one order
    if rows:
        db.execute(insert(db, row).on_conflict_do_nothing(), rows)


def arm_of(db: Session, experiment: str, member: str) -> Arm | None:
    """What a member was shown; None: they are not in it."""
    row = db.get(ExposureRow, (experiment, member))
    return None if row is None else Arm(row.arm)


def forget(db: Session, members: Collection[str]) -> None:
    """These members take part in nothing any more."""
    db.execute(delete(ExposureRow).where(among(ExposureRow.member, rows=members)))


def standing(db: Session, offer: str, experiment: Experiment, now_ms: int) -> Standing:
    """Count an experiment.

    Once every arm has enough, only those are looked at who were there by then: who looks again
    tomorrow sees the same, and has not another chance to be fooled.
    """
    window_ms = experiment.window_days * DAY_MS
    over_ms = now_ms - window_ms
    row = ExposureRow
    mine = row.experiment == experiment.name
    over = select(row.arm, func.count()).where(mine, row.at_ms <= over_ms).group_by(row.arm)
    seen = {Arm(arm): int(count) for arm, count in db.execute(over)}
    waiting = select(func.count()).where(mine, row.at_ms > over_ms)
    until_ms = None
    if min(seen.get(arm, 0) for arm in arms(experiment)) >= experiment.enough:
        until_ms = max(_nth_ms(db, experiment, arm) for arm in arms(experiment))
    reached = [_reached(goal, offer, window_ms) for goal in Goal]
    counts = select(row.arm, func.count(), *reached).where(
        mine, row.at_ms <= (over_ms if until_ms is None else until_ms)
    )
    found: dict[Goal, dict[Arm, Share]] = {
        goal: {arm: Share(0, 0) for arm in arms(experiment)} for goal in Goal
    }
    for arm, count, *hits in db.execute(counts.group_by(row.arm)):
        for goal, hit in zip(Goal, hits, strict=True):
            found[goal][Arm(arm)] = Share(int(hit), int(count))
    return Standing(found, int(db.scalar(waiting) or 0), until_ms, seen)


def arms(experiment: Experiment) -> list[Arm]:
    """The arms an experiment has."""
    found = [Arm.HOLDOUT] if experiment.holdout_pct else []
    return [*found, Arm.A, *([Arm.B] if experiment.other is not None else [])]


def _nth_ms(db: Session, experiment: Experiment, arm: Arm) -> int:
    row = ExposureRow
    query = select(row.at_ms).filter_by(experiment=experiment.name, arm=str(arm))
    return db.scalars(query.order_by(row.at_ms).offset(experiment.enough - 1).limit(1)).one()


def _reached(goal: Goal, offer: str, window_ms: int) -> Any:
    """How many of some exposures were followed by what a goal asks for, within the window."""
    at_ms, condition = _FOLLOWED[goal](offer)
    row = ExposureRow
    within = at_ms > row.at_ms, at_ms <= row.at_ms + window_ms
    return func.sum(case((exists().where(condition, *within), 1), else_=0))


def _returned(_: str) -> tuple[InstrumentedAttribute[int], ColumnElement[bool]]:
    row = VisitRow
    return row.first_at_ms, (row.member == ExposureRow.member) & by_week(row.first_at_ms)


def _picked_up(_: str) -> tuple[InstrumentedAttribute[int], ColumnElement[bool]]:
    step, order = OrderStepRow, OrderRow
    theirs = (order.order == step.order) & (order.member == ExposureRow.member)
    return step.at_ms, theirs & step.step.in_(GIVING)


def _redeemed(offer: str) -> tuple[InstrumentedAttribute[int], ColumnElement[bool]]:
    row = RedemptionRow
    mine = (row.member == ExposureRow.member) & (row.offer == offer)
    return row.changed_at_ms, mine & (row.state == State.CONFIRMED)


# What a goal looks at: when something happened, and whose it is. A sale is one function more.
_FOLLOWED: Mapping[
    Goal, Callable[[str], tuple[InstrumentedAttribute[int], ColumnElement[bool]]]
] = {
    Goal.RETURNED: _returned,
    Goal.PICKED_UP: _picked_up,
    Goal.REDEEMED: _redeemed,
}
