"""Sessions at screens: who the gateway believes stands there, and what it last answered."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.greeting import Step
from gateway.store.base import Base

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


def by_key(db: Session, keys: Collection[Key]) -> dict[Key, ScreenSessionRow]:
    """What is known of some sessions."""
    key = tuple_(ScreenSessionRow.store, ScreenSessionRow.kiosk, ScreenSessionRow.session)
    rows = db.scalars(select(ScreenSessionRow).where(key.in_(keys)))
    return {(row.store, row.kiosk, row.session): row for row in rows}


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
