"""Who works in the shop, and their PINs, which are kept as argon2id hashes only."""

from __future__ import annotations

from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.roles import Role, Worker
from gateway.store.base import Base
from gateway.store.offers import Owner

# OWASP's smallest recommended set, 19 MiB and two passes: a Raspberry Pi answers within a second.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
MAX_FAILURES = 5  # a PIN has 10,000 values; five guesses find one in 2,000
SHIFT_MS = 12 * 60 * 60 * 1000  # who did nothing at the board for so long has gone home
LOCKED_MS = 5 * 60 * 1000


class StaffRow(Base):
    """One person who works here."""

    __tablename__ = "staff"

    staff: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]  # gateway.core.roles.Role
    pin_hash: Mapped[str]
    failures: Mapped[int] = mapped_column(default=0)  # wrong PINs since the last right one
    locked_until_ms: Mapped[int] = mapped_column(default=0)
    skills: Mapped[str] = mapped_column(default="", server_default="")  # words separated by ';'
    zones: Mapped[str] = mapped_column(default="", server_default="")  # kiosks; none: all
    duty_store: Mapped[str | None]  # where they signed in; None: they are not at work
    seen_at_ms: Mapped[int] = mapped_column(default=0, server_default="0")  # at the board
    asked_at_ms: Mapped[int] = mapped_column(default=0, server_default="0")  # by a card
    stores: Mapped[str] = mapped_column(default="", server_default="")  # words; none: all
    owner: Mapped[str] = mapped_column(default=Owner.FILE, server_default=Owner.FILE)
    # Grows when every sign-in of theirs is to end; the cookie says which one it belongs to.
    session: Mapped[int] = mapped_column(default=0, server_default="0")
    pin_until_ms: Mapped[int | None]  # a PIN that somebody else knows: good once, till then
    disabled_at_ms: Mapped[int | None]  # who works here no longer

    def works_in(self, store: str) -> bool:
        """Whether they may sign in there."""
        return self.disabled_at_ms is None and store in (
            self.stores.split(";") if self.stores else (store,)
        )


def every(db: Session) -> Sequence[StaffRow]:
    """All who work or worked here, by name."""
    return db.scalars(select(StaffRow).order_by(StaffRow.name)).all()


def working(db: Session) -> Sequence[StaffRow]:
    """Those of them who work here still."""
    return [row for row in every(db) if row.disabled_at_ms is None]


def workers(db: Session) -> list[Worker]:
    """The same by id and role, for the table of who may do what."""
    return [Worker(row.staff, Role(row.role)) for row in working(db)]


def on_duty(db: Session, store: str, at_ms: int) -> Sequence[StaffRow]:
    """Who is at work in a store."""
    query = select(StaffRow).where(
        StaffRow.duty_store == store, StaffRow.seen_at_ms > at_ms - SHIFT_MS
    )
    return db.scalars(query.order_by(StaffRow.name)).all()


def begin_duty(db: Session, staff: str, store: str, at_ms: int) -> None:
    """Somebody is at the board of a store."""
    here = update(StaffRow).where(StaffRow.staff == staff)
    db.execute(here.values(duty_store=store, seen_at_ms=at_ms))


def end_duty(db: Session, staff: str) -> None:
    """Somebody has left."""
    db.execute(update(StaffRow).where(StaffRow.staff == staff).values(duty_store=None))


def hash_pin(pin: str) -> str:
    """What is kept of a PIN."""
    return HASHER.hash(pin)


def sign_in(db: Session, staff: str, pin: str, at_ms: int) -> StaffRow | None:
    """Who that is if the PIN is right; None if it is wrong or there were too many tries.

    The try is counted before the PIN is looked at, so that a hundred guesses at once are a
    hundred tries. `db` must not have been read from yet (gateway.store.base.writing).
    """
    count_try = (
        update(StaffRow)
        .where(
            StaffRow.staff == staff,
            StaffRow.locked_until_ms <= at_ms,
            StaffRow.disabled_at_ms.is_(None),
            or_(StaffRow.pin_until_ms.is_(None), StaffRow.pin_until_ms > at_ms),
        )
        .values(failures=StaffRow.failures + 1)
        .returning(StaffRow)
    )
    row = db.scalars(count_try, execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        return None
    try:
        HASHER.verify(row.pin_hash, pin)
    except (VerificationError, InvalidHashError):
        if row.failures >= MAX_FAILURES:
            row.failures, row.locked_until_ms = 0, at_ms + LOCKED_MS
        return None
    row.failures = 0
    return row
