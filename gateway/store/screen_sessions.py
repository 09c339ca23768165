"""Sessions at screens: who the gateway believes stands there, and what it last answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.greeting import Step
from gateway.store import batches
from gateway.store.base import Base
from gateway.store.batches import Prepared, among

Key = tuple[str, str, str]  # store, kiosk, session


class ScreenSessionRow(Base):
    """One shopper's time at one screen."""

    __tablename__ = "screen_session"

    store: Mapped[str] = mapped_column(primary_key=True)
    kiosk: Mapped[str] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(primary_key=True)
    member: Mapped[str | None]  # None if nobody knows, or somebody said "that is not me"
    visit: Mapped[int | None]
    step: Mapped[str]  # gateway.core.greeting.Step
    refusal: Mapped[str | None]  # contract.messages.Refusal
    answers: Mapped[str | None]  # the event that the last word to the screen answers


COLUMNS = tuple(column.key for column in ScreenSessionRow.__table__.columns)

_KEY = (ScreenSessionRow.store, ScreenSessionRow.kiosk, ScreenSessionRow.session)
_BY_KEY = Prepared(select(*ScreenSessionRow.__table__.columns).where(among(*_KEY, rows="keys")))


@dataclass(slots=True)
class ScreenSession:
    """A session while it is decided upon; `keep` writes it. The fields of a row, in its order."""

    store: str
    kiosk: str
    session: str
    member: str | None
    visit: int | None
    step: str
    refusal: str | None = None
    answers: str | None = None
    stored: tuple[object, ...] | None = None  # as it stands in the database

    @property
    def row(self) -> tuple[object, ...]:
        """As it is to stand in the database."""
        return (
            self.store,
            self.kiosk,
            self.session,
            self.member,
            self.visit,
            str(self.step),
            None if self.refusal is None else str(self.refusal),
            self.answers,
        )


def by_key(db: Session, keys: Collection[Key]) -> dict[Key, ScreenSession]:
    """What is known of some sessions."""
    if not keys:
        return {}
    found = _BY_KEY.rows(db, keys=keys)
    return {(row[0], row[1], row[2]): _session(tuple(row)) for row in found}


def _session(row: tuple[Any, ...]) -> ScreenSession:
    session = ScreenSession(*row)
    session.stored = row
    return session


def keep(db: Session, sessions: Iterable[ScreenSession]) -> None:
    """Write those that are new or changed."""
    changed = [(one, row) for one in sessions if (row := one.row) != one.stored]
    rows = [row for _, row in changed]
    batches.put_rows(db, ScreenSessionRow, COLUMNS, rows, key=("store", "kiosk", "session"))
    for one, row in changed:
        one.stored = row


def prove(db: Session, key: Key, member: str) -> None:
    """A member proved themselves in this session, whoever was believed to stand there before."""
    store, kiosk, session = key
    row = db.get(ScreenSessionRow, key)
    if row is None:
        row = ScreenSessionRow(store=store, kiosk=kiosk, session=session)
        db.add(row)
    row.member, row.step, row.visit, row.refusal = member, Step.PROVEN, None, None
    db.flush()


def claim(db: Session, key: Key, member: str) -> bool:
    """Begin a session that a member's phone claimed; False if it had begun: the key is unique."""
    store, kiosk, session = key
    row = ScreenSessionRow(
        store=store, kiosk=kiosk, session=session, member=member, step=Step.CLAIMED
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        return False
    return True
