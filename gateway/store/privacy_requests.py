"""What people ask for who have a right to it, and until when; what came of it.

Who was erased is in none of these rows afterwards: a receipt is checked by its proof.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.changes import Ask, PrivacyAsked
from gateway.core.privacy_clocks import Clocks, due_ms
from gateway.store.base import Base

OPTION = "hien_clocks"
PHONE = "phone"  # in place of a connector: the member's own phone asked
DESK = "desk"  # a person of the shop did, for a member before them


class PrivacyRequestRow(Base):
    """One request."""

    __tablename__ = "privacy_request"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    connector: Mapped[str]
    ask: Mapped[str]  # gateway.core.changes.Ask
    outside: Mapped[str]  # the vendor's id of the customer; "" for a whole shop
    member: Mapped[str | None]  # who that is here; None: nobody
    asked_at_ms: Mapped[int]
    due_ms: Mapped[int]
    done_at_ms: Mapped[int | None]
    confirmed_at_ms: Mapped[int | None]  # of an erasure: somebody said "yes, erase", and it is done
    report: Mapped[str] = mapped_column(default="", server_default="")  # JSON; or why it waits


def add(
    db: Session, connector: str, asked: PrivacyAsked, member: str | None, now_ms: int
) -> PrivacyRequestRow:
    """Put a request on the list; `member` is who that is here."""
    row = PrivacyRequestRow(connector=connector, ask=asked.ask, outside=asked.customer)
    row.member, row.asked_at_ms, row.due_ms = member, now_ms, due_ms(clocks(db), asked.ask, now_ms)
    db.add(row)
    return row


def timed(engine: Engine, clocks: Clocks) -> Engine:
    """The same database, for those who put requests on the list: they know by when each is due."""
    return engine.execution_options(**{OPTION: clocks})


def undone(db: Session) -> Sequence[PrivacyRequestRow]:
    """What is still to be done, the most urgent first."""
    query = select(PrivacyRequestRow).where(PrivacyRequestRow.done_at_ms.is_(None))
    return db.scalars(query.order_by(PrivacyRequestRow.due_ms, PrivacyRequestRow.number)).all()


def confirm(db: Session, number: int, now_ms: int) -> bool:
    """Somebody who may says that a request to erase is to be done now; False if it is not open."""
    row = PrivacyRequestRow
    open_ = (row.number == number, row.done_at_ms.is_(None), row.ask == str(Ask.ERASE))
    statement = update(row).where(*open_, row.member.is_not(None))
    return db.scalar(statement.values(confirmed_at_ms=now_ms).returning(row.number)) is not None


def to_erase(db: Session) -> Sequence[PrivacyRequestRow]:
    """The erasures that were confirmed and are not done, the oldest first."""
    row = PrivacyRequestRow
    query = select(row).where(row.done_at_ms.is_(None), row.confirmed_at_ms.is_not(None))
    return db.scalars(query.order_by(row.confirmed_at_ms, row.number)).all()


def open_erasure(db: Session, member: str, by: str = PHONE) -> PrivacyRequestRow | None:
    """The erasure that was asked for last, by this member's phone or at the desk, and not done."""
    row = PrivacyRequestRow
    query = select(row).filter_by(member=member, ask=str(Ask.ERASE), connector=by)
    return db.scalar(query.where(row.done_at_ms.is_(None)).order_by(row.number.desc()).limit(1))


def done(db: Session, number: int, now_ms: int) -> bool:
    """Cross a request off; False if somebody did before, or there is none."""
    row = PrivacyRequestRow
    statement = update(row).where(row.number == number, row.done_at_ms.is_(None))
    return db.scalar(statement.values(done_at_ms=now_ms).returning(row.number)) is not None


def clocks(db: Session) -> Clocks:
    """The owner's table, or what holds without one."""
    found: Clocks = db.connection().get_execution_options().get(OPTION, Clocks())
    return found
