"""What connectors brought: deliveries as they came, failures by reason, and how each one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.changes import Noun, Refusal
from gateway.store.base import Base, insert

# A delivery that comes again after this is taken for new, and still changes nothing that is newer.
# Shopify gives up after 4 hours, Standard Webhooks' senders after a few days.
KEPT_MS = 30 * 86_400_000
BODY_KEPT_MS = 7 * 86_400_000  # it is personal; long enough to see what went wrong on a holiday


class DeliveryState(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    APPLIED = "applied"
    REFUSED = "refused"  # its reason says why; its body stays for whoever mends it


class DeliveryRow(Base):
    """One delivery, numbered as it came; the number is the order in which it is applied."""

    __tablename__ = "connector_delivery"
    __table_args__ = (
        UniqueConstraint("connector", "delivery"),
        Index("ix_connector_delivery_state", "state", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    connector: Mapped[str]
    delivery: Mapped[str]  # the vendor's own id
    topic: Mapped[str]
    at_ms: Mapped[int]
    body: Mapped[bytes]
    state: Mapped[str]
    reason: Mapped[str]  # gateway.core.changes.Refusal, or ""
    changed: Mapped[int]  # how many things are otherwise since; 0: it was known already


class FailureRow(Base):
    """How often a connector was refused for a reason; what was refused unsigned is not kept."""

    __tablename__ = "connector_failure"

    connector: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int]
    last_at_ms: Mapped[int]


class PollRow(Base):
    """How far a connector was asked, for one noun."""

    __tablename__ = "connector_poll"

    connector: Mapped[str] = mapped_column(primary_key=True)
    noun: Mapped[str] = mapped_column(primary_key=True)  # gateway.core.changes.Noun
    cursor_ms: Mapped[int]  # all that changed before is known
    asked_at_ms: Mapped[int]
    answered_at_ms: Mapped[int | None]
    problem: Mapped[str]  # why the last one failed, in English for the log; "" if it did not
    missed: Mapped[int]  # found by asking and never delivered, in all
    silent_since_ms: Mapped[int | None]  # the oldest change that no delivery told of


@dataclass(frozen=True, slots=True)
class Failure:
    """Refused so often for this."""

    reason: Refusal
    times: int
    last_at_ms: int


def keep(db: Session, row: DeliveryRow) -> bool:
    """Keep a delivery; False if it is here already, because it was sent twice."""
    values = {
        column: getattr(row, column)
        for column in ("connector", "delivery", "topic", "at_ms", "body", "state", "reason")
    }
    statement = insert(db, DeliveryRow).values(**values, changed=0).on_conflict_do_nothing()
    return db.scalar(statement.returning(DeliveryRow.number)) is not None


def failed(db: Session, connector: str, failure: Failure) -> None:
    """Count refusals."""
    first = {"reason": failure.reason, "times": failure.times, "last_at_ms": failure.last_at_ms}
    statement = insert(db, FailureRow).values(connector=connector, **first)
    again = {"times": FailureRow.times + failure.times, "last_at_ms": failure.last_at_ms}
    db.execute(statement.on_conflict_do_update(index_elements=["connector", "reason"], set_=again))


def heard(db: Session, connector: str, noun: Noun) -> None:
    """A delivery told of such a thing, so it is not silent about them."""
    statement = update(PollRow).where(PollRow.silent_since_ms.is_not(None))
    mine = statement.filter_by(connector=connector, noun=noun)
    db.execute(mine.values(silent_since_ms=None))


def next_waiting(db: Session) -> DeliveryRow | None:
    """The oldest delivery that waits to be applied; nobody else gets it meanwhile."""
    query = select(DeliveryRow).filter_by(state=DeliveryState.WAITING)
    return db.scalar(query.order_by(DeliveryRow.number).limit(1).with_for_update())


def newest_first(db: Session, connector: str, limit: int) -> Sequence[DeliveryRow]:
    """The latest deliveries of a connector."""
    query = select(DeliveryRow).filter_by(connector=connector)
    return db.scalars(query.order_by(DeliveryRow.number.desc()).limit(limit)).all()


def last_at_ms(db: Session, connector: str) -> int | None:
    """When a connector last delivered something that was theirs."""
    return db.scalar(select(func.max(DeliveryRow.at_ms)).filter_by(connector=connector))


def failures(db: Session, connector: str) -> list[Failure]:
    """What a connector was refused for, the latest first."""
    rows = db.scalars(select(FailureRow).filter_by(connector=connector))
    found = [Failure(Refusal(row.reason), row.times, row.last_at_ms) for row in rows]
    return sorted(found, key=lambda one: -one.last_at_ms)


def polls(db: Session, connector: str) -> Sequence[PollRow]:
    """How far a connector was asked."""
    return db.scalars(select(PollRow).filter_by(connector=connector).order_by(PollRow.noun)).all()


def prune(db: Session, now_ms: int) -> None:
    """Forget bodies after a week, and deliveries after a month."""
    db.execute(delete(DeliveryRow).where(DeliveryRow.at_ms < now_ms - KEPT_MS))
    _empty(db, now_ms - BODY_KEPT_MS)


def forget_bodies(db: Session, connector: str, now_ms: int) -> None:
    """Empty all bodies of a connector: somebody is to be erased, and may be in any of them."""
    _empty(db, now_ms + 1, connector)


def _empty(db: Session, before_ms: int, connector: str | None = None) -> None:
    statement = update(DeliveryRow).where(
        DeliveryRow.at_ms < before_ms,
        DeliveryRow.state != DeliveryState.WAITING,
        func.length(DeliveryRow.body) > 0,
    )
    if connector is not None:
        statement = statement.where(DeliveryRow.connector == connector)
    db.execute(statement.values(body=b""))
